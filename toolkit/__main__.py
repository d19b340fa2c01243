"""The command ``papermask``, and ``python -m toolkit``."""

import os
import sys

# Work runs in threads of its own: a matrix library's threads beside them only wait, and add in another order on another
# computer. It reads this once, when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    from toolkit.cli import main
except KeyboardInterrupt:  # while the program itself was still being read: nothing was begun
    sys.exit(130)

if __name__ == "__main__":
    main()
