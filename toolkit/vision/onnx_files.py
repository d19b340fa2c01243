"""What an ONNX file would take and give, read from its description; nothing of it is run.

A file that a user adds may be anything. Its inputs and outputs tell which kind
of network it can be, before any runtime is asked to open it.

References
----------
Open Neural Network Exchange, intermediate representation, https://onnx.ai.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from toolkit.errors import SetupError

Sides = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """An input or output: its name, and its sides, None where the file leaves a side open."""

    name: str
    sides: Sides

    def __str__(self) -> str:
        return "x".join("?" if side is None else str(side) for side in self.sides) or "no shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxFile:
    """Inputs and outputs of a network, in the file's order."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @property
    def picture_sides(self) -> tuple[int | None, int | None] | None:
        """Height and width of the one picture (1, 3, h, w) it takes; None where it takes something else."""
        if len(self.inputs) != 1 or len(self.inputs[0].sides) != 4:
            return None
        _, channels, height, width = self.inputs[0].sides
        return (height, width) if channels == 3 else None

    def __str__(self) -> str:
        given = " + ".join(str(one) for one in self.outputs[:3]) + (" + ..." if len(self.outputs) > 3 else "")
        return f"{' + '.join(str(one) for one in self.inputs)} to {given} ({len(self.outputs)} outputs)"


def read_onnx(content: bytes, name: str) -> OnnxFile:
    """Inputs and outputs of an ONNX file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for the error.

    Raises
    ------
    SetupError
        It is not ONNX, or keeps a part of its weights in another file: the
        hash of this one would not say what is run.
    """
    import onnx  # half a second, which no other command should wait

    try:
        model = onnx.load_model_from_string(content)
    except Exception as broken:  # the reader's own errors are of many kinds, none of them public
        raise SetupError("model_not_onnx", file=name) from broken
    if not model.graph.node or not model.graph.output:
        raise SetupError("model_not_onnx", file=name)
    if any(one.data_location == onnx.TensorProto.EXTERNAL for one in _weights(model.graph)):
        raise SetupError("model_parts_elsewhere", file=name)
    held = {one.name for one in model.graph.initializer}  # older files list their weights among the inputs
    return OnnxFile(
        inputs=tuple(_tensor(one) for one in model.graph.input if one.name not in held),
        outputs=tuple(_tensor(one) for one in model.graph.output),
    )


def _weights(graph: Any) -> Iterator[Any]:
    """All stored numbers of a graph, also those in its nodes and in graphs within them."""
    yield from graph.initializer
    for node in graph.node:
        for one in node.attribute:
            yield from _held(one)


def _held(attribute: Any) -> Iterable[Any]:
    yield attribute.t
    yield from attribute.tensors
    for graph in (attribute.g, *attribute.graphs):
        yield from _weights(graph)


def _tensor(told: Any) -> Tensor:
    sides = tuple(side.dim_value if side.dim_value > 0 else None for side in told.type.tensor_type.shape.dim)
    return Tensor(name=told.name, sides=sides)
