"""The command ``papermask``, and ``python -m toolkit``."""

import os

# Work runs in threads of its own: a matrix library's threads beside them only wait, and add in another order on another
# computer. It reads this once, when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    from toolkit.cli import main
except KeyboardInterrupt:
    # While the program itself was still being read: nothing was begun. Not sys.exit: once an interrupt has passed
    # through code made from text (a dataclass), the interpreter ends by the signal whatever it is told.
    os._exit(130)

if __name__ == "__main__":
    main()
