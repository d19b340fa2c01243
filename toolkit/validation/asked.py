"""What a person asked to be validated, checked before anything is drawn."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from toolkit.errors import SetupError
from toolkit.validation.kinds import KINDS, OWN_STRENGTH, Geometry
from toolkit.validation.running import LEAKS, Wanted
from toolkit.validation.scoring import require_cues

CODECS = ("h264", "hevc", "mpeg4", "mjpeg")
LENSES = ("pinhole", "fisheye")
PX_PER_M, PITCH_DEG = (40.0, 2000.0), (0.0, 85.0)


def wanted(
    *,
    px_per_m: str,
    pitch: str,
    crf: int | None,
    codec: str,
    lens: str,
    kinds: str,
    cues: str,
    count: int,
    real: Path | None,
    purpose: str,
    leak: str,
) -> Wanted:
    """The run that these words ask for; lists are divided by commas, and every scale is seen at every pitch.

    Raises
    ------
    SetupError
        A number out of range, or a codec, lens, kind, cue or leak that there is not.
    """
    codecs, lenses = _names("codec", codec, CODECS), _names("lens", lens, LENSES)
    fixed = [name for name in codecs if name in OWN_STRENGTH]
    if fixed and (crf is not None or leak == "strength"):
        raise SetupError("crf_without", codec=", ".join(fixed))
    scales, pitches = _numbers("--px-per-m", px_per_m, PX_PER_M), _numbers("--pitch", pitch, PITCH_DEG)
    chosen_kinds = _names("kind", kinds, tuple(KINDS)) if kinds else tuple(KINDS)
    chosen_cues = tuple(dict.fromkeys(one.strip() for one in cues.split(",") if one.strip()))
    require_cues(chosen_cues)
    every = (
        Geometry(px_per_m=scale, pitch_deg=angle, lens=one_lens, codec=one_codec, crf=crf)
        for scale, angle, one_lens, one_codec in product(scales, pitches, lenses, codecs)
    )
    geometries = tuple({one.name: one for one in every}.values())
    if leak not in LEAKS:
        raise SetupError("name_unknown", kind="leak", name=leak, known=", ".join(LEAKS))
    return Wanted(
        geometries=geometries, kinds=chosen_kinds, cues=chosen_cues, count=count, purpose=purpose,
        leak=leak, real=real,
    )  # fmt: skip


def _names(what: str, told: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(one.strip() for one in told.split(",") if one.strip()))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise SetupError("name_unknown", kind=what, name=unknown[0] if unknown else told, known=", ".join(known))
    return names


def _numbers(option: str, told: str, limits: tuple[float, float]) -> tuple[float, ...]:
    try:
        values = tuple(float(one) for one in told.split(",") if one.strip())
    except ValueError:
        values = ()
    if not values or not all(limits[0] <= value <= limits[1] for value in values):
        raise SetupError("option_range", option=option, found=told, low=f"{limits[0]:g}", high=f"{limits[1]:g}")
    return values
