"""The person's key that seals: an OpenSSH Ed25519 key under a passphrase, one a case, outside the case folder.

One key a case and not one a person: a key that seals two cases joins them. The
file is what ``ssh-keygen`` writes (bcrypt; RFC 8032, OpenSSH PROTOCOL.key), so
that it can be kept and used without this program. A lost passphrase is a new
key; nothing recovers the old one.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from toolkit.casebook import folder
from toolkit.casebook.proof import FORMAT, fingerprint_of, signed_bytes
from toolkit.errors import SealError

KEYS = "seal-keys"
LEAST_CHARACTERS = 8
LINE_CHARACTERS = 70  # of the armour, as ssh-keygen writes it


@dataclass(frozen=True, slots=True)
class SealingKey:
    """An unlocked key; it signs with the namespace of seals and nothing else."""

    private: Ed25519PrivateKey

    @property
    def blob(self) -> bytes:
        """The public key as SSH writes it."""
        raw = self.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return base64.b64decode(raw.split(b" ")[1])

    @property
    def fingerprint(self) -> str:
        """``SHA256:...``, as ``ssh-keygen -l`` shows it."""
        return fingerprint_of(self.blob)

    @property
    def signers(self) -> bytes:
        """The line of ``allowed_signers`` for this key."""
        return f'case@sealed namespaces="{FORMAT}" ssh-ed25519 {base64.b64encode(self.blob).decode()}\n'.encode()

    def signature(self, message: bytes) -> bytes:
        """SSHSIG of these bytes, armoured; ``ssh-keygen -Y verify`` takes it."""
        mark = _text(b"ssh-ed25519") + _text(self.private.sign(signed_bytes(message)))
        told = (self.blob, FORMAT.encode(), b"", b"sha512", mark)
        raw = b"SSHSIG" + (1).to_bytes(4, "big") + b"".join(map(_text, told))
        text = base64.b64encode(raw).decode()
        lines = [text[k : k + LINE_CHARACTERS] for k in range(0, len(text), LINE_CHARACTERS)]
        return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]).encode()


def passing_key() -> SealingKey:
    """A key that lies in no file and is gone when the program ends: for the built-in case."""
    return SealingKey(Ed25519PrivateKey.generate())


def key_path(case_id: str) -> Path:
    """Where the key of a case lies: with what the program remembers, not with the case."""
    return folder.config_folder() / KEYS / case_id


def make_key(path: Path, passphrase: str) -> SealingKey:
    """A new key in a file of mode 0600; an older one there is kept under another name.

    Raises
    ------
    SealError
        ``passphrase_short``, or ``seal_key_there``: a file lies there.
    CaseError
        The disk refused; nothing was written.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise SealError("passphrase_short", least=LEAST_CHARACTERS)
    if path.exists():
        raise SealError("seal_key_there", file=path.name)
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, BestAvailableEncryption(passphrase.encode()))
    with folder.writing(path.parent):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.replace_file(path, raw, 0o600)
    return SealingKey(key)


def open_key(path: Path, passphrase: str) -> SealingKey:
    """Unlock a key.

    Raises
    ------
    SealError
        ``seal_key_missing``, ``seal_key_broken`` or ``passphrase_wrong``.
    """
    raw = folder.read_if_there(path)
    if raw is None:
        raise SealError("seal_key_missing", file=path.name)
    try:
        key = load_ssh_private_key(raw, passphrase.encode())
    except ValueError as refused:
        # The library tells a wrong passphrase by its check bytes, and a broken file by its form.
        wrong = b"OPENSSH PRIVATE KEY" in raw and raw.rstrip().endswith(b"-----END OPENSSH PRIVATE KEY-----")
        raise SealError("passphrase_wrong" if wrong else "seal_key_broken", file=path.name) from refused
    except (TypeError, OverflowError, KeyError) as refused:
        raise SealError("seal_key_broken", file=path.name) from refused
    if not isinstance(key, Ed25519PrivateKey):
        raise SealError("seal_key_broken", file=path.name)
    return SealingKey(key)


def _text(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw
