"""Times of pictures by their own order: whole, with losses, with and without stamps."""

from __future__ import annotations

import pytest

from toolkit.media import stamps
from toolkit.media.packets import Coded
from toolkit.media.slices import Picture

GROUP = (0, 8, 2, 4, 6)  # orders of one group as it is decoded; shown 0, 2, 4, 6, 8


def pictures(groups: int, left_out: tuple[int, ...] = (), lost_after: tuple[int, ...] = ()) -> list[Coded]:
    """Groups of five pictures in decoding order, renumbered when some are left out."""
    all_of_them = [(k, order) for k in range(groups) for order in GROUP]
    kept = [n for n in range(len(all_of_them)) if n not in left_out]
    return [
        Coded(
            number=number,
            read_pts=None,
            pts=None,
            dts=None,
            key=all_of_them[n][1] == 0,
            cut=False,
            damaged=False,
            picture=Picture(starts=all_of_them[n][1] == 0, order=all_of_them[n][1], follows_loss=n in lost_after),
            follows_loss=n in lost_after,
        )
        for number, n in enumerate(kept)
    ]


SHOWN = [0.0, 0.4, 0.1, 0.2, 0.3]


def test_decoding_stamps_are_put_into_the_order_of_showing() -> None:
    coded = pictures(2)
    times = stamps.from_decoding_stamps(coded, [k / 10 for k in range(10)])
    assert times == pytest.approx(SHOWN + [0.5 + at for at in SHOWN])


def test_uneven_decoding_stamps_of_a_whole_group_are_put_in_order_too() -> None:
    own = [0.0, 0.1, 0.5, 0.6, 1.4]
    assert stamps.from_decoding_stamps(pictures(1), own) == [0.0, 1.4, 0.1, 0.5, 0.6]


def test_a_picture_missing_from_an_even_group_shifts_no_other() -> None:
    coded = pictures(3, left_out=(7,))
    own = [k / 10 for k in range(15) if k != 7]
    times = stamps.from_decoding_stamps(coded, own)
    expected = [at for k, at in enumerate(SHOWN + [0.5 + s for s in SHOWN] + [1.0 + s for s in SHOWN]) if k != 7]
    assert times == pytest.approx(expected)


def test_pictures_of_a_group_whose_start_is_lost_have_no_time() -> None:
    coded = pictures(3, left_out=(3, 4, 5))
    own = [k / 10 for k in range(15) if k not in (3, 4, 5)]
    times = stamps.from_decoding_stamps(coded, own)
    assert times[3:7] == [None] * 4
    assert times[7:] == pytest.approx([1.0 + at for at in SHOWN])


def test_between_stamps_that_agree_with_the_count_steps_are_even() -> None:
    known: list[float | None] = [0.0, None, None, None, None, 0.5, None, None, None, None]
    times = stamps.from_some_stamps(pictures(2), known)
    assert times == pytest.approx(SHOWN + [0.5 + at for at in SHOWN])


def test_between_stamps_too_far_apart_for_the_count_nothing_is_placed() -> None:
    known: list[float | None] = [0.0, None, None, None, None, 0.5, None, None, None, None, 2.0, None, None, None, None]
    times = stamps.from_some_stamps(pictures(3), known)
    assert times[5] == 0.5
    assert times[6:10] == [None] * 4
    assert times[10] == 2.0


def test_without_stamps_counting_ends_at_the_first_sign_of_a_loss() -> None:
    assert stamps.from_rate(pictures(2), 10.0) == pytest.approx(SHOWN + [0.5 + at for at in SHOWN])
    hole = stamps.from_rate(pictures(3, left_out=(7,)), 10.0)
    assert hole[:6] == pytest.approx([*SHOWN, 0.5])
    assert hole[6:] == [None] * 8
    told = stamps.from_rate(pictures(3, lost_after=(10,)), 10.0)
    assert told[:10] == pytest.approx(SHOWN + [0.5 + at for at in SHOWN])
    assert told[10:] == [None] * 5


def test_without_stamps_a_shortened_group_among_equal_ones_ends_the_counting() -> None:
    times = stamps.from_rate(pictures(8, left_out=(16, 17, 18, 19)), 10.0)
    assert times[15] == pytest.approx(1.5)
    assert times[16:] == [None] * len(times[16:])


def test_stamps_that_follow_the_order_of_showing_are_known_from_those_of_decoding() -> None:
    coded = pictures(2)
    assert stamps.stamped_as_shown(coded, SHOWN + [0.5 + at for at in SHOWN], [0])
    assert not stamps.stamped_as_shown(coded, [k / 10 for k in range(10)], [0])
