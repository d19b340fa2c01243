"""Networks that onnxruntime runs: opened from checked bytes, on the processor, with one thread.

With one thread the same bytes and the same input give the same output to the
last bit on one machine; on another machine expect agreement to 1e-4 only.
"""

from __future__ import annotations

from typing import Any

from toolkit.errors import SetupError


def open_session(content: bytes, *, slot: str, part: str) -> Any:
    """An onnxruntime session of a network.

    Parameters
    ----------
    content : bytes
        The file, already compared with its hash.

    Raises
    ------
    SetupError
        onnxruntime is missing or cannot run the file: it was *not run*.
    """
    try:
        import onnxruntime
    except ImportError as missing:
        raise SetupError("runtime_missing", slot=slot, runtime="onnxruntime") from missing
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # sides that differ from the file's own notes are no fault
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as broken:  # onnxruntime's errors are of many kinds
        raise SetupError("model_not_runnable", slot=slot, part=part) from broken
