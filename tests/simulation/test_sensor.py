"""Sensor: noise follows the light, exposure follows the picture, the past stays where nothing moves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from toolkit.errors import SetupError
from toolkit.simulation.inks import to_linear
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sensor import Recorder, Sensor, day_sensor, night_sensor

SHAPE = (240, 320)
PLAIN = Sensor(
    psf_px=0.0, electrons=1_000.0, read_electrons=0.0, fixed_pattern=0.0, dark_pattern=0.0, exposure_range=(1.0, 1.0),
    balance_drift=0.0, contrast=0.0, black=0.0, sharpening=0.0, denoise=0.0, vignetting=0.0,
)  # fmt: skip


def _flat(light: float, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.full((*shape, 3), light, np.float32)


def _recorder(sensor: Sensor, seed: int = TESTS[10]) -> Recorder:
    return Recorder(sensor, np.random.default_rng(seed))


def _green(image: np.ndarray) -> np.ndarray:
    return to_linear(image)[..., 1].astype(float)


def test_the_noises_variance_grows_in_step_with_the_light() -> None:
    steps = np.array([0.1, 0.2, 0.4, 0.7])
    variance = [_green(_recorder(PLAIN).expose(_flat(light))).var() for light in steps]
    assert np.array(variance) == pytest.approx(steps / PLAIN.electrons, rel=0.04)


def test_read_noise_is_what_is_left_in_the_dark() -> None:
    noisy = replace(PLAIN, read_electrons=20.0)
    dark = _flat(0.02)
    quiet, loud = (_green(_recorder(one).expose(dark)).var() for one in (PLAIN, noisy))
    assert quiet == pytest.approx(0.02 / 1_000, rel=0.25)
    assert loud == pytest.approx(0.02 / 1_000 + (20 / 1_000) ** 2, rel=0.35)


def test_grey_keeps_its_value() -> None:
    for light in (0.05, 0.18, 0.5, 0.9):
        assert _green(_recorder(PLAIN).expose(_flat(light))).mean() == pytest.approx(light, rel=0.03)


def test_noise_differs_from_frame_to_frame_and_the_fixed_pattern_stays() -> None:
    recorder = _recorder(PLAIN)
    frames = [_green(recorder.expose(_flat(0.3))).ravel() for _ in range(8)]
    moving = [np.corrcoef(a, b)[0, 1] for a, b in pairwise(frames)]
    assert np.abs(moving).max() < 0.05
    recorder = _recorder(replace(PLAIN, fixed_pattern=0.05))
    frames = [_green(recorder.expose(_flat(0.3))).ravel() for _ in range(4)]
    assert min(np.corrcoef(a, b)[0, 1] for a, b in pairwise(frames)) > 0.3


@pytest.mark.parametrize("light", [0.06, 1.5])
def test_exposure_steers_to_its_target_from_dark_and_from_bright(light: float) -> None:
    sensor = replace(PLAIN, exposure_range=(0.05, 20.0), exposure_speed=0.2)
    recorder = _recorder(sensor)
    recorder.expose(_flat(0.3))
    first = recorder.expose(_flat(light)).mean() / 255
    for _ in range(40):
        last = recorder.expose(_flat(light)).mean() / 255
    assert abs(first - sensor.exposure_target) > 0.2
    assert last == pytest.approx(sensor.exposure_target, abs=0.02)


def test_a_dark_visitor_brightens_the_wall_and_the_wall_settles_when_he_leaves() -> None:
    recorder = _recorder(replace(PLAIN, exposure_range=(0.1, 8.0), exposure_speed=0.15))
    empty = _flat(0.3)
    visited = empty.copy()
    visited[60:, 100:220] = 0.02
    wall = (slice(0, 40), slice(0, 60))
    before = recorder.expose(empty)[wall].mean()
    during = [recorder.expose(visited)[wall].mean() for _ in range(30)][-1]
    after = [recorder.expose(empty)[wall].mean() for _ in range(40)][-1]
    assert during > before + 12
    assert after == pytest.approx(before, abs=3)


def test_amplified_dark_scenes_are_noisier_at_the_same_brightness() -> None:
    sensor = replace(PLAIN, exposure_range=(0.05, 20.0), exposure_speed=0.3)
    spread = {}
    for light in (0.03, 0.6):
        recorder = _recorder(sensor)
        image = [recorder.expose(_flat(light)) for _ in range(30)][-1]
        spread[light] = float(image[..., 1].std())
    assert spread[0.03] > 3 * spread[0.6]


def test_denoising_calms_still_parts() -> None:
    recorder = _recorder(replace(PLAIN, denoise=0.8))
    frames = [_green(recorder.expose(_flat(0.3))) for _ in range(20)]
    # A recursive mean with gain g leaves g / (2 - g) of the variance.
    assert frames[-1].var() / frames[0].var() == pytest.approx(0.2 / 1.8, rel=0.25)


def test_a_moving_edge_stays_where_it_is_and_smears_only_as_told() -> None:
    def at(k: int) -> np.ndarray:
        scene = _flat(0.1)
        scene[80:160, 20 + 6 * k : 80 + 6 * k] = 0.6
        return scene

    trail = {}
    for smear in (0.0, 0.3):
        recorder = _recorder(replace(PLAIN, denoise=0.85, smear=smear))
        image = [_green(recorder.expose(at(k))) for k in range(20)][-1]
        left, right = 20 + 6 * 19, 80 + 6 * 19
        ahead = image[90:150, right - 6 : right - 1].mean()
        assert ahead > 0.6 * (0.85 if smear == 0 else 0.4)
        trail[smear] = image[90:150, left - 6 : left - 1].mean() - 0.1
        profile = image[90:150].mean(axis=0)
        assert abs(int(np.argmax(np.diff(profile[right - 20 : right + 20]) < -0.1)) - 19) <= (0 if smear == 0 else 6)
    assert trail[0.0] < 0.03
    assert 0.05 < trail[0.3] < 0.25


@pytest.mark.parametrize("psf_px", [0.6, 1.0, 1.4])
def test_the_lens_blurs_as_stated(psf_px: float) -> None:
    recorder = _recorder(replace(PLAIN, psf_px=psf_px, electrons=1e6))
    slant = np.tan(np.deg2rad(5))
    fine = (np.arange(SHAPE[1] * 4)[None] + 0.5) / 4 - 160 > slant * (np.arange(SHAPE[0])[:, None] - 120)
    scene = _flat(0.0)
    scene[:] = (0.1 + 0.6 * fine.reshape(SHAPE[0], SHAPE[1], 4).mean(axis=2))[..., None]
    image = _green(recorder.expose(scene))
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    distance = ((x + 0.5 - 160) - slant * (y - 120)) * np.cos(np.deg2rad(5))
    near = np.abs(distance) < 8
    bins = np.round(distance[near] * 4).astype(int)
    place = np.unique(bins)
    edge = np.array([image[near][bins == one].mean() for one in place])
    line = np.clip(np.diff(edge), 0, None)
    middle = (place[:-1] + 0.5) / 4
    mean = np.average(middle, weights=line)
    spread = np.sqrt(np.average((middle - mean) ** 2, weights=line))
    # The scene's own pixels are a twelfth of a square pixel wide.
    assert spread == pytest.approx(np.hypot(psf_px, np.sqrt(1 / 12)), rel=0.08)


def test_sharpening_draws_halos_on_both_sides_of_an_edge() -> None:
    scene = _flat(0.2)
    scene[:, 160:] = 0.5
    soft, sharp = (
        _recorder(replace(PLAIN, psf_px=0.8, electrons=1e6, sharpening=amount)).expose(scene)[..., 1].mean(axis=0)
        for amount in (0.0, 0.8)
    )
    assert sharp[140:180].max() > soft.max() + 3
    assert sharp[140:180].min() < soft.min() - 3
    assert sharp[20:120].mean() == pytest.approx(soft[20:120].mean(), abs=0.7)


def test_white_balance_tints_greys_and_wanders_slowly() -> None:
    recorder = _recorder(replace(PLAIN, balance=(1.1, 1.0, 0.95), balance_drift=0.01))
    ratios = []
    for _ in range(120):
        red, green, _ = recorder.expose(_flat(0.3, (48, 64))).reshape(-1, 3).mean(axis=0)
        ratios.append(red / green)
    assert np.mean(ratios) > 1.02
    assert np.ptp(ratios) > 0.004
    assert np.abs(np.diff(ratios)).max() < 0.5 * np.ptp(ratios)


def test_night_is_grey_noisier_and_dark_in_the_corners() -> None:
    scene = _flat(0.3) * np.array([1.0, 0.6, 0.3], np.float32)
    rng = np.random.default_rng(TESTS[11])
    images = []
    for sensor in (day_sensor(rng), night_sensor(rng)):
        recorder = _recorder(sensor)
        images.append([recorder.expose(scene) for _ in range(10)][-1])
    day, night = images
    assert np.ptp(day.astype(int), axis=2).mean() > 20
    assert np.ptp(night, axis=2).max() == 0
    fine = [(image[..., 1].astype(float) - cv2.blur(image[..., 1].astype(float), (7, 7))).std() for image in images]
    assert fine[1] > 1.3 * fine[0]
    assert night[:30, :40].mean() < 0.8 * night[100:140, 130:190].mean()


def test_the_same_state_makes_the_same_film() -> None:
    scene = np.random.default_rng(0).random((*SHAPE, 3), np.float32)

    def film(seed: int) -> list[np.ndarray]:
        recorder = _recorder(day_sensor(np.random.default_rng(seed)), seed)
        return [recorder.expose(np.roll(scene, k, axis=1)) for k in range(5)]

    assert all(np.array_equal(a, b) for a, b in zip(film(TESTS[12]), film(TESTS[12]), strict=True))
    assert not np.array_equal(film(TESTS[12])[0], film(TESTS[13])[0])


def test_the_scene_is_left_as_it_was() -> None:
    scene = np.random.default_rng(0).random((*SHAPE, 3), np.float32)
    kept = scene.copy()
    _recorder(Sensor()).expose(scene)
    assert np.array_equal(scene, kept)


def test_a_frame_of_another_size_is_refused() -> None:
    recorder = _recorder(PLAIN)
    recorder.expose(_flat(0.3))
    with pytest.raises(SetupError) as refused:
        recorder.expose(_flat(0.3, (120, 160)))
    assert refused.value.code == "sensor_other_size"
