"""Names, paths and marks of devices that went in: no byte of a sealed package holds one, nor private/ alone."""

from __future__ import annotations

import base64
import io
import json
import platform
import re
import shutil
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import cv2
import pandas as pd
import pytest

from tests.building import copy_zone, small_morning
from tests.casebook.packages import new_key
from toolkit.casebook.case import Case
from toolkit.casebook.purging import purge
from toolkit.casebook.seal import seal
from toolkit.casebook.verify import verify
from toolkit.pipeline import add_file, run_steps, set_zone, still_of, stills_of
from toolkit.pipeline.deciding import decide
from toolkit.report import make_report
from toolkit.simulation.cases import write_case
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.studio import RoomStudio

pytestmark = pytest.mark.slow

CANARIES = {
    "folder": "CanaryFolder01", "clip": "CanaryClip02", "records": "CanaryRecords03", "roster": "CanaryRoster04",
    "photo": "CanaryPhoto05", "letter": "CanaryLetter06", "name": "CanaryName07", "chinese name": "金丝雀零八",
    "obtained from": "CanaryGiver09", "made by": "CanaryMaker10", "program": "CanaryProgram11", "user": "canaryuser12",
    "host": "canaryhost13", "comment in a photo": "CanarySerial14", "text in a photo": "CanaryOwner15",
    "title of a clip": "CanaryTitle16", "comment of a clip": "CanaryDevice17", "Exif of a photo": "CanaryCamera18",
    "access": "CanaryAccess19", "sentence of a letter": "CanaryWitness20",
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n"
KIND_OF = {".dat": "records", ".txt": "document"}
DATA_URL = re.compile(rb"base64,([A-Za-z0-9+/=]+)")


def layers(content: bytes) -> Iterator[bytes]:
    """The bytes, and what lies packed within them: pictures in pages, chunks of PNG, members of ZIP."""
    yield content
    for found in DATA_URL.finditer(content):
        yield from layers(base64.b64decode(found[1]))
    if content.startswith(b"PAR1"):
        yield pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    if content.startswith(PNG):
        yield from (packed for packed in _texts(content))
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            for name in box.namelist():
                yield from layers(box.read(name))


def _texts(content: bytes) -> Iterator[bytes]:
    at = len(PNG)
    while at + 8 <= len(content):
        (size,), kind = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        piece = content[at + 8 : at + 8 + size]
        yield kind + piece
        if kind in (b"zTXt", b"iTXt"):
            yield zlib.decompress(piece.split(b"\0", 1)[1].lstrip(b"\0"))
        at += 12 + size


def hits(root: Path) -> list[tuple[str, str]]:
    """Which canary is found in which file, or in its name, in the usual codings of text."""
    found = []
    for path in sorted(one for one in root.rglob("*") if one.is_file()):
        told = [str(path.relative_to(root)).encode(), *layers(path.read_bytes())]
        for what, canary in CANARIES.items():
            forms = {
                canary.encode(),
                canary.encode("utf-16-le"),
                canary.encode("gbk"),
                json.dumps(canary)[1:-1].encode(),
            }
            if any(form.lower() in one.lower() for form in forms for one in told):
                found.append((what, path.relative_to(root).as_posix()))
    return found


def marked(clip: Path, to: Path) -> None:
    """The clip with a title and a comment as devices write them."""
    with av.open(str(clip)) as given, av.open(str(to), "w") as made:
        made.metadata.update(title=CANARIES["title of a clip"], comment=CANARIES["comment of a clip"])
        stream = given.streams.video[0]
        copy = made.add_stream_from_template(stream)
        for packet in given.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                made.mux(packet)


def with_comment(photo: Path) -> bytes:
    picture = cv2.imread(str(photo))
    assert picture is not None
    content = cv2.imencode(".jpg", picture)[1].tobytes()
    parts = (
        (b"\xff\xe1", b"Exif\0\0MM\0*" + CANARIES["Exif of a photo"].encode()),
        (b"\xff\xfe", CANARIES["comment in a photo"].encode()),
    )
    told = b"".join(mark + struct.pack(">H", len(text) + 2) + text for mark, text in parts)
    return content[:2] + told + content[2:]


def with_text(photo: Path) -> bytes:
    content, text = photo.read_bytes(), b"Author\0" + CANARIES["text in a photo"].encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    return content[:33] + chunk + content[33:]


def planted(root: Path) -> Case:
    """A case of two people in which every canary went in as such things do."""
    plain, named = root / "plain", root / CANARIES["folder"]
    scenario = small_morning(2)
    truth = write_case(scenario, plain, TESTS[0], RoomStudio("calibration"))
    case = Case.create(root / "case", purpose="Who clocked in?", basis="Mandate", access=CANARIES["access"])
    named.mkdir()
    clip = truth.clips[0]
    film = named / f"{CANARIES['clip']}{Path(clip.file).suffix}"
    marked(plain / clip.file, film)
    for photo in sorted((plain / "photos").glob("*.png")):
        (named / photo.name).write_bytes(with_text(photo))
        (named / f"{CANARIES['photo']} {photo.stem}.jpg").write_bytes(with_comment(photo))
    roster = (plain / "roster.csv").read_text(encoding="utf-8").replace("Somebody A", CANARIES["name"])
    (named / f"{CANARIES['roster']}.csv").write_text(
        roster.replace("Somebody B", CANARIES["chinese name"]), encoding="utf-8"
    )
    shutil.copy(plain / truth.records, named / f"{CANARIES['records']}{Path(truth.records).suffix}")
    (named / f"{CANARIES['letter']}.txt").write_text(f"{CANARIES['sentence of a letter']} saw it.\n")
    told = {"obtained_from": CANARIES["obtained from"], "made_by": CANARIES["made by"], "program": CANARIES["program"]}
    declared = {"camera_id": clip.camera, "starts_at": clip.starts_at}
    added = add_file(case, film, "footage", declared=declared, provenance={"obtained_from": CANARIES["obtained from"]})
    zone = copy_zone(plain / "zones" / f"{clip.clip}.json", plain / "zone.json", clip_sha256=None)
    set_zone(case, added.exhibit.exhibit_id, zone)
    for file in sorted(one for one in named.iterdir() if one != film):
        kind = KIND_OF.get(file.suffix, "photo") if "Roster" not in file.name else "roster"
        stated = {"timezone": scenario.timezone} if kind == "records" else None
        add_file(case, file, kind, declared=stated, provenance=told if kind == "records" else None)
    return case


def reported(case: Case) -> None:
    for language in ("en", "zh"):
        make_report(
            case, still=lambda exhibit_id, media_s: still_of(case, exhibit_id, media_s),
            stills=lambda wanted: stills_of(case, wanted), created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            language=language,
        )  # fmt: skip


@pytest.fixture(scope="module")
def sealed_case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    root = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERMASK_CONFIG", str(root / "config"))
        for name in ("USER", "LOGNAME", "USERNAME", "LNAME"):
            patch.setenv(name, CANARIES["user"])
        for name in ("HOSTNAME", "COMPUTERNAME", "HOST"):
            patch.setenv(name, CANARIES["host"])
        patch.setattr(socket, "gethostname", lambda: CANARIES["host"])
        patch.setattr(platform, "node", lambda: CANARIES["host"])
        with planted(root) as case:
            run_steps(case)
            finding = str(case.read("findings")["finding_id"].iloc[0])
            decide(case, finding, "no", by="R-1", note="Looked at")
            run_steps(case)
            reported(case)
            package = seal(case, root / "out", new_key()).path
            yield {"case": case, "package": package, "root": root}


def test_every_canary_can_be_found_where_it_went_in(sealed_case: dict[str, Any]) -> None:
    """Else finding none elsewhere would say nothing."""
    root: Path = sealed_case["root"]
    given = {what for what, _ in hits(root / CANARIES["folder"])} | {"folder"}
    assert set(CANARIES) - given == {"obtained from", "made by", "program", "user", "host", "access"}
    case: Case = sealed_case["case"]
    assert case.settings()["access"] == CANARIES["access"]
    facts = case._journal.private
    kept = json.dumps(
        [facts.value(row["op"], name, text) for row in case.journal_rows() for name, text in row["priv"].items()],
        ensure_ascii=False,
    )
    for what in ("folder", "clip", "records", "obtained from", "made by", "program"):
        assert CANARIES[what] in kept, what


def test_no_byte_of_a_sealed_package_holds_a_canary(sealed_case: dict[str, Any]) -> None:
    package: Path = sealed_case["package"]
    assert verify(str(package))[0] == 3
    assert len([one for one in package.rglob("*") if one.is_file()]) > 12
    assert hits(package) == []


def test_private_without_its_key_and_the_memory_of_the_program_hold_none(sealed_case: dict[str, Any]) -> None:
    case: Case = sealed_case["case"]
    assert (sealed_case["root"] / "config/private-keys" / case.case_id).is_file()
    assert (case.path / "private/copies/exhibits.parquet").is_file()
    assert hits(case.path / "private") == []
    assert {what for what, _ in hits(case.path / "tables")} >= {"obtained from"}, "documented: not encrypted"
    assert hits(sealed_case["root"] / "config") == []


def test_a_purge_leaves_no_crop_template_preview_or_cache(sealed_case: dict[str, Any], tmp_path: Path) -> None:
    case: Case = sealed_case["case"]
    assert any((case.path / "scratch").rglob("*"))
    purge(case)
    assert not (case.path / "scratch").exists()
    left = {one.relative_to(case.path).parts[0] for one in case.path.rglob("*") if one.is_file()}
    assert left <= {"case.json", "journal.jsonl", "HEAD", ".lock", "evidence", "tables", "derived", "private"}
    pictured = [one.name for one in (case.path / "tables").glob("*.parquet") if PNG in one.read_bytes()]
    assert pictured == [] and not (case.path / "tables/evidence_maps.parquet").exists()
