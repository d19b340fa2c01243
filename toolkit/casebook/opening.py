"""Making and opening a case folder: settings, keys, and nothing left behind by a failure."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from toolkit.casebook import folder
from toolkit.casebook.journal import public_from_text, public_text
from toolkit.errors import CaseError

FORMAT = "papermask-case-1"


def check_date(text: str) -> None:
    """Raise CaseError unless this is an ISO date."""
    try:
        datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CaseError("date_unreadable", text=text) from wrong


def new_settings(key: Ed25519PrivateKey, purpose: str, basis: str, retain_until: str | None) -> dict[str, Any]:
    """What ``case.json`` is to say of a new case.

    Raises
    ------
    CaseError
        Purpose or basis is blank, or the date is none.
    """
    if not purpose.strip() or not basis.strip():
        raise CaseError("case_needs_purpose")
    if retain_until is not None:
        check_date(retain_until)
    return {
        "format": FORMAT,
        "case_id": f"case-{secrets.token_hex(4)}",
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "purpose": purpose.strip(),
        "basis": basis.strip(),
        "retain_until": retain_until,
        "journal_key": public_text(key.public_key()),
        # The journal names this file's hash; unsalted, a guessed purpose could be confirmed by it.
        "salt": secrets.token_hex(16),
    }


def lay_out(path: Path, key: Ed25519PrivateKey) -> None:
    """Make the folders and the journal key (0600, no passphrase: unattended work must not hang)."""
    path.mkdir(parents=True, exist_ok=True)
    for name in (folder.EVIDENCE, folder.TABLES, folder.DERIVED):
        (path / name).mkdir(exist_ok=True)
    (path / folder.PRIVATE).mkdir(mode=0o700, exist_ok=True)
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.write_durably(path / folder.KEY, raw, 0o600)


def remove_layout(path: Path, made: bool) -> None:
    """Take a half-made case folder away again; it held nothing but what was just laid out."""
    names = (folder.CASE_FILE, folder.JOURNAL, folder.HEAD, folder.LOCK, folder.KEY, folder.REVEAL)
    with contextlib.suppress(OSError):
        for name in (*names, f".{folder.CASE_FILE}.tmp"):
            (path / name).unlink(missing_ok=True)
        for name in (folder.EVIDENCE, folder.TABLES, folder.DERIVED, folder.PRIVATE):
            (path / name).rmdir()
        if made:
            path.rmdir()


def read_settings(path: Path) -> dict[str, Any]:
    """What ``case.json`` says; CaseError when this is no case or one of another version."""
    content = folder.read_if_there(path / folder.CASE_FILE)
    if content is None:
        raise CaseError("not_a_case", folder=str(path))
    try:
        settings = json.loads(content)
        stated = settings["format"]
        public_from_text(settings["journal_key"])
    except (ValueError, KeyError, TypeError) as broken:
        raise CaseError("case_file_broken", folder=str(path)) from broken
    if stated != FORMAT:
        raise CaseError("case_other_version", folder=str(path), stated=str(stated), known=FORMAT)
    return dict(settings)


def read_key(path: Path) -> Ed25519PrivateKey:
    """The journal key; CaseError when it is not here, as in a case handed on without its private folder."""
    raw = folder.read_if_there(path / folder.KEY)
    try:
        key = load_pem_private_key(raw or b"", None)
    except (ValueError, TypeError) as broken:
        raise CaseError("journal_key_missing", folder=str(path)) from broken
    if not isinstance(key, Ed25519PrivateKey):
        raise CaseError("journal_key_missing", folder=str(path))
    return key


def check_inside(relative: str) -> None:
    """Raise CaseError for a name that could lie elsewhere on any platform."""
    parts = PurePosixPath(relative).parts
    plain = all(part not in ("", ".", "..", "/") and not part.startswith(".") for part in parts)
    if not parts or not plain or any(mark in relative for mark in ("\\", ":", "\0")):
        raise CaseError("name_outside", name=relative)


def hash_of_settings(path: Path) -> str:
    """SHA-256 (hex) of ``case.json``."""
    return hashlib.sha256(folder.read_if_there(path / folder.CASE_FILE) or b"").hexdigest()
