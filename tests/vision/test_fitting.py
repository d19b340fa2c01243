"""What fits a slot and what does not: each refusal has its own code, and says in both languages what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from tests.vision.nets import DETECTOR_OUT, network, pack, pair, written
from toolkit.errors import ToolkitError
from toolkit.vision.fitting import DETECTOR, EMBEDDER, UNUSED, fitted

YUNET_NAMES = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)]


def _refused(slot: str, path: Path) -> ToolkitError:
    with pytest.raises(ToolkitError) as caught:
        fitted(slot, path)
    assert caught.value.what("zh") != caught.value.what("en")
    assert caught.value.advice("zh") != caught.value.advice("en")
    return caught.value


def _yunet(path: Path) -> Path:
    return written(path, [[1, 3, 640, 640]], [[1, 6400, 1]] * 12, YUNET_NAMES)


def test_the_real_files_fit_their_slots(shared: Path) -> None:
    (one,) = fitted("yunet", shared / "models/yunet_n_640_640.onnx").parts
    assert one.part == DETECTOR
    assert [part.part for part in fitted("minifasnet", shared / "models").parts] == ["crop 2.7", "crop 4.0"]
    parts = {part.name: part.part for part in fitted("insightface_pack", shared / "models/insightface-test-pack").parts}
    assert parts == {"det_500m.onnx": DETECTOR, "w_mbf.onnx": EMBEDDER}


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"version https://git-lfs.github.com/spec/v1\n"])
def test_what_is_no_network_is_refused_as_such(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "yunet.onnx"
    file.write_bytes(content)
    assert _refused("yunet", file).code == "model_not_onnx"


def test_a_network_of_another_shape_is_refused_with_both_shapes(tmp_path: Path) -> None:
    error = _refused("yunet", written(tmp_path / "a.onnx", [[1, 3, 80, 80]], [[1, 3]]))
    assert error.code == "model_other_shape"
    assert "1x3x80x80" in error.what() and "1x3xHxW" in error.what()
    folder = pair(tmp_path / "pair")
    written(folder / "2.7_80x80_MiniFASNetV2.onnx", [[1, 3, 128, 128]], [[1, 2]])
    assert _refused("minifasnet", folder).code == "model_other_shape"


def test_weights_kept_in_another_file_are_refused_for_the_hash_would_not_hold_them(tmp_path: Path) -> None:
    made = network([[1, 3, 112, 112]], [[1, 512]])
    tensor = made.graph.initializer.add(name="w", data_type=onnx.TensorProto.FLOAT, dims=[4])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="elsewhere.bin")
    (tmp_path / "w.onnx").write_bytes(made.SerializeToString())
    assert _refused("yunet", tmp_path / "w.onnx").code == "model_parts_elsewhere"


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda path: written(path, [[1, 3, 128, 128]], [[1, 2]]), "1x3x128x128"),  # anti-spoof
        (_yunet, "12 outputs"),
        (lambda path: written(path, [[1, 3, 112, 112]], [[1, 2]]), "1x3x112x112"),  # a classifier
        (lambda path: written(path, [[1, 3, 128, 128], [1, 512]], [[1, 3, 128, 128]]), "1x512"),  # a face swapper
        (lambda path: written(path, [[1, 3, "h", "w"]], [[1, 1], [1, 4]] * 3), "6 outputs"),  # no points
    ],
)
def test_a_stranger_in_a_pack_folder_is_refused_and_named(
    tmp_path: Path, make: Callable[[Path], Path], named: str
) -> None:
    folder = pack(tmp_path / "pack")
    make(folder / "stranger.onnx")
    error = _refused("insightface_pack", folder)
    assert error.code == "pack_stranger"
    assert "stranger.onnx" in error.what() and named in error.what()
    assert "stranger.onnx" in error.advice()


def test_known_parts_that_are_never_run_are_told_as_such(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    written(folder / "2d106det.onnx", [["n", 3, 192, 192]], [[1, 212]])
    written(folder / "genderage.onnx", [["n", 3, 96, 96]], [[1, 3]])
    parts = {part.name: part.part for part in fitted("insightface_pack", folder).parts}
    assert parts["2d106det.onnx"] == parts["genderage.onnx"] == UNUSED


def test_a_pack_that_unpacked_into_one_more_folder_is_found(tmp_path: Path) -> None:
    pack(tmp_path / "antelope/antelope")
    assert fitted("insightface_pack", tmp_path / "antelope").path == (tmp_path / "antelope/antelope").resolve()


def test_folders_without_files_or_with_too_many_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert _refused("insightface_pack", tmp_path / "empty").code == "model_folder_empty"
    folder = pack(tmp_path / "pack")
    written(folder / "det2.onnx", [[1, 3, "?", "?"]], DETECTOR_OUT)
    assert _refused("insightface_pack", folder).code == "pack_parts"
    (folder / "det2.onnx").unlink()
    (folder / "rec.onnx").unlink()
    assert _refused("insightface_pack", folder).code == "pack_parts"
    halves = pair(tmp_path / "pair")
    (halves / "2.7_80x80_MiniFASNetV2.onnx").unlink()
    assert _refused("minifasnet", halves).code == "model_pair"


def test_a_file_for_a_folder_a_folder_for_a_file_and_nothing_at_all_are_refused(tmp_path: Path) -> None:
    file = _yunet(tmp_path / "y.onnx")
    assert _refused("insightface_pack", file).code == "model_needs_folder"
    assert _refused("yunet", tmp_path).code == "file_not_a_file"
    assert _refused("yunet", tmp_path / "none.onnx").code == "file_missing"
    assert _refused("aura", file).code == "name_unknown"
    with file.open("r+b") as stream:
        stream.truncate(601 * 2**20)  # a hole: takes no room on the disk
    assert _refused("yunet", file).code == "model_too_large"
