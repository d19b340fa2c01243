"""assess on every real picture and clip: no genuine face is called an artefact, and only one print is shown twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.pipeline.assessing import assess

Row = dict[str, Any]
# Copies, crops and a montage of one photograph; everything else among the pictures of people is another photograph.
ONE_PHOTOGRAPH = ({"obama.jpg", "obama-1080p.jpg", "obama-240p.jpg", "partial_face.jpg"},
                  {"biden.jpg", "two_people.jpg"}, {"obama3.jpg", "two_people.jpg"})  # fmt: skip


def accused(document: Row) -> list[str]:
    return [
        f"{one['file']}: {cue['cue']}"
        for part in ("faces", "sheets")
        for one in document[part]
        for cue in one["cues"]
        if cue["statement"] == "artefact" or cue.get("level") not in (None, "none", "flat_object", "sheet_in_hands")
    ]


@pytest.mark.full
def test_no_genuine_face_of_a_picture_is_called_an_artefact_and_only_true_pairs_agree(shared: Path) -> None:
    data = shared / "data"
    files = sorted([*(data / "ident").glob("*.jpg"), *(data / "spoof").glob("*true_00*.jpg")])
    prints = sorted((data / "spoof").glob("*fake_00[23].jpg"))
    document = assess([*files, *prints])
    genuine = {file.name for file in files}
    assert len({one["file"] for one in document["faces"]} & genuine) == len(genuine)
    assert [one for one in accused(document) if one.split(":")[0] in genuine] == []
    assert "artefact" not in {one["outcome"] for one in document["faces"]}
    pairs = [
        {document["faces"][one[side]]["file"] for side in ("a", "b")}
        for one in document["reuse"]
        if one["score"] is not None
    ]
    assert {file.name for file in prints} in pairs
    for pair in pairs:
        if pair != {file.name for file in prints}:
            assert any(all(name.endswith(tuple(group)) for name in pair) for group in ONE_PHOTOGRAPH), pair


@pytest.mark.full
@pytest.mark.timeout(900)
def test_no_genuine_face_of_a_clip_is_called_an_artefact(shared: Path) -> None:
    video = shared / "data/video"
    files = [*sorted(video.glob("*.gif")), *sorted(video.glob("*carphone*.mp4")), *video.glob("*one-by-one*.mp4")]
    documents = [assess([file]) for file in files]
    assert sum(len(one["faces"]) for one in documents) >= 8
    assert [told for one in documents for told in accused(one)] == []
    (walkers,) = [one for one in documents if "one-by-one" in one["files"][0]["file"]]
    assert {one["basis"] for one in walkers["sheets"]} == {"recurs in the clip"}
    assert len(walkers["sheets"]) == 6
