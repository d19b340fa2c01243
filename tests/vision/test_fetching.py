"""Fetching: from the pinned address only, over https only, and kept only if it is the pinned file."""

from __future__ import annotations

import hashlib
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import SetupError
from toolkit.vision import fetching, models
from toolkit.vision.fetching import SOURCES, Source, fetch
from toolkit.vision.user_models import store_folder


class _Author(BaseHTTPRequestHandler):
    content = b""
    moved_to = ""

    def do_GET(self) -> None:
        self.send_response(302 if self.moved_to else 200)
        if self.moved_to:
            self.send_header("Location", self.moved_to)
        self.end_headers()
        if not self.moved_to:
            self.wfile.write(self.content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on this machine that answers with ``_Author.content``."""
    monkeypatch.setattr(_Author, "moved_to", "")
    server = HTTPServer(("127.0.0.1", 0), _Author)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/yunet_n_640_640.onnx"
    server.shutdown()
    thread.join()
    server.server_close()


def _pinned(monkeypatch: pytest.MonkeyPatch, url: str, content: bytes) -> None:
    source = Source(url=url, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content), licence="Apache-2.0")
    monkeypatch.setitem(SOURCES, "yunet", source)


def _kept() -> list[str]:
    return sorted(path.relative_to(store_folder()).as_posix() for path in store_folder().rglob("*"))


def test_the_pinned_file_is_put_in_place_and_registered(
    author: str, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (shared / "models/yunet_n_640_640.onnx").read_bytes()
    monkeypatch.setattr(_Author, "content", content)
    _pinned(monkeypatch, author, content)
    record = fetch("yunet", open_url=lambda url: urllib.request.urlopen(url, timeout=10))
    assert Path(record.path).read_bytes() == content
    assert record.licence == "Apache-2.0" and record.tested
    assert _kept() == ["fetched", "fetched/yunet_n_640_640.onnx", "models.json"]
    assert models.weights("yunet") == Path(record.path)


@pytest.mark.parametrize("answered", [b"", b"half of the f", b"another file!!", b"the file and much more" * 100_000])
def test_another_file_is_thrown_away_and_nothing_is_left(
    author: str, answered: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Author, "content", answered)
    _pinned(monkeypatch, author, b"the right file")
    with pytest.raises(SetupError) as caught:
        fetch("yunet", open_url=lambda url: urllib.request.urlopen(url, timeout=10))
    assert caught.value.code == "fetch_other_file"
    assert int(caught.value.facts["size"]) <= len(b"the right file") + 1
    assert _kept() == []


def test_a_server_that_does_not_answer_is_told_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(url: str) -> Any:
        raise urllib.error.URLError("no route")

    with pytest.raises(SetupError) as caught:
        fetch("yunet", open_url=refuses)
    assert caught.value.code == "fetch_failed"
    assert "no route" in caught.value.what()
    assert _kept() == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.onnx", "ftp://127.0.0.1/x.onnx", "file:///etc/hostname"])
def test_no_other_kind_of_address_is_opened(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _pinned(monkeypatch, url, b"x")
    with pytest.raises(SetupError) as caught:
        fetch("yunet")
    assert caught.value.code == "fetch_failed"
    assert "unknown url type" in caught.value.what()


def test_a_redirection_away_from_https_is_not_followed() -> None:
    asked = urllib.request.Request("https://author.example/x")
    for where in ("http://author.example/x", "file:///etc/hostname"):
        with pytest.raises(urllib.error.URLError):
            fetching._OnlyHttps().redirect_request(asked, None, 302, "", {}, where)  # type: ignore[arg-type]
    followed = fetching._OnlyHttps().redirect_request(asked, None, 302, "", {}, "https://cdn.example/x")  # type: ignore[arg-type]
    assert followed is not None and followed.full_url == "https://cdn.example/x"


@pytest.mark.parametrize("slot", ["minifasnet", "insightface_pack", "centerface", "aura"])
def test_slots_without_a_pinned_address_are_refused_with_how_to_add_them(slot: str) -> None:
    with pytest.raises(SetupError) as caught:
        fetch(slot)
    assert caught.value.code == "fetch_not_offered"
    assert "models add" in caught.value.advice()
    assert caught.value.advice("zh") != caught.value.advice("en")


def test_every_address_is_https_with_a_whole_hash() -> None:
    for source in SOURCES.values():
        assert source.url.startswith("https://") and source.file.endswith(".onnx")
        assert len(source.sha256) == 64 and source.size_bytes < 2**20
