from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.vision.nets import other_detector
from toolkit.errors import SetupError
from toolkit.vision import centerface, models
from toolkit.vision.models import slots, weights

HERE = {"centerface", "dlib_5_points", "dlib_resnet"}


def test_every_slot_says_truthfully_whether_it_is_installed() -> None:
    told = {slot.name: slot for slot in slots()}
    assert {name for name, slot in told.items() if slot.installed} == HERE
    for name, slot in told.items():
        assert slot.licence and slot.training_data and slot.allowed_use
        assert not slot.added
        if name in HERE:
            assert slot.path is not None and slot.tested
            assert slot.sha256 == hashlib.sha256(Path(slot.path).read_bytes()).hexdigest()
            assert str(weights(name)) == slot.path
        else:
            assert slot.path is None and slot.sha256 is None and slot.tested is None


def test_a_slot_without_a_file_is_refused_as_not_run() -> None:
    with pytest.raises(SetupError) as caught:
        weights("yunet")
    assert caught.value.code == "model_not_added"
    assert "not run" in str(caught.value)
    assert "models add yunet" in caught.value.advice()


def test_weights_that_were_changed_are_refused_and_shown_as_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_detector(tmp_path, monkeypatch)
    with pytest.raises(SetupError) as caught:
        weights("centerface")
    assert caught.value.code == "weights_other"
    slot = next(one for one in slots() if one.name == "centerface")
    assert not slot.installed
    assert slot.sha256 == hashlib.sha256(b"other weights").hexdigest()


def test_a_missing_detector_is_an_error_and_never_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    if hasattr(centerface._opened, "net"):
        monkeypatch.delattr(centerface._opened, "net")
    with pytest.raises(SetupError) as caught:
        centerface.detect_faces(np.zeros((64, 64, 3), np.uint8))
    assert caught.value.code == "weights_missing"


def test_asking_where_a_file_lies_does_not_import_its_package() -> None:
    loaded = set(sys.modules)
    models.packaged_file("insightface", "data/images/t1.jpg")
    assert "insightface" not in set(sys.modules) - loaded
