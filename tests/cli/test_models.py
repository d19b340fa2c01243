"""papermask models: list, add and fetch, each with one document, one exit code and sentences for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.asking import papermask
from tests.vision.nets import pack, written


def test_a_folder_is_added_listed_and_told_as_changed(tmp_path: Path) -> None:
    folder = pack(tmp_path / "my pack")
    added = papermask("models", "add", "insightface_pack", folder)
    assert added.returncode == 0, added.stderr
    assert "NOT USED until a licence is recorded" in added.stderr and "NOT the file" in added.stderr
    again = papermask(
        "models", "add", "insightface_pack", folder, "--licence", "research, granted in writing", "--json"
    )
    record = json.loads(again.stdout)
    assert record["licence"] == "research, granted in writing" and record["tested"] is False
    slots = {one["name"]: one for one in json.loads(papermask("models", "list", "--json").stdout)["models"]}
    assert slots["insightface_pack"]["installed"] and slots["insightface_pack"]["added"]
    assert [one["part"] for one in slots["insightface_pack"]["parts"]] == ["detector", "embedder"]
    (folder / "rec.onnx").write_bytes(b"changed")
    shown = papermask("models", "list").stderr
    assert "GONE OR CHANGED" in shown and "research, granted in writing" in shown


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "insightface_pack"), "pack_stranger"),
        (("add", "dlib_resnet"), "model_slot_packaged"),
        (("add", "aura"), "name_unknown"),
        (("fetch", "minifasnet"), "fetch_not_offered"),
    ],
)
def test_refusals_end_with_1_one_document_and_two_sentences(tmp_path: Path, words: tuple[str, ...], code: str) -> None:
    folder = pack(tmp_path / "pack")
    written(folder / "antispoof.onnx", [[1, 3, 128, 128]], [[1, 2]])
    path = (folder,) if words[0] == "add" else ()
    done = papermask("models", *words, *path, "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == code and error["what"] and error["do"]
