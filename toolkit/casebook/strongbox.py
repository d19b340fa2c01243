"""The strongbox: private facts are shut on the disk, and what opens them lies outside the case folder.

Names, paths and former statements lie in ``private/``. A case folder travels: on
a stick, in a backup, through a folder that a service copies. So what lies there
is encrypted (ChaCha20-Poly1305, RFC 8439), with a key of the case that lies
where the program remembers things (``private-keys/CASE-ID``, 0600). No
passphrase opens it, because unattended work must not hang: whoever uses this
account can read the names, and whoever has that folder alone cannot. A case
without its key opens for reading, with those facts withheld. Exhibits and tables
are as they are.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from toolkit.casebook import folder
from toolkit.errors import CaseError

MARK = "papermask-private-v1"
KEYS = "private-keys"
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Strongbox:
    """Shuts and opens the private facts of one case; ``case_id`` is bound to all that it shuts."""

    case_id: str
    key: bytes = field(repr=False)

    def shut(self, content: bytes, name: str) -> bytes:
        """Content encrypted under a fresh nonce, which stands before it; it opens under this name only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self.key).encrypt(nonce, content, self._bound(name))

    @property
    def mark(self) -> str:
        """Which key this is, without telling it: 16 hex digits."""
        return hashlib.sha256(MARK.encode() + self.key).hexdigest()[:16]

    def opened(self, content: bytes, name: str) -> bytes | None:
        """What was shut, or None when another key or name shut it, or it was changed."""
        if len(content) < NONCE_BYTES:
            return None
        try:
            return ChaCha20Poly1305(self.key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], self._bound(name))
        except InvalidTag:
            return None

    def _bound(self, name: str) -> bytes:
        return f"{MARK}\n{self.case_id}\n{name}".encode()


def key_file(case_id: str) -> Path:
    """Where the key of a case lies."""
    return folder.config_folder() / KEYS / case_id


def find_box(case_id: str) -> Strongbox | None:
    """The strongbox of a case; None when its key is not on this machine.

    Raises
    ------
    CaseError
        ``private_key_broken``: what lies there is no key of this case.
    """
    path = key_file(case_id)
    raw = folder.read_if_there(path)
    if raw is None:
        return None
    with contextlib.suppress(ValueError, binascii.Error):
        mark, named, text = raw.decode("ascii").split()
        key = base64.b64decode(text, validate=True)
        if (mark, named, len(key)) == (MARK, case_id, 32):
            return Strongbox(case_id=case_id, key=key)
    raise CaseError("private_key_broken", path=str(path))


def make_box(case_id: str) -> Strongbox:
    """A strongbox with a new key, on disk before anything is shut with it; the one that lies there, if one does.

    Raises
    ------
    CaseError
        ``disk_full`` or ``private_key_unwritable``: it cannot be written down.
    """
    path, key = key_file(case_id), ChaCha20Poly1305.generate_key()
    content = f"{MARK} {case_id}\n{base64.b64encode(key).decode()}\n".encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        folder.write_durably(own, content, 0o600)
        try:
            os.link(own, path)
            folder.folder_to_disk(path.parent)
        finally:
            own.unlink(missing_ok=True)
    except FileExistsError:
        made = find_box(case_id)  # of a copy of this case, opened beside it
        if made is None:
            raise CaseError("private_key_broken", path=str(path)) from None
        return made
    except OSError as refusal:
        if refusal.errno in folder.FULL:
            raise CaseError("disk_full", folder=str(path.parent)) from refusal
        raise CaseError("private_key_unwritable", path=str(path), reason=str(refusal.strerror)) from refusal
    return Strongbox(case_id=case_id, key=key)
