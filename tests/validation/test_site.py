"""A site's own recordings: a table names them, the same cues measure them, twins and what they unlock stand beside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from toolkit.analysis.cues.planarity import nose_range
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.validation.kinds import Geometry, Item
from toolkit.validation.presenting import film, images_of
from toolkit.validation.running import Wanted, validate
from toolkit.validation.sampling import sample_of_region
from toolkit.validation.site import read_site, score_site, what_they_unlock
from toolkit.validation.telling import markdown
from toolkit.validation.twins import planar_twin

pytestmark = pytest.mark.slow

HEAD = "file,kind,day,person,medium,print_id,shape,from_s,to_s"


def item(kind: str) -> Item:
    return Item(
        geometry=Geometry(px_per_m=250, pitch_deg=10, crf=24), kind=kind, motion="turn", turn_deg=40, number=5,
        purpose="development",
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings as a site would label them: somebody live, and the same room with a worn cut-out."""
    folder = tmp_path_factory.mktemp("site")
    for kind, name in (("live", "live/a.mp4"), ("worn_cut_out", "print/b.mp4")):
        (folder / name).parent.mkdir()
        shutil.copy(film(item(kind), folder).path, folder / name)
    rows = ["live/a.mp4,live,2026-03-03,P1,live,,,0.5,3.7", "print/b.mp4,print,2026-03-03,P2,print,S1,cut_out,0.5,3.7"]
    (folder / "times.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return folder


@pytest.mark.full
def test_recordings_are_measured_by_the_same_cues(site: Path) -> None:
    rows, twins = score_site(site, ["nose_range"])
    assert [(row["kind"], row["side"]) for row in rows] == [("live", "bona fide"), ("print_cut_out", "attack")]
    assert rows[0]["found"] > 20
    assert rows[0]["readings"]["nose_range"]["statement"] == "live"
    assert [row["kind"] for row in twins] == ["planar_twin"]
    assert rows[0]["coding"]["quantiser"] is not None


@pytest.mark.full
def test_the_relief_of_a_turning_face_is_gone_in_its_planar_twin(site: Path) -> None:
    times, images = images_of(film(item("live"), site))
    sample = sample_of_region(times, images, None)
    twin = planar_twin(sample)
    assert nose_range(sample).value > 0.2
    assert nose_range(twin).value < 0.5 * nose_range(sample).value
    assert nose_range(twin).statement == "nothing"
    # it moves as the face did
    middles = [
        np.array([np.asarray(face.landmarks_px).mean(axis=0) for face in one.faces if face]) for one in (sample, twin)
    ]
    assert np.ptp(middles[1], axis=0) == pytest.approx(np.ptp(middles[0], axis=0), abs=3.0)


def test_where_several_faces_are_in_view_somebody_must_say_which(site: Path) -> None:
    image = images_of(film(item("live"), site))[1][10]
    both = np.concatenate([image, image], axis=1)
    times = np.arange(6) / 10
    with pytest.raises(CannotMeasure) as reason:
        sample_of_region(times, [both] * 6, None)
    assert reason.value.code == "cue_several_faces"
    told = sample_of_region(times, [both] * 6, (0, 0, image.shape[1], image.shape[0]))
    assert told.found == 6


def test_the_table_must_name_files_that_are_in_the_folder(site: Path, tmp_path: Path) -> None:
    assert len(read_site(site)) == 2
    assert what_they_unlock(read_site(site)).level == "checked"
    with pytest.raises(ReadingError) as missing:
        read_site(tmp_path)
    assert missing.value.code == "controls_no_table"
    for named in ("live/none.mp4", "../outside.mp4"):
        (tmp_path.parent / "outside.mp4").write_bytes(b"x")
        (tmp_path / "times.csv").write_text(f"{HEAD}\n{named},live,2026-03-03,P1,live,,,0,1\n", encoding="utf-8")
        with pytest.raises(ReadingError) as refused:
            read_site(tmp_path)
        assert refused.value.code == "controls_no_file"


def test_a_stretch_that_the_recording_does_not_hold_is_refused_with_its_row(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site / "live", tmp_path / "live")
    rows = ["live/a.mp4,live,2026-03-03,P1,live,,,0.5,3.7", "live/a.mp4,live,2026-03-03,P2,live,,,30,34"]
    (tmp_path / "times.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    with pytest.raises(ReadingError) as refused:
        score_site(tmp_path, ["nose_range"])
    assert (refused.value.code, refused.value.facts["row"]) == ("controls_beyond_end", 3)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (
            ["live/a.mp4,live,2026-03-03,P1,live,,,0.5,3", "./live//a.mp4,live,2026-03-03,P2,live,,,0.5,3"],
            "controls_overlap",
        ),
        (["live/a.mp4,live,2026-03-03,P1,live,,,0.5,2", "live/b.mp4,live,2026-03-03,P2,live,,,2,3"], "controls_copy"),
        (["live/a.mp4,print,2026-03-03,P1,print,S1,flat,0.5,2"], "controls_label"),
    ],
)
def test_one_recording_cannot_stand_for_two_people(site: Path, tmp_path: Path, rows: list[str], code: str) -> None:
    shutil.copytree(site / "live", tmp_path / "live")
    shutil.copy(site / "live" / "a.mp4", tmp_path / "live" / "b.mp4")
    (tmp_path / "times.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    with pytest.raises(ReadingError) as refused:
        score_site(tmp_path, ["nose_range"])
    assert refused.value.code == code


def test_a_place_outside_the_picture_is_refused(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site / "live", tmp_path / "live")
    row = "live/a.mp4,live,2026-03-03,P1,live,,,0.5,3,5000,5000,6000,6000"
    (tmp_path / "times.csv").write_text(f"{HEAD},left,top,right,bottom\n{row}\n", encoding="utf-8")
    with pytest.raises(ReadingError) as refused:
        score_site(tmp_path, ["nose_range"])
    assert refused.value.code == "controls_outside"


def test_names_keep_their_characters(tmp_path: Path) -> None:
    """Full-width brackets are ordinary in names of recordings; two names must never become one."""
    (tmp_path / "live").mkdir()
    for name in ("录像（1）.mp4", "录像(1).mp4"):
        (tmp_path / "live" / name).write_bytes(name.encode())
    (tmp_path / "times.csv").write_text(
        f"{HEAD}\nlive\\录像（1）.mp4,live,2026-03-03,P1,live,,,0.5,3\n", encoding="utf-8"
    )
    (only,) = read_site(tmp_path)
    assert only.file == "live/录像（1）.mp4"


@pytest.mark.full
def test_a_page_of_recordings_tells_areas_curves_and_what_is_not_told_apart(site: Path, tmp_path: Path) -> None:
    document = validate(Wanted(count=0, cues=("nose_range",), real=site), tmp_path, bar=silent)
    real = document["real"]
    assert real["untold"] == ["held_cut_out", "worn_cut_out"]
    assert not set(real["untold"]) & set(real["untested"])
    assert [one["cue"] for one in real["curves"]] == ["nose_range"]
    page = markdown(document, language="en")
    assert "print, cut out (held or worn)" in page
    assert "Recorded without saying whether it was held or worn" in page
    assert "first 10 s" in page


@contextmanager
def silent(step: str, total: float) -> Iterator[Callable[[float], None]]:
    yield lambda amount: None
