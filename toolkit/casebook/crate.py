"""What lies in a sealed package and what it was made from, in a vocabulary that others read: RO-Crate 1.1.

The profile is Process Run Crate: one action for each output, with the program
as its instrument and the inputs that the journal names. It describes, and vouches
for nothing: hashes, journal and seal do. Its date is that of the seal, so that
the same package gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
LICENCE = "not stated: evidence of a case"
KINDS = {
    ".html": "text/html", ".json": "application/json", ".jsonl": "application/jsonl", ".txt": "text/plain",
    ".csv": "text/csv", ".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml", ".pdf": "application/pdf",
    ".mp4": "video/mp4", ".avi": "video/x-msvideo", ".mov": "video/quicktime", ".mkv": "video/x-matroska",
    ".parquet": "application/vnd.apache.parquet",
}  # fmt: skip

Entity = dict[str, Any]


def metadata(
    case_id: str, rows: Iterable[Mapping[str, Any]], files: Mapping[str, str], sizes: Mapping[str, int], at: str
) -> bytes:
    """The bytes of ``ro-crate-metadata.json``.

    Parameters
    ----------
    rows : iterable of mapping
        The journal, oldest first.
    files, sizes : mapping
        SHA-256 and bytes of each file, by its name in the package ("data/...").
    at : str
        When the package was sealed, ISO 8601.
    """
    named = {name.removeprefix("data/"): sha256 for name, sha256 in sorted(files.items())}
    entities = [_file(name, sha256, sizes[f"data/{name}"]) for name, sha256 in named.items()]
    actions = [one for row in _last_rows(rows) if (one := _action(row, named)) is not None]
    tools = sorted({str(one["instrument"]["@id"]) for one in actions})
    root = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": case_id,
        "description": "Sealed package of an examination of clock-in footage and records",
        "datePublished": at,
        "license": LICENCE,
        "hasPart": [{"@id": one["@id"]} for one in entities],
        "mentions": [{"@id": one["@id"]} for one in actions],
    }
    about = {
        "@id": NAME,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    programs = [
        {"@id": one, "@type": "SoftwareApplication", "name": one.removeprefix("#").replace("-", " ", 1)}
        for one in tools
    ]
    graph = [about, root, *entities, *actions, *programs]
    return (json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1, sort_keys=True) + "\n").encode()


def _file(name: str, sha256: str, size: int) -> Entity:
    suffix = "." + name.rpartition(".")[2]
    return {
        "@id": name,
        "@type": "File",
        "contentSize": str(size),
        "encodingFormat": KINDS.get(suffix, "application/octet-stream"),
        "sha256": sha256,
    }


def _last_rows(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The last row of each table and output."""
    last = {}
    for row in rows:
        if row["act"] in ("record", "store"):
            last[row["pub"].get("out") or f"tables/{row['pub']['table']}.parquet"] = row
    return [last[name] for name in sorted(last)]


def _action(row: Mapping[str, Any], named: Mapping[str, str]) -> Entity | None:
    """How an output that is in the package was made; None for others."""
    told = row["pub"]
    result = told.get("out") or f"tables/{told['table']}.parquet"
    if named.get(result) != told["sha256"]:
        return None
    of_hash = {sha256: name for name, sha256 in named.items()}
    return {
        "@id": f"#action-{row['seq']}",
        "@type": "CreateAction",
        "name": f"{row['act']} {result}",
        "endTime": row["t"],
        "instrument": {"@id": "#" + str(told["tool"]).replace(" ", "-", 1)},
        "object": [{"@id": of_hash[sha256]} for sha256 in told.get("in", {}).values() if sha256 in of_hash],
        "result": [{"@id": result}],
    }
