"""What is presented in a validation, how it moves, and from where it is seen.

Attack kinds are instruments (ISO/IEC 30107-3: presentation attack instrument
species); bona fide kinds are live faces, bare or with what people wear. What
no scene and no recording stands for is listed too, and is told as untested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

Side = Literal["bona fide", "attack", "rival"]
Motion = Literal["natural", "turn", "shift", "nod", "still"]

BONA_FIDE: Final = "bona fide"
ATTACK: Final = "attack"
RIVAL: Final = "rival"  # a printed face that nobody presents: no live face, and no attack


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of presentation; ``presents`` and ``wears`` in the words of a scenario file."""

    name: str
    side: Side
    presents: Mapping[str, Any]
    wears: tuple[str, ...] = ()


def _kind(name: str, side: Side, *wears: str, **presents: Any) -> Kind:
    return Kind(name=name, side=side, presents=MappingProxyType(presents), wears=wears)


KINDS: Mapping[str, Kind] = MappingProxyType({
    one.name: one
    for one in (
        _kind("live", BONA_FIDE, what="own_face"),
        _kind("live_surgical_mask", BONA_FIDE, "surgical_mask", what="own_face"),
        _kind("live_badge", BONA_FIDE, "badge", what="own_face"),
        _kind("live_face_on_shirt", BONA_FIDE, "face_on_shirt", what="own_face"),
        _kind("held_flat", ATTACK, what="print"),
        _kind("held_curled", ATTACK, what="print", shape="curled"),
        _kind("held_cylinder", ATTACK, what="print", shape="cylinder"),
        _kind("held_cut_out", ATTACK, what="print", shape="cut_out"),
        _kind("stacked", ATTACK, what="print", how="stacked"),
        _kind("worn_cut_out", ATTACK, what="print", how="worn", shape="cut_out"),
        _kind("worn_eye_holed", ATTACK, what="print", how="worn", shape="eye_holed"),
        _kind("phone", ATTACK, what="phone"),
    )
})  # fmt: skip
# Known to occur, and neither drawn nor recorded: a table that leaves them out would look complete.
WITHOUT_SCENES = ("tablet", "video_replay", "three_dimensional_mask", "large_format_print")
WITHOUT_SCENES_LIVE = ("live_scarf", "live_veil", "live_night_mode")

# Movements that carry no information on relief, or little: a cue that reads them as relief reads something else.
CONTROL_MOTIONS: tuple[Motion, ...] = ("shift", "nod", "still")
OWN_STRENGTH = ("mpeg4", "mjpeg")  # codecs that know no crf and are written at one strength
RIVALS = ("badge", "notice", "portrait")  # media that only a site's recordings show
CONTROL_KINDS = ("live", "held_flat")
USUAL_MOTIONS: tuple[Motion, ...] = ("natural", "turn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """From where and through what a presentation is seen.

    ``px_per_m`` at the head; ``pitch_deg`` 0 level to 85; ``crf`` None: each
    clip has a strength of compression of its own, drawn between 24 and 32.
    """

    px_per_m: float = 250.0
    pitch_deg: float = 20.0
    lens: str = "pinhole"
    codec: str = "h264"
    crf: int | None = None

    @property
    def name(self) -> str:
        """A short text that tells this geometry from every other."""
        strength = "crf any" if self.crf is None else f"crf {self.crf}"
        if self.codec in OWN_STRENGTH:
            strength = "qscale 4"
        return f"{self.px_per_m:g} px/m, pitch {self.pitch_deg:g}, {self.lens}, {self.codec}, {strength}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One presentation to be filmed and measured.

    ``number`` counts within kind, motion and geometry. The same number means
    the same room, people, clothes, camera and recorder for every kind, so that
    kinds differ in what is presented and in nothing else.
    """

    geometry: Geometry
    kind: str
    motion: Motion
    turn_deg: float
    number: int
    purpose: str = "measurement"
    leak: str = field(default="none")

    @property
    def key(self) -> str:
        """What names this item in a file of results."""
        turn = f" {self.turn_deg:g}" if self.motion in ("turn", "nod") else ""
        leak = "" if self.leak == "none" else f" | leak {self.leak}"
        return f"{self.purpose} | {self.geometry.name} | {self.kind} | {self.motion}{turn} | {self.number}{leak}"
