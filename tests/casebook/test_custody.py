from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from toolkit.casebook import copying, custody, folder
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, ExhibitChanged, ExhibitError, ReadingError

CONTENT = b"a clip of the yard" * 1000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Zhang Wei 2026-03-03.MP4"
    path.write_bytes(CONTENT)
    return path


def acts(case: Case) -> list[str]:
    return [row["act"] for row in case.journal_rows()]


def test_a_copy_is_the_file_read_only_and_neutrally_named(case: Case, source: Path) -> None:
    seen: list[tuple[int, int]] = []
    exhibit = case.add_exhibit(
        source,
        "footage",
        {"camera_id": "C1", "frame_rate": 25.0},
        progress=lambda done, total: seen.append((done, total)),
    )
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (exhibit.exhibit_id, exhibit.sha256, exhibit.size_bytes) == ("E-0001", digest, len(CONTENT))
    path = case.exhibit_path("E-0001")
    assert path.name == f"E0001-{digest[:8]}.mp4"
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o444
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    received = datetime.fromisoformat(exhibit.received_at)
    assert received.utcoffset() == datetime.now(UTC).utcoffset()
    assert acts(case) == ["create", "intake", "record", "intake done"]


def test_the_original_name_is_private_but_finds_the_exhibit(case: Case, source: Path) -> None:
    exhibit = case.add_exhibit(source, "footage", {})
    for name in (exhibit.exhibit_id, exhibit.sha256, source.name, str(source)):
        assert case.find_exhibit(name) == "E-0001"
    assert case.original_name("E-0001") == source.name
    assert case.original_name("E-0009") is None
    with pytest.raises(ExhibitError) as found:
        case.find_exhibit("yard.mp4")
    assert found.value.code == "exhibit_unknown"
    path = case.path
    case.close()
    for one in path.rglob("*"):
        if one.is_file() and one.parent.name != "private":
            assert b"Zhang" not in one.read_bytes(), one
            assert "Zhang" not in one.name


def test_the_same_bytes_again_are_the_exhibit_that_is_there(case: Case, source: Path, tmp_path: Path) -> None:
    first = case.add_exhibit(source, "footage", {"camera_id": "C1"})
    rows = case.head()
    again = case.add_exhibit(source, "footage", {"camera_id": "C1"})
    assert again.already_there and again.sha256 == first.sha256
    assert case.head() == rows
    other = tmp_path / "copy of it.mp4"
    other.write_bytes(CONTENT)
    assert case.add_exhibit(other, "footage", {}).exhibit_id == "E-0001"
    assert case.find_exhibit("copy of it.mp4") == case.find_exhibit(source.name) == "E-0001"
    assert case.read("exhibits")["camera_id"].tolist() == ["C1"]
    with pytest.raises(ExhibitError) as found:
        case.add_exhibit(source, "records", {})
    assert found.value.code == "exhibit_other_kind"
    assert acts(case).count("intake again") == 1


def test_declared_facts_that_differ_are_updated_and_journaled(case: Case, source: Path) -> None:
    case.add_exhibit(source, "footage", {"camera_id": "C1", "scope": ["001"], "model": "K9"})
    case.add_exhibit(source, "footage", {"camera_id": "C2", "scope": ["001", "002"]})
    row = case.read("exhibits").iloc[0]
    assert row["camera_id"] == "C2"
    assert json.loads(row["declared"]) == {"model": "K9", "scope": ["001", "002"]}
    told = [one for one in case.journal_rows() if one["act"] == "redeclare"]
    assert [one["pub"] for one in told] == [{"exhibit": "E-0001", "fields": ["camera_id", "declared"]}]
    rows = case.head()
    case.add_exhibit(source, "footage", {"camera_id": "C2", "scope": ("001", "002")})
    assert case.head() == rows


def test_how_an_export_was_made_counts_as_unknown_until_it_is_said(case: Case, source: Path) -> None:
    case.add_exhibit(source, "records", {}, {"made_by": "HR"})

    def told() -> dict[str, str]:
        return dict(json.loads(case.read("exhibits").iloc[0]["provenance"]))

    assert told() == {
        "obtained_from": "unknown", "obtained_at": "unknown", "made_by": "HR", "form": "unknown",
        "program": "unknown", "filters": "unknown", "spreadsheet": "unknown",
    }  # fmt: skip
    case.add_exhibit(source, "records", {}, {"spreadsheet": "no", "filters": "withheld"})
    assert (told()["made_by"], told()["spreadsheet"], told()["filters"]) == ("HR", "no", "withheld")
    said = [one["pub"] for one in case.journal_rows() if one["act"] == "redeclare"]
    assert said == [{"exhibit": "E-0001", "fields": ["provenance"]}]
    rows = case.head()
    case.add_exhibit(source, "records", {}, {"made_by": "unknown", "spreadsheet": " "})  # says nothing, takes nothing
    assert case.head() == rows
    case.add_exhibit(source, "records", {}, {"made_by": "the vendor"})
    assert told()["made_by"] == "the vendor"
    facts = case._journal.private
    kept = [facts.value(row["op"], field, text) for row in case.journal_rows() for field, text in row["priv"].items()]
    assert '"HR"' in json.dumps(kept) and "the vendor" in json.dumps(kept)  # what was said before is not lost


def test_two_files_of_one_name_cannot_be_found_by_it(case: Case, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        path = tmp_path / str(number) / "ch01.mp4"
        path.write_bytes(b"x" * number)
        case.add_exhibit(path, "footage", {})
    with pytest.raises(ExhibitError) as found:
        case.find_exhibit("ch01.mp4")
    assert found.value.code == "exhibit_ambiguous"


def test_bad_sources_are_refused_and_leave_nothing(case: Case, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    os.mkfifo(tmp_path / "pipe")
    rows = case.head()
    for name, code in (
        ("empty.mp4", "file_empty"),
        ("gone.mp4", "file_missing"),
        ("case", "file_not_a_file"),
        ("pipe", "file_not_a_file"),
    ):
        with pytest.raises(ReadingError) as found:
            case.add_exhibit(tmp_path / name, "footage", {})
        assert found.value.code == code
        assert found.value.what() and found.value.advice()
    assert case.head() == rows
    assert not list((case.path / "evidence").iterdir())
    assert not case.has("exhibits")


def test_a_source_that_cannot_be_read_is_told_as_such(
    case: Case, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "denied")

    with monkeypatch.context() as denied:
        denied.setattr(Path, "open", refuse)
        with pytest.raises(ReadingError) as found:
            copying.hash_source(source)
    assert found.value.code == "file_unreadable"


def not_here(*_: Any) -> Iterator[int]:
    yield from (1 // 0 for _ in ())
    raise OSError(errno.ENOSYS, "no such call")


def test_a_source_that_fails_halfway_is_no_fault_of_the_case(
    case: Case, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, _: int) -> Iterator[bytes]:
        with copying._reading(path):
            yield b"half"
            raise OSError(5, "the stick was pulled out")

    monkeypatch.setattr(copying, "by_system", not_here)
    monkeypatch.setattr(copying, "_chunks", fail)
    with pytest.raises(ReadingError):
        case.add_exhibit(source, "footage", {})
    assert not list((case.path / "evidence").iterdir())


def test_a_source_that_changes_while_it_is_copied_is_refused(
    case: Case, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = copying.hash_source(source)
    monkeypatch.setattr(custody, "hash_source", lambda _: known)
    monkeypatch.setattr(copying, "by_system", not_here)
    monkeypatch.setattr(copying, "_chunks", lambda *_: iter([b"other bytes"]))
    with pytest.raises(ExhibitError) as found:
        case.add_exhibit(source, "footage", {})
    assert found.value.code == "copy_differs"
    assert not list((case.path / "evidence").iterdir())


@pytest.mark.skipif(
    not hasattr(os, "posix_fadvise") or not Path("/proc/self/fd").is_dir(),
    reason="the memory of the system cannot be passed by here",
)
@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_disk_that_did_not_keep_what_it_took_is_found(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Pieces are of a kilobyte here; what is let go of comes back from the disk with one byte lost."""
    source = tmp_path / "long.mp4"
    source.write_bytes(os.urandom(21 * 1024))
    monkeypatch.setattr(folder, "CHUNK_BYTES", 1024)
    monkeypatch.setattr(copying, "EVERY", 1 if at == 0 else 8)

    def lost(descriptor: int, offset: int, length: int, advice: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        if offset == (at % 21) * 1024:
            with place.open("r+b") as stream:
                stream.seek(offset)
                stream.write(bytes([place.read_bytes()[offset] ^ 1]))

    monkeypatch.setattr(os, "posix_fadvise", lost)
    with pytest.raises(ExhibitError) as found:
        case.add_exhibit(source, "footage", {})
    assert found.value.code == "copy_differs" and not list((case.path / "evidence").iterdir())


def test_a_file_that_is_still_written_is_refused_and_says_so(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, real = tmp_path / "growing.mp4", copying._chunks
    source.write_bytes(b"x" * 5000)

    def growing(path: Path, behind: int) -> Iterator[memoryview]:
        yield from real(path, behind)
        with path.open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(copying, "_chunks", growing)
    with pytest.raises(ReadingError) as refused:
        case.add_exhibit(source, "footage", {})
    assert refused.value.code == "file_still_written" and not list((case.path / "evidence").iterdir())


def test_a_leftover_with_another_name_elsewhere_is_not_written_to(case: Case, source: Path, tmp_path: Path) -> None:
    name = custody.neutral_name("E-0001", hashlib.sha256(source.read_bytes()).hexdigest(), source)
    other = tmp_path / "a copy by links.mp4"
    other.write_bytes(source.read_bytes() + b"and more")
    os.link(other, case.path / "evidence" / f"{copying.INCOMING}{name}")
    added = case.add_exhibit(source, "footage", {})
    assert case.exhibit_path(added.exhibit_id).read_bytes() == source.read_bytes()
    assert other.read_bytes() == source.read_bytes() + b"and more" and other.stat().st_mode & 0o200


def test_a_name_that_is_not_utf8_is_taken_in(case: Case, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd5\xc5.dat"))
    path.write_bytes(b"1 2 3")
    case.add_exhibit(path, "records", {})
    assert case.find_exhibit(path.name) == "E-0001"
    where = case.path
    case.close()
    with Case.open(where) as again:
        assert again.original_name("E-0001") == path.name


def test_one_changed_byte_in_an_exhibit_is_found_and_the_exhibit_named(case: Case, source: Path) -> None:
    case.add_exhibit(source, "footage", {})
    where, stored = case.path, case.exhibit_path("E-0001")
    case.close()
    stored.chmod(0o644)
    changed = bytearray(CONTENT)
    changed[777] ^= 1
    stored.write_bytes(bytes(changed))
    assert stored.read_bytes() != CONTENT
    with Case.open(where) as again:
        with pytest.raises(ExhibitChanged) as found:
            again.exhibit_path("E-0001")
        assert "E-0001" in found.value.what()
        stored.write_bytes(CONTENT)
        assert again.exhibit_path("E-0001") == stored


def test_an_exhibit_gone_or_made_a_link_is_missing(case: Case, source: Path) -> None:
    case.add_exhibit(source, "footage", {})
    stored = case.path / "evidence" / str(case.read("exhibits")["stored_as"].iloc[0])
    stored.unlink()
    with pytest.raises(ExhibitError) as found:
        case.exhibit_path("E-0001")
    assert found.value.code == "exhibit_missing"
    stored.symlink_to(source)
    with pytest.raises(ExhibitError):
        case.exhibit_path("E-0001")
    with pytest.raises(ExhibitError) as unknown:
        case.exhibit_path("E-0002")
    assert unknown.value.code == "exhibit_unknown"


def test_an_orphan_is_shown_kept_and_adopted_by_the_same_file(case: Case, source: Path, tmp_path: Path) -> None:
    evidence = case.path / "evidence"
    digest = hashlib.sha256(CONTENT).hexdigest()
    orphan = evidence / f"E0001-{digest[:8]}.mp4"
    orphan.write_bytes(CONTENT)
    assert case.orphans() == [orphan]
    other = tmp_path / "other.mp4"
    other.write_bytes(b"other")
    assert case.add_exhibit(other, "footage", {}).exhibit_id == "E-0002"
    assert case.orphans() == [orphan]
    assert case.add_exhibit(source, "footage", {}).exhibit_id == "E-0001"
    assert case.orphans() == []
    assert orphan.read_bytes() == CONTENT and orphan.stat().st_mode & 0o222 == 0


def test_an_unfinished_copy_is_swept_and_a_foreign_file_is_not(case: Case) -> None:
    evidence, where = case.path / "evidence", case.path
    (evidence / f"{copying.INCOMING}E0001-00000000.mp4").write_bytes(b"half")
    (evidence / "put here by hand.mp4").write_bytes(b"?")
    case.close()
    with Case.open(where, write=False) as reader:
        assert len(list(evidence.iterdir())) == 2
        assert [path.name for path in reader.orphans()] == [
            "put here by hand.mp4", f"{copying.INCOMING}E0001-00000000.mp4",
        ]  # fmt: skip
    Case.open(where).close()
    assert [path.name for path in evidence.iterdir()] == ["put here by hand.mp4"]


@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "a link"])
def test_a_copy_that_was_cut_off_is_told_and_gone_on_with(
    case: Case, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, where, content = tmp_path / "long.mp4", case.path, os.urandom(9 * 1024)
    source.write_bytes(content)
    monkeypatch.setattr(folder, "CHUNK_BYTES", 1024)
    with monkeypatch.context() as killed:
        killed.setattr(copying, "_copy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            case.add_exhibit(source, "footage", {})
    cut_off = case.path / "evidence" / f"{copying.INCOMING}{case.journal_rows()[-1]['pub']['stored_as']}"
    if damage == "a link":
        (tmp_path / "elsewhere").write_bytes(content[:5000])
        cut_off.symlink_to(tmp_path / "elsewhere")
    else:
        cut_off.write_bytes(
            {"cut": content[:5000], "changed": content[:2000] + b"x" * 4000, "longer": content * 2}[damage]
        )
    case.close()
    monkeypatch.setattr(copying, "by_system", not_here)
    written: list[int] = []
    real = folder.write_all

    def watched(at: int, part: bytes | memoryview) -> None:
        written.append(len(part))
        real(at, part)

    with Case.open(where) as again:
        assert again.orphans() == [cut_off]
        other = tmp_path / "other.mp4"
        other.write_bytes(b"came between")
        assert again.add_exhibit(other, "footage", {}).exhibit_id == "E-0001"
        monkeypatch.setattr(folder, "write_all", watched)
        added = again.add_exhibit(source, "footage", {})
        assert again.exhibit_path(added.exhibit_id).read_bytes() == content and again.orphans() == []
    copied = sum(size for size in written if size == 1024)
    assert copied == {"cut": 5 * 1024, "changed": 8 * 1024, "longer": 0, "a link": 9 * 1024}[damage]
    if damage == "a link":
        assert (tmp_path / "elsewhere").read_bytes() == content[:5000]


def test_the_source_folder_is_only_read(case: Case, tmp_path: Path, as_root: None) -> None:
    sealed = tmp_path / "from the recorder"
    sealed.mkdir()
    clip = sealed / "ch01.mp4"
    clip.write_bytes(CONTENT)
    before = clip.stat()
    subprocess.run(["mount", "--bind", "-o", "ro", sealed, sealed], check=True, timeout=30)
    try:
        with pytest.raises(OSError, match="Read-only"):
            (sealed / "probe").touch()
        case.add_exhibit(clip, "footage", {})
        after = clip.stat()
    finally:
        subprocess.run(["umount", sealed], check=True, timeout=30)
    assert [path.name for path in sealed.iterdir()] == ["ch01.mp4"]
    assert (after.st_mtime_ns, after.st_mode, after.st_ino) == (before.st_mtime_ns, before.st_mode, before.st_ino)
    assert case.exhibit_path("E-0001").read_bytes() == CONTENT


def test_a_source_is_opened_for_reading_only(case: Case, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[str] = []
    real = Path.open

    def watch(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if path == source:
            modes.append(mode)
        return real(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", watch)
    case.add_exhibit(source, "footage", {})
    assert modes and set(modes) == {"rb"}


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.MP4", ".mp4"), ("attlog", ""), ("a.h264", ".h264"), ("a.張偉", ""), ("a.too-long-name", ""), ("a.x y", "")],
)
def test_a_neutral_name_keeps_only_a_plain_suffix(name: str, ending: str) -> None:
    assert custody.neutral_name("E-0012", "ab" * 32, Path(name)) == f"E0012-abababab{ending}"


def test_adding_to_a_case_opened_for_reading_is_refused(case: Case, source: Path) -> None:
    where = case.path
    case.close()
    with Case.open(where, write=False) as reader, pytest.raises(CaseError) as found:
        reader.add_exhibit(source, "footage", {})
    assert found.value.code == "case_open_for_reading"


@pytest.mark.parametrize("told", [["a"], "a friend", 7, {"made_by": 7}, {"made_by": None}, {"made_by": ["x"]}])
def test_a_provenance_that_is_no_object_of_text_is_refused_before_anything_is_written(
    case: Case, source: Path, told: Any
) -> None:
    rows = case.head()
    with pytest.raises(ExhibitError) as found:
        case.add_exhibit(source, "footage", {}, told)
    assert found.value.code == "provenance_shape"
    assert "obtained_from" in found.value.advice() and source.name in found.value.what("zh")
    assert case.head() == rows and not list((case.path / "evidence").iterdir())
    assert case.add_exhibit(source, "footage", {}, {"made_by": "withheld"}).exhibit_id == "E-0001"


def test_a_mistyped_field_of_a_provenance_is_named_with_those_that_there_are(case: Case, source: Path) -> None:
    rows = case.head()
    with pytest.raises(ExhibitError) as found:
        case.add_exhibit(source, "records", {}, {"program": "ZKTime", "filter": "all of March"})
    assert (found.value.code, found.value.facts["field"]) == ("provenance_field", "filter")
    assert "filters" in found.value.advice() and "filter" in found.value.what("zh")
    assert case.head() == rows and not list((case.path / "evidence").iterdir())


def test_what_the_table_cannot_hold_leaves_no_half_intake(case: Case, source: Path) -> None:
    rows = case.head()
    with pytest.raises((CaseError, ValueError)):
        case.add_exhibit(source, "footage", {"frame_rate": "ten"})
    assert case.head() == rows and not list((case.path / "evidence").iterdir())
