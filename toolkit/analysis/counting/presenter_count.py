"""How many bodies at least: those that are linked are one, those seen at one time are not.

The least number of bodies is the least number of colours with which no two
tracks that must differ share one (the chromatic number). It can be more than
the most that were seen at one time: of five tracks that overlap in a ring no
three were there together, and two bodies cannot be all of them.

Tracks that cannot be linked are not therefore different bodies: only
simultaneous visibility says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NODE_LIMIT = 20_000  # sixty tracks that overlap at random are then settled, or given up, within a second

Pairs = Iterable[tuple[str, str]]
Graph = list[set[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Bounds of the number of bodies.

    ``low``; ``by`` "chromatic" where it is exact, "clique" where the search was
    cut off and only the most that differ in pairs is known; ``high`` tracks
    left after linking; ``contradictions`` links between tracks that were seen
    at one time: a link and a look that exclude each other, for a person to see.
    """

    low: int
    by: str
    high: int
    contradictions: tuple[tuple[str, str], ...]


def bodies(tracks: Sequence[str], linked: Pairs, together: Pairs, node_limit: int = NODE_LIMIT) -> Bodies:
    """Bounds from tracks, links (surely one body) and pairs that were visible at one time (surely two)."""
    apart = {frozenset(pair) for pair in together}
    groups, refused = _contracted(tracks, linked, apart)
    number = {track: k for k, track in enumerate(tracks)}
    names = sorted(set(groups.values()), key=number.__getitem__)
    place = {name: k for k, name in enumerate(names)}
    graph: Graph = [set() for _ in names]
    for pair in apart:
        a, b = (place[groups[one]] for one in pair)
        graph[a].add(b)
        graph[b].add(a)
    clique = len(_clique(graph))
    colours = chromatic(graph, clique, node_limit)
    return Bodies(
        low=clique if colours is None else colours,
        by="clique" if colours is None else "chromatic",
        high=len(names),
        contradictions=tuple(refused),
    )


def _contracted(
    tracks: Sequence[str], linked: Pairs, apart: set[frozenset[str]]
) -> tuple[Mapping[str, str], list[tuple[str, str]]]:
    """The group of each track; links that would make one body of two seen together are refused and told."""
    members = {track: {track} for track in tracks}
    refused = []
    for a, b in linked:
        left, right = members[a], members[b]
        if left is right:
            continue
        if any(frozenset((x, y)) in apart for x in left for y in right):
            refused.append((a, b))
            continue
        left |= right
        for one in right:
            members[one] = left
    first = {track: k for k, track in enumerate(tracks)}
    return {track: min(group, key=first.__getitem__) for track, group in members.items()}, refused


def _clique(graph: Graph) -> list[int]:
    """A large set that all differ in pairs, grown greedily from every track."""
    best: list[int] = []
    for start in range(len(graph)):
        found, left = [start], set(graph[start])
        while left:
            one = max(sorted(left), key=lambda k: len(graph[k] & left))
            found.append(one)
            left &= graph[one]
        best = max(best, found, key=len)
    return best


def chromatic(graph: Graph, at_least: int, node_limit: int = NODE_LIMIT) -> int | None:
    """Exact chromatic number by branching on the track with most colours about it (DSATUR, Brelaz 1979).

    None where ``node_limit`` branches did not settle it.
    """
    search = _Search(graph, at_least, node_limit)
    search.branch(dict.fromkeys(range(len(graph)), 0), 0)
    return search.best if search.nodes <= node_limit or search.best <= at_least else None


class _Search:
    """Branch and bound; ``best`` the fewest colours found so far. Colours about a track are the bits of a number."""

    def __init__(self, graph: Graph, at_least: int, node_limit: int) -> None:
        self.graph, self.at_least, self.limit = graph, at_least, node_limit
        self.best, self.nodes = len(graph), 0

    def branch(self, about: dict[int, int], used: int) -> None:
        """``about``: for each track without a colour yet the colours of those that it must differ from."""
        self.nodes += 1
        if used >= self.best or self.nodes > self.limit:
            return
        if not about:
            self.best = used
            return
        one = max(about, key=lambda k: (about[k].bit_count(), len(self.graph[k]), -k))
        for shade in range(min(used + 1, self.best - 1)):
            if about[one] >> shade & 1:
                continue
            left = {k: mask | 1 << shade if k in self.graph[one] else mask for k, mask in about.items() if k != one}
            self.branch(left, max(used, shade + 1))
            if self.best <= self.at_least or self.nodes > self.limit:
                return
