"""Sensor: what a surveillance camera and its recorder make of the light of a scene.

Lens blur, photons that come one by one, exposure and white balance that follow
the picture, noise reduction over time, sharpening: in this order, as cameras
do it, ahead of the encoder. Motion blur belongs to the renderer, which knows
the motion; the overlay clock is laid on afterwards (``osd``).

The work is done on the square root of light, where photon noise has one
strength everywhere (Anscombe, Biometrika 35, 1948) and exposure is a mere
factor: that keeps the noise right and a frame cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import SetupError
from toolkit.records import Image

Plane = NDArray[np.float32]
Rng = np.random.Generator

BANK = 3  # pre-drawn noise fields
ROLL_PX = 96  # a field is this much larger than the frame; a random window of it is one frame's noise
MOTION_PX = 4  # motion is judged on blocks of this size
METER_PX = 8
LEVELS = 4_096  # steps of the root of light from black to white, a 12-bit converter
INFRARED = (0.45, 0.30, 0.25)  # silicon without its infrared filter sees all three colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """Settings of one camera with its recorder.

    Attributes
    ----------
    psf_px : float
        Lens and pixel blur, sigma of a Gaussian.
    electrons : float
        Photo-electrons at white (linear 1) with exposure 1; fewer is noisier.
    read_electrons : float
        Read noise, 1 sigma.
    fixed_pattern : float
        Spread of pixel sensitivities, relative.
    dark_pattern : float
        Spread of pixel offsets in electrons.
    exposure_target : float
        Mean code value, 0-1, that the exposure steers to.
    exposure_speed : float
        Share of the missing exposure, in stops, made up from frame to frame.
    exposure_range : (least, most)
        Factors on the scene's light. High ones amplify the noise too.
    balance : (r, g, b)
        What is left of the white balance's error, gains near 1.
    balance_drift : float
        How far these gains wander, 1 sigma relative; the wandering takes some 20 s.
    contrast : float
        S-curve on the code values, 0 none to 0.5 strong.
    black : float
        Code value of black, 0-0.1.
    saturation : float
        Colourfulness, 1 unchanged.
    sharpening : float
        Amount of unsharp masking; from 0.4 on halos show.
    sharpening_px : float
        Its radius, sigma.
    denoise : float
        Share of the past kept where nothing moves, 0-0.95.
    smear : float
        Share of the past that a moving part still keeps, 0-0.4.
    vignetting : float
        Loss of light in the corners, 0-1.
    night : bool
        Infrared light, one channel, hot spot of the lamps in the middle.
    """

    psf_px: float = 0.7
    electrons: float = 3_000.0
    read_electrons: float = 6.0
    fixed_pattern: float = 0.006
    dark_pattern: float = 2.0
    exposure_target: float = 0.45
    exposure_speed: float = 0.12
    exposure_range: tuple[float, float] = (0.2, 8.0)
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    balance_drift: float = 0.006
    contrast: float = 0.15
    black: float = 0.01
    saturation: float = 1.0
    sharpening: float = 0.5
    sharpening_px: float = 1.1
    denoise: float = 0.7
    smear: float = 0.15
    vignetting: float = 0.15
    night: bool = False


def day_sensor(rng: Rng) -> Sensor:
    """A camera by daylight or office light, drawn from what cheap cameras of two to four megapixels do."""
    return Sensor(
        psf_px=float(rng.uniform(0.5, 1.0)),
        electrons=float(np.exp(rng.uniform(np.log(900), np.log(6_000)))),
        read_electrons=float(rng.uniform(3, 8)),
        fixed_pattern=float(rng.uniform(0.003, 0.01)),
        dark_pattern=float(rng.uniform(0.5, 3)),
        exposure_target=float(rng.uniform(0.42, 0.55)),
        exposure_speed=float(rng.uniform(0.04, 0.2)),
        balance=(float(rng.uniform(0.93, 1.09)), 1.0, float(rng.uniform(0.91, 1.10))),
        balance_drift=float(rng.uniform(0.002, 0.010)),
        contrast=float(rng.uniform(0.0, 0.3)),
        black=float(rng.uniform(0.0, 0.04)),
        saturation=float(rng.uniform(0.8, 1.2)),
        sharpening=float(rng.uniform(0.2, 1.0)),
        sharpening_px=float(rng.uniform(0.8, 1.5)),
        denoise=float(rng.uniform(0.45, 0.85)),
        smear=float(rng.uniform(0.05, 0.25)),
        vignetting=float(rng.uniform(0.05, 0.25)),
    )


def night_sensor(rng: Rng) -> Sensor:
    """A camera that has switched to its infrared lamps: grey, noisy, bright in the middle, much denoised."""
    return Sensor(
        psf_px=float(rng.uniform(0.8, 1.4)),  # infrared focuses behind the plane of visible light
        electrons=float(np.exp(rng.uniform(np.log(150), np.log(700)))),
        read_electrons=float(rng.uniform(4, 9)),
        fixed_pattern=float(rng.uniform(0.006, 0.015)),
        dark_pattern=float(rng.uniform(0.5, 2)),
        exposure_target=float(rng.uniform(0.34, 0.46)),
        exposure_speed=float(rng.uniform(0.04, 0.15)),
        contrast=float(rng.uniform(0.1, 0.35)),
        black=float(rng.uniform(0.02, 0.06)),
        sharpening=float(rng.uniform(0.2, 0.8)),
        sharpening_px=float(rng.uniform(1.0, 1.6)),
        denoise=float(rng.uniform(0.7, 0.92)),
        smear=float(rng.uniform(0.15, 0.4)),
        vignetting=float(rng.uniform(0.35, 0.65)),
        night=True,
    )


class Recorder:
    """A camera at work: frames in order, each depending on those before it.

    Parameters
    ----------
    sensor : Sensor
    rng : numpy Generator
        Pattern, noise and drift; the same state and frames give the same pictures.
    """

    def __init__(self, sensor: Sensor, rng: Rng) -> None:
        self.sensor = sensor
        self.exposure = 0.0
        self._rng = rng
        self._drift = rng.standard_normal(3)
        self._shape: tuple[int, ...] = ()

    def expose(self, linear: Plane) -> Image:
        """One frame.

        Parameters
        ----------
        linear : float32, shape (h, w, 3)
            Linear light, 1 for a perfect white under the scene's normal light.

        Returns
        -------
        uint8, shape (h, w, 3)
            sRGB-coded RGB, three equal channels at night.

        Raises
        ------
        SetupError
            The frame has another size than the first one.
        """
        sensor = self.sensor
        seen = _one_channel(linear) if sensor.night else linear
        if not self._shape:
            self._install(seen)
        elif self._shape != seen.shape:
            raise SetupError("sensor_other_size", stated=str(self._shape[:2]), found=str(seen.shape[:2]))
        width = 2 * int(np.ceil(2.2 * sensor.psf_px)) + 1
        light = cv2.GaussianBlur(seen, (width, width), sensor.psf_px) if sensor.psf_px > 0.2 else seen
        root = np.asarray(cv2.multiply(light, self._sensitivity), np.float32)
        cv2.add(root, self._offset, dst=root)
        np.maximum(root, 0, out=root)
        cv2.sqrt(root, dst=root)
        self._add_noise(root)
        image = self._coded(self._denoised(root))
        self._meter(image)
        self._drift += 0.01 * (-self._drift) + 0.14 * self._rng.standard_normal(3)
        if sensor.night:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
        return image

    def _install(self, first: Plane) -> None:
        """Pixel patterns, the noise bank, and the exposure a camera has settled on before anyone looks."""
        sensor, rng, shape = self.sensor, self._rng, first.shape
        self._shape = shape
        height, width = shape[:2]
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
        loss = sensor.vignetting * (x * x * (width / height) ** 2 + y * y) / (1 + (width / height) ** 2)
        if sensor.night:
            loss = 1 - (1 - loss) * (0.65 + 0.5 * np.exp(-((x - 0.1) ** 2 + y * y) / 0.35))
        pattern = 1 + sensor.fixed_pattern * rng.standard_normal(shape, np.float32)
        self._sensitivity = np.asarray(pattern * (1 - loss).reshape(height, width, *[1] * (len(shape) - 2)), np.float32)
        dark = sensor.dark_pattern * rng.standard_normal(shape, np.float32)
        self._floor = sensor.read_electrons**2 / sensor.electrons
        self._offset = np.asarray(self._floor + dark / sensor.electrons, np.float32)
        self._bank = [self._noise_field(shape) for _ in range(BANK)]
        self._past: Plane | None = None
        self._clean = np.float32(0.5 / np.sqrt(sensor.electrons))
        small = cv2.resize(first, (width // METER_PX, height // METER_PX), interpolation=cv2.INTER_AREA)
        small = np.sqrt(np.maximum(small, 0) + np.float32(self._floor))
        self.exposure = 1.0
        for _ in range(30):
            self._meter(self._coded(np.asarray(small, np.float32), sharpen=False), speed=0.5)

    def _noise_field(self, shape: tuple[int, ...]) -> Plane:
        """Noise of one strength on the root of light; neighbours are alike, as after demosaicing."""
        size = (shape[0] + ROLL_PX, shape[1] + ROLL_PX, *shape[2:])
        own = self._rng.standard_normal(size, np.float32)
        if len(size) == 3:
            common = self._rng.standard_normal(size[:2], np.float32)[..., None]
            own = np.float32(0.75) * common + np.float32(0.66) * own
        mixed = cv2.GaussianBlur(own, (5, 5), 0.9 if self.sensor.night else 0.55)
        return np.asarray(mixed * np.float32(0.5 / np.sqrt(self.sensor.electrons) / float(mixed.std())), np.float32)

    def _add_noise(self, root: Plane) -> None:
        field = self._bank[self._rng.integers(BANK)]
        top, left = self._rng.integers(0, ROLL_PX, 2)
        window = field[top : top + root.shape[0], left : left + root.shape[1]]
        (cv2.add if self._rng.random() < 0.5 else cv2.subtract)(root, window, dst=root)

    def _denoised(self, root: Plane) -> Plane:
        """Recursive mean over time; blocks that changed by more than noise take the new picture."""
        sensor = self.sensor
        if self._past is None or sensor.denoise <= 0:
            self._past = root
            return root
        change = np.asarray(cv2.subtract(root, self._past), np.float32)
        height, width = root.shape[:2]
        blocks = cv2.resize(change, (width // MOTION_PX, height // MOTION_PX), interpolation=cv2.INTER_AREA)
        moved = np.abs(blocks) if blocks.ndim == 2 else np.abs(blocks).max(axis=2)
        moved = cv2.blur(moved, (3, 3))
        # A block mean of still noise stays below some half of one pixel's noise.
        share = np.clip((moved / self._clean - 0.8) / 1.6, 0, 1)
        share = cv2.dilate(share, np.ones((3, 3), np.uint8))
        still = 1 - sensor.denoise
        share = np.float32(still) + np.float32(max(0.0, 1 - sensor.smear - still)) * share
        if root.ndim == 3:
            share = cv2.merge([share, share, share])
        cv2.multiply(change, cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR), dst=change)
        cv2.add(self._past, change, dst=self._past)
        return self._past

    def _coded(self, root: Plane, *, sharpen: bool = True) -> Image:
        """Root of light to code values: exposure, white balance, tone curve, colour, halos."""
        sensor = self.sensor
        # Twelve bits: with eight, some code values would never occur and others twice as often.
        scale = np.float32((LEVELS - 1) * np.sqrt(self.exposure / (1 + self._floor)))
        index = np.clip(root, 0, np.float32(65_535) / scale)
        index *= scale
        image = np.asarray(cv2.LUT(index.astype(np.uint16), self._tone()))
        if not sensor.night and sensor.saturation != 1:
            grey = (1 - sensor.saturation) * np.array([0.299, 0.587, 0.114])
            image = np.asarray(cv2.transform(image, sensor.saturation * np.eye(3) + grey[None, :]))
        if sharpen and sensor.sharpening > 0:
            soft = cv2.GaussianBlur(image, (5, 5), sensor.sharpening_px)
            image = np.asarray(cv2.addWeighted(image, 1 + sensor.sharpening, soft, -sensor.sharpening, 0))
        return np.asarray(image, np.uint8)

    def _tone(self) -> Image:
        """Code value for each level of the root of light, (1, 65536, channels); past LEVELS all is white."""
        sensor = self.sensor
        level = (np.arange(LEVELS, dtype=np.float32) + np.float32(0.5)) / LEVELS
        light = np.maximum(level**2 * (1 + self._floor) - self._floor * self.exposure, 0)
        gain = (
            np.array([1.0]) if sensor.night else np.array(sensor.balance) * np.exp(sensor.balance_drift * self._drift)
        )
        light = np.clip(light[:, None] * gain / gain.min(), 0, 1)
        code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
        code = code + sensor.contrast * 2 * code * (1 - code) * (2 * code - 1) * 0.5
        code = sensor.black + (1 - sensor.black) * code
        table = np.full((1, 65_536, code.shape[1]), 255, np.uint8)
        table[0, :LEVELS] = np.round(255 * np.clip(code, 0, 1))
        table[0, LEVELS:] = table[0, LEVELS - 1]
        return table

    def _meter(self, image: Image, speed: float | None = None) -> None:
        """Steer the exposure of the next frame by the mean of this one, the middle counting double."""
        height, width = image.shape[:2]
        small = image
        if width > 40 * METER_PX:
            size = (width // METER_PX, height // METER_PX)
            small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        h, w = small.shape[:2]
        middle = small[h // 4 : h - h // 4, w // 4 : w - w // 4]
        mean = (float(small.mean()) + float(middle.mean())) / 510
        rate = self.sensor.exposure_speed if speed is None else speed
        # Code values go with light to the power 1/2.2; the exponent turns a step of code into one of light.
        step = (self.sensor.exposure_target / max(0.02, mean)) ** (2.2 * rate)
        self.exposure = float(np.clip(self.exposure * step, *self.sensor.exposure_range))


def _one_channel(linear: Plane) -> Plane:
    return np.asarray(cv2.transform(linear, np.array([INFRARED], np.float32)), np.float32)
