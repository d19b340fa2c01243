"""Scratch: pieces of work that a later run may take over, and only as this case wrote them.

A piece is lost without harm and computed again. One that was cut, edited or
brought from another case would enter a journaled table as if it had been
measured here; so each carries a signature by the journal key over its name and
its bytes, and what does not match is as good as missing. The holder of the key
can forge a piece, as he can the journal.
"""

from __future__ import annotations

from pathlib import Path

from toolkit.casebook import folder
from toolkit.casebook.journal import Journal


class Scratch:
    """Kept pieces of one case.

    Parameters
    ----------
    root : Path
        The case folder.
    journal : Journal
        Of the same case; its key signs the pieces, no row is written.
    """

    def __init__(self, root: Path, journal: Journal) -> None:
        self._root, self._journal = root, journal

    def keep(self, name: str, content: bytes) -> None:
        """Put a piece down durably, in place of an older one.

        Parameters
        ----------
        name : str
            With ``/`` between folders, below ``scratch/``.

        Raises
        ------
        CaseError
            The disk refused, or the case is open for reading; an older piece is still whole.
        """
        path = self._root / folder.SCRATCH / name
        mark = self._journal.mark(_named(name, content))
        with folder.writing(self._root):
            path.parent.mkdir(parents=True, exist_ok=True)
            folder.replace_file(path, mark + b"\n" + content)

    def kept(self, name: str) -> bytes | None:
        """The bytes of a piece; None when it is missing or is not what was put down under this name."""
        mark, _, content = (folder.read_if_there(self._root / folder.SCRATCH / name) or b"").partition(b"\n")
        return content if self._journal.marked(_named(name, content), mark) else None


def _named(name: str, content: bytes) -> bytes:
    return name.encode() + b"\n" + content
