"""Nobody without the keys changes a sealed package unnoticed; who holds them is found by what somebody else kept."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.casebook import packages
from tests.casebook.packages import change, relist, reseal
from toolkit.casebook import proof, verify
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.opening import read_key
from toolkit.casebook.proof import time_stamp_request
from toolkit.casebook.seal import seal

pytestmark = pytest.mark.slow

REPORT, JOURNAL = "data/derived/report-draft-en/report.html", "data/journal.jsonl"
KEY, OTHER = packages.new_key(), packages.new_key()
FEW_FLIPS, FLIPS = 25, 400


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERMASK_CONFIG", str(tmp_path_factory.mktemp("config")))
        return packages.sealed(tmp_path_factory.mktemp("clean"), KEY)


def code(package: Path, **more: str) -> int:
    return verify.verify(str(package), more.pop("fingerprint", KEY.fingerprint), **more)[0]


def evidence(root: Path, number: int = 0) -> Path:
    return sorted((root / "data/evidence").iterdir())[number]


def on(name: str, edit: Callable[[bytes], bytes]) -> packages.Tamper:
    return lambda root: change(root / name, edit)


def rows(edit: Callable[[list[bytes]], list[bytes]]) -> packages.Tamper:
    return on(JOURNAL, lambda content: b"".join(edit(content.splitlines(keepends=True))))


def then(*steps: packages.Tamper) -> packages.Tamper:
    def tamper(root: Path) -> None:
        for step in steps:
            step(root)

    return tamper


def swap(one: bytes, other: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(one, other, 1)


def edited_row(line: bytes, key: Ed25519PrivateKey | None = None) -> bytes:
    row = json.loads(line)
    row["t"] = "2020-01-01T00:00:00Z"
    bare = {name: value for name, value in row.items() if name != "sig"}
    if key is not None:
        row["sig"] = base64.b64encode(key.sign(b"papermask-journal-v1\n" + canonical_bytes(bare))).decode()
    return canonical_bytes(row) + b"\n"


def swapped(root: Path) -> None:
    first, second = evidence(root).read_bytes(), evidence(root, 1).read_bytes()
    change(evidence(root), lambda _: second)
    change(evidence(root, 1), lambda _: first)


def linked(root: Path) -> None:
    target = root.parent / "elsewhere"
    target.write_bytes(evidence(root).read_bytes())
    path = evidence(root)
    path.unlink()
    path.symlink_to(target)


def other_namespace(root: Path) -> None:
    raw = (root / "seal.json").read_bytes()
    body = base64.b64decode("".join((root / "seal.json.sig").read_text().splitlines()[1:-1]))
    told = [b"another-name-12345", b"", b"sha512"]
    message = b"SSHSIG" + b"".join(len(one).to_bytes(4, "big") + one for one in (*told, hashlib.sha512(raw).digest()))
    mark = KEY.private.sign(message)
    fresh = body[:-64] + mark
    fresh = fresh.replace(proof.FORMAT.encode(), told[0])
    text = base64.b64encode(fresh).decode()
    (root / "seal.json.sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n")


def small_order(root: Path) -> None:
    """A key that fits any message, with the signature that does: R and s of the neutral point."""
    raw = (1).to_bytes(32, "little")
    blob = b"".join(len(one).to_bytes(4, "big") + one for one in (b"ssh-ed25519", raw))
    mark = b"".join(len(one).to_bytes(4, "big") + one for one in (b"ssh-ed25519", raw + bytes(32)))
    told = (blob, proof.FORMAT.encode(), b"", b"sha512", mark)
    text = base64.b64encode(b"SSHSIG\0\0\0\1" + b"".join(len(one).to_bytes(4, "big") + one for one in told)).decode()
    old = json.loads((root / "seal.json").read_bytes()) | {"key": proof.fingerprint_of(blob)}
    (root / "seal.json").write_bytes(canonical_bytes(old) + b"\n")
    (root / "seal.json.sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n")
    signer = f'case@sealed namespaces="{proof.FORMAT}" ssh-ed25519 {base64.b64encode(blob).decode()}\n'
    (root / "allowed_signers").write_text(signer)


def seal_says(**told: object) -> packages.Tamper:
    return on("seal.json", lambda content: canonical_bytes({**json.loads(content), **told}) + b"\n")


def without(name: str) -> Callable[[bytes], bytes]:
    return lambda content: canonical_bytes({k: v for k, v in json.loads(content).items() if k != name}) + b"\n"


def put(name: str, content: bytes = b"x\n") -> packages.Tamper:
    def tamper(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    return tamper


def gone(name: str) -> packages.Tamper:
    return lambda root: (root / name).unlink()


def list_line(line: str) -> packages.Tamper:
    return then(on("manifest-sha256.txt", lambda content: content + line.encode()), reseal)


EDIT = on(REPORT, swap(b"Two visits", b"One visit "))
KINDS: dict[str, packages.Tamper] = {
    "byte of the report": on(REPORT, lambda c: bytes([c[0] ^ 1]) + c[1:]),
    "report cut": on(REPORT, lambda c: c[:-1]),
    "report made longer": on(REPORT, lambda c: c + b" "),
    "report emptied": on(REPORT, lambda c: b""),
    "report gone": gone(REPORT),
    "report renamed": lambda root: (root / REPORT).rename(root / f"{REPORT}.old"),
    "two exhibits swapped": swapped,
    "exhibit replaced": lambda root: change(evidence(root), lambda c: c.replace(b"1001", b"1002")),
    "exhibit gone": lambda root: evidence(root).unlink(),
    "exhibit gone and lists made anew": then(lambda root: evidence(root).unlink(), relist, reseal),
    "exhibit a link to the same bytes": linked,
    "link added": lambda root: (root / "data/more").symlink_to(root / REPORT),
    "pipe added": lambda root: os.mkfifo(root / "data/pipe"),
    "file added to the payload": put("data/derived/more.html"),
    "file added beside the lists": put("more.txt"),
    "folder added": put("data/hidden/.x"),
    "file of a name that differs in case": put("data/derived/report-draft-en/Report.html"),
    "hash in the list": on("manifest-sha256.txt", lambda c: (b"0" if c[:1] != b"0" else b"1") + c[1:]),
    "line gone from the list": on("manifest-sha256.txt", lambda c: c.split(b"\n", 1)[1]),
    "line twice in the list": list_line(f"{'0' * 64}  {REPORT}\n"),
    "line for a missing file": list_line(f"{'0' * 64}  data/nowhere\n"),
    "line that leads outside": list_line(f"{'0' * 64}  data/../../etc/passwd\n"),
    "line with an absolute path": list_line(f"{'0' * 64}  /etc/passwd\n"),
    "list with other line ends": then(on("manifest-sha256.txt", lambda c: c.replace(b"\n", b"\r\n")), reseal),
    "tag list without a line": then(on("tagmanifest-sha256.txt", lambda c: c.split(b"\n", 1)[1]), reseal),
    "report edited, lists made anew": then(EDIT, relist),
    "report edited, lists and seal made anew": then(EDIT, relist, reseal),
    "all made anew with another key": then(EDIT, relist, lambda root: reseal(root, OTHER)),
    "another key, its name kept out": then(
        EDIT, relist, lambda root: reseal(root, OTHER), seal_says(key=KEY.fingerprint),
        on("allowed_signers", lambda _: KEY.signers),
    ),
    "a key that fits anything": small_order,
    "seal printed otherwise": on("seal.json", lambda c: json.dumps(json.loads(c), indent=1).encode()),
    "seal with one entry more": seal_says(reviewed=True),
    "seal without an entry": on("seal.json", without("tool")),
    "seal of another kind": seal_says(format="papermask-seal-v2"),
    "seal with another time": seal_says(sealed_at="2020-01-01T00:00:00Z"),
    "seal with another head": seal_says(journal={"entries": 1, "head": "0" * 64}),
    "seal that allows missing originals": then(seal_says(originals="withheld"), lambda root: evidence(root).unlink()),
    "seal gone": gone("seal.json"),
    "signature changed": on("seal.json.sig", lambda c: c[:-60] + (b"A" if c[-60:-59] != b"A" else b"B") + c[-59:]),
    "signature emptied": on("seal.json.sig", lambda _: b""),
    "signature gone": gone("seal.json.sig"),
    "signature of another text": on("seal.json.sig", lambda _: KEY.signature(b"another\n")),
    "signature for another use": other_namespace,
    "signers replaced": on("allowed_signers", lambda _: OTHER.signers),
    "signer for anything": on("allowed_signers", lambda c: c + c.replace(b"case@sealed", b"*")),
    "row gone": then(rows(lambda r: r[:2] + r[3:]), relist, reseal),
    "row edited": then(rows(lambda r: [*r[:2], edited_row(r[2]), *r[3:]]), relist, reseal),
    "row twice": then(rows(lambda r: [*r[:3], r[2], *r[3:]]), relist, reseal),
    "rows swapped": then(rows(lambda r: [r[0], r[2], r[1], *r[3:]]), relist, reseal),
    "last row cut": then(rows(lambda r: r[:-1]), relist, reseal),
    "row of another key": then(rows(lambda r: [*r[:2], edited_row(r[2], OTHER.private), *r[3:]]), relist, reseal),
    "row with a space": then(rows(lambda r: [r[0].replace(b'":', b'": ', 1), *r[1:]]), relist, reseal),
    "journal with an empty line": then(on(JOURNAL, lambda c: c + b"\n"), relist, reseal),
    "journal emptied": then(on(JOURNAL, lambda _: b""), relist, reseal),
    "purpose of the case": then(on("data/case.json", swap(b"Who clocked in", b"Who was absent")), relist, reseal),
    "journal key of the case": then(
        on("data/case.json", lambda c: canonical_bytes({**json.loads(c), "journal_key": "A" * 43 + "="}) + b"\n"),
        relist, reseal,
    ),
    "table replaced": lambda root: change(root / "data/tables/roster.parquet", lambda c: c[::-1]),
    "what the crate says": on("data/ro-crate-metadata.json", swap(b"Sealed package", b"Seeled package")),
    "the verifier itself": on("verify.py", lambda c: c + b"\n# changed\n"),
    "the page of instructions": on("VERIFY.txt", swap(b"SHA256", b"SHA512")),
    "what the bag says of its size": on("bag-info.txt", swap(b"Payload-Oxum: ", b"Payload-Oxum: 1")),
    "version of the bag": on("bagit.txt", swap(b"1.0", b"0.9")),
    "request gone": gone("seal.tsq"),
    "empty folder added": lambda root: (root / "data/empty").mkdir(),
    "case file gone": gone("data/case.json"),
    "request for another seal": on("seal.tsq", lambda _: time_stamp_request(b"another\n")),
    "answer for another seal": put("seal.tsr", time_stamp_request(b"another\n")),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_package_is_refused(kind: str, clean: Path, tmp_path: Path) -> None:
    assert code(clean) == 0
    copy = packages.copy_of(clean, tmp_path / "copy")
    before = packages.tree(copy)
    assert code(copy) == 0
    KINDS[kind](copy)
    assert packages.tree(copy) != before
    assert code(copy) == 1
    assert code(clean) == 0


def test_who_puts_another_package_in_its_place_is_found_by_the_fingerprint_alone(clean: Path, tmp_path: Path) -> None:
    other = packages.sealed(tmp_path, OTHER)
    assert verify.verify(str(other))[0] == verify.verify(str(clean))[0] == 3
    assert (code(other), code(clean)) == (1, 0)


@pytest.mark.parametrize("flips", [FEW_FLIPS, pytest.param(FLIPS, marks=pytest.mark.full)])
def test_any_flipped_bit_is_seen(flips: int, clean: Path, tmp_path: Path) -> None:
    copy = packages.copy_of(clean, tmp_path / "copy")
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    draw = random.Random(20261128)
    for _ in range(flips):
        path = draw.choice(files)
        content = path.read_bytes()
        place, bit = draw.randrange(len(content)), 1 << draw.randrange(8)
        change(path, lambda c, place=place, bit=bit: c[:place] + bytes([c[place] ^ bit]) + c[place + 1 :])  # type: ignore[misc]
        assert path.read_bytes() != content
        assert code(copy) == 1, (path, place, bit)
        change(path, lambda _, content=content: content)  # type: ignore[misc]
    assert code(copy) == 0


def rewritten(clean: Path, to: Path, journal_key: Ed25519PrivateKey) -> Path:
    copy = packages.copy_of(clean, to)
    EDIT(copy)
    sha256 = hashlib.sha256((copy / REPORT).read_bytes()).hexdigest()
    last, lines = "0" * 64, []
    for line in (copy / JOURNAL).read_bytes().splitlines():
        row = json.loads(line)
        if row["pub"].get("out") == REPORT.removeprefix("data/"):
            row["pub"]["sha256"] = sha256
        row["prev"] = last
        bare = {name: value for name, value in row.items() if name != "sig"}
        row["sig"] = base64.b64encode(journal_key.sign(b"papermask-journal-v1\n" + canonical_bytes(bare))).decode()
        lines.append(canonical_bytes(row) + b"\n")
        last = hashlib.sha256(lines[-1][:-1]).hexdigest()
    change(copy / JOURNAL, lambda _: b"".join(lines))
    relist(copy)
    reseal(copy, KEY, journal={"entries": len(lines), "head": last})
    return copy


def test_the_holder_of_both_keys_is_found_by_an_earlier_head_or_a_time_stamp(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        root = case.path
        clean = seal(case, tmp_path / "out", KEY, originals=True).path
    head = tmp_path / "HEAD"
    shutil.copy(root / "HEAD", head)
    # Kept before the seal: the journal of the package goes on from there.
    forged = rewritten(clean, tmp_path / "forged", read_key(root))
    assert code(clean) == 0 and code(forged) == 0, "documented: nothing within a package shows this"
    assert code(forged, head=str(head)) == 1
    for package, expected in ((clean, 0), (forged, 1)):
        (package / "seal.tsr").write_bytes(time_stamp_request((clean / "seal.json").read_bytes()))
        assert code(package) == expected
