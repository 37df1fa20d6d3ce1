"""One clip measured: in each of its segments find the strides, measure, and say what to beware of."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from kinechain.errors import SceneError
from kinechain.gait.analysis import GaitAnalysis, Known, analyse
from kinechain.gait.view import ViewDecision, detect_view, settle_view
from kinechain.knowledge.method_errors import method_errors
from kinechain.model.assessment import Caution, Clip, Event, Segment, Strides
from kinechain.model.athlete import Athlete
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip_quality import clip_cautions, quality
from kinechain.pipeline.points import is_compared, known_scale, points_cautions
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, SeenClip, see
from kinechain.settings import Protocol


@dataclass(frozen=True)
class MeasuredClip:
    """One segment of a clip measured: everything later stages need of it."""

    id: str
    seen: SeenClip
    view: ViewDecision
    gait: GaitAnalysis
    part: Clip
    cautions: tuple[Caution, ...]


def measure_clip(
    request: ClipRequest,
    athlete: Athlete,
    load_estimator: EstimatorFactory,
    protocol: Protocol,
    progress: Progress,
    watch: Stopwatch,
    *,
    clip_id: str = "clip1",
) -> tuple[MeasuredClip, ...]:
    """Read a clip, follow the runner, and measure every segment of it that shows running.

    Returns
    -------
    tuple of MeasuredClip
        In order of time, at least one; of several, the ids end in `.1`, `.2`, …

    Raises
    ------
    InputFileError, SceneError
        A segment that cannot be judged raises only where there is no other.
    """
    seen = see(request, load_estimator, protocol, progress, watch)
    with watch.stage("gait"):
        progress("gait", 0, 1)
        clips = _measure_segments(seen, request, athlete, protocol, clip_id)
        progress("gait", 1, 1)
    return clips


def _measure_segments(
    seen: SeenClip, request: ClipRequest, athlete: Athlete, protocol: Protocol, clip_id: str
) -> tuple[MeasuredClip, ...]:
    measured: list[MeasuredClip] = []
    refused: list[SceneError] = []
    for number, segment in enumerate(seen.segments, start=1):
        segment_id = clip_id if len(seen.segments) == 1 else f"{clip_id}.{number}"
        try:
            measured.append(_measure_segment(seen, segment, request, athlete, protocol, segment_id))
        except SceneError as error:
            refused.append(error)
    if not measured:
        raise refused[0]
    return tuple(measured)


def _measure_segment(
    seen: SeenClip, segment: Segment, request: ClipRequest, athlete: Athlete, protocol: Protocol, clip_id: str
) -> MeasuredClip:
    pose = seen.pose.sel(time=slice(segment.start_s, segment.end_s))
    view = settle_view(detect_view(pose, protocol.view), request.view)
    known = Known(None if athlete.height_cm is None else athlete.height_cm / 100, request.speed_mps, known_scale(pose))
    errors = method_errors() if is_compared(pose) else {}
    gait = analyse(pose, view, known, errors, protocol.gait, clip=clip_id)
    part = _clip_part(clip_id, seen, segment, pose, view, gait)
    cautions = (*clip_cautions(part, seen.info, view, gait, protocol), *points_cautions(pose, clip_id))
    return MeasuredClip(clip_id, seen, view, gait, part, cautions)


def event_parts(clip: MeasuredClip) -> tuple[Event, ...]:
    """Return the events of a clip as an Assessment holds them."""
    return tuple(
        Event(
            clip=clip.id,
            time_s=event.time_s,
            side=event.side,
            kind=event.kind,
            confidence=event.confidence,
            reason=event.reason or None,
        )
        for event in clip.gait.events
    )


def _clip_part(
    clip_id: str, seen: SeenClip, segment: Segment, pose: xr.Dataset, view: ViewDecision, gait: GaitAnalysis
) -> Clip:
    info = seen.info
    return Clip(
        id=clip_id,
        file=info.path.name,
        sha256=seen.sha256,
        view=view.view,
        view_confidence=view.confidence,
        fps=info.fps,
        time_scale=info.time_scale,
        duration_s=info.duration_s,
        frames=info.n_frames,
        width_px=info.width,
        height_px=info.height,
        metres_per_px=None if gait.scale is None else gait.scale.metres_per_px,
        scale_source=None if gait.scale is None else gait.scale.source,
        segments=(segment,),
        n_strides=Strides(**{side: len(gait.table.of(side)) for side in SIDES}),
        quality=quality(pose),
    )
