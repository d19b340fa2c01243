"""What the fused cues make of a case, with the recordings of its own site: answers, and errors among them.

Each site has one camera, 24 people recorded live on three days, 12 prints shown
twice, and a case of other people and other prints: live faces, printed ones of
all kinds, and rivals (phone, surgical mask, badges). Controls and case are
measured by the same cues and weighed by the rule of strength with the frozen
weights; nothing is fitted on a case.

``--purpose development`` may be looked at as often as one likes; ``--purpose
measurement`` draws people, prints and sites that nothing else uses. Rows are
kept in ``--kept`` and not made again while the code is the same.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.filmed_sites import Offer, Site, film, offers, score
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.rates import rate_of
from toolkit.analysis.statements.fd1_rivals import fd1_rivals
from toolkit.analysis.tested import frozen_weights
from toolkit.analysis.weighing.fusion import CaseReading, ControlReading, FrozenWeights, Recorded
from toolkit.analysis.weighing.site_controls import Control
from toolkit.validation.kinds import Geometry
from toolkit.validation.scoring import code_hash, known_cues, measure

Row = dict[str, Any]
FIRST_DAY = date(2026, 3, 2)
OUTCOMES = {"print": "artefact", "live": "live", "neither": "undetermined"}
SIDES = {"live": "live", "live_surgical_mask": "rival", "live_badge": "rival", "badge_shown": "rival", "phone": "rival"}


def score_offer(site: Site, offer: Offer) -> Row:
    """One row: what was shown, and what the cues read."""
    told = score(site, offer, known_cues())
    return {
        "key": key_of(site, offer), "code": code_hash(), "part": offer.part, "kind": offer.kind,
        "person": offer.person, "print_id": offer.print_id, "day": offer.day, **told,
    }  # fmt: skip


def key_of(site: Site, offer: Offer) -> str:
    """What names a row."""
    return f"{site.purpose} | {site.geometry.name} | site {site.number} | {offer.key}"


def rows_of(wanted: Sequence[tuple[Site, Offer]], kept: Path, workers: int) -> dict[str, Row]:
    """Rows of all presentations; those of this code that are in ``kept`` are not made again."""
    there = {row["key"]: row for row in _read(kept)}
    missing = [one for one in wanted if key_of(*one) not in there]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("a", encoding="utf-8") as out:
        for number, row in enumerate(_made(missing, workers)):
            out.write(json.dumps(row, sort_keys=True) + "\n")
            out.flush()
            there[row["key"]] = row
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number + 1} of {len(missing)} ")
    return there


def _read(kept: Path) -> Iterator[Row]:
    if kept.is_file():
        for line in kept.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # a line that was cut off is made again
                if (row := json.loads(line))["code"] == code_hash():
                    yield row


def _made(wanted: Sequence[tuple[Site, Offer]], workers: int) -> Iterator[Row]:
    if workers <= 1:
        yield from (score_offer(*one) for one in wanted)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(score_offer, *one) for one in wanted]):
            yield done.result()


def control_of(site: Site, row: Row) -> ControlReading:
    """A control as a case would have it."""
    sheet = row["print_id"]
    shown = Control(
        person=f"p{row['person']}", day=FIRST_DAY + timedelta(days=row["day"]), print_id=sheet or None,
        printer=f"press of {sheet}" if sheet else "",
    )  # fmt: skip
    return ControlReading(control=shown, readings=values(row), file_hash=row["key"], recorded=recorded(site, row))


def case_of(site: Site, row: Row) -> CaseReading:
    """A presentation of the case."""
    day = FIRST_DAY + timedelta(days=row["day"])
    return CaseReading(readings=values(row), day=day, file_hashes=frozenset({row["key"]}), recorded=recorded(site, row))


def values(row: Row) -> dict[str, float | None]:
    """Cue to value."""
    return {name: one["value"] for name, one in row["readings"].items()}


def recorded(site: Site, row: Row) -> Recorded:
    """As a case knows it: the scale by the face's width, no pitch."""
    wide = row["face_px"]
    return Recorded(
        camera=f"site {site.number}", codec=site.geometry.codec, px_per_m=None if wide is None else wide / 0.145
    )


def answered(site: Site, rows: Sequence[Row], weights: FrozenWeights) -> list[Row]:
    """The case's presentations with outcome, words and reason."""
    controls = [control_of(site, row) for row in rows if row["part"] == "control"]
    told = []
    for row in rows:
        if row["part"] == "case":
            result = calibrate(weights, controls, case_of(site, row))
            told.append({"kind": row["kind"], "side": SIDES.get(row["kind"], "print"), **_outcome(result)})
    return told


def _outcome(result: SiteRatio | NotCalibrated) -> Row:
    paper = fd1_rivals(result).paper_headline
    if isinstance(result, NotCalibrated):
        return {"outcome": "undetermined", "words": "no_ratio", "why": result.reason, "lower": None, "paper": paper}
    return {
        "outcome": OUTCOMES[result.direction], "words": result.words, "why": "", "leaves": result.leaves_candidate,
        "lower": result.lower_log10, "paper": paper,
    }  # fmt: skip


def report(
    sites: Sequence[Site], found: dict[str, Row], listed: dict[Site, list[Offer]], weights: FrozenWeights
) -> None:
    """The figures of each geometry, over all presentations and among the answered."""
    for name in dict.fromkeys(site.geometry.name for site in sites):
        told: list[Row] = []
        for site in (one for one in sites if one.geometry.name == name):
            told += answered(site, [found[key_of(site, one)] for one in listed[site]], weights)
        _line(f"\n{name}: {sum(one.geometry.name == name for one in sites)} sites")
        _say(told)


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(told: Sequence[Row]) -> None:
    for side, wrong in (("live", "artefact"), ("print", "live")):
        mine = [row for row in told if row["side"] == side]
        said = [row for row in mine if row["outcome"] != "undetermined"]
        _line(f"  {side}: answered {rate_of(len(said), len(mine))}")
        _line(
            f"    of the answered, called {wrong}: {rate_of(sum(row['outcome'] == wrong for row in said), len(said))}"
        )
        _line(f"    enough to leave 'candidate': {sum(bool(row.get('leaves')) for row in mine)}")
        _line(f"    words {dict(Counter(row['words'] for row in mine))}")
        _line(f"    no answer because {dict(Counter(row['why'] or 'no support' for row in mine if row not in said))}")
    both = [row for row in told if row["side"] != "rival"]
    _line(f"  together answered {rate_of(sum(row['outcome'] != 'undetermined' for row in both), len(both))}")
    for kind in sorted({row["kind"] for row in told}):
        _line(f"    {kind}: {dict(Counter(row['outcome'] for row in told if row['kind'] == kind))}")
    backed = sum(row["paper"]["interval"] is not None for row in told)
    _line(f"  'it was a paper print' supported over a phone or a badge: {backed} of {len(told)}")


def cost(site: Site, count: int) -> None:
    """Processor seconds of everything that is read of one presentation once its clip is stored, cue by cue."""
    chosen = known_cues()
    spent: dict[str, list[float]] = {}
    for offer in offers(site, live=count, printed=count, rivals=0)[-2 * count :]:
        with tempfile.TemporaryDirectory() as folder:
            filmed = film(site, offer, Path(folder))
            begun = time.process_time()
            measure(filmed, chosen)
            spent.setdefault("decoding, faces and all cues", []).append(time.process_time() - begun)
            for name in sorted(chosen):
                begun = time.process_time()
                measure(filmed, {name: chosen[name]})
                spent.setdefault(name, []).append(time.process_time() - begun)
            begun = time.process_time()
            measure(filmed, {})
            spent.setdefault("decoding and faces alone", []).append(time.process_time() - begun)
    for name, seconds in spent.items():
        _line(f"  {name}: median {median(seconds):.2f} s, most {max(seconds):.2f} s")


def main() -> None:
    """Film what is missing, then say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=("development", "measurement"), default="development")
    parser.add_argument("--px-per-m", default="500")
    parser.add_argument("--pitch", default="0,20,40")
    parser.add_argument("--crf", type=int, default=28)
    parser.add_argument("--sites", type=int, default=1, help="of each geometry")
    parser.add_argument("--live", type=int, default=20)
    parser.add_argument("--printed", type=int, default=21)
    parser.add_argument("--rivals", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cost", type=int, default=0, help="only time so many live and printed presentations")
    parser.add_argument("--kept", type=Path, default=Path("casefiles/fused.jsonl"))
    told = parser.parse_args()
    if told.cost:
        place = Geometry(px_per_m=float(told.px_per_m.split(",")[0]), pitch_deg=20.0, crf=told.crf)
        cost(Site(purpose=told.purpose, number=0, geometry=place), told.cost)
        return
    weights = frozen_weights()
    if weights is None:
        raise SystemExit("no weights are frozen: see toolkit.validation.freezing")
    scales, pitches = ([float(one) for one in some.split(",")] for some in (told.px_per_m, told.pitch))
    places = [Geometry(px_per_m=scale, pitch_deg=pitch, crf=told.crf) for scale in scales for pitch in pitches]
    sites = [
        Site(purpose=told.purpose, number=100 * k + number, geometry=place)
        for k, place in enumerate(places)
        for number in range(told.sites)
    ]
    listed = {site: offers(site, live=told.live, printed=told.printed, rivals=told.rivals) for site in sites}
    wanted = [(site, one) for site in sites for one in listed[site]]
    report(sites, rows_of(wanted, told.kept, told.workers), listed, weights)


if __name__ == "__main__":
    main()
