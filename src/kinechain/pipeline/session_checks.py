"""Do the clips of a session fit together: the stated paces with what is seen, and one runner in all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np

from kinechain.errors import KinechainError
from kinechain.knowledge.cautions import caution, caution_texts
from kinechain.model.assessment import Caution
from kinechain.model.pose import track
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.clip_quality import seen_speed_sd
from kinechain.pipeline.reasoning import running_speed_mps
from kinechain.settings import Protocol
from kinechain.signal.intervals import Z95
from kinechain.text import Text

#: Share by which the proportions of one runner may differ between two side views. Thirds of one clip differ by up to
#: 5 % (trunk to leg, eight clips); four runners lie 4 to 20 % apart, so that alike people go unnoticed.
SAME_BODY = 0.08


def left_out(clip_id: str, file: str, error: KinechainError) -> Caution:
    """Return the caution that names a clip which could not be used, and why."""
    text = caution_texts()["clip_left_out"]
    said = {language: text[language].format(file=file, reason=error.message[language]) for language in ("ja", "en")}
    return Caution(code="clip_left_out", clip=clip_id, message=Text(**said))


@dataclass(frozen=True)
class _SizedClip:
    """A clip under its stated speed: the size that its runner has then [m] and its error (one SD ÷ size)."""

    size_m: float
    sd: float


def pace_contradictions(
    clips: Sequence[MeasuredClip], protocol: Protocol
) -> tuple[frozenset[str], tuple[Caution, ...]]:
    """Return the clips whose speed is in doubt, and the cautions that say why.

    The seen speed is that in pixels, turned into metres by the runner's height; where this is not stated, by the
    runner's size under the stated speeds of the other clips, if there are three or more. A stated speed is contradicted
    where it lies outside of the 95 % interval of the seen one and farther off than `Protocol.scale_agreement`. Where a
    moving camera was not followed no speed is seen: a stated one stands unchecked, one from the picture is in doubt.
    """
    sized = {clip.id: size for clip in clips if (size := _sized(clip, protocol)) is not None}
    usual = None
    if len(sized) >= 3:
        usual = _SizedClip(median(one.size_m for one in sized.values()), median(one.sd for one in sized.values()))
    doubtful: list[str] = []
    cautions: list[Caution] = []
    for clip in clips:
        told = _unseen_speed(clip, protocol) or _contradicted(clip, usual, protocol)
        if told is not None:
            cautions.append(told)
        if told is not None and told.code != "pace_not_checked":
            doubtful.append(clip.id)
    return frozenset(doubtful), tuple(cautions)


def _unseen_speed(clip: MeasuredClip, protocol: Protocol) -> Caution | None:
    """Return what to say of a side view whose speed cannot be seen."""
    scale = clip.gait.scale
    if scale is None or clip.gait.speed_sd is None or _speed_sd(clip, protocol) is not None:
        return None
    return caution("pace_not_checked" if scale.source == "stated_speed" else "pace_not_seen", clip.id)


def _contradicted(clip: MeasuredClip, usual: _SizedClip | None, protocol: Protocol) -> Caution | None:
    """Return what to say of a clip whose stated speed is not the one that is seen."""
    own, scale, by_height = _sized(clip, protocol), clip.gait.scale, clip.gait.height_scale
    stated = running_speed_mps(clip.gait.measurements)
    if own is None or scale is None or stated is None:
        return None
    if by_height is not None:
        ratio, sd = by_height.metres_per_px / scale.metres_per_px, math.hypot(own.sd, by_height.relative_sd)
    elif usual is not None:
        ratio, sd = usual.size_m / own.size_m, math.hypot(own.sd, usual.sd)
    else:
        return None
    low, high = (stated * ratio * math.exp(sign * Z95 * sd) for sign in (-1, 1))
    if abs(ratio - 1) <= protocol.scale_agreement or low <= stated <= high:
        return None
    return caution("pace_contradicted", clip.id, stated=stated, measured=stated * ratio, low=low, high=high)


def _sized(clip: MeasuredClip, protocol: Protocol) -> _SizedClip | None:
    """Return the length of trunk and legs under the stated speed; None where no speed was stated, or none is seen."""
    scale, speed_sd = clip.gait.scale, _speed_sd(clip, protocol)
    if scale is None or scale.source != "stated_speed" or speed_sd is None:
        return None
    lengths = _lengths_px(clip)
    if lengths is None:
        return None
    return _SizedClip(scale.metres_per_px * sum(lengths), math.hypot(speed_sd, scale.relative_sd))


def _speed_sd(clip: MeasuredClip, protocol: Protocol) -> float | None:
    segment = clip.part.segments[0]
    return seen_speed_sd(clip.seen.measurable(segment), clip.gait, clip.seen.lost_ratio(segment), protocol)


def other_people(clips: Sequence[MeasuredClip]) -> Iterator[Caution]:
    """Yield a caution for each clip whose body has other proportions than that of the first side view."""
    bodies = [(clip, lengths) for clip in clips if (lengths := _lengths_px(clip)) is not None]
    for (one, a), (two, b) in combinations(bodies, 2):
        if one is not bodies[0][0]:
            break
        differs = max(abs(x / y - 1) for x, y in zip(_proportions(a), _proportions(b), strict=True))
        if differs > SAME_BODY:
            yield caution("other_person_likely", two.id, file=two.part.file, other=one.part.file, percent=100 * differs)


def _proportions(lengths: tuple[float, float, float]) -> tuple[float, float]:
    trunk, thigh, shank = lengths
    return trunk / (thigh + shank), thigh / shank


def _lengths_px(clip: MeasuredClip) -> tuple[float, float, float] | None:
    """Return trunk, thigh and shank [px], medians over the frames, mean of both legs; None outside of side views."""
    if not clip.view.view.startswith("side"):
        return None
    pose = clip.seen.measurable(clip.part.segments[0])
    middle = [np.mean([track(pose, f"{side}_{part}") for side in SIDES], axis=0) for part in ("shoulder", "hip")]
    trunk = float(np.median(_finite(middle[0] - middle[1])))
    thigh, shank = (
        float(np.mean([np.median(_finite(track(pose, f"{s}_{upper}") - track(pose, f"{s}_{lower}"))) for s in SIDES]))
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
    )
    return (trunk, thigh, shank) if np.isfinite((trunk, thigh, shank)).all() and min(thigh, shank) > 0 else None


def _finite(
    step: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the lengths of vectors that are known, one NaN where none is."""
    lengths = np.linalg.norm(step, axis=1)
    known = lengths[np.isfinite(lengths)]
    return known if len(known) else np.array([np.nan])
