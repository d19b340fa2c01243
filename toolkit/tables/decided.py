"""Tables of what people decided, and of the employee ids that the naming rule was asked about."""

from __future__ import annotations

from toolkit.tables.shape import TableShape

DECIDED: dict[str, TableShape] = {
    # A person's statements, never changed: what was answered later stands in a later row. `about_key` says by
    # exhibit and moments what `about` called by its number then; `version` is a hash of what that said.
    "decisions": TableShape(
        {
            "decision_id": "text",
            "about": "text",
            "kind": "text",
            "about_key": "json",
            "version": "text",
            "answer": "text",
            "by": "text",
            "at": "text",
            "blind": "bool",
            "note": "text",
            "shown": "json",
        },
        ("decision_id",),
    ),
    # `probability`: lowest over the clock's interval; missing where no artefact finding of theirs stands.
    "identities": TableShape(
        {
            "employee_id": "text",
            "probability": "float?",
            "meets_rule": "bool",
            "obstacles": "json",
            "visit_ids": "json",
            "punch_ids": "json",
            "presentation_ids": "json",
            "clocks": "json",
        },
        ("employee_id",),
    ),
}
