"""A sealed package: what is in it, that tools of others take it, and what stops sealing before anything is written."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.casebook import packages
from toolkit.casebook import proof, verify
from toolkit.casebook.case import Case
from toolkit.casebook.seal import seal, verifier_source
from toolkit.casebook.sealing_key import key_path, make_key, open_key
from toolkit.errors import ExhibitError, SealError, StepTooEarly

REPORT = "data/derived/report-draft-en/report.html"
KEY = packages.new_key()
SIGNING = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", "case@sealed", "-n", "papermask-seal-v1"]


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and remembered heads of these cases stay in the test's own folder."""
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return packages.sealed(tmp_path, KEY)


def alone(package: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The package's own verifier, without site packages, environment or a folder to write to."""
    run = [sys.executable, "-I", "-S", "-B", str(package / "verify.py"), *words]
    return subprocess.run(run, capture_output=True, env={}, cwd="/", timeout=120, check=False)


def needs(tool: str) -> None:
    if shutil.which(tool) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{tool} is missing, and CI must have it")
        pytest.skip(f"{tool} is missing")


def test_the_verifier_in_the_package_runs_alone_and_tells_three_outcomes_apart(package: Path) -> None:
    for folder in (package, *package.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o555)
    try:
        right, unnamed, other = (
            alone(package, *words) for words in (("--fingerprint", KEY.fingerprint), (), ("--fingerprint", "SHA256:x"))
        )
    finally:
        for folder in (package, *package.rglob("*")):
            if folder.is_dir():
                folder.chmod(0o755)
    assert [one.returncode for one in (right, unnamed, other)] == [0, 3, 1]
    assert right.stderr == unnamed.stderr == other.stderr == b""
    assert b"OK" in right.stdout and "通过".encode() in right.stdout and KEY.fingerprint.encode() in unnamed.stdout
    packages.change(package / REPORT, lambda content: content + b" ")
    changed = alone(package, "--fingerprint", KEY.fingerprint)
    assert changed.returncode == 1 and REPORT.encode() in changed.stdout and changed.stderr == b""


def test_the_verifier_needs_no_network(package: Path) -> None:
    needs("unshare")
    run = ["unshare", "-n", sys.executable, "-I", "-S", "-B", str(package / "verify.py"), "--fingerprint"]
    if os.geteuid() != 0:
        run[1:1] = ["-r"]
    ended = subprocess.run([*run, KEY.fingerprint], capture_output=True, env={}, cwd="/", check=False)
    if b"unshare" in ended.stderr:
        if os.environ.get("CI") == "true":
            pytest.fail("the network cannot be unshared here, and CI must be able to")
        pytest.skip("the network cannot be unshared here")
    assert ended.returncode == 0 and ended.stderr == b""


def test_the_verifier_is_one_file_of_the_standard_library() -> None:
    source = verifier_source().decode()
    assert "toolkit." not in source.replace(":mod:`toolkit.casebook", "")
    compile(source, "verify.py", "exec")
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


def test_tools_of_others_take_the_package_and_refuse_a_changed_one(package: Path) -> None:
    needs("sha256sum")
    needs("ssh-keygen")
    lists = ["sha256sum", "-c", "--quiet", "--strict", "manifest-sha256.txt", "tagmanifest-sha256.txt"]

    def passed(words: list[str]) -> bool:
        with (package / "seal.json").open("rb") as told:
            return subprocess.run(words, cwd=package, stdin=told, capture_output=True, check=False).returncode == 0

    signed = [*SIGNING, "-s", "seal.json.sig"]
    bag = [sys.executable, "-m", "bagit", "--validate", "."]
    assert passed(lists) and passed(signed) and passed(bag)
    (package / "data/letter.txt").write_text("put in")  # which sha256sum cannot see
    assert passed(lists) and not passed(bag)
    (package / "data/letter.txt").unlink()
    packages.change(package / REPORT, lambda content: content + b" ")
    assert not passed(lists) and not passed(bag) and passed(signed)
    packages.relist(package)  # as any tool for bags would make them anew
    assert passed(lists) and passed(bag)
    assert alone(package, "--fingerprint", KEY.fingerprint).returncode == 1
    packages.change(package / "seal.json", lambda content: content.replace(b"included", b"withheld"))
    assert not passed(signed)


def test_the_page_says_the_commands_that_the_test_ran(package: Path) -> None:
    told = (package / "VERIFY.txt").read_text(encoding="utf-8")
    assert "sha256sum -c --quiet --strict manifest-sha256.txt tagmanifest-sha256.txt" in told
    assert " ".join(SIGNING) in told and "python3 -I -S verify.py --fingerprint" in told
    head = subprocess.run(
        "tail -n 1 data/journal.jsonl | tr -d '\\n' | sha256sum",
        shell=True,
        cwd=package,
        capture_output=True,
        check=True,
    )
    assert head.stdout.split()[0].decode() == json.loads((package / "seal.json").read_bytes())["journal"]["head"]


def test_without_originals_nothing_of_them_is_in_the_package_but_their_hashes(tmp_path: Path) -> None:
    package = packages.sealed(tmp_path, KEY, originals=False)
    code, found, _ = verify.verify(str(package), KEY.fingerprint)
    assert code == 0 and ("withheld", (2,)) in found.notes
    assert sorted(path.name for path in (package / "data").iterdir()) == [
        "case.json", "derived", "journal.jsonl", "ro-crate-metadata.json",
    ]  # fmt: skip
    everything = b"".join(path.read_bytes() for path in package.rglob("*") if path.is_file())
    assert not any(
        word in everything for word in (b"gate.dat", b"letter.txt", b"Ask the guard", str(tmp_path).encode())
    )


def test_packages_of_a_case_are_numbered_and_the_journal_names_them(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        first, second = (seal(case, tmp_path / "out", KEY).path for _ in range(2))
        assert [one.name[-4:] for one in (first, second)] == ["0001", "0002"]
        assert [row["act"] for row in case.journal_rows()][-4:] == ["seal", "sealed", "seal", "sealed"]
        assert case.sealed
    assert [verify.verify(str(one), KEY.fingerprint)[0] for one in (first, second)] == [0, 0]


def test_the_crate_names_what_an_output_was_made_from(package: Path) -> None:
    graph = {one["@id"]: one for one in json.loads((package / "data/ro-crate-metadata.json").read_bytes())["@graph"]}
    actions = [one for one in graph.values() if one["@type"] == "CreateAction"]
    made = {one["result"][0]["@id"]: [used["@id"] for used in one["object"]] for one in actions}
    assert made[REPORT.removeprefix("data/")] == ["tables/roster.parquet"]
    assert all(graph[name]["@type"] == "File" for used in made.values() for name in used)
    assert graph["./"]["datePublished"] == json.loads((package / "seal.json").read_bytes())["sealed_at"]


def test_a_changed_exhibit_or_output_is_never_sealed(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        path = case.path / "derived/report-draft-en/report.html"
        packages.change(path, lambda content: content + b" ")
        with pytest.raises(ExhibitError) as refused:
            seal(case, tmp_path / "out", KEY)
    assert refused.value.code == "output_changed" and not any((tmp_path / "out").glob("*"))


def test_a_lost_output_or_table_is_never_left_out_without_a_word(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        (case.path / "tables/roster.parquet").rename(tmp_path / "kept")
        with pytest.raises(StepTooEarly):
            seal(case, tmp_path / "out", KEY, originals=True)
        (tmp_path / "kept").rename(case.path / "tables/roster.parquet")
        (case.path / "derived/report-draft-en/report.json").unlink()
        with pytest.raises(ExhibitError) as gone:
            seal(case, tmp_path / "out", KEY)
    assert gone.value.code == "output_gone" and not any((tmp_path / "out").glob("*"))


def test_nothing_is_sealed_without_a_report_or_into_the_case(tmp_path: Path) -> None:
    with Case.create(tmp_path / "empty", **packages.STATED) as case:
        with pytest.raises(SealError) as nothing:
            seal(case, tmp_path / "out", KEY)
        with pytest.raises(SealError) as inside:
            seal(case, case.path / "derived" / "out", KEY)
        assert [row["act"] for row in case.journal_rows()] == ["create"]
    assert (nothing.value.code, inside.value.code) == ("seal_nothing", "seal_inside")


def test_a_key_opens_with_its_passphrase_only_and_is_one_of_openssh(tmp_path: Path) -> None:
    path = key_path("case-1")
    made = make_key(path, "four plain words here")
    assert open_key(path, "four plain words here").fingerprint == made.fingerprint
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.parent == tmp_path / "config"
    refused = []
    for content, word in (
        (None, "four plain words"),
        (b"cut", "x"),
        (path.read_bytes()[:-60], "four plain words here"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SealError) as told:
            open_key(path, word)
        refused.append(told.value.code)
    assert refused == ["passphrase_wrong", "seal_key_broken", "seal_key_broken"]
    with pytest.raises(SealError) as there:
        make_key(path, "four plain words here")
    with pytest.raises(SealError) as short:
        make_key(tmp_path / "new", "short")
    assert (there.value.code, short.value.code) == ("seal_key_there", "passphrase_short")
    assert not (tmp_path / "new").exists()


def agree(count: int) -> None:
    draw = random.Random(8032)
    keys = [Ed25519PrivateKey.from_private_bytes(draw.randbytes(32)) for _ in range(4)]
    ours = [proof.Key(one.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)) for one in keys]
    for number in range(count):
        theirs, mine = keys[number % 4], ours[number % 4]
        message = draw.randbytes(draw.randrange(200))
        signature = bytearray(theirs.sign(message))
        damage = number % 3
        if damage == 1:
            signature[draw.randrange(64)] ^= 1 << draw.randrange(8)
        elif damage == 2:  # s written as s + L: the same number to who does not look
            s = int.from_bytes(signature[32:], "little") + proof.ORDER
            signature[32:] = s.to_bytes(32, "little")
        try:
            theirs.public_key().verify(bytes(signature), message)
            fits = True
        except InvalidSignature:
            fits = False
        assert mine.fits(bytes(signature), message) == fits == (damage == 0)


def test_plain_python_and_openssl_agree_on_signatures() -> None:
    agree(90)


@pytest.mark.full
def test_plain_python_and_openssl_agree_on_ten_thousand_signatures() -> None:
    agree(10_000)


@pytest.mark.parametrize("y", [0, 1, proof.P - 1, proof.P, proof.P + 1, 2**255 - 1])
def test_keys_that_fit_any_message_and_points_written_otherwise_are_refused(y: int) -> None:
    with pytest.raises(proof.Refused):
        proof.Key(y.to_bytes(32, "little"))
