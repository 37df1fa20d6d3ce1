"""One clip measured: in each of its segments find the strides, measure, and say what to beware of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import xarray as xr

from kinechain.errors import NoRunning, SceneError, SlowMotionLikely
from kinechain.gait.analysis import GaitAnalysis, GaitParameters, Known, analyse
from kinechain.gait.view import ViewDecision, detect_view, settle_view
from kinechain.model.assessment import Caution, Clip, Event, EventByHand, Segment, Strides
from kinechain.model.athlete import Athlete
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip_quality import clip_cautions, quality, whole_clip_cautions
from kinechain.pipeline.corrections import hand_cautions, outside_cautions, within
from kinechain.pipeline.points import is_compared, known_errors, known_scale, points_cautions
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, SeenClip, see
from kinechain.pose.joint_centres import to_joint_centres
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
        clips = measure_seen(seen, request, athlete, protocol, clip_id)
        progress("gait", 1, 1)
    return clips


def measure_seen(
    seen: SeenClip, request: ClipRequest, athlete: Athlete, protocol: Protocol, clip_id: str
) -> tuple[MeasuredClip, ...]:
    """Measure every segment of a clip that shows running.

    Raises
    ------
    SceneError
        Where no segment can be judged: what is wrong with the first one.
    """
    measured: list[MeasuredClip] = []
    whole = seen.pose
    refused: list[SceneError] = []
    for number, segment in enumerate(seen.segments, start=1):
        segment_id = clip_id if len(seen.segments) == 1 else f"{clip_id}.{number}"
        try:
            clip, pose = _measure_segment(seen, segment, request, athlete, protocol, segment_id)
        except SceneError as error:
            refused.append(error)
            continue
        measured.append(clip)
        whole = _with_segment(whole, pose)
    if not measured:
        raise refused[0]
    seen = replace(seen, pose=whole)
    first, *others = (replace(clip, seen=seen) for clip in measured)
    shared = tuple(
        whole_clip_cautions(seen, request.slow_motion, [(clip.part, clip.gait) for clip in measured], protocol)
    )
    outside = outside_cautions(request.corrections, [clip.part for clip in measured])
    return (replace(first, cautions=(*shared, *outside, *first.cautions)), *others)


def _with_segment(whole: xr.Dataset, part: xr.Dataset) -> xr.Dataset:
    """Return the pose of the whole clip with the points of a segment as they were measured."""
    result = whole.copy(deep=True)
    for variable in ("position", "flag"):
        result[variable].loc[{"time": part["time"]}] = part[variable]
    told = {name: part.attrs[name] for name in ("log", "points", "camera_yaw_deg") if name in part.attrs}
    return result.assign_attrs(told)


def _measure_segment(
    seen: SeenClip, segment: Segment, request: ClipRequest, athlete: Athlete, protocol: Protocol, clip_id: str
) -> tuple[MeasuredClip, xr.Dataset]:
    """Measure a segment; return also its pose as it was measured."""
    pose = seen.measurable(segment)
    view = settle_view(detect_view(pose, protocol.view), request.view)
    if is_compared(pose):
        pose = to_joint_centres(pose, view.view)
    known = Known(None if athlete.height_cm is None else athlete.height_cm / 100, request.speed_mps, known_scale(pose))
    errors = known_errors(pose, view.view)
    corrections = within(request.corrections, segment)
    parameters = _gait_parameters(seen, pose, protocol)
    try:
        gait = analyse(pose, view, known, errors, parameters, clip=clip_id, corrections=corrections)
    except NoRunning as refusal:
        if request.slow_motion is None:
            _suspect_slow_motion(pose, view, protocol, refusal)
        raise
    part = _clip_part(clip_id, seen, segment, view, gait)
    lost = seen.lost_ratio(segment)
    cautions = (
        *hand_cautions(gait, clip_id),
        *clip_cautions(part, pose, view, gait, protocol, camera_lost_ratio=lost),
        *points_cautions(pose, clip_id),
    )
    return MeasuredClip(clip_id, seen, view, gait, part, cautions), pose


def _gait_parameters(seen: SeenClip, pose: xr.Dataset, protocol: Protocol) -> GaitParameters:
    """Return the parameters of gait; a single duplicate taken out leaves no gap in what is observed."""
    if seen.repeated is None or not seen.repeated.any():
        return protocol.gait
    bridged = max(protocol.gait.smoothing.longest_gap_s, 2.2 / float(pose.attrs["fps"]))
    return replace(protocol.gait, smoothing=replace(protocol.gait.smoothing, longest_gap_s=bridged))


def _suspect_slow_motion(pose: xr.Dataset, view: ViewDecision, protocol: Protocol, refusal: NoRunning) -> None:
    """Look whether what is no running as it stands would be running in slow motion.

    Raises
    ------
    SlowMotionLikely
        Naming the smallest likely factor that gives a plausible step rate.
    """
    slowest, fastest = protocol.plausible_cadence_spm
    for factor in protocol.likely_slow_motions:
        faster = pose.assign_coords(time=pose["time"] / factor)
        faster.attrs["fps"] = float(pose.attrs["fps"]) * factor
        try:
            gait = analyse(faster, view, Known(), {}, protocol.gait, clip="")
        except SceneError:
            continue
        cadence = 120.0 / gait.rhythm.stride_s
        if factor > 1 and slowest <= cadence <= fastest:
            raise SlowMotionLikely(cadence_spm=cadence / factor, factor=factor) from refusal


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
            by_hand=None if event.by_hand is None else EventByHand(**asdict(event.by_hand)),
        )
        for event in clip.gait.events
    )


def _clip_part(clip_id: str, seen: SeenClip, segment: Segment, view: ViewDecision, gait: GaitAnalysis) -> Clip:
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
        quality=quality(seen.pose.sel(time=slice(segment.start_s, segment.end_s)), seen.repeated),
        filmed_at=info.filmed_at,
    )
