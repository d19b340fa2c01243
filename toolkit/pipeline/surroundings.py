"""What a run was made with: versions of the interpreter and of every library that measures or decodes.

Written into the journal with each run, so that a result that another machine
does not give can be laid at a door. No host, user or serial number is among it.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from toolkit.casebook.folder import read_if_there
from toolkit.casebook.shelf import digest

LIBRARIES = (
    "av", "cryptography", "dlib-bin", "html5lib", "numpy", "onnxruntime", "opencv-python", "pandas", "pyarrow",
    "python-calamine", "scikit-image", "scipy",
)  # fmt: skip
LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"


def versions() -> dict[str, str]:
    """Name and version of each; a library that is not installed is left out.

    ``lock_sha256`` is the hash of the list of all libraries with their own
    hashes, where the program runs from its folder.
    """
    found = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if (lock := read_if_there(LOCK)) is not None:
        found["lock_sha256"] = digest(lock)
    return found
