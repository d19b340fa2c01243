"""Publishing a validation: the page and charts of the documentation, and the part that reports carry.

``python -m toolkit.validation.publishing FOLDER`` after ``papermask validate
--out FOLDER``. Runs on development people or with a planted leak are refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from toolkit.analysis import tested
from toolkit.errors import SetupError
from toolkit.validation.kinds import KINDS
from toolkit.validation.running import DOCUMENT
from toolkit.validation.scoring import RANDOM
from toolkit.validation.summary import worst
from toolkit.validation.telling import charts, markdown, short

ROOT = Path(__file__).resolve().parents[2]
# What a report shows: rates over everything and areas by kind; the rest stays in the documentation.
FEWEST_A_SIDE = 300
REPORTED = ("schema", "tool", "basis", "purpose", "seed", "numbers", "cues", "presentations", "untested")


def publish(folder: Path, docs: Path = ROOT / "docs", packaged: Path = tested.PRESENTATIONS) -> Path:
    """Write ``docs/validation.md``, its charts and the packaged results; the path of the page.

    Raises
    ------
    SetupError
        The run is not one that may be published.
    """
    document: dict[str, Any] = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
    unclear = [row["statistic"] for row in document["leaks"] if row["told_apart"] is not False]
    fewest = min((row["sides"][k] for row in document["leaks"] for k in (0, 1)), default=0)
    unclear += ["settings"] if document["settings"]["differing"] or not document["settings"]["groups"] else []
    honest = document["purpose"] == "measurement" and document["planted_leak"] == "none" and not unclear
    if not honest or fewest < FEWEST_A_SIDE or set(KINDS) & set(document["untested"]) or RANDOM in document["cues"]:
        leaks = ", ".join(unclear) or "none"
        raise SetupError(
            "not_to_be_published", purpose=document["purpose"], leaks=leaks, clips=fewest, least=FEWEST_A_SIDE
        )
    page = markdown(document | {"real": None}, language="en")
    for name, svg in charts(document).items():
        (docs / "pictures" / name).write_text(svg, encoding="utf-8", newline="\n")
        page = page.replace(f"]({name})", f"](pictures/{name})")
    (docs / "validation.md").write_text(page, encoding="utf-8", newline="\n")
    packaged.write_text(
        json.dumps(reported(document), ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
        newline="\n",
    )
    return docs / "validation.md"


def reported(document: dict[str, Any]) -> dict[str, Any]:
    """The part of a validation that every report carries."""
    kept = {name: document[name] for name in REPORTED}
    order = {kind: k for k, kind in enumerate(KINDS)}
    areas = [row for row in document["areas"] if row["geometry"] == "all"]
    return kept | {
        "people": document["bearers"],
        "geometries": [short(one) for one in document["filmed"]["geometries"]],
        "pooled": [
            row | {"worst": _worst(document, row)}
            for row in sorted(document["pooled"], key=lambda row: (row["cue"], order.get(row["kind"], len(order))))
        ],
        "areas": areas,
    }


def _worst(document: dict[str, Any], row: dict[str, Any]) -> dict[str, Any] | None:
    found = worst(document["rates"], row)
    return None if found is None else found | {"geometry": short(found["geometry"])}


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
