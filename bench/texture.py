"""What cues of texture, light and colour make of prints, screens, skin and cloth, in figures that anybody can repeat.

Sections, each a command of its own because each takes minutes:

small     0 statements wanted on faces under 120 px, at most 1 % from 120 to 240 px
resolved  prints whose dots take at least 3 px, against skin, cloth and dithered pictures of the same widths
areas     how well shading, colour, mismatch and stillness part live faces from prints in whole scenes
real      genuine pictures and clips of a folder, and those labelled fake: what is said of them
cost      milliseconds for each face and frame at 112 px

``--purpose development`` may be looked at as often as one likes; ``--purpose
measurement`` draws measurement people and seeds that nothing else uses. Close-ups
have no relief, room or light; the face's place in them is told, not detected.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from toolkit.analysis.cue import PresentationSample, Reading, cues
from toolkit.analysis.faces.crops import around, cut, middle_px, moved, width_px
from toolkit.analysis.rates import rate_of
from toolkit.errors import CannotMeasure, ToolkitError
from toolkit.media.frames import read_frames
from toolkit.media.pictures import read_picture
from toolkit.media.write import write_clip
from toolkit.records import Face, Image
from toolkit.simulation import closeups
from toolkit.simulation.casting import head_picture
from toolkit.simulation.closeups import Flat
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.phones import phone_screen
from toolkit.simulation.prints import PRESSES, Press, print_picture, recipe
from toolkit.simulation.seeds import DEVELOPMENT, TEXTURE
from toolkit.simulation.sensor import day_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.validation import summary
from toolkit.validation.kinds import Geometry, Item
from toolkit.validation.scoring import known_cues, score_all
from toolkit.vision.centerface import detect_faces

SEEDS = {"development": DEVELOPMENT[300:], "measurement": TEXTURE}
TEXTURES = ("halftone", "moire")
SCENE_CUES = ("colour", "mismatch", "shading", "stillness")
SCENE_KINDS = ("live", "held_flat", "worn_cut_out")
LIFE_M = 0.145
PIXELS_A_DOT = (3.0, 4.0)
PRINTED_SIZES = (0.42, 0.8)  # of life size; larger sheets only take longer to lay
VIEWS = 3  # of one sheet
LEAST_PRINT_PX = 400
CRF = (18, 32)
SCREEN_PX_PER_M = (10_000.0, 40_000.0)
NETS_M = {"net": (0.0008, 0.004), "fine cloth": (0.00015, 0.0006)}
KNIT_M = (0.0025, 0.008)
FIRST_NUMBER = 10_000  # of the scenes: published tables count from 0
REAL_FRAMES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One close-up as stored, where the face is, and the true scale."""

    kind: str
    image: Image
    face: Face
    px_per_m: float


def stored(image: Image, rng: np.random.Generator, folder: Path) -> Image:
    """The picture after H.264 of any usual strength, or Motion JPEG: second of two frames."""
    codec = "h264" if rng.random() < 0.8 else "mjpeg"
    path = folder / ("one.mp4" if codec == "h264" else "one.avi")
    crf = int(rng.integers(CRF[0], CRF[1] + 1))
    write_clip(path, [(0.0, image), (0.04, image)], codec=codec, gop=2, crf=crf)
    with av.open(str(path)) as opened:  # not through toolkit.media: a reader's child process for each crop takes longer
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in opened.decode(video=0)][-1]


def sheet_of(who: Identity, press: Press, rng: np.random.Generator, kept: float = 20_000.0) -> Sheet:
    """A print of this face, smaller than life."""
    picture, marks = head_picture(who)
    wide = 3.1 * 0.063 * float(rng.uniform(*PRINTED_SIZES))
    made = recipe(rng, presses=(press,), sheet="strip")
    return print_picture(picture, width_m=wide, recipe=made, rng=rng, landmarks_px=marks, kept_px_per_m=kept)


def live_like(who: Identity, wide_px: float, kind: str, rng: np.random.Generator) -> Shown:
    """A live face of this width: bare, behind a net or fine cloth, in knitwear, or in a dithered picture."""
    px_per_m = wide_px / LIFE_M
    flat = closeups.of_skin(who, px_per_m, rng)
    flat = _covered(flat, kind, rng)
    image, face = closeups.shoot_closely(flat, px_per_m, day_sensor(rng), rng)
    if kind == "dithered":
        image = closeups.dithered(image, int(rng.choice([16, 27, 64, 216])), ordered=bool(rng.random() < 0.5))
    return Shown(kind=kind, image=image, face=face, px_per_m=px_per_m)


def _covered(flat: Flat, kind: str, rng: np.random.Generator) -> Flat:
    if kind in NETS_M:
        low, high = NETS_M[kind]
        period = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return closeups.net(flat, rng, period_m=period, turn_deg=float(rng.uniform(0, 45)))
    if kind == "knit":
        period = float(rng.uniform(*KNIT_M))
        return closeups.knitwear(flat, rng, period_m=period, turn_deg=float(rng.uniform(-10, 10)))
    return flat


def said(shown: Shown, image: Image, px_per_m: float | None) -> dict[str, Reading | str]:
    """What each texture cue makes of it: a reading, or the reason why there is none."""
    told: dict[str, Reading | str] = {}
    sample = PresentationSample(times_s=np.zeros(1), crops=(image,), faces=(shown.face,), px_per_m=px_per_m)
    for name in TEXTURES:
        try:
            told[name] = cues[name].measure(sample)
        except CannotMeasure as reason:
            told[name] = reason.code
    return told


def _wrong_scale(rng: np.random.Generator, shown: Shown) -> float | None:
    """Nobody stated a scale, or it is right, or it is anything."""
    return (None, shown.px_per_m, float(rng.uniform(5_000, 25_000)))[int(rng.integers(3))]


def small(purpose: str, first: int, count: int, folder: Path) -> Iterator[str]:
    """Lines: statements on faces of 40-120, 120-240 and 240-390 px, whatever they are."""
    people, seeds = identities(purpose), SEEDS[purpose]
    rng = np.random.default_rng([seeds[0], 1])
    sheets = [sheet_of(people[k % len(people)], PRESSES[k % len(PRESSES)], rng, 4_000.0) for k in range(12)]
    kinds = ("live", "net", "knit", "dithered", "fine cloth", "print", "print")
    for (low, high), many in (((40, 119), count), ((120, 240), count // 5), ((240, 388), count // 50)):
        spoken: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        for number in range(first, first + many):
            rng = np.random.default_rng([seeds[number % len(seeds)], number, low])
            kind, wide = kinds[number % len(kinds)], float(rng.uniform(low, high))
            if kind == "print":
                sheet = sheets[int(rng.integers(len(sheets)))]
                whole = closeups.of_sheet(sheet, 1_000.0)
                scale = wide / whole.width_m
                image, face = closeups.shoot_closely(closeups.of_sheet(sheet, scale), scale, day_sensor(rng), rng)
                shown = Shown(kind=kind, image=image, face=face, px_per_m=scale)
            else:
                shown = live_like(people[number % len(people)], wide, kind, rng)
            told = said(shown, stored(shown.image, rng, folder), _wrong_scale(rng, shown))
            for name, one in told.items():
                answered[name] += isinstance(one, Reading)
                spoken[name] += isinstance(one, Reading) and one.statement != "nothing"
        for name in TEXTURES:
            yield f"{name}, faces {low}-{high} px: {_rate(spoken[name], many)} said something; {answered[name]} answers"


def resolved(purpose: str, first: int, count: int, folder: Path) -> Iterator[str]:
    """Lines: clustered and scattered dots found where a dot takes 3-4 px, phones, and what is said of live faces."""
    people, seeds = identities(purpose), SEEDS[purpose]
    for group in (tuple(p for p in PRESSES if p.lpi), tuple(p for p in PRESSES if not p.lpi)):
        told = [
            one
            for number in range(first, first + (count if group[0].lpi else count // 3))
            for one in _views(people, seeds, number, group[number % len(group)], folder)
        ]
        yield from _lines("regular dots" if group[0].lpi else "scattered dots (inkjets)", told)
    yield from _lines(
        "phone", [one for k in range(first, first + count // 2) for one in _phone(people, seeds, k, folder)]
    )
    for kind in ("live", "dithered", "knit", "net", "fine cloth"):
        told = []
        for number in range(first, first + (count if kind == "live" else count // 2)):
            rng = np.random.default_rng([seeds[number % len(seeds)], number, 3])
            shown = live_like(people[number % len(people)], float(rng.uniform(390, 900)), kind, rng)
            image = stored(shown.image, rng, folder)
            told += [said(shown, image, None), said(shown, image, shown.px_per_m)]
        yield from _lines(kind, told)


def _views(
    people: Sequence[Identity], seeds: Sequence[int], number: int, press: Press, folder: Path
) -> Iterator[dict[str, Reading | str]]:
    """One sheet seen several times at scales at which its dots take 3-4 px; one in three with the scale stated."""
    rng = np.random.default_rng([seeds[number % len(seeds)], number, 2])
    sheet = sheet_of(people[number % len(people)], press, rng)
    for view in range(VIEWS):
        scale = float(rng.uniform(*PIXELS_A_DOT)) * (press.lpi or 150.0) / 0.0254
        flat = closeups.of_sheet(sheet, scale)
        image, face = closeups.shoot_closely(flat, scale, day_sensor(rng), rng)
        shown = Shown(kind="print", image=image, face=face, px_per_m=scale)
        yield said(shown, stored(image, rng, folder), scale if view % 2 else None)


def _phone(
    people: Sequence[Identity], seeds: Sequence[int], number: int, folder: Path
) -> Iterator[dict[str, Reading | str]]:
    rng = np.random.default_rng([seeds[number % len(seeds)], number, 4])
    picture, marks = head_picture(people[number % len(people)])
    sheet = phone_screen(picture, rng=rng, landmarks_px=marks, kept_px_per_m=48_000.0)
    scale = float(np.exp(rng.uniform(*np.log(SCREEN_PX_PER_M))))
    image, face = closeups.shoot_closely(closeups.of_sheet(sheet, scale), scale, day_sensor(rng), rng)
    shown = Shown(kind="phone", image=image, face=face, px_per_m=scale)
    yield said(shown, stored(image, rng, folder), scale if number % 2 else None)


def _lines(kind: str, told: Sequence[dict[str, Reading | str]]) -> Iterator[str]:
    for name in TEXTURES:
        found = [one[name] for one in told]
        read = [one for one in found if isinstance(one, Reading)]
        spoke = sum(one.statement == "artefact" for one in read)
        silent = dict(Counter(one for one in found if isinstance(one, str)))
        heights = np.percentile([one.value for one in read], [5, 50, 95]) if read else []
        yield (
            f"{kind}, {name}: artefact {_rate(spoke, len(found))}; {len(read)} answers"
            f" of {' / '.join(f'{v:.1f}' for v in heights)} dB (5, 50, 95 %); not assessable {silent}"
        )


def areas(purpose: str, count: int, kept: Path) -> Iterator[str]:
    """Lines: area under the curve of each scene cue by kind and geometry, over all that gave a number."""
    items = [
        Item(geometry=geometry, kind=kind, motion=motion, turn_deg=30.0, number=FIRST_NUMBER + k, purpose=purpose)
        for k in range(count)
        for geometry in (Geometry(px_per_m=250), Geometry(px_per_m=500, crf=28))
        for kind in SCENE_KINDS
        for motion in ("natural", "turn")
    ]
    rows = score_all(items, SCENE_CUES, kept, workers=1)
    chosen = list(known_cues(SCENE_CUES).values())
    for row in summary.areas(rows, chosen):
        low, high = row["interval"] if row["interval"] else (float("nan"),) * 2
        area = float("nan") if row["area"] is None else row["area"]
        yield (
            f"{row['cue']}, {row['geometry']}, {row['kind']}: area {area:.2f} [{low:.2f}, {high:.2f}],"
            f" presentations {row['presentations']}"
        )
    for name in SCENE_CUES:
        for kind in SCENE_KINDS:
            mine = [row["readings"][name] for row in rows if row["kind"] == kind]
            blank = Counter(one["why_not"] for one in mine if one["value"] is None)
            yield f"{name}, {kind}: not assessable {sum(blank.values())} of {len(mine)} {dict(blank)}"


def real(folder: Path) -> Iterator[str]:
    """Lines: what the texture cues say of every face in pictures and clips; "fake" in a name marks a labelled one."""
    sides: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for path in sorted((*folder.glob("spoof/*"), *folder.glob("ident/*"), *folder.glob("video/*"))):
        for number, sample in enumerate(_samples(path)):
            fake = "fake" in path.name or (path.name.endswith("demo_demo.png") and number > 0)
            told = []
            for name in (*TEXTURES, *SCENE_CUES):
                try:
                    reading = cues[name].measure(sample)
                except CannotMeasure as reason:
                    sides[fake][f"{name} {reason.code}"] += 1
                    continue
                sides[fake][f"{name} {reading.statement}"] += 1
                told.append(f"{name} {reading.value:.2f} {reading.statement}")
            wide = np.median([width_px(face) for face in sample.faces if face is not None])
            yield f"{'fake' if fake else 'genuine'} {path.name[-48:]}, {wide:.0f} px: {'; '.join(told)}"
    for fake, counts in sides.items():
        yield f"{'fake' if fake else 'genuine'}: {dict(sorted(counts.items()))}"


def _samples(path: Path) -> Iterator[PresentationSample]:
    """Each face of a picture, or of a clip's frames one by one, as a sample without a stated scale."""
    try:
        images = [read_picture(path)] if path.suffix in (".jpg", ".png") else list(_frames(path))
    except ToolkitError:
        return
    for image in images:
        for face in detect_faces(image):
            box = around(middle_px(face)[None], width_px(face), image.shape)
            there = moved(face, (-float(box[0]), -float(box[1])))
            yield PresentationSample(times_s=np.zeros(1), crops=(cut(image, box),), faces=(there,))


def _frames(path: Path) -> Iterator[Image]:
    with read_frames(path) as frames:
        whole = (np.asarray(frame.image) for number, frame in enumerate(frames) if number % 25 == 0)
        yield from (image for _, image in zip(range(REAL_FRAMES), whole, strict=False))


def cost(purpose: str) -> Iterator[str]:
    """Lines: milliseconds for each face and frame at 112 px, and for one close-up at 500 px."""
    who, rng = identities(purpose)[0], np.random.default_rng([SEEDS[purpose][0], 9])
    for wide, frames in ((112.0, 100), (500.0, 5)):
        shown = live_like(who, wide, "live", rng)
        many = (shown.image,) * frames
        sample = PresentationSample(times_s=np.arange(frames) / 10, crops=many, faces=(shown.face,) * frames)
        for name in (*TEXTURES, *SCENE_CUES):
            took = [_ms(lambda: cues[name].measure(sample)) for _ in range(5)]  # noqa: B023
            yield f"{name}, {wide:.0f} px: {min(took) / frames:.2f} ms a face and frame ({frames} frames)"


def _ms(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    with contextlib.suppress(CannotMeasure):
        work()
    return 1e3 * (time.perf_counter() - begin)


def _rate(hits: int, trials: int) -> str:
    low, high = rate_of(hits, trials).interval
    return f"{hits} of {trials} = {100 * hits / max(1, trials):.1f} % ({100 * low:.1f}-{100 * high:.1f})"


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("section", choices=("small", "resolved", "areas", "real", "cost"))
    parser.add_argument("--purpose", choices=tuple(SEEDS), default="development")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="of the numbers, to go on after a stop")
    parser.add_argument("--kept", type=Path, default=Path("texture-scenes.jsonl"), help="scenes measured so far")
    parser.add_argument("--real", type=Path, help="folder with spoof/, ident/ and video/")
    told = parser.parse_args(words)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        lines = {
            "small": lambda: small(told.purpose, told.first, told.count, Path(folder)),
            "resolved": lambda: resolved(told.purpose, told.first, told.count, Path(folder)),
            "areas": lambda: areas(told.purpose, told.count, told.kept),
            "real": lambda: real(told.real),
            "cost": lambda: cost(told.purpose),
        }[told.section]()
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
