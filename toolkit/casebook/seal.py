"""The sealed package: can anybody, offline and without this program, see that nothing was changed?

A package is a BagIt 1.0 bag (RFC 8493) with ``seal.json`` over its two lists of
hashes and over the journal's head, a signature that OpenSSH checks, a request
for a time stamp (RFC 3161), the verifier, and a page that says how to check it
by hand. It is written under another name and renamed when it is whole. Names,
paths and other private facts stay behind: the journal holds commitments to them.
Originals and tables go in only when asked for, since they hold what people wrote.

A package shows that nothing was changed since; not that an exhibit was genuine,
and not that the key's holder did not write all of it anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.casebook import crate, folder, proof, verify
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.copying import copy_in
from toolkit.casebook.sealing_key import SealingKey
from toolkit.casebook.shelf import TOOL
from toolkit.casebook.timestamps import PLACE
from toolkit.errors import ExhibitError, SealError

if TYPE_CHECKING:
    from toolkit.casebook.case import Case

PACKAGE = re.compile(r"(?P<case>.+)-seal-(?P<number>\d{4})")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
JOINT = "# --- Below this line both files are one in a sealed package.\n"
FROM_HERE = re.compile(
    r"^from toolkit\.casebook\.proof import \([^)]*\)\n|^from toolkit\.casebook\.proof import .*\n", re.M
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A finished package: where it lies, whose key sealed it, how much is in it."""

    path: Path
    fingerprint: str
    files: int
    originals: bool


def seal(
    case: Case, out: Path, key: SealingKey, *, originals: bool = False, progress: Progress | None = None
) -> Sealed:
    """Make the next package of a case in a folder.

    Parameters
    ----------
    out : Path
        Folder for the package, made when missing; not within the case.
    originals : bool
        Whether evidence and tables go in, so that results can be computed again
        from the package. They hold names as far as the exhibits do.
    progress : callable, optional
        Told (files done, files in all).

    Raises
    ------
    SealError
        ``seal_nothing`` (no report was made), ``seal_inside`` (the folder lies in
        the case).
    ExhibitError, ExhibitChanged, StepTooEarly
        An exhibit, table or output is gone or is not the one that the journal vouches for.
    CaseError
        The disk refused; no package is left.
    """
    out = out.absolute()
    if out == case.path or case.path in out.parents:
        raise SealError("seal_inside", folder=str(out))
    outputs = list(_outputs(case))
    if all(name.startswith(f"{folder.DERIVED}/{PLACE}/") for name, _, _ in outputs):
        raise SealError("seal_nothing", folder=case.path.name)
    with folder.writing(out):
        out.mkdir(parents=True, exist_ok=True)
        number = _next_number(case, out)
    name = f"{case.case_id}-seal-{number:04d}"
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    case.note("seal", {"key": key.fingerprint, "originals": originals, "package": name})
    waiting = out / f".{name}.tmp"
    try:
        with folder.writing(out):
            shutil.rmtree(waiting, ignore_errors=True)
            (waiting / "data").mkdir(parents=True)
            files = _fill(case, waiting / "data", outputs, originals, at, progress)
            mark = _close(case, waiting, key, files, originals, at)
            _tree_to_disk(waiting)
            folder.rename_durably(waiting, out / name)
    except BaseException:
        with contextlib.suppress(OSError):
            shutil.rmtree(waiting, ignore_errors=True)
        raise
    case.note("sealed", {"package": name, "seal_sha256": mark})
    return Sealed(path=out / name, fingerprint=key.fingerprint, files=len(files), originals=originals)


def verifier_source() -> bytes:
    """The stand-alone verifier as one file: both halves of it below one list of imports."""
    check, proved = (Path(str(one.__file__)).read_text(encoding="utf-8") for one in (verify, proof))
    (head, body), (proof_head, proof_body) = check.split(JOINT), proved.split(JOINT)
    needed = [line for line in proof_head.splitlines(keepends=True) if line.startswith("import ") and line not in head]
    head = FROM_HERE.sub("", head).replace("\nimport ", "\n" + "".join(needed) + "import ", 1)
    return "\n\n".join((head.rstrip(), proof_body.strip(), "\n" + body.lstrip())).encode()


def _outputs(case: Case) -> Iterator[tuple[str, Path, str]]:
    """Last version of every output that is there: its name, where it lies, its hash in the journal.

    Raises
    ------
    ExhibitError
        It is gone, or is another than the journal's: a package that lacks it would look whole.
    """
    last = {row["pub"]["out"]: row["pub"]["sha256"] for row in case.journal_rows() if row["act"] == "store"}
    for name, wanted in sorted(last.items()):
        path = case.path / name
        if not path.is_file():
            raise ExhibitError("output_gone", name=name)
        if path.is_symlink() or folder.sha256_of(path) != wanted:
            raise ExhibitError("output_changed", name=name)
        yield name, path, wanted


def _next_number(case: Case, out: Path) -> int:
    """One more than any package of this case in the folder or in the journal."""
    names = [row["pub"]["package"] for row in case.journal_rows() if row["act"] == "seal"]
    names += [path.name for path in out.iterdir()]
    found = [PACKAGE.fullmatch(name) for name in names]
    return 1 + max((int(one["number"]) for one in found if one and one["case"] == case.case_id), default=0)


def _fill(
    case: Case,
    data: Path,
    outputs: list[tuple[str, Path, str]],
    originals: bool,
    at: str,
    progress: Progress | None,
) -> dict[str, str]:
    """The payload; gives the hash of every file by its name in the package."""
    wanted = [*outputs, *(_originals(case) if originals else ())]
    files: dict[str, str] = {}
    for done, (name, path, sha256) in enumerate(wanted, 1):
        target = data / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_in(path, target.parent, target.name, sha256)
        files[f"data/{name}"] = sha256
        if progress is not None:
            progress(done, len(wanted))
    rows = case.journal_rows()
    lines = b"".join(canonical_bytes(row) + b"\n" for row in rows)
    told = {
        folder.JOURNAL: lines,
        folder.CASE_FILE: folder.read_if_there(case.path / folder.CASE_FILE) or b"",
    }
    sizes = {name: (data.parent / name).stat().st_size for name in files}
    told[crate.NAME] = crate.metadata(case.case_id, rows, files, sizes, at)
    for name, content in told.items():
        folder.write_durably(data / name, content)
        files[f"data/{name}"] = hashlib.sha256(content).hexdigest()
    return files


def _originals(case: Case) -> Iterator[tuple[str, Path, str]]:
    """Evidence as it was taken in, and tables as they were recorded, each checked against the journal."""
    for row in case.read("exhibits").to_dict("records"):
        path = case.exhibit_path(str(row["exhibit_id"]))
        yield f"{folder.EVIDENCE}/{path.name}", path, str(row["sha256"])
    last = {row["pub"]["table"]: row["pub"]["sha256"] for row in case.journal_rows() if row["act"] == "record"}
    for name, sha256 in sorted(last.items()):
        if case.has(name):  # not where it was purged; raises where it was lost
            case.read(name)
            yield f"{folder.TABLES}/{name}.parquet", case.path / folder.TABLES / f"{name}.parquet", sha256


def _close(case: Case, package: Path, key: SealingKey, files: dict[str, str], originals: bool, at: str) -> str:
    """Lists, seal, signature and request; gives the hash of ``seal.json``."""
    size = sum((package / name).stat().st_size for name in files)
    info = {
        "Bag-Software-Agent": TOOL,
        "Bagging-Date": at[:10],
        "External-Identifier": case.case_id,
        "Payload-Oxum": f"{size}.{len(files)}",
    }
    tags = {
        "VERIFY.txt": (Path(__file__).parent / "VERIFY.txt").read_bytes(),
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in info.items()).encode(),
        "bagit.txt": BAGIT,
        "manifest-sha256.txt": _listed(files),
        "verify.py": verifier_source(),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in tags.items()}
    tags["tagmanifest-sha256.txt"] = _listed(hashes)
    entries, head = case.head()
    told = {
        "case": case.case_id,
        "format": proof.FORMAT,
        "journal": {"entries": entries, "head": head},
        "journal_key": case.settings()["journal_key"],
        "key": key.fingerprint,
        "manifest_sha256": hashes["manifest-sha256.txt"],
        "originals": "included" if originals else "withheld",
        "sealed_at": at,
        "tagmanifest_sha256": hashlib.sha256(tags["tagmanifest-sha256.txt"]).hexdigest(),
        "tool": TOOL,
    }
    raw = canonical_bytes(told) + b"\n"
    tags |= {
        "seal.json": raw,
        "seal.json.sig": key.signature(raw),
        "allowed_signers": key.signers,
        "seal.tsq": proof.time_stamp_request(raw),
    }
    for name, content in tags.items():
        folder.write_durably(package / name, content)
    return hashlib.sha256(raw).hexdigest()


def _listed(hashes: dict[str, str]) -> bytes:
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items())).encode()


def _tree_to_disk(root: Path) -> None:
    """Make all names durable, the deepest folders first."""
    for path, _, _ in os.walk(root, topdown=False):
        folder.folder_to_disk(Path(path))


def check_is_package(package: Path) -> None:
    """Raise SealError ``not_a_package`` for a folder without ``seal.json``, which is no changed package but none."""
    if folder.read_if_there(package / "seal.json") is None:
        raise SealError("not_a_package", folder=package.name)
