"""Facts of the mask evidence: which maps there are, their pictures by hash, and what presentations were weighed by."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from toolkit import tables
from toolkit.casebook.case import Case

MAPS = (
    "owner_id", "cue", "visit_id", "exhibit_id", "media_s", "pts", "crop_px", "unit", "lower", "upper", "highest",
    "measured", "px_per_m", "face_px", "why_not", "facts",
)  # fmt: skip
PLACE = ("presentation_id", "log10_lr", "lower_log10", "upper_log10", "reason")

Row = dict[str, Any]
Rows = list[Row]


def evidence_maps(rows: Rows) -> Rows:
    """Rows of the table ``evidence_maps`` with the hash of each picture in its stead."""
    return [{**{name: row[name] for name in MAPS}, "picture_sha256": _hash(row["picture"])} for row in rows]


def map_pictures(case: Case) -> dict[str, bytes]:
    """The pictures of the evidence maps, PNG by their hash: the document names them, the pages show them."""
    if not case.has("evidence_maps"):
        return {}
    pictures = [str(one) for one in case.read("evidence_maps")["picture"].dropna()]
    return {str(_hash(one)): base64.b64decode(one) for one in pictures}


def _hash(picture: str | None) -> str | None:
    return None if picture is None else hashlib.sha256(base64.b64decode(picture)).hexdigest()


def calibrations(assessments: Rows) -> Rows:
    """Each set of controls that presentations were weighed by, once, with where each of these stands."""
    found: dict[str, Row] = {}
    for row in assessments:
        told: Mapping[str, Any] = row["detail"].get("calibration") or {}
        if told.get("controls") is None:
            continue
        one = found.setdefault(tables.canonical(told["controls"]), {**told["controls"], "weighed": []})
        one["weighed"].append({**{name: row[name] for name in PLACE}, **told["case"]})
    return list(found.values())
