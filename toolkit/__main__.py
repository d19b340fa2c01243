"""``python -m toolkit``: the same as the command ``papermask``."""

from toolkit.cli import main

if __name__ == "__main__":
    main()
