"""Tables of what was offered to the terminal: faces, readings, controls, comparisons."""

from __future__ import annotations

from toolkit.tables.shape import TableShape

_NETWORKS = TableShape(
    {"name": "text", "sha256": "text", "answers": "text", "licence": "text", "allowed_use": "text", "tested": "bool"},
    ("name",),
)

OFFERED: dict[str, TableShape] = {
    # What a person sees where the detector finds nothing; a row stays when it is taken back.
    "marks": TableShape(
        {
            "mark_id": "text",
            "exhibit_id": "text",
            "from_s": "float",
            "to_s": "float",
            "region_px": "json",
            "marked_by": "text",
            "note": "text",
            "withdrawn_by": "text?",
        },
        ("mark_id",),
    ),
    "presentations": TableShape(
        {
            "presentation_id": "text",
            "visit_id": "text",
            "presenter_id": "text",
            "from_s": "float",
            "to_s": "float",
            "geometry": "text",
            "medium": "text",
            "width_px": "float",
            "basis": "text?",
            "mark_id": "text?",
        },
        ("presentation_id",),
    ),
    "faces": TableShape(
        {
            "presentation_id": "text",
            "media_s": "float",
            "pts": "int",
            "box_px": "json",
            "landmarks_px": "json",
            "score": "float",
            "width_px": "float",
        },
        ("presentation_id", "media_s"),
    ),
    "cue_readings": TableShape(
        {
            "presentation_id": "text",
            "cue": "text",
            "cue_group": "text",
            "value": "float?",
            "unit": "text",
            "statement": "text",
            "why_not": "text?",
            "facts": "json",
        },
        ("presentation_id", "cue"),
    ),
    "geometries": TableShape({"presentation_id": "text", "geometry": "text"}, ("presentation_id",)),
    "visit_readings": TableShape(
        {
            "visit_id": "text",
            "cue": "text",
            "cue_group": "text",
            "value": "float?",
            "unit": "text",
            "statement": "text",
            "level": "text",
            "why_not": "text?",
            "facts": "json",
        },
        ("visit_id", "cue"),
    ),
    # Which row of which table of control times names a recording: file names stay in the case.
    "control_recordings": TableShape({"exhibit_id": "text", "table_exhibit_id": "text", "row": "int"}, ("exhibit_id",)),
    "control_readings": TableShape(
        {
            "control_id": "text",
            "cue": "text",
            "cue_group": "text",
            "value": "float?",
            "unit": "text",
            "statement": "text",
            "why_not": "text?",
            "width_px": "float?",
            "facts": "json",
        },
        ("control_id", "cue"),
    ),
    "assessments": TableShape(
        {
            "presentation_id": "text",
            "outcome": "text",
            "log10_lr": "float?",
            "lower_log10": "float?",
            "upper_log10": "float?",
            "words": "text",
            "reason": "text?",
            "calibration_id": "text?",
            "detail": "json",
        },
        ("presentation_id",),
    ),
    # What cues saw of FD1's candidates: `picture` is PNG in base64, `crop_px` its place in the whole picture.
    "evidence_maps": TableShape(
        {
            "owner_id": "text",
            "cue": "text",
            "visit_id": "text",
            "exhibit_id": "text",
            "media_s": "float",
            "pts": "int?",
            "crop_px": "json",
            "unit": "text",
            "lower": "float?",
            "upper": "float?",
            "highest": "float?",
            "measured": "float?",
            "px_per_m": "float?",
            "face_px": "float?",
            "why_not": "text?",
            "facts": "json",
            "picture": "text?",
        },
        ("owner_id", "cue"),
    ),
    "models": _NETWORKS,
    "likenesses": TableShape(
        {
            "presentation_id": "text",
            "employee_id": "text",
            "score": "float",
            "metric": "text",
            "rank": "int",
            "backend": "text",
        },
        ("presentation_id", "employee_id"),
    ),
    "comparisons": TableShape(
        {
            "presentation_id": "text",
            "standing": "text",
            "margin": "float?",
            "cohort_z": "float?",
            "agree": "float?",
            "width_px": "float?",
            "frames": "int",
            "people": "int",
            "why_not": "text?",
            "facts": "json",
        },
        ("presentation_id",),
    ),
    "face_pairs": TableShape(
        {
            "visit_id": "text",
            "presentation_a": "text",
            "presentation_b": "text",
            "distance": "float",
            "backend": "text",
        },
        ("presentation_a", "presentation_b"),
    ),
    "photographs": TableShape(
        {"exhibit_id": "text", "employee_id": "text?", "why_not": "text?", "facts": "json"},
        ("exhibit_id",),
    ),
    # Rows only for pairs that were looked into or lie in one visit; all others are counted in `reuse_searched`.
    "reuse": TableShape(
        {
            "presentation_a": "text",
            "other": "text",
            "kind": "text",
            "media_a_s": "float",
            "media_b_s": "float?",
            "size_px": "float",
            "standing": "text?",
            "score": "float?",
            "verdict": "text",
            "why_not": "text?",
            "facts": "json",
            "comparisons": "int",
            "controls_n": "int",
            "exceeding": "int",
            "upper": "float?",
            "log10_any": "float?",
        },
        ("presentation_a", "other", "kind"),
    ),
    "reuse_searched": TableShape(
        {
            "kind": "text",
            **dict.fromkeys(("faces", "others", "without_face", "small", "pairs", "looked_into"), "int"),
            **dict.fromkeys(("controls_live", "controls_prints"), "int"),
        },
        ("kind",),
    ),
    "models_compared": _NETWORKS,
}
