"""Many cue readings to one score: frozen weights, the mean within a group, the sum over groups.

Two cues of one group are one kind of observation and count once, and so do two
groups that move together. A cue that the case lacks is hidden in all controls:
"not assessable" is never evidence. Nothing here is fitted on a case; weights
come from development data and stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import Group
from toolkit.analysis.weighing.ratio_curve import Scores
from toolkit.analysis.weighing.site_controls import Control

Floats = NDArray[np.float64]
Readings = Mapping[str, float | None]
Kinds = tuple[tuple[str, ...], ...]

LEAST_READ = 0.7  # of the controls of each side, that must have all cues that are used together
DEPENDENT = 0.5  # correlation within the sides from which two groups are one kind of observation


@dataclass(frozen=True, slots=True, kw_only=True)
class CueWeight:
    """How a cue enters, frozen on development data.

    Its reading x becomes ``sign * weight * (x - mid) / sd``: ``mid`` lies
    between the sides and ``sd`` is the spread within them, both in the cue's
    unit; ``sign`` is +1 where a high value speaks for an artefact; ``weight``
    is how far apart the sides were, in units of ``sd``.

    Raises
    ------
    ValueError
        A number that is not finite, no spread, or another sign than +1 and -1.
    """

    name: str
    group: Group
    mid: float
    sd: float
    weight: float
    sign: int

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.mid, self.sd, self.weight))) or self.sd <= 0 or self.sign not in (1, -1):
            raise ValueError(f"weights of the cue {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenWeights:
    """All weighed cues, and the pairs of groups that moved together on development data.

    ``source`` names the development run. Two cues of one name are a ValueError.
    """

    source: str
    cues: tuple[CueWeight, ...]
    dependent: tuple[tuple[Group, Group], ...] = ()

    def __post_init__(self) -> None:
        if len({one.name for one in self.cues}) < len(self.cues):
            raise ValueError("a cue is weighed twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """How and where a presentation was recorded, as far as somebody stated it."""

    camera: str = ""
    codec: str = ""
    px_per_m: float | None = None
    pitch_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlReading:
    """What the cues read of one control presentation.

    ``readings`` holds None where a cue could not be assessed. Rows of one
    person, print and day that name the same ``visit`` are one presentation told
    in pieces and are averaged; without a name each row is its own.
    ``file_hash`` is that of what was measured (recording and stretch): the same
    hash twice is one presentation.
    """

    control: Control
    readings: Readings
    visit: str = ""
    file_hash: str = ""
    recorded: Recorded = field(default_factory=Recorded)

    @property
    def is_print(self) -> bool:
        """Whether a print was shown."""
        return self.control.print_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """What the cues read of what one presenter showed of one face in one visit, averaged (:func:`averaged`).

    ``file_hashes`` of everything that went in; ``depicted`` is the person, as
    named among the controls, whose face was shown, where known.
    """

    readings: Readings
    day: date | None = None
    file_hashes: frozenset[str] = frozenset()
    depicted: str = ""
    recorded: Recorded = field(default_factory=Recorded)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fused:
    """Scores of the controls that have every cue of the case, and the case's own.

    ``kinds`` are the cues of each kind of observation, merged where they move
    together, and ``merged`` those of them that hold more than one group;
    ``hidden`` the weighed cues that the case or too many controls lack; ``left_out`` how many
    presentations lack a cue that the case has.
    """

    scores: Scores
    used: tuple[ControlReading, ...]
    case_score: float
    kinds: Kinds
    merged: Kinds
    hidden: tuple[str, ...]
    left_out: int


def weight_of(name: str, group: Group, live: Sequence[float], prints: Sequence[float]) -> CueWeight:
    """A cue's weight from development readings of both sides, at least two a side.

    Scaled so that, were both sides normal with one spread, the scaled reading
    would be the natural log of the ratio.

    Raises
    ------
    ValueError
        The readings do not vary within the sides.
    """
    sides = [np.asarray(side, float) for side in (live, prints)]
    means = [float(side.mean()) for side in sides]
    squares = sum(float(((side - side.mean()) ** 2).sum()) for side in sides)
    if squares <= 0:
        raise ValueError(f"the cue {name} does not vary within the sides")
    sd = math.sqrt(squares / (sum(len(side) for side in sides) - 2))
    gap = means[1] - means[0]
    return CueWeight(
        name=name, group=group, mid=sum(means) / 2, sd=sd, weight=abs(gap) / sd, sign=1 if gap >= 0 else -1
    )  # fmt: skip


def value_of(readings: Readings, name: str) -> float | None:
    """A reading, None where the cue could not be assessed (tables write that as a number that is none)."""
    value = readings.get(name)
    return None if value is None or not math.isfinite(value) else float(value)


def averaged(rows: Iterable[Readings]) -> dict[str, float | None]:
    """The mean of each cue over presentations where it could be assessed, None where it never could."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name in row:
            value = value_of(row, name)
            found.setdefault(name, []).extend([] if value is None else [value])
    return {name: math.fsum(values) / len(values) if values else None for name, values in found.items()}


def presentations(rows: Iterable[ControlReading]) -> tuple[ControlReading, ...]:
    """Each presentation once, in an order of its own: the same file twice is one, pieces of one visit are averaged."""
    known: set[str] = set()
    visits: dict[tuple[object, ...], list[ControlReading]] = {}
    for number, row in enumerate(sorted(rows, key=_place)):
        if row.file_hash and row.file_hash in known:
            continue
        known.add(row.file_hash)
        who = row.control
        own = (row.visit,) if row.visit else ("", number)
        visits.setdefault((who.person, who.print_id, who.day, *own), []).append(row)
    return tuple(_one_visit(pieces) for pieces in visits.values())


def _place(row: ControlReading) -> tuple[object, ...]:
    who = row.control
    return (
        row.is_print,
        who.print_id or "",
        who.person,
        who.day,
        row.visit,
        row.file_hash,
        str(sorted(row.readings.items())),
    )


def _one_visit(pieces: Sequence[ControlReading]) -> ControlReading:
    first = pieces[0]
    return ControlReading(
        control=first.control, readings=averaged(piece.readings for piece in pieces), visit=first.visit,
        file_hash=first.file_hash, recorded=first.recorded,
    )  # fmt: skip


def fuse(
    frozen: FrozenWeights, controls: Sequence[ControlReading], case: Readings, kinds: Kinds | None = None
) -> Fused | None:
    """One score for the case and for each control that has all of the case's cues.

    Parameters
    ----------
    frozen : FrozenWeights
    controls : sequence of ControlReading
        Each presentation once (:func:`presentations`).
    case : mapping of cue name to value or None
        Cues without a weight count for nothing.
    kinds : tuple of tuples of cue names, optional
        What counts as one kind of observation, where that was found before;
        cues that it does not name are hidden too.

    Returns
    -------
    Fused or None
        None where the case has no weighed cue. Scores are on an arbitrary
        scale, high for artefacts; they are no ratio.
    """
    named = None if kinds is None else {name for kind in kinds for name in kind}
    there = [
        one for one in frozen.cues if value_of(case, one.name) is not None and (named is None or one.name in named)
    ]  # fmt: skip
    if not there:
        return None
    if kinds is None:
        there = _enough_read(there, controls)
    names = [one.name for one in there]
    used = tuple(row for row in controls if all(value_of(row.readings, name) is not None for name in names))
    table = _scaled(there, [row.readings for row in used])
    if kinds is None:
        prints = np.array([row.is_print for row in used], bool)
        kinds = merge(_by_group(there), names, table, prints, frozen.dependent)
    shown = tuple(row.control for row in used)
    return Fused(
        scores=Scores(values=group_means(table, names, kinds).sum(axis=1), shown=shown),
        used=used,
        case_score=float(group_means(_scaled(there, [case]), names, kinds).sum()),
        kinds=kinds,
        merged=tuple(kind for kind in kinds if len({one.group for one in there if one.name in kind}) > 1),
        hidden=tuple(one.name for one in frozen.cues if one.name not in names),
        left_out=len(controls) - len(used),
    )  # fmt: skip


def _enough_read(cues: Sequence[CueWeight], controls: Sequence[ControlReading]) -> list[CueWeight]:
    """Cues that may be asked for together: the heaviest first, while most controls of either side have them all.

    One cue that few controls have would otherwise throw away the rest of the
    site's recordings. Chosen is by who was read, never by what was read.
    """
    sides = [[row for row in controls if row.is_print is printed] for printed in (False, True)]
    chosen: list[CueWeight] = []
    for one in sorted(cues, key=lambda cue: (-cue.weight, cue.name)):
        names = [*(cue.name for cue in chosen), one.name]
        if all(_share_with(names, side) >= LEAST_READ for side in sides):
            chosen.append(one)
    return [one for one in cues if one in chosen] or [
        max(cues, key=lambda cue: min(_share_with([cue.name], side) for side in sides))
    ]


def _share_with(names: Sequence[str], rows: Sequence[ControlReading]) -> float:
    """Share of presentations in which all of these cues could be assessed; 1 of none."""
    whole = sum(all(value_of(row.readings, name) is not None for name in names) for row in rows)
    return whole / len(rows) if rows else 1.0


def _scaled(cues: Sequence[CueWeight], rows: Sequence[Readings]) -> Floats:
    """Scaled readings (n, cues); every row has every cue."""
    read = np.array([[row[one.name] for one in cues] for row in rows], float).reshape(len(rows), len(cues))
    signs = np.array([one.sign * one.weight / one.sd for one in cues])
    return np.asarray((read - np.array([one.mid for one in cues])) * signs)


def group_means(table: Floats, names: Sequence[str], kinds: Kinds) -> Floats:
    """Mean within each kind: (n, cues) scaled readings to (n, kinds)."""
    return np.stack([table[:, [names.index(name) for name in kind]].mean(axis=1) for kind in kinds], axis=1)


def _by_group(cues: Sequence[CueWeight]) -> dict[Group, tuple[str, ...]]:
    found: dict[Group, tuple[str, ...]] = {}
    for one in cues:
        found[one.group] = (*found.get(one.group, ()), one.name)
    return found


def merge(
    groups: Mapping[Group, tuple[str, ...]],
    names: Sequence[str],
    table: Floats,
    prints: NDArray[np.bool_],
    dependent: Sequence[tuple[Group, Group]] = (),
) -> Kinds:
    """Groups that move together within the sides, on development data or on these controls, become one kind.

    The most alike pair first, and again, until no two kinds correlate by
    ``DEPENDENT`` or more in absolute value.
    """
    kinds = [names_of for _, names_of in sorted(groups.items())]
    for first, second in dependent:
        if first in groups and second in groups:
            kinds = _joined(kinds, groups[first], groups[second])
    while len(kinds) > 1:
        means = group_means(table, names, tuple(kinds))
        likeness = {
            pair: abs(within_correlation(means[:, pair], prints)) for pair in combinations(range(len(kinds)), 2)
        }
        (one, other), most = max(likeness.items(), key=lambda item: item[1])
        if most < DEPENDENT:
            break
        kinds = _joined(kinds, kinds[one], kinds[other])
    return tuple(kinds)


def _joined(kinds: Sequence[tuple[str, ...]], first: tuple[str, ...], second: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Kinds with those that hold these cues made one."""
    joined = [kind for kind in kinds if set(kind) & {*first, *second}]
    rest = [kind for kind in kinds if kind not in joined]
    return sorted([*rest, tuple(name for kind in joined for name in kind)])


def within_correlation(pair: Floats, prints: NDArray[np.bool_]) -> float:
    """Correlation of two columns (n, 2) about the means of each side; 0 where one of them does not vary."""
    centred = pair.copy()
    for side in (prints, ~prints):
        if side.any():
            centred[side] -= centred[side].mean(axis=0)
    first, second = centred.T
    spread = math.sqrt(float(first @ first) * float(second @ second))
    return float(first @ second) / spread if spread > 0 else 0.0
