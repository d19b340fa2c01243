"""Fetching a model from its author's own address: the only module that may use a network, and only when typed.

Nothing imports this but the command ``papermask models fetch``. Each address is
pinned together with the SHA-256 that the author published for it; a file of
another hash is thrown away before it has a name. Slots whose authors publish no
file that this program could run, or only under terms that a person must read,
are not fetched.

References
----------
YuNet: Wu, Peng and Yu, Machine Intelligence Research 20 (2023), doi
10.1007/s11633-023-1423-y; address and hash from the Git LFS pointer of
https://github.com/opencv/opencv_zoo, models/face_detection_yunet.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from toolkit.errors import SetupError
from toolkit.vision import models
from toolkit.vision.user_models import Added, replace_with, store_folder

TIMEOUT_S = 30.0
PIECE_BYTES = 2**16

Opener = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an author publishes a file, what it must be, and the licence that lies beside it there."""

    url: str
    sha256: str
    size_bytes: int
    licence: str

    @property
    def file(self) -> str:
        """The file's own name."""
        return self.url.rsplit("/", 1)[-1]


SOURCES: dict[str, Source] = {
    "yunet": Source(
        url="https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        size_bytes=232_589,
        licence="MIT (LICENSE in models/face_detection_yunet of opencv_zoo)",
    )
}


def fetch(slot: str, *, open_url: Opener | None = None) -> Added:
    """Download the file of a slot from its author, check it, put it in place and register it.

    Parameters
    ----------
    open_url : callable, optional
        ``open_url(url)`` gives a readable answer; for tests.

    Raises
    ------
    SetupError
        There is no address for this slot, it cannot be reached over https, or
        what came is not the pinned file. Nothing is kept then.
    """
    source = SOURCES.get(slot)
    if source is None:
        raise SetupError("fetch_not_offered", slot=slot, known=", ".join(sorted(SOURCES)))
    content = _download(source, open_url or _over_https)
    folder = store_folder() / "fetched"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_with(folder / source.file, content)
    except OSError as refused:
        raise SetupError("no_folder", folder=str(folder)) from refused
    return models.add(slot, folder / source.file, licence=source.licence)


def _download(source: Source, open_url: Opener) -> bytes:
    """The bytes of the pinned file, held in memory until they are known to be it."""
    try:
        with open_url(source.url) as answer:
            content = _at_most(answer, source.size_bytes)
    except (OSError, http.client.HTTPException) as failed:
        raise SetupError("fetch_failed", url=source.url, reason=f"{type(failed).__name__}: {failed}") from failed
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        raise SetupError(
            "fetch_other_file",
            url=source.url,
            size=len(content),
            found=found[:16],
            expected=source.sha256[:16],
            due=source.size_bytes,
        )
    return content


def _at_most(answer: IO[bytes], size_bytes: int) -> bytes:
    """What is answered, given up one byte after the size that the file has."""
    pieces, left = [], size_bytes + 1
    while left and (piece := answer.read(min(PIECE_BYTES, left))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


class _OnlyHttps(urllib.request.HTTPRedirectHandler):
    """Follows an author's server to another one only where that is https too."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.lower().startswith("https://"):
            raise urllib.error.URLError("redirected to an address without https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _over_https(url: str) -> Any:
    """The answer of an https address; no other kind of address has a handler here."""
    director = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        _OnlyHttps(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        director.add_handler(handler)
    return director.open(url, timeout=TIMEOUT_S)
