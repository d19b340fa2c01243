"""A case made of tables alone, shaped like the one-by-one case: 6 visits, 12 clock-ins, 2 findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.errors import StepTooEarly
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE, Frame

NOW = "2026-03-10T09:00:00+00:00"
VISITS = ((6.2, 19.9), (22.9, 44.6), (50.4, 69.6), (74.7, 86.6), (92.3, 119.7), (123.7, 136.1))
PUNCHES = (
    ("1001", "08:21:49", 1), ("1002", "08:22:06", 2), ("1003", "08:22:11", 2), ("1004", "08:22:16", 2),
    ("1005", "08:22:35", 3), ("1006", "08:22:49", NOBODY_SEEN), ("1007", "08:22:57", 4), ("1008", "08:23:14", 5),
    ("1009", "08:23:20", 5), ("1010", "08:23:26", 5), ("1011", "08:23:32", 5), ("1012", "08:28:17", OUTSIDE_COVERAGE),
)  # fmt: skip
OFFSET_S, START_S = 97.0, 8 * 3600 + 20 * 60.0
HEAD = "a6e045c40bb7160970c18558dd61eff297e6870fb05c3838327b7469bac4a580"


class FakeCase:
    """What the report needs of a case, in memory."""

    case_id = "case-0f1e2d3c"

    def __init__(self, held: dict[str, pd.DataFrame], **settings: Any) -> None:
        self.held = held
        self.stored: dict[str, bytes] = {}
        self._settings = {
            "purpose": "Review of the clock-ins of 3 March",
            "basis": "Request of the office",
            "retain_until": None,
        } | settings

    def settings(self) -> dict[str, Any]:
        return self._settings

    def has(self, name: str) -> bool:
        return name in self.held

    def read(self, name: str) -> pd.DataFrame:
        if name not in self.held:
            raise StepTooEarly("step_too_early", table=name, step="intake")
        return self.held[name]

    def head(self) -> tuple[int, str]:
        return 36, HEAD

    def store(
        self, relative: str, content: bytes, *, inputs: Any = (), params: Mapping[str, Any] | None = None
    ) -> Path:
        self.stored[relative] = content
        return Path("derived") / relative


def exhibit(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "exhibit_id": f"E-{number:04d}",
        "kind": kind,
        "stored_as": f"E{number:04d}.bin",
        "sha256": f"{number:x}" * 64,
        "size_bytes": 1000 * number,
        "received_at": "2026-03-09T08:00:00+00:00",
        "declared": {},
        "provenance": {"obtained_from": "Zhang San", "made_by": "unknown", "form": "withheld"},
        **more,
    }


def footage(gaps: tuple[tuple[float, float], ...] = (), examined: bool = True) -> dict[str, list[dict[str, Any]]]:
    clip = {
        "exhibit_id": "E-0001", "camera_id": "cam-1", "starts_at": "2026-03-03T08:20:00+08:00", "timezone": None,
        "container": "mov", "codec": "h264", "time_base": "1/200000", "first_pts": 0, "duration_s": 139.3,
        "width_px": 768, "height_px": 432, "rotation_deg": 0, "frames_stated": 1394, "frames_present": 1394,
        "frame_interval_s": 0.1, "keyframe_interval_s": 1.0, "rate_mode": "constant",
        "gaps": [{"from_s": a, "to_s": b} for a, b in gaps],
    }  # fmt: skip
    zone = {
        "exhibit_id": "E-0001", "polygon_px": [[240, 160], [720, 160], [720, 400]], "image_width_px": 768,
        "image_height_px": 432, "empty_media_s": [[0.0, 5.5]], "terminal_fully_in_view": True, "stated_by": "examiner",
        "basis": "file", "px_per_m": None, "note": "drawn on the first frame",
    }  # fmt: skip
    looked = [
        {"exhibit_id": "E-0001", "from_s": 0.0, "to_s": 5.0, "how": "probed", "damaged": 0, "lost": 0},
        {"exhibit_id": "E-0001", "from_s": 5.0, "to_s": 138.0, "how": "decoded", "damaged": 0, "lost": 0},
    ]
    return {"clips": [clip], "zones": [zone] if examined else [], "examined": looked if examined else []}


def visits() -> dict[str, list[dict[str, Any]]]:
    rows, bodies = [], []
    for number, (start, end) in enumerate(VISITS, 1):
        rows.append(
            {
                "visit_id": f"V-{number:03d}", "exhibit_id": "E-0001", "from_s": start, "to_s": end,
                "presenter_id": f"P-{number:02d}", "open_start": False, "open_end": number == 6, "companion": "none",
                "companion_basis": {"reasons": []},
            }
        )  # fmt: skip
        bodies.append(
            {
                "presenter_id": f"P-{number:02d}", "visit_ids": [f"V-{number:03d}"], "continuity_risk": 0.0001 * number,
                "weakest_s": start + 5, "exhibit_id": "E-0001",
            }
        )  # fmt: skip
    return {"visits": rows, "presenters": bodies}


def media_s(clock: str) -> float:
    hours, minutes, secs = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + secs - OFFSET_S - START_S


def records(precision_s: float = 1.0, names: Mapping[str, str] | None = None) -> dict[str, list[dict[str, Any]]]:
    punches = [
        {
            "punch_id": f"{row:016x}", "exhibit_id": "E-0002", "sheet": "", "row": row,
            "employee_id": (names or {}).get(employee, employee), "terminal_id": None,
            "stamped_at": f"2026-03-03 {clock}", "t_local": f"2026-03-03T{clock}", "precision_s": precision_s,
            "tz": "Asia/Shanghai", "tz_basis": "user", "credential": "face", "result": "pass",
            "record_kind": "raw_event", "raw": f"{employee}\tZhang San",
        }
        for row, (employee, clock, _) in enumerate(PUNCHES, 1)
    ]  # fmt: skip
    file = {
        "exhibit_id": "E-0002", "format": "zkteco_attlog", "encoding": "utf-8", "encoding_basis": "strict",
        "rows_source": 13, "rows_parsed": 12, "rows_rejected": 1, "rows_non_record": 0, "stated_total": None,
        "period": "", "made_at": "", "device": "", "truncated": "", "lacks": ["time_zone", "failures"],
    }  # fmt: skip
    refused = {
        "exhibit_id": "E-0002", "sheet": "", "row": 13, "sub": 0, "raw": "Zhang San,??", "why": "unreadable_time",
    }  # fmt: skip
    return {"punches": punches, "record_files": [file], "refused_rows": [refused]}


def clock(determinable: bool = True) -> dict[str, list[dict[str, Any]]]:
    told = [("2026-03-03 08:21:49", 12.0), ("2026-03-03 08:23:32", 115.0)][: 2 if determinable else 1]
    anchors = [
        {
            "exhibit_id": "E-0004", "row": row, "clip_exhibit_id": "E-0001", "device": "terminal", "device_time": time,
            "media_s": at, "uncertainty_s": 0.5, "uncertainty_basis": "stated",
            "how": "screen lit, read on the frame", "kind": "manual", "cause": "",
        }
        for row, (time, at) in enumerate(told, 2)
    ]  # fmt: skip
    used = [{"row": one["row"], "residual_s": 0.04, "sd_s": 0.577} for one in anchors]
    row = {
        "device_id": "terminal", "exhibit_id": "E-0001", "determinable": determinable,
        "method": "anchors" if determinable else "none", "terminal_minus_camera_s": OFFSET_S if determinable else None,
        "interval_lo_s": 96.2 if determinable else None, "interval_hi_s": 97.8 if determinable else None,
        "offset_sd_s": 0.408 if determinable else None, "drift_ppm": 0.0 if determinable else None,
        "anchors_used": len(anchors), "reason": "" if determinable else "too_few_anchors",
        "model": {
            "camera_clock": "stated", "zone_basis": "stated", "device_basis": "records name no terminal",
            "terminal": None, "sd_s": 0.408, "middle_s": 63.5, "drift_sd_ppm": 50.0, "holds_at_s": 63.5,
            "half_widths_s": [0.8, 0.8], "anchors": used, "zero_terminal_local": "2026-03-03T08:21:37",
            "half_cut_s": 0.5, "drift_ppm": 0.0,
        } if determinable else {},
    }  # fmt: skip
    return {"anchors": anchors, "clocks": [row]}


def associations() -> dict[str, list[dict[str, Any]]]:
    rows = []
    for number, (_, time, right) in enumerate(PUNCHES, 1):
        best = right if isinstance(right, str) else f"V-{right:03d}"
        shares = {best: 0.98, NOBODY_SEEN: 0.02}
        if right == NOBODY_SEEN:
            shares = {NOBODY_SEEN: 0.9, "V-003": 0.06, "V-004": 0.04}
        elif right == OUTSIDE_COVERAGE:
            shares = {OUTSIDE_COVERAGE: 1.0}
        at = None if right == OUTSIDE_COVERAGE else media_s(time)
        rows += [
            {"punch_id": f"{number:016x}", "outcome": name, "probability": p, "media_s": at, "best": name == best}
            for name, p in shares.items()
        ]
    return {"associations": rows}


def rivals() -> list[dict[str, Any]]:
    tested = {"certified": 0, "scenes": 60, "stays": {"certified": 59, "scenes": 60}}
    untold = {"switches": {"certified": 0, "scenes": 60}, "stays": {"certified": 0, "scenes": 60}, "most": 0.0247}
    rows: list[tuple[str, float | None, float | None, str, dict[str, Any]]] = [
        ("chance", 3.059, 1.999, "chance", {"m": 0.0738, "log10_at_3m": 1.999}),
        ("switch_contact", 2.079, 1.284, "simulated", tested),
        ("switch_crossing", None, None, "kind_not_told_apart", untold),
        ("companion", 1.387, 0.995, "simulated", {"missed": 2, "scenes": 60, "alone": 90, "alone_flagged": 3}),
        ("hidden_behind", None, None, "only_a_person_staged", {"staged": 40, "noticed": 9, "passed": 37}),
        ("buffered_log", None, None, "ask_the_device_log", {}),
    ]
    names = ("name", "log10_lr", "lower_log10", "basis", "detail")
    return [{"excluded_by": None, **dict(zip(names, row, strict=True))} for row in rows]


def one_body(number: int, visit: int, employees: list[str], moments: list[float]) -> dict[str, Any]:
    frames = [
        {"exhibit_id": "E-0001", "media_s": at, "role": "punch", "employee_id": who}
        for at, who in zip(moments, employees, strict=True)
    ]
    weakest = {"exhibit_id": "E-0001", "media_s": moments[0] - 1, "role": "weakest", "employee_id": None}
    return {
        "finding_id": f"F-{number:02d}", "code": "FD2", "state": "candidate", "employees": employees,
        "visit_ids": [f"V-{visit:03d}"],
        "propositions": {"main": "one_body_several_ids", "rivals": [one["name"] for one in rivals()]},
        "rivals": rivals(),
        "headline": {
            "rival": "companion", "log10_lr": 1.387, "interval": [0.995, 1.387], "words": "weak",
            "not_assessed": ["switch_crossing", "hidden_behind", "buffered_log"], "conditional": False,
        },
        "against": [
            {"code": "weakest_moment", "facts": {"media_s": moments[0] - 1, "risk": 0.0041}},
            {"code": "look_switch_crossing", "facts": {"from_s": moments[0], "to_s": moments[-1]}},
        ],
        "limits": ["names_nobody", "continuity_is_a_set", "hidden_behind", "not_random_footage", "other_footage_rates"],
        "sensitivity": {
            "m": 0.0738, "log10_at_m": 3.059, "log10_at_3m": 1.999, "clock_early": 3.059, "clock_late": 3.059,
            "time_sensitive": False, "leave_one_out": dict.fromkeys(employees, 1.758), "equal_weights_log10": 1.272,
            "break_even": 0.98, "continuity_risk": 0.0041, "lineage": 0.99, "visits_searched": 6,
            "expected_false": 0.607,
        },
        "frames": [weakest, *frames],
    }  # fmt: skip


INTEGRITY_FINDING: dict[str, Any] = {
    "finding_id": "F-03", "code": "FD10", "state": "information", "employees": [], "visit_ids": [], "propositions": {},
    "rivals": [], "headline": {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"}, "against": [],
    "limits": ["integrity_is_not_authenticity"], "sensitivity": {"items": 2}, "frames": [],
}  # fmt: skip
ODDITIES = [
    {"exhibit_id": "E-0001", "code": "suffix_differs", "facts": {"suffix": ".avi", "container": "mov"}},
    {"exhibit_id": "E-0002", "code": "a_code_of_tomorrow", "facts": {"rows": 3}},
]


def concluded(
    findings: list[dict[str, Any]], missing: list[tuple[str, str, dict[str, Any]]], most: int, low: int
) -> Any:
    counts = [
        {"what": "identities_used", "low": 0, "high": None, "note": {"why": "fd1_not_run"}},
        {"what": "presenters", "low": low, "high": most, "note": {"why": "visits_not_linked"}},
        {"what": "knowing_participants", "low": None, "high": None, "note": {"why": "not determinable from footage"}},
    ]
    rows = [{"what": what, "why": why, "facts": facts} for what, why, facts in [("FD1", "not_run", {}), *missing]]
    return {"findings": [*findings, INTEGRITY_FINDING], "counts": counts, "not_assessable": rows}


def case_of(*parts: dict[str, list[dict[str, Any]]], **settings: Any) -> FakeCase:
    rows: dict[str, list[dict[str, Any]]] = {"integrity": ODDITIES}
    for part in parts:
        rows.update(part)
    return FakeCase({name: tables.build(name, listed) for name, listed in rows.items()}, **settings)


def exhibits(*kinds: str) -> dict[str, list[dict[str, Any]]]:
    numbers = {"footage": 1, "records": 2, "roster": 3, "anchors": 4}
    return {"exhibits": [exhibit(numbers[kind], kind) for kind in kinds]}


def whole(**settings: Any) -> FakeCase:
    first = one_body(1, 2, ["1002", "1003", "1004"], [29.0, 34.0, 39.0])
    second = one_body(2, 5, ["1008", "1009", "1010", "1011"], [97.0, 103.0, 109.0, 115.0])
    return case_of(
        exhibits("footage", "records", "roster", "anchors"), footage(), visits(), records(), clock(), associations(),
        concluded([first, second], [], 6, 1), **settings,
    )  # fmt: skip


def footage_only() -> FakeCase:
    return case_of(
        exhibits("footage"), footage(gaps=((60.0, 61.5),)), visits(),
        concluded([], [("records", "no_records", {})], 6, 1),
    )  # fmt: skip


def records_only() -> FakeCase:
    return case_of(exhibits("records"), records(), concluded([], [("footage", "no_footage", {})], 0, 0))


def without_clock() -> FakeCase:
    facts = {"device": "terminal", "exhibit": "E-0001", "reason": "too_few_anchors", "anchors": 1}
    missing = ("offset", "offset_not_determinable", facts)
    return case_of(
        exhibits("footage", "records", "anchors"), footage(), visits(), records(), clock(False), {"associations": []},
        concluded([], [missing], 6, 1),
    )  # fmt: skip


def without_visits() -> FakeCase:
    outside = [
        {"punch_id": f"{n:016x}", "outcome": NOBODY_SEEN, "probability": 1.0, "media_s": media_s(time), "best": True}
        for n, (_, time, _) in enumerate(PUNCHES[:11], 1)
    ]
    return case_of(
        exhibits("footage", "records", "anchors"), footage(), {"visits": [], "presenters": []}, records(), clock(),
        {"associations": outside}, concluded([], [], 0, 0),
    )  # fmt: skip


def unexamined() -> FakeCase:
    return case_of(
        exhibits("footage", "records", "anchors"), footage(examined=False), {"visits": [], "presenters": []},
        records(), clock(), {"associations": []},
        concluded([], [("visits", "no_zone", {"exhibit": "E-0001"})], 0, 0),
    )  # fmt: skip


def damaged() -> FakeCase:
    """Twenty seconds of the footage are lost, with the clock-ins that were made in them."""
    held = footage()
    row = {"exhibit_id": "E-0001", "damaged": 0, "lost": 0}
    held["examined"] = [
        {**row, "from_s": 0.0, "to_s": 20.0, "how": "decoded", "lost": 200},
        {**row, "from_s": 20.0, "to_s": 47.0, "how": "lost"},
        {**row, "from_s": 47.0, "to_s": 139.3, "how": "decoded"},
    ]
    unseen = ("clock_ins", "clock_ins_frames_lost", {"exhibit": "E-0001", "clock_ins": 3})
    seen = {name: [row for k, row in enumerate(rows) if k != 1] for name, rows in visits().items()}
    hidden = {f"{n:016x}" for n, (_, _, right) in enumerate(PUNCHES, 1) if right == 2}
    told = [row for row in associations()["associations"] if row["punch_id"] not in hidden]
    told += [
        {"punch_id": one, "outcome": OUTSIDE_COVERAGE, "probability": 1.0, "media_s": None, "best": True}
        for one in sorted(hidden)
    ]
    return case_of(
        exhibits("footage", "records", "anchors"), held, seen, records(), clock(), {"associations": told},
        concluded([], [unseen], 5, 1),
    )  # fmt: skip


def empty() -> FakeCase:
    return FakeCase({})


CASES: dict[str, Callable[[], FakeCase]] = {
    "whole": whole, "footage only": footage_only, "records only": records_only, "without clock": without_clock,
    "without visits": without_visits, "unexamined": unexamined, "damaged": damaged,
    "empty": empty,
}  # fmt: skip


def still(exhibit_id: str, at: float) -> Frame:
    """A small picture that is another one at another moment."""
    ramp = np.linspace(0, 255, 96, dtype=np.uint8)
    image = np.dstack(
        [np.tile(ramp, (54, 1)), np.full((54, 96), int(at) % 256, np.uint8), np.tile(ramp[::-1], (54, 1))]
    )
    return Frame(pts=int(at * 200_000), media_s=at, image=image, luma=None)
