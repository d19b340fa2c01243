"""Looks at drawn faces for tests of re-use: flat ones through a homography, and others whose relief shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from toolkit.records import Face, Image
from toolkit.simulation.faces import identities

SIDE_PX = 320


@dataclass(frozen=True)
class Look:
    """One look at a person's portrait: ``relief`` in pixels of a face 100 px wide that the nose runs aside."""

    seed: int
    person: int = 0
    face_px: float = 100.0
    relief: float = 0.0
    cover: float = 0.0
    sharp: float = 0.6

    def taken(self) -> tuple[Image, Face]:
        """The picture and the five points in it, off by some noise as a detector's are."""
        rng = np.random.default_rng(self.seed)
        who = identities("development")[self.person]
        apart = float(np.linalg.norm(who.landmarks_px[1] - who.landmarks_px[0]))
        scale = self.face_px / (2.35 * apart)
        side = int(2.6 * self.face_px)
        centre = who.landmarks_px.mean(axis=0)
        corners = centre + apart * np.array([[-1.5, -1.9], [1.5, -1.9], [1.5, 1.9], [-1.5, 1.9]])
        goal = (corners - centre) * scale + side / 2 + rng.normal(0, 0.03 * self.face_px, (4, 2))
        plane = cv2.getPerspectiveTransform(corners.astype(np.float32), goal.astype(np.float32))
        source = self._bulged(who.picture, who.landmarks_px, apart)
        laid = cv2.warpPerspective(source, plane, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        marks = cv2.perspectiveTransform(who.landmarks_px[None], plane)[0]
        image = laid.astype(np.float32) * float(rng.uniform(0.75, 1.1)) + float(rng.uniform(-8, 20))
        if self.cover:
            image[int(side * (0.72 - self.cover)) :, int(side * 0.42) : int(side * 0.58)] = (150, 110, 90)
        image = gaussian_filter(image, (self.sharp, self.sharp, 0)) + rng.normal(0, 2.5, image.shape)
        noisy = marks + rng.normal(0, 0.012 * self.face_px, marks.shape)
        return np.clip(image, 0, 255).astype(np.uint8), face_of(noisy)

    def _bulged(self, picture: Image, marks: np.ndarray, apart: float) -> Image:
        """The portrait with what stands out moved aside, most at the nose, and the hair the other way."""
        if not self.relief:
            return picture
        y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
        move = np.zeros_like(x)
        for (px, py), share, wide in ((marks[2], 1.0, 0.35), (marks[:2].mean(axis=0) - (0, 1.1 * apart), -0.8, 0.8)):
            move += share * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * (wide * apart) ** 2)).astype(np.float32)
        shift = self.relief * 2.35 * apart / 100
        return np.asarray(cv2.remap(picture, x - shift * move, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def face_of(marks: np.ndarray) -> Face:
    """A face with these points and the box around them."""
    apart = float(np.linalg.norm(marks[1] - marks[0]))
    x, y = marks[:2].mean(axis=0)
    box = (x - 1.17 * apart, y - 1.3 * apart, x + 1.17 * apart, y + 1.95 * apart)
    return Face(
        box_px=tuple(float(v) for v in box),  # type: ignore[arg-type]
        score=0.9,
        landmarks_px=tuple((float(a), float(b)) for a, b in marks),
    )
