"""Children forked by one helper: nothing of one comes into another, and a helper that dies costs one child at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import children
from toolkit import nursery, sandbox
from toolkit.errors import ReadingError

pytestmark = pytest.mark.skipif(not nursery.forks(), reason="children are new interpreters here")
HERE = "tests.children"


def _gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _open() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _wait_until_gone(process: int) -> bool:
    until = time.monotonic() + 30.0
    while not _gone(process):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("module", nursery.LOADED)
def test_what_the_helper_loads_opens_no_thread(module: str) -> None:
    """A process with threads does not fork safely."""
    code = (
        f"import sys, os; sys.path.insert(0, {str(nursery.ROOT)!r}); import {module};"
        "print(len(os.listdir('/proc/self/task')))"
    )
    alone = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env=alone, check=True)
    assert done.stdout.strip() == "1"


def test_one_child_knows_nothing_of_another() -> None:
    assert sandbox.ask(f"{HERE}:remember", {"word": "a"}) == ["a"]
    assert sandbox.ask(f"{HERE}:remember", {"word": "b"}) == ["b"]
    assert children.HELD == []


def test_a_child_holds_its_own_three_ends_and_no_other() -> None:
    held = sandbox.start(f"{HERE}:asleep", {})  # a sibling that runs meanwhile
    told = sandbox.ask(f"{HERE}:open_ends", {})
    sandbox.stop(held)
    assert [line.partition(":")[0] for line in told] == ["0", "1", "2"]
    assert not any("socket" in line for line in told)


def test_children_are_of_one_helper_which_is_not_this_process() -> None:
    first, second = (sandbox.ask(f"{HERE}:parent", {}) for _ in range(2))
    assert first == second != os.getpid()


def test_no_end_of_this_process_is_left_open() -> None:
    sandbox.ask(f"{HERE}:parent", {})
    before = _open()
    for _ in range(20):
        sandbox.ask(f"{HERE}:parent", {})
    assert _open() <= before


def test_relative_paths_begin_where_this_process_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.ask(f"{HERE}:parent", {})  # the helper is there already
    monkeypatch.chdir(tmp_path)
    assert sandbox.ask(f"{HERE}:where", {"name": "x.mp4"}) == str(tmp_path.resolve() / "x.mp4")


def test_threads_may_ask_at_one_time() -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda word: sandbox.ask(f"{HERE}:remember", {"word": word}), map(str, range(40))))
    assert told == [[str(number)] for number in range(40)]


@pytest.mark.slow
def test_a_helper_that_died_is_replaced() -> None:
    helper = sandbox.ask(f"{HERE}:parent", {})
    os.kill(helper, signal.SIGKILL)
    assert _wait_until_gone(helper)
    assert sandbox.ask(f"{HERE}:parent", {}) != helper


def test_the_child_of_a_helper_that_died_counts_as_died() -> None:
    child = sandbox.start(f"{HERE}:say_who_and_sleep", {})
    assert child.stdout is not None
    process, helper = map(int, child.stdout.readline().split())
    os.kill(helper, signal.SIGKILL)
    assert child.wait(30.0) == -signal.SIGKILL
    assert _wait_until_gone(process)
    with pytest.raises(ReadingError):
        sandbox.answer(b"", child.wait())
    child.stdout.close()


def test_the_status_of_a_child_is_told_and_a_wait_has_an_end() -> None:
    child = sandbox.start(f"{HERE}:asleep", {})
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.05)
    assert child.poll() is None
    sandbox.stop(child)
    assert child.returncode == -signal.SIGKILL
    child.kill()  # nothing is there to be ended, and nothing else is
    assert child.poll() == -signal.SIGKILL


def test_a_person_who_interrupts_ends_the_child() -> None:
    with pytest.raises(ReadingError):
        sandbox.ask(f"{HERE}:interrupted", {})


def test_helper_and_children_end_with_the_process_they_work_for() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(nursery.ROOT)!r})\n"
        "from toolkit import sandbox\n"
        f"child = sandbox.start('{HERE}:say_who_and_sleep', {{}})\n"
        "print(child.stdout.readline().decode(), flush=True)\n"
        "import os; os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    asleep, helper = map(int, done.stdout.split())
    assert _wait_until_gone(asleep)
    assert _wait_until_gone(helper)


def test_a_fork_of_this_process_has_a_helper_of_its_own() -> None:
    code = (
        f"import sys, os; sys.path.insert(0, {str(nursery.ROOT)!r})\n"
        "from toolkit import sandbox\n"
        f"ask = lambda: sandbox.ask('{HERE}:parent', {{}})\n"
        "mine = ask()\n"
        "other = os.fork()\n"
        "if not other: print(mine != ask(), flush=True); os._exit(0)\n"
        "os.waitpid(other, 0)\n"
        "print(mine == ask())"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def _alone(code: str) -> list[str]:
    """What a fresh process says that runs this code, which may spoil it."""
    begin = f"import os, sys; sys.path.insert(0, {str(nursery.ROOT)!r}); from toolkit import sandbox; HERE = {HERE!r}\n"
    command = [sys.executable, "-I", "-c", begin + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.split()


def test_a_process_that_may_open_no_more_files_says_so_and_ends_no_other_child() -> None:
    told = _alone(
        "import resource\n"
        "other = sandbox.start(f'{HERE}:asleep', {})\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir('/proc/self/fd')) + 3, 4096))\n"
        "try: sandbox.ask(f'{HERE}:parent', {})\n"
        "except OSError as refused: print(refused.errno)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))\n"
        "print(other.poll(), sandbox.ask(f'{HERE}:parent', {}) == sandbox.ask(f'{HERE}:parent', {}))\n"
        "sandbox.stop(other)"
    )
    assert told == ["24", "None", "True"]


def test_children_are_told_to_have_ended_though_the_signal_for_it_is_held_back_here() -> None:
    told = _alone(
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])\n"
        "print(sandbox.ask(f'{HERE}:parent', {}) != os.getpid())"
    )
    assert told == ["True"]


def test_where_the_folder_is_gone_files_are_read_by_their_whole_path() -> None:
    told = _alone(
        "import tempfile\n"
        "folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder)\n"
        "print(sandbox.ask(f'{HERE}:where', {'name': '/a/b'}))"
    )
    assert told == ["/a/b"]


def test_streams_that_are_closed_do_no_harm() -> None:
    told = _alone(
        "kept = os.dup(1)\n"
        "for end in (0, 1, 2): os.close(end)\n"
        "said = sandbox.ask(f'{HERE}:remember', {'word': 'a'})\n"
        "os.write(kept, repr(said).encode())"
    )
    assert told == ["['a']"]


def test_a_limit_on_time_holds_though_the_helper_does_nothing_any_more() -> None:
    child = sandbox.start(f"{HERE}:say_who_and_sleep", {})
    assert child.stdout is not None
    process, helper = map(int, child.stdout.readline().split())
    os.kill(helper, signal.SIGSTOP)
    child.kill()  # which waits for a moment, and ends the helper then
    assert child.wait(30.0) == -signal.SIGKILL
    assert _wait_until_gone(process)
    child.stdout.close()
    assert sandbox.ask(f"{HERE}:parent", {}) != helper
