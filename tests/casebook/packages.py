"""Small sealed packages, and the ways in which somebody without the keys might change one."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.proof import time_stamp_request
from toolkit.casebook.seal import seal
from toolkit.casebook.sealing_key import SealingKey

STATED = {"purpose": "Who clocked in?", "basis": "Works agreement 7"}
Tamper = Callable[[Path], None]


def small_case(folder: Path) -> Case:
    """An open case with two exhibits, a table and two outputs."""
    case = Case.create(folder / "case", **STATED)
    for name, text in (("gate.dat", "1001\t2026-03-03 08:21:49\n" * 9), ("letter.txt", "Ask the guard.\n" * 7)):
        (folder / name).write_text(text)
        case.add_exhibit(folder / name, "records" if name.endswith("dat") else "context", {})
    case.record(
        "roster", pd.DataFrame(tables.build("roster", [{"employee_id": "1001", "exhibit_id": "E-0001", "row": 1}]))
    )
    case.store("report-draft-en/report.html", b"<html>Two visits.</html>\n" * 5, inputs=("roster",))
    case.store("report-draft-en/report.json", b'{"visits": 2}\n', inputs=("roster",))
    return case


def sealed(folder: Path, key: SealingKey, *, originals: bool = True) -> Path:
    """A package of :func:`small_case`."""
    with small_case(folder) as case:
        return seal(case, folder / "out", key, originals=originals).path


def new_key() -> SealingKey:
    """A key that lies in no file."""
    return SealingKey(Ed25519PrivateKey.generate())


def tree(root: Path) -> str:
    """One hash over names, kinds and bytes."""
    told = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        kind = "l" if path.is_symlink() else "d" if path.is_dir() else "f" if path.is_file() else "o"
        told.update(f"{path.relative_to(root)}|{kind}|".encode())
        told.update(str(path.readlink()).encode() if kind == "l" else path.read_bytes() if kind == "f" else b"")
    return told.hexdigest()


def change(path: Path, edit: Callable[[bytes], bytes]) -> None:
    """Write what an edit makes of a file, read-only as it may be."""
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(edit(content))


def relist(root: Path) -> None:
    """Both lists of hashes and the size, as any BagIt tool would make them anew."""
    files = sorted(path for path in (root / "data").rglob("*") if path.is_file())
    info = f"Payload-Oxum: {sum(path.stat().st_size for path in files)}.{len(files)}\n".encode()
    lines = (root / "bag-info.txt").read_bytes().splitlines(keepends=True)
    (root / "bag-info.txt").write_bytes(b"".join(info if one.startswith(b"Payload") else one for one in lines))
    _list(root, root / "manifest-sha256.txt", files)
    tags = ("VERIFY.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py")
    _list(root, root / "tagmanifest-sha256.txt", [root / name for name in tags])


def _list(root: Path, path: Path, files: list[Path]) -> None:
    told = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(root).as_posix()}\n" for one in files]
    path.write_text("".join(told), encoding="utf-8")


def reseal(root: Path, key: SealingKey | None = None, **told: Any) -> None:
    """``seal.json`` for the lists as they are; signed where there is a key, the key's names with it."""
    seal_file = root / "seal.json"
    old = json.loads(seal_file.read_bytes())
    for name in ("manifest", "tagmanifest"):
        old[f"{name}_sha256"] = hashlib.sha256((root / f"{name}-sha256.txt").read_bytes()).hexdigest()
    if key is not None:
        old["key"] = key.fingerprint
    raw = canonical_bytes({**old, **told}) + b"\n"
    seal_file.write_bytes(raw)
    if key is not None:
        (root / "seal.json.sig").write_bytes(key.signature(raw))
        (root / "allowed_signers").write_bytes(key.signers)
        (root / "seal.tsq").write_bytes(time_stamp_request(raw))


def copy_of(package: Path, to: Path) -> Path:
    """A copy that may be changed."""
    shutil.copytree(package, to, symlinks=True)
    return to
