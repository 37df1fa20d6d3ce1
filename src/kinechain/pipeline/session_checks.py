"""Do the clips of a session fit together: the stated paces with what is seen, and one runner in all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import median

import numpy as np

from kinechain.errors import KinechainError
from kinechain.knowledge.cautions import caution, caution_texts
from kinechain.model.assessment import Caution
from kinechain.model.pose import track
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip import MeasuredClip
from kinechain.settings import Protocol
from kinechain.text import Text

#: Share by which the proportions of one runner may differ between two side views. Thirds of one clip differ by up to
#: 5 % (trunk to leg, eight clips); four runners lie 4 to 20 % apart, so that alike people go unnoticed.
SAME_BODY = 0.08


def left_out(clip_id: str, file: str, error: KinechainError) -> Caution:
    """Return the caution that names a clip which could not be used, and why."""
    text = caution_texts()["clip_left_out"]
    said = {language: text[language].format(file=file, reason=error.message[language]) for language in ("ja", "en")}
    return Caution(code="clip_left_out", clip=clip_id, message=Text(**said))


def pace_contradictions(
    clips: Sequence[MeasuredClip], protocol: Protocol
) -> tuple[frozenset[str], tuple[Caution, ...]]:
    """Return the clips whose stated speed is not the one that is seen, and the cautions that say so.

    The seen speed is that in pixels, turned into metres by the runner's height; where this is not stated, by the
    runner's size under the stated speeds of the other clips, if there are three or more.
    """
    sized = {clip.id: size for clip in clips if (size := _size_m(clip)) is not None}
    usual = median(sized.values()) if len(sized) >= 3 else None
    doubtful: list[str] = []
    cautions: list[Caution] = []
    for clip in clips:
        scale, height_scale = clip.gait.scale, clip.gait.height_scale
        stated = next((m.value for m in clip.gait.measurements if m.name == "speed_mps"), None)
        if scale is None or scale.source != "stated_speed" or not isinstance(stated, float):
            continue
        if height_scale is not None:
            ratio = height_scale.metres_per_px / scale.metres_per_px
        elif usual is not None and clip.id in sized:
            ratio = usual / sized[clip.id]
        else:
            continue
        if abs(ratio - 1) > protocol.scale_agreement:
            doubtful.append(clip.id)
            cautions.append(caution("pace_contradicted", clip.id, stated=stated, measured=stated * ratio))
    return frozenset(doubtful), tuple(cautions)


def _size_m(clip: MeasuredClip) -> float | None:
    """Return the length of trunk and legs [m] under the stated speed; None where no speed was stated."""
    scale = clip.gait.scale
    if scale is None or scale.source != "stated_speed":
        return None
    lengths = _lengths_px(clip)
    return None if lengths is None else scale.metres_per_px * sum(lengths)


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
