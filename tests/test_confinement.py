"""A child for untrusted files has no network, writes nothing and starts nothing, where it says so."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from toolkit import sandbox
from toolkit.confinement import NO_NETWORK, NO_WRITING
from toolkit.errors import ReadingError

HERE = "tests.test_confinement"


def calls(port: int) -> str:
    with socket.socket() as line:
        line.settimeout(5)
        line.connect(("127.0.0.1", port))
        return line.recv(16).decode()


def sends(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        return line.sendto(b"a name", ("127.0.0.1", port))


def does(what: str, path: str) -> str:
    """What came of it: "done" or the name of the refusal."""
    place = Path(path)
    try:
        if what == "write":
            place.write_bytes(b"")
        elif what == "cut":
            os.truncate(place, 1)
        elif what == "remove":
            place.unlink()
        elif what == "move":
            place.rename(place.with_name("elsewhere"))
        elif what == "folder":
            (place.parent / "folder").mkdir()
        elif what == "link":
            (place.parent / "link").symlink_to("/etc")
        elif what == "start":
            subprocess.run(["/bin/true"], check=True)
        elif what == "read":
            return place.read_text()
    except OSError as refused:
        return type(refused).__name__
    return "done"


def _answers(server: socket.socket) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line:
            line.sendall(b"hello")


def needs(level: str) -> None:
    if level not in sandbox.limits_reached():
        if os.environ.get("CI") == "true" and level == NO_WRITING:
            pytest.fail(f"{level} is not reached here, and CI must reach it")
        pytest.skip(f"{level} is not reached here")


def test_what_was_reached_is_said_and_is_not_reached_by_whoever_asks() -> None:
    told = sandbox.limits_reached().split(", ")
    assert told[0] == "process" and set(told) <= {"process", "limits", NO_NETWORK, NO_WRITING}
    assert ("limits" in told) == (os.name == "posix")
    assert sandbox.reached() == []


@pytest.mark.parametrize("what", ["write", "cut", "remove", "move", "folder", "link", "start"])
def test_a_child_changes_no_file_and_starts_no_program(what: str, tmp_path: Path) -> None:
    needs(NO_WRITING)
    path = tmp_path / "exhibit"
    path.write_text("as it was")
    assert does("read", str(path)) == sandbox.ask(f"{HERE}:does", {"what": "read", "path": str(path)}) == "as it was"
    assert sandbox.ask(f"{HERE}:does", {"what": what, "path": str(path)}) in ("PermissionError", "OSError")
    assert [one.name for one in tmp_path.iterdir()] == ["exhibit"] and path.read_text() == "as it was"
    assert does(what, str(path)) == "done"  # whoever asks may


def test_a_child_reaches_nobody(tmp_path: Path) -> None:
    needs(NO_NETWORK)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        threading.Thread(target=_answers, args=(server,), daemon=True).start()
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0.2)
        for name, port in (("calls", server.getsockname()[1]), ("sends", ear.getsockname()[1])):
            with pytest.raises(ReadingError):
                sandbox.ask(f"{HERE}:{name}", {"port": port})
        with pytest.raises(TimeoutError):
            ear.recv(16)
        assert calls(server.getsockname()[1]) == "hello"
        assert sends(ear.getsockname()[1]) == 6 and ear.recv(16) == b"a name"  # whoever asks may


def test_a_child_of_a_new_interpreter_is_held_back_as_well(tmp_path: Path) -> None:
    needs(NO_WRITING)
    told = (
        "import os\nfrom toolkit.confinement import confine\nreached = confine()\n"
        f"try:\n open({str(tmp_path / 'x')!r}, 'w')\nexcept OSError: reached.append('refused')\nprint(reached)"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=root, check=True)
    assert NO_WRITING in done.stdout and "refused" in done.stdout and not (tmp_path / "x").exists()
