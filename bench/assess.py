"""What ``papermask assess`` says of every real picture and clip: the table of docs/assess.md.

``python -m bench.assess --shared ../shared/data`` writes the table to standard
output. Pictures are assessed together, so that re-use is asked of every pair of
them; clips one by one. Genuine are the pictures and clips of folders ``ident``
and ``video`` and those named ``true``; nothing is chosen or set here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from toolkit.pipeline.assessing import assess

Row = dict[str, Any]
PICTURES, CLIPS = (".jpg", ".png"), (".gif", ".mp4", ".avi")


def told(file: str, document: Row) -> str:
    """One line of the table."""
    faces = [one for one in document["faces"] if one["file"] == file]
    sheets = [one for one in document["sheets"] if one["file"] == file]
    statements = Counter(
        f"{cue['cue']}: {cue['statement']}"
        for one in faces
        for cue in one["cues"]
        if cue["statement"] in ("live", "artefact")
    )
    outcomes = Counter(one["outcome"] for one in faces)
    answers = Counter(_sheet(one) for one in sheets)
    cells = (_several(outcomes) or "no face found", _several(statements) or "–", _several(answers))
    return f"| `{file.split('__')[-1]}` | {' | '.join(cells)} |"


def _sheet(one: Row) -> str:
    if one["level"] is not None:
        return f"{one['level']} ({one['basis']})"
    return next(str(cue["why_not"]) for cue in one["cues"] if cue["cue"] == "sheet")


def _several(counts: Counter[str]) -> str:
    return ", ".join(what if count == 1 else f"{count} x {what}" for what, count in sorted(counts.items()))


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    folder = parser.parse_args().shared
    pictures = sorted(one for part in ("spoof", "ident") for one in (folder / part).iterdir() if one.suffix in PICTURES)
    clips = sorted(one for one in (folder / "video").iterdir() if one.suffix in CLIPS)
    document = assess(pictures)
    _say("| file | faces | statements of cues | sheet |\n|---|---|---|---|")
    for file in pictures:
        _say(told(file.name, document))
    for file in clips:
        _say(told(file.name, assess([file])))
    _say(f"\nPairs of faces of different pictures: {_several(Counter(one['verdict'] for one in document['reuse']))}.")
    for one in document["reuse"]:
        if one["score"] is not None:
            a, b = (document["faces"][one[side]]["file"].split("__")[-1] for side in ("a", "b"))
            _say(f"- `{a}` and `{b}`: score {one['score']:.2f}, inner agreement {one['facts']['inner']:.2f}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
