from __future__ import annotations

import pytest

from toolkit.analysis.timing.clock_anchors import read_written
from toolkit.clockin.anchors import anchor_hashes, read_anchors
from toolkit.clockin.beside.anchor_kinds import KINDS, kind_of
from toolkit.errors import ReadingError

CLIP = "a5" * 32
HEAD = "device,device_time,exhibit_sha256,media_s,uncertainty_s,how"
GOOD = f"terminal,2026-03-03 08:21:49,{CLIP},12.0,0.5,screen"
CLIPS = {CLIP: ("E-0001", 139.0)}


def anchors(path):
    return read_anchors(path, exhibit_id="E-0004", clips=CLIPS)


def test_the_anchors_of_the_shared_case_name_their_clip(shared) -> None:
    path = shared / "data" / "cases" / "one-by-one" / "anchors.csv"
    hashes = anchor_hashes(path)
    assert [row for row, _ in hashes] == [2, 3] and len({one for _, one in hashes}) == 1
    told = read_anchors(path, exhibit_id="E-0004", clips={hashes[0][1]: ("E-0001", 139.0)})
    assert list(told["media_s"]) == [12.0, 115.0]
    assert list(told["device_time"]) == ["2026-03-03 08:21:49", "2026-03-03 08:23:32"]
    assert set(told["clip_exhibit_id"]) == {"E-0001"} and set(told["cause"]) == {""}


def test_a_cause_is_kept_and_an_upper_case_hash_is_the_same_hash(write) -> None:
    path = write(f"{HEAD},cause\n{GOOD.replace(CLIP, CLIP.upper())},beep\n{GOOD},\n")
    assert list(anchors(path)["cause"]) == ["beep", ""]
    assert anchor_hashes(path) == [(2, CLIP), (3, CLIP)]


@pytest.mark.parametrize(
    ("written", "kept", "precision_s"),
    [
        ("2026/3/3 8:21:49", "2026-03-03 08:21:49", 1.0),
        ("2026-03-03T08:21", "2026-03-03 08:21", 60.0),
        ("2026年3月3日 下午8:21:49", "2026-03-03 20:21:49", 1.0),
        ("2026-03-03 08:21:49.25", "2026-03-03 08:21:49.25", 0.01),
    ],
)
def test_a_device_time_is_kept_in_a_form_that_the_clock_step_reads_alike(
    write, written: str, kept: str, precision_s: float
) -> None:
    told = anchors(write(f"{HEAD}\n{GOOD.replace('2026-03-03 08:21:49', written)}\n"))
    assert list(told["device_time"]) == [kept]
    assert read_written(kept)[1] == pytest.approx(precision_s)


@pytest.mark.parametrize("media_s", ["0", "139", "139.5"])
def test_a_moment_at_either_end_of_the_clip_is_inside(write, media_s: str) -> None:
    assert len(anchors(write(f"{HEAD}\n{GOOD.replace('12.0', media_s)}\n"))) == 1


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (GOOD.replace(CLIP, "b6" * 32), "anchor_unknown_clip", "b6b6b6b6"),
        (GOOD.replace("12.0", "139.6"), "anchor_outside_clip", "139.6 s, outside its clip of 139.0 s"),
        (GOOD.replace("12.0", "-0.1"), "anchor_outside_clip", "-0.1"),
        (GOOD.replace("12.0", "twelve"), "anchor_number", "twelve"),
        (GOOD.replace("12.0", "nan"), "anchor_number", "nan"),
        (GOOD.replace("12.0", ""), "anchor_number", "media_s"),
        (GOOD.replace(",0.5,", ",-0.5,"), "anchor_uncertainty", "-0.5"),
        (GOOD.replace(",0.5,", ",0,"), "anchor_uncertainty", "0"),
        (GOOD.replace(",0.5,", ",inf,"), "anchor_number", "inf"),
        (GOOD.replace(",0.5,", ",1e300,"), "anchor_uncertainty", "1e+300"),
        (GOOD.replace(",0.5,", ",3601,"), "anchor_uncertainty", "3600"),
        (GOOD.replace(",0.5,", ",1e-300,"), "anchor_uncertainty", "1e-300"),
        (GOOD.replace("2026-03-03", "2026-03-33"), "anchor_time", "2026-03-33 08:21:49"),
        (GOOD.replace("08:21:49", "08:21:49Z"), "anchor_time", "08:21:49Z"),
        (GOOD.replace("terminal", "", 1), "anchor_no_device", "device"),
    ],
)
def test_an_anchor_that_cannot_be_used_is_refused_with_its_row(write, line: str, code: str, told: str) -> None:
    path = write(f"{HEAD}\n{GOOD}\n{line}\n", "anchors.csv")
    with pytest.raises(ReadingError) as caught:
        anchors(path)
    assert caught.value.code == code
    assert "row 3" in str(caught.value) and told in str(caught.value) and "anchors.csv" in str(caught.value)
    assert "3" in caught.value.what("zh")


def test_an_unknown_clip_comes_with_the_advice_to_add_it_first(write) -> None:
    with pytest.raises(ReadingError) as caught:
        read_anchors(write(f"{HEAD}\n{GOOD}\n"), exhibit_id="E-0004", clips={})
    assert "Add the clip first" in caught.value.advice("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD, "anchors_empty"),
        ("device,device_time\nterminal,2026-03-03 08:21:49\n", "table_columns_missing"),
        (f"{HEAD}\n{GOOD.replace('12.0', 'x')}\n", "anchor_number"),
        (f"{HEAD}\n{GOOD.replace('2026', '20-26')}\n", "anchor_time"),
    ],
)
def test_what_is_wrong_without_looking_at_a_clip_is_told_when_the_file_is_added(write, text: str, code: str) -> None:
    with pytest.raises(ReadingError) as caught:
        anchor_hashes(write(text, "anchors.csv"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("terminal screen lit as read by the examiner", "manual"),
        ("read off the attendance snapshot", "photo"),
        ("人工读取屏幕", "manual"),
        ("success BEEP, then the door", "beep"),
        ("蜂鸣声", "beep"),
        ("语音播报", "voice"),
        ("门打开", "door"),
        ("OSD of the recorder", "overlay"),
        ("指示灯变绿", "flash"),
        ("与标准时间对照", "reference"),
        ("investigated", None),
        ("x", None),
    ],
)
def test_a_kind_is_named_in_either_language(how: str, kind: str | None) -> None:
    assert kind_of(how) == kind


def test_an_unknown_kind_is_refused_with_the_known_ones(write) -> None:
    with pytest.raises(ReadingError) as caught:
        anchor_hashes(write(f"{HEAD}\n{GOOD.replace('screen', 'guesswork')}\n"))
    assert caught.value.code == "anchor_kind" and "guesswork" in str(caught.value)
    assert all(kind in caught.value.advice(language) for kind in KINDS for language in ("en", "zh"))


def test_an_uncertainty_that_is_not_stated_is_that_of_the_kind_and_says_so(write) -> None:
    told = anchors(write(f"{HEAD}\n{GOOD}\n{GOOD.replace('0.5,screen', ',door opens')}\n"))
    assert list(told["uncertainty_s"]) == [0.5, KINDS["door"].uncertainty_s]
    assert list(told["uncertainty_basis"]) == ["stated", "kind"]
    without = anchors(write("device,device_time,exhibit_sha256,media_s,how\n" + GOOD.replace("0.5,", "") + "\n"))
    assert list(without["uncertainty_basis"]) == ["kind"]


def test_a_beep_without_a_time_is_kept_and_a_screen_without_one_is_refused(write) -> None:
    silent = GOOD.replace("2026-03-03 08:21:49", "")
    told = anchors(write(f"{HEAD}\n{silent.replace('screen', 'beep')}\n"))
    assert told["device_time"].isna().all() and list(told["kind"]) == ["beep"]
    with pytest.raises(ReadingError) as caught:
        anchor_hashes(write(f"{HEAD}\n{silent}\n"))
    assert caught.value.code == "anchor_time"
