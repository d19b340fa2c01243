"""HEAD: how far had the journal come when we last looked?

A journal that is cut short, or a folder that is put back to an older honest
copy, is a valid chain still. HEAD is a signed checkpoint, rows and the hash of
the last one; a copy of it is remembered outside the case, in the user's own
configuration folder, so that going back shows.

::

    papermask-journal/case-7f3a0c11
    321
    <base64 of the SHA-256 of row 321>

    <base64 of the Ed25519 signature over the three lines above>
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from toolkit.casebook import folder
from toolkit.errors import SealError

ORIGIN = "papermask-journal/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A checkpoint: so many rows, and the hash (hex) of the last one."""

    case_id: str
    rows: int
    sha256: str

    def signed(self, key: Ed25519PrivateKey) -> bytes:
        """The text of a HEAD file."""
        body = self._body()
        return body + b"\n" + base64.b64encode(key.sign(body)) + b"\n"

    def _body(self) -> bytes:
        digest = base64.b64encode(bytes.fromhex(self.sha256)).decode()
        return f"{ORIGIN}{self.case_id}\n{self.rows}\n{digest}\n".encode()


def read_head(text: bytes, case_id: str, key: Ed25519PublicKey, where: Path) -> Head:
    """The checkpoint in a HEAD file.

    Raises
    ------
    SealError
        It is not a HEAD, or it is not signed by this case's journal key.
    """
    try:
        origin, rows, digest, blank, signature, end = text.decode("ascii").split("\n")
        head = Head(case_id=case_id, rows=int(rows), sha256=base64.b64decode(digest, validate=True).hex())
        mark = base64.b64decode(signature, validate=True)
        well_formed = origin == ORIGIN + case_id and blank == end == "" and head._body() in text
    except (ValueError, binascii.Error) as damage:
        raise SealError("head_damaged", file=str(where)) from damage
    if not well_formed:
        raise SealError("head_damaged", file=str(where))
    try:
        key.verify(mark, head._body())
    except InvalidSignature as forged:
        raise SealError("head_signature", file=str(where)) from forged
    return head


def remembered_path(case_id: str) -> Path:
    """Where this user's computer remembers the HEAD of a case."""
    return folder.config_folder() / "heads" / f"{case_id}.head"


def heads_of(root: Path, case_id: str, key: Ed25519PublicKey) -> list[Head]:
    """The checkpoints that exist: in the case and outside of it.

    Raises
    ------
    SealError
        As :func:`read_head`.
    """
    found: list[Head] = []
    for path in (root / folder.HEAD, remembered_path(case_id)):
        try:
            text = folder.read_if_there(path)
        except OSError:
            # The remembered copy may lie in a folder this user cannot read; that is
            # no fault of the case, and the copy inside still counts.
            continue
        if text is not None:
            found.append(read_head(text, case_id, key, path))
    return found


def write_heads(root: Path, head: Head, key: Ed25519PrivateKey) -> bool:
    """Write the checkpoint into the case and remember it outside; True when the case has it.

    Never raises for the disk's sake: the rows are safe already, and a refused
    checkpoint must not make a row look refused.
    """
    text = head.signed(key)
    with contextlib.suppress(OSError):
        outside = remembered_path(head.case_id)
        outside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.replace_file(outside, text, 0o600)
    try:
        folder.replace_file(root / folder.HEAD, text)
    except OSError:
        return False
    return True
