"""Clips drawn side by side are those drawn one after the other, and a failure of one ends all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.studio import DrawnShot, RectangleStudio, small_scenario
from toolkit.simulation.cases import write_case
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.scenario import Scenario


def two_mornings() -> Scenario:
    """The small scenario, and the same again on the next day."""
    scenario = small_scenario()
    (clip,) = scenario.clips
    return replace(scenario, clips=(clip, replace(clip, clip="next", starts_at=clip.starts_at.replace(day=4))))


class BrokenStudio(RectangleStudio):
    def shots(self, plan: Plan, clip: ClipPlan) -> Iterator[DrawnShot]:
        yield next(super().shots(plan, clip))
        raise ValueError("nothing more is drawn")


def test_two_workers_write_the_bytes_of_one_and_tell_of_every_second(tmp_path: Path) -> None:
    told: dict[str, list[float]] = {"one": [], "two": []}
    for folder, workers in (("one", 1), ("two", 2)):
        write_case(
            two_mornings(), tmp_path / folder, 5, RectangleStudio(), workers=workers, advance=told[folder].append
        )
    files = [path.relative_to(tmp_path / "one") for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()]
    assert {"footage/morning.mp4", "footage/next.mp4", "truth.json"} <= {file.as_posix() for file in files}
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    last_frames_s = 2 * (20 - 1 / 8)
    assert sum(told["one"]) == pytest.approx(last_frames_s)
    assert sum(told["two"]) == pytest.approx(last_frames_s)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_renderer_fails_with_is_raised(workers: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing more is drawn"):
        write_case(two_mornings(), tmp_path, 5, BrokenStudio(), workers=workers)
