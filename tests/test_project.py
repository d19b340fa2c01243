"""The house itself: languages, error sentences, imports, one OpenCV, no index addresses, no stored outputs."""

from __future__ import annotations

import ast
import json
import re
import shutil
import string
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "toolkit/locale"
ENDINGS = ("Error", "Changed", "Measure", "Early")
TOPICS = sorted(path.name for path in (LOCALE / "en").glob("*.json"))


def _entries(language: str, topic: str) -> dict[str, str]:
    told: dict[str, str] = json.loads((LOCALE / language / topic).read_text(encoding="utf-8"))
    return told


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_hold_the_same_sentences_with_the_same_fields(topic: str) -> None:
    english, chinese = _entries("en", topic), _entries("zh", topic)
    assert set(english) == set(chinese)
    for key, sentence in english.items():
        assert _fields(sentence) == _fields(chinese[key]), key
        assert chinese[key].strip() or key == "between_sentences"


def test_every_error_code_in_the_code_has_its_two_sentences() -> None:
    known = {key for topic in TOPICS if topic.startswith("errors") for key in _entries("en", topic)}
    raised = set()
    for path in (ROOT / "toolkit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(ENDINGS)
            first = node.args[0] if named and isinstance(node, ast.Call) and node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                raised.add(first.value)
    codes = {code for code in raised if re.fullmatch(r"[a-z_]+", code)}
    assert codes
    assert {code for code in codes if code not in known or f"{code}_do" not in known} == set()


def test_no_error_code_has_sentences_in_two_places() -> None:
    keys = [key for topic in TOPICS if topic.startswith("errors") for key in _entries("en", topic)]
    assert {key for key in keys if keys.count(key) > 1} == set()


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_a_planted_upward_import_is_caught(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "toolkit", tmp_path / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert _lint_imports(tmp_path).returncode == 0
    clocks = tmp_path / "toolkit/analysis/clocks.py"
    clocks.write_text(clocks.read_text(encoding="utf-8") + "\nfrom toolkit.casebook import case\n", encoding="utf-8")
    caught = _lint_imports(tmp_path)
    assert caught.returncode != 0
    assert "Imports point down" in caught.stdout
    assert "toolkit.analysis.clocks" in caught.stdout


def test_exactly_one_cv2_wheel_is_installed_and_locked() -> None:
    named = {"opencv-python", "opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless"}
    installed = {(one.metadata["Name"] or "").lower() for one in metadata.distributions()}
    assert installed & named == {"opencv-python"}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        locked = re.findall(r"^(opencv[a-z-]*)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
        assert locked == ["opencv-python"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_pin_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "index-url" not in text
    assert "://" not in text


def test_notebooks_hold_no_outputs_and_no_functions() -> None:
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs")
            if cell["cell_type"] == "code":
                source = "".join(cell["source"])
                assert not re.search(r"^\s*(def|for|while) ", source, re.MULTILINE)


def test_modules_stay_small() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "toolkit").rglob("*.py")}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > 400} == {}


FETCHING = ROOT / "toolkit/vision/fetching.py"
NURSERY = ROOT / "toolkit/nursery.py"
PAIR_ONLY = {f"socket.{name}" for name in ("socketpair", "AF_UNIX", "SOCK_SEQPACKET", "send_fds", "recv_fds", "socket")}


def test_the_program_makes_no_network_call_but_the_one_command_that_is_typed_for_it() -> None:
    network = r"^\s*(import|from) (requests|urllib|http|socket|httpx)"
    callers = []
    for path in (ROOT / "toolkit").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path == NURSERY:  # a pair of ends between two processes of this machine, which has no address
            assert set(re.findall(r"\bsocket\.\w+", text)) <= PAIR_ONLY
            continue
        assert path == FETCHING or not re.search(network, text, re.MULTILINE), path
        if re.search(r"\bfetching\b", text) and path != FETCHING:
            callers.append(path.relative_to(ROOT).as_posix())
    assert callers == ["toolkit/cli/models.py"]
    assert re.search(
        r"^    from toolkit.vision.fetching", (ROOT / callers[0]).read_text(encoding="utf-8"), re.MULTILINE
    )


def test_blur_is_no_redaction_and_has_no_code_path() -> None:
    for path in (ROOT / "toolkit").rglob("*.py"):
        if "simulation" in path.parts:
            continue
        assert not re.search(r"GaussianBlur|medianBlur|pixelat", path.read_text(encoding="utf-8")), path


def test_no_command_waits_for_libraries_that_only_charts_and_tests_of_patterns_need() -> None:
    late = {"matplotlib", "scipy.stats", "dlib", "onnxruntime"}
    code = f"import sys, toolkit.cli; print(sorted({late} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
