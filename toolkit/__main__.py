"""``python -m toolkit``: the same as the command ``papermask``."""

import sys

try:
    from toolkit.cli import main
except KeyboardInterrupt:  # while the program itself was still being read: nothing was begun
    sys.exit(130)

if __name__ == "__main__":
    main()
