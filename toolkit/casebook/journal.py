"""The journal: what was done, in which order, and can a row have been changed since?

``journal.jsonl`` holds one row a line: canonical JSON with the SHA-256 of the
whole line before it and an Ed25519 signature (RFC 8032) over the rest of the
row. A changed, removed or inserted row breaks the chain at that row. ``HEAD`` is
a signed checkpoint, and a copy of it is remembered outside the case folder: an
older honest copy of the whole folder cannot be told from the newest in any
other way. The holder of the key can rewrite everything; only an outside anchor
shows that. Times are noted as the machine tells them and may go back.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from toolkit.casebook import folder
from toolkit.casebook.commitments import PrivateFacts, canonical_bytes
from toolkit.errors import CaseError, SealError

NAMESPACE = b"papermask-journal-v1\n"
SCRATCH_NAMESPACE = b"papermask-scratch-v1\n"
ORIGIN = "papermask-journal"
FIRST = "0" * 64
HEAD_EVERY = 16

Row = dict[str, Any]


class Journal:
    """The rows of a case, checked when opened, and the way to add one.

    Parameters
    ----------
    root : Path
        The case folder.
    case_id : str
    public : Ed25519PublicKey
        From ``case.json``.
    key : Ed25519PrivateKey, optional
        Without it the journal is read only.

    Raises
    ------
    SealError
        A row does not follow from the one before or its signature fails
        (``journal_broken``), or the journal is shorter than the remembered
        checkpoint says (``journal_rolled_back``).
    """

    def __init__(
        self, root: Path, case_id: str, public: Ed25519PublicKey, key: Ed25519PrivateKey | None = None
    ) -> None:
        self.rows: list[Row] = []
        self.last_hash = FIRST
        self._root, self._case_id, self._public, self._key = root, case_id, public, key
        self._size = 0
        self.refresh()
        with folder.writing(root):
            self.private = PrivateFacts(root / folder.REVEAL, case_id, write=key is not None)
            self._file = folder.AppendFile(root / folder.JOURNAL) if key is not None else None
            self._cut_torn()

    def refresh(self) -> None:
        """Read what was added since; a reader follows a writer this way.

        Raises
        ------
        SealError
            As when the journal is opened.
        """
        # Checkpoints first: a writer may be adding rows and checkpoints while we read.
        checkpoints = self._checkpoints()
        self._read()
        for content in checkpoints:
            if not self._holds(content):
                raise SealError("journal_rolled_back", rows=len(self.rows), folder=self._root.name)

    def append(self, act: str, public: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> Row:
        """Add one signed row; when this returns it is on disk.

        Raises
        ------
        CaseError
            The case is open for reading only, or the disk refused; no row was added.
        """
        if self._file is None or self._key is None:
            raise CaseError("case_open_for_reading", folder=self._root.name)
        with folder.writing(self._root):
            self._cut_torn()
        op, seq = secrets.token_hex(8), len(self.rows) + 1
        with folder.writing(self._root):
            digests = self.private.commit(op, seq, private or {})
            row: Row = {
                "act": act,
                "op": op,
                "prev": self.last_hash,
                "priv": digests,
                "pub": json.loads(canonical_bytes(dict(public))),
                "seq": seq,
                "t": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "v": 1,
            }
            signature = self._key.sign(NAMESPACE + canonical_bytes(row))
            row["sig"] = base64.b64encode(signature).decode()
            line = canonical_bytes(row) + b"\n"
            self._file.append(line, at=self._size)
        self._take(row, line)
        if seq % HEAD_EVERY == 0:
            self.checkpoint()
        return row

    def checkpoint(self) -> bytes:
        """Write ``HEAD`` here and outside the case, and give it; a failure hides no row and stops nothing."""
        if self._key is None or not self.rows:
            return b""
        head = self._head_text()
        signature = base64.b64encode(self._key.sign(head)).decode()
        content = head + f"\n{signature}\n".encode()
        for path in (self._root / folder.HEAD, self._remembered()):
            with contextlib.suppress(OSError):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.replace_file(path, content)
        return content

    @property
    def writable(self) -> bool:
        """Whether rows can be added."""
        return self._file is not None

    @property
    def settled(self) -> bool:
        """Whether the file on disk holds the acknowledged rows and nothing more."""
        return self._file is None or self._file.size() == self._size

    def close(self) -> None:
        """Checkpoint and give the file back."""
        if self._file is not None:
            self.checkpoint()
        self.release()

    def release(self) -> None:
        """Give the files back without writing anything."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.private.close()

    def last(self, act: str, **public: Any) -> Row | None:
        """The newest row of this act whose public facts hold these values."""
        for row in reversed(self.rows):
            if row["act"] == act and all(row["pub"].get(key) == value for key, value in public.items()):
                return row
        return None

    def mark(self, content: bytes) -> bytes:
        """A signature (base64) for bytes that are kept outside the journal, not a row.

        Raises
        ------
        CaseError
            The case is open for reading only.
        """
        if self._key is None:
            raise CaseError("case_open_for_reading", folder=self._root.name)
        return base64.b64encode(self._key.sign(SCRATCH_NAMESPACE + content))

    def marked(self, content: bytes, mark: bytes) -> bool:
        """Whether this is the :meth:`mark` of these bytes by this case's key."""
        try:
            self._public.verify(base64.b64decode(mark, validate=True), SCRATCH_NAMESPACE + content)
        except (ValueError, InvalidSignature):
            return False
        return True

    def _head_text(self) -> bytes:
        digest = base64.b64encode(bytes.fromhex(self.last_hash)).decode()
        return f"{ORIGIN}/{self._case_id}\n{len(self.rows)}\n{digest}\n".encode()

    def _remembered(self) -> Path:
        return folder.config_folder() / "heads" / self._case_id

    def _cut_torn(self) -> None:
        """Take off what a crash or a failed append left: a row that was never acknowledged."""
        if self._file is None or self.settled:
            return
        if self._file.size() < self._size:
            raise SealError("journal_rolled_back", rows=len(self.rows), folder=self._root.name)
        self._file.cut(self._size)

    def _read(self) -> None:
        content = folder.read_if_there(self._root / folder.JOURNAL) or b""
        lines = content[self._size :].split(b"\n")
        lines.pop()  # what follows the last line end was never acknowledged
        while lines and not lines[-1].strip(b"\0"):
            lines.pop()  # zero fill left by a crash
        for line in lines[:-1]:
            self._accept_or_refuse(line)
        # Only the very last line may be torn, and then zero bytes stand in it: JSON has none.
        if lines and not self._accept(lines[-1], len(self.rows) + 1) and b"\0" not in lines[-1]:
            raise SealError("journal_broken", row=len(self.rows) + 1)

    def _accept_or_refuse(self, line: bytes) -> None:
        if not self._accept(line, len(self.rows) + 1):
            raise SealError("journal_broken", row=len(self.rows) + 1)

    def _accept(self, line: bytes, number: int) -> bool:
        try:
            row = json.loads(line)
            bare = {key: value for key, value in row.items() if key != "sig"}
            self._public.verify(base64.b64decode(row["sig"], validate=True), NAMESPACE + canonical_bytes(bare))
            sound = canonical_bytes(row) == line and row["seq"] == number and row["prev"] == self.last_hash
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
            return False
        if sound:
            self._take(row, line + b"\n")
        return sound

    def _take(self, row: Row, line: bytes) -> None:
        self.rows.append(row)
        self.last_hash = hashlib.sha256(line[:-1]).hexdigest()
        self._size += len(line)

    def _checkpoints(self) -> list[bytes]:
        found: list[bytes] = []
        for path in (self._root / folder.HEAD, self._remembered()):
            with contextlib.suppress(OSError):
                content = folder.read_if_there(path)
                if content is not None:
                    found.append(content)
        return found

    def _holds(self, content: bytes) -> bool:
        """Whether a checkpoint agrees with the rows; a file that is none is no evidence.

        Raises
        ------
        SealError
            It is a checkpoint of this case under another key: the whole case may
            have been written anew.
        """
        try:
            head, _, signature = content.partition(b"\n\n")
            mark = base64.b64decode(signature)
            origin, count, digest = head.decode().split("\n")
            rows, wanted = int(count), base64.b64decode(digest).hex()
        except ValueError:
            return True
        if origin != f"{ORIGIN}/{self._case_id}":
            return True
        try:
            self._public.verify(mark, head + b"\n")
        except InvalidSignature as other:
            raise SealError("checkpoint_signature", folder=self._root.name) from other
        if rows > len(self.rows):
            return False
        return rows < 1 or hashlib.sha256(canonical_bytes(self.rows[rows - 1])).hexdigest() == wanted


def public_text(public: Ed25519PublicKey) -> str:
    """A public key as base64 of its 32 bytes, the form of ``case.json``."""
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def public_from_text(text: str) -> Ed25519PublicKey:
    """The key of :func:`public_text`.

    Raises
    ------
    ValueError
        Not 32 bytes of base64.
    """
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
