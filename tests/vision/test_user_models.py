"""Models added by path: written down whole or not at all, used only while they are what was added."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.vision.nets import pack, pair
from toolkit.errors import SetupError, ToolkitError
from toolkit.vision import models, user_models
from toolkit.vision.user_models import contents, fingerprint, record_of, store_folder


def _slot(name: str) -> models.ModelSlot:
    return next(one for one in models.slots() if one.name == name)


def test_what_is_added_is_used_from_where_it_lies_and_listed(shared: Path) -> None:
    file = shared / "models/yunet_n_640_640.onnx"
    models.add("yunet", file, licence="Apache-2.0, as its LICENSE says")
    slot = _slot("yunet")
    assert slot.installed and slot.added and slot.tested
    assert slot.path == str(file.resolve()) == str(models.weights("yunet"))
    assert slot.licence_recorded == "Apache-2.0, as its LICENSE says"
    assert [path.name for path in store_folder().iterdir()] == ["models.json"]
    assert list(contents(record_of("yunet")).values()) == [file.read_bytes()]


def test_a_file_that_fits_but_was_never_tried_is_taken_and_told_as_untested(tmp_path: Path) -> None:
    models.add("minifasnet", pair(tmp_path / "pair"))
    slot = _slot("minifasnet")
    assert slot.installed and slot.tested is False and slot.licence_recorded is None
    assert [part.part for part in slot.parts] == ["crop 2.7", "crop 4.0"]


def test_a_file_that_changed_since_is_not_run_and_named(tmp_path: Path) -> None:
    folder = pair(tmp_path / "pair")
    models.add("minifasnet", folder)
    changed = folder / "4_0_0_80x80_MiniFASNetV1SE.onnx"
    changed.write_bytes(changed.read_bytes()[:-1] + b"\x00")
    with pytest.raises(SetupError) as caught:
        contents(record_of("minifasnet"))
    assert caught.value.code == "model_changed"
    assert changed.name in caught.value.what() and "not run" in caught.value.what()
    assert not _slot("minifasnet").installed
    changed.unlink()
    with pytest.raises(SetupError) as caught:
        models.weights("minifasnet")
    assert caught.value.code == "model_gone"
    models.add("minifasnet", pair(tmp_path / "again"))
    assert _slot("minifasnet").installed


def test_a_refused_file_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    models.add("minifasnet", pair(tmp_path / "pair"))
    before = (store_folder() / "models.json").read_bytes()
    (tmp_path / "no.onnx").write_bytes(b"no network")
    for slot, path in (("yunet", tmp_path / "no.onnx"), ("minifasnet", tmp_path), ("dlib_resnet", tmp_path)):
        with pytest.raises(ToolkitError):
            models.add(slot, path)
    assert (store_folder() / "models.json").read_bytes() == before


def test_a_packaged_slot_takes_no_other_file(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        models.add("centerface", tmp_path)
    assert caught.value.code == "model_slot_packaged"


def test_an_interrupted_write_leaves_the_old_list_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.add("minifasnet", pair(tmp_path / "pair"))
    before = (store_folder() / "models.json").read_bytes()

    def broken(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(user_models.os, "fsync", broken)
    with pytest.raises(SetupError) as caught:
        models.add("insightface_pack", pack(tmp_path / "pack"))
    assert caught.value.code == "no_folder"
    assert [path.name for path in store_folder().iterdir()] == ["models.json"]
    assert (store_folder() / "models.json").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"schema": "other", "models": []}', '{"schema": "papermask-models-1", "models": [{"slot": "x"}]}'],
)
def test_a_list_that_cannot_be_read_is_an_error_and_not_an_empty_list(text: str) -> None:
    (store_folder() / "models.json").write_text(text, encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        models.slots()
    assert caught.value.code == "model_list_broken"
    with pytest.raises(SetupError):
        record_of("yunet")


def test_two_sets_of_added_models_are_told_apart(tmp_path: Path) -> None:
    nothing = fingerprint()
    models.add("minifasnet", pair(tmp_path / "pair"))
    one = fingerprint()
    models.add("insightface_pack", pack(tmp_path / "pack"))
    assert nothing == b""
    assert len({nothing, one, fingerprint()}) == 3


def test_the_hash_of_a_folder_is_of_its_parts_wherever_it_lies(tmp_path: Path) -> None:
    first = models.add("minifasnet", pair(tmp_path / "pair"))
    shutil.copytree(tmp_path / "pair", tmp_path / "moved")
    assert models.add("minifasnet", tmp_path / "moved").sha256 == first.sha256
    told = json.loads((store_folder() / "models.json").read_text(encoding="utf-8"))
    assert [one["slot"] for one in told["models"]] == ["minifasnet"]
