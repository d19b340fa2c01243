from __future__ import annotations

import sys

import numpy as np
import pytest

from toolkit.errors import SetupError
from toolkit.vision import models
from toolkit.vision.backends import face_backends, module_of


def test_every_backend_names_slots_that_there_are() -> None:
    known = {slot.name for slot in models.slots()}
    assert set(face_backends) == {"centerface", "insightface_pack", "yunet"}
    for name, backend in face_backends.items():
        assert backend.name == name
        assert set(backend.detect_slots) | set(backend.embed_slots) <= known


@pytest.mark.parametrize("name", ["yunet", "insightface_pack"])
def test_a_backend_whose_model_is_missing_says_not_run(name: str) -> None:
    with pytest.raises(SetupError) as caught:
        face_backends[name].detect(np.zeros((64, 64, 3), np.uint8))
    assert "not run" in caught.value.what()


def test_an_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SetupError) as caught:
        face_backends["aura"]
    assert "centerface" in caught.value.advice()


def test_a_backend_that_does_not_load_stops_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "toolkit.vision.yunet", None)
    with pytest.raises(SetupError) as caught:
        module_of("yunet", "yunet")
    assert caught.value.code == "backend_broken"
    assert "yunet" in caught.value.what()
