"""A quick look whether a clip can be used, before the runner has left: the analysis itself, of a part of the clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.errors import InputFileError, KinechainError, SceneError
from kinechain.knowledge.cautions import caution
from kinechain.model.assessment import Caution
from kinechain.model.athlete import Athlete
from kinechain.model.clip_check import ClipCheck, Problem
from kinechain.model.frames import ClipInfo
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip import MeasuredClip, measure_seen
from kinechain.pipeline.exercise_check import in_picture
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, SeenClip, require_length, see_frames
from kinechain.settings import Protocol
from kinechain.video.reader import VideoFrames, open_clip

_BODY = tuple(f"{side}_{joint}" for side in SIDES for joint in ("shoulder", "hip", "knee", "ankle", "toe"))
#: Cautions that a part of a clip, or a part of its frames, cannot give.
_OF_WHOLE_CLIPS = {
    "few_strides",
    "low_frame_rate",
    "variable_frame_rate",
    "method_error_unknown",
    "camera_roll_unknown",
}


@dataclass(frozen=True)
class LookParameters:
    """Parameters of the quick look.

    Parameters
    ----------
    part_s : length of the part that is looked at, from the middle of the clip [s]
    fps : frame rate to which the part is thinned [Hz]
    whole_body_ratio : least share of the frames in which shoulders to toes should be in the picture
    """

    part_s: float = 3.0
    fps: float = 30.0
    whole_body_ratio: float = 0.9


def check_clip(
    request: ClipRequest,
    load_estimator: EstimatorFactory,
    protocol: Protocol,
    progress: Progress,
    parameters: LookParameters = LookParameters(),
) -> ClipCheck:
    """Look at a part of a clip and say whether it can be used.

    Raises
    ------
    SetupError
        Where there are no weights. Whatever is wrong with the clip itself is a result.
    """
    frames, found = None, None
    try:
        frames = open_clip(request.path, request.slow_motion)
        require_length(frames.info, protocol)
        part, looked_at = _part(frames, parameters)
        found = see_frames(part, request, load_estimator, protocol, progress, Stopwatch())
        measured = measure_seen(found, request, Athlete(), protocol, "clip1")[0]
    except (InputFileError, SceneError) as error:
        return _refused(error, None if frames is None else frames.info, found)
    return _judged(frames.info, looked_at, measured, protocol, parameters)


def _part(frames: VideoFrames, parameters: LookParameters) -> tuple[VideoFrames, tuple[float, float]]:
    """Return the frames that are looked at, from the middle of the clip, and from when to when they are [s]."""
    time_s = frames.info.time_s
    begin = max(0.0, (frames.info.duration_s - parameters.part_s) / 2)
    first, last = np.searchsorted(time_s, (begin, begin + parameters.part_s))
    every = max(1, int(frames.info.fps / parameters.fps + 0.05))
    chosen = time_s[first:last:every]
    return frames.part(int(first), int(last), every), (float(chosen[0]), float(chosen[-1]))


def _refused(error: KinechainError, info: ClipInfo | None, seen: SeenClip | None) -> ClipCheck:
    return ClipCheck(
        usable=False,
        problem=Problem(code=error.code, message=error.message, advice=error.advice),
        fps=None if info is None else info.fps,
        duration_s=None if info is None else info.duration_s,
        whole_body_ratio=None if seen is None else _whole_body(seen),
    )


def _judged(
    info: ClipInfo,
    looked_at_s: tuple[float, float],
    clip: MeasuredClip,
    protocol: Protocol,
    parameters: LookParameters,
) -> ClipCheck:
    stride_s = float(clip.gait.rhythm.stride_s)
    strides, whole = int(info.duration_s / stride_s), _whole_body(clip.seen)
    cautions = [one for one in clip.cautions if one.code not in _OF_WHOLE_CLIPS]
    if whole < parameters.whole_body_ratio:
        cautions.append(caution("body_not_whole", None, share=whole))
    if strides < protocol.steady_strides:
        cautions.append(caution("few_strides", None, left=strides, right=strides, needed=protocol.steady_strides))
    if info.fps < protocol.fine_fps:
        cautions.append(caution("low_frame_rate", None, fps=info.fps, sd_ms=1000 / info.fps / np.sqrt(6)))
    return ClipCheck(
        usable=True,
        fps=info.fps,
        duration_s=info.duration_s,
        looked_at_s=looked_at_s,
        view=clip.view.view,
        view_confidence=clip.view.confidence,
        whole_body_ratio=whole,
        cadence_spm=120.0 / stride_s,
        strides_expected=strides,
        cautions=tuple(_of_no_clip(one) for one in cautions),
    )


def _of_no_clip(one: Caution) -> Caution:
    return one.model_copy(update={"clip": None})


def _whole_body(seen: SeenClip) -> float:
    """Return the share of the frames in which shoulders to toes are in the picture."""
    points = in_picture(seen.pose).sel(keypoint=list(_BODY)).values
    return float(np.isfinite(points).all(axis=(1, 2)).mean())
