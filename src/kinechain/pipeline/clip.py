"""One clip: read, follow the runner, find the strides, measure, and say what to beware of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from kinechain.errors import ClipTooShort
from kinechain.gait.analysis import GaitAnalysis, Known, analyse, require_frame_rate
from kinechain.gait.view import ViewDecision, detect_view, settle_view
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.method_errors import method_errors
from kinechain.model.assessment import Caution, Clip, ClipQuality, Event, Segment, Strides, View
from kinechain.model.athlete import Athlete
from kinechain.model.pose import Flag
from kinechain.model.skeleton import LEG, SIDES
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pose.estimator import PoseEstimator, estimate_clip
from kinechain.pose.repair import repair
from kinechain.settings import Protocol
from kinechain.video.reader import VideoFrames, file_sha256, open_clip


@dataclass(frozen=True)
class ClipRequest:
    """One clip to assess, with what the user states about it; None where it is left to the product."""

    path: Path
    view: View | None = None
    speed_mps: float | None = None
    slow_motion: float = 1.0


@dataclass(frozen=True)
class MeasuredClip:
    """One clip measured: everything later stages need of it."""

    id: str
    frames: VideoFrames
    pose: xr.Dataset
    view: ViewDecision
    gait: GaitAnalysis
    part: Clip
    cautions: tuple[Caution, ...]


def measure_clip(
    request: ClipRequest,
    athlete: Athlete,
    estimator: PoseEstimator,
    protocol: Protocol,
    progress: Progress,
    watch: Stopwatch,
    *,
    clip_id: str = "clip1",
) -> MeasuredClip:
    """Read a clip, follow the runner, find the strides and measure them.

    Raises
    ------
    InputFileError, SceneError
    """
    frames = open_clip(request.path, request.slow_motion)
    info = frames.info
    if info.duration_s < protocol.shortest_clip_s:
        raise ClipTooShort(path=info.path, frames=info.n_frames, duration_s=info.duration_s)
    require_frame_rate(info.fps, protocol.gait)
    with watch.stage("pose"):
        seen = estimate_clip(frames, estimator, lambda done, total: progress("pose", done, total))
        pose = repair(seen, protocol.repair)
    with watch.stage("gait"):
        progress("gait", 0, 1)
        view = settle_view(detect_view(pose, protocol.view), request.view)
        pose = pose.assign_attrs(view=view.view)
        known = Known(None if athlete.height_cm is None else athlete.height_cm / 100, request.speed_mps)
        gait = analyse(pose, view, known, method_errors(), protocol.gait, clip=clip_id)
        progress("gait", 1, 1)
    part = _clip_part(clip_id, frames, pose, view, gait)
    return MeasuredClip(
        clip_id, frames, pose, view, gait, part, tuple(_clip_cautions(part, frames, view, gait, protocol))
    )


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


def _clip_part(clip_id: str, frames: VideoFrames, pose: xr.Dataset, view: ViewDecision, gait: GaitAnalysis) -> Clip:
    info = frames.info
    return Clip(
        id=clip_id,
        file=info.path.name,
        sha256=file_sha256(info.path),
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
        segments=(Segment(start_s=0.0, end_s=info.duration_s),),
        n_strides=Strides(**{side: len(gait.table.of(side)) for side in SIDES}),
        quality=_quality(pose),
    )


def _quality(pose: xr.Dataset) -> ClipQuality:
    flag = pose["flag"]
    legs = flag.sel(keypoint=[f"{side}_{point}" for side in SIDES for point in LEG])
    feet = flag.sel(keypoint=[f"{side}_{point}" for side in SIDES for point in ("heel", "toe")])
    ankles = flag.sel(keypoint=[f"{side}_ankle" for side in SIDES])
    height = pose["position"].sel(space="y").max("keypoint") - pose["position"].sel(space="y").min("keypoint")
    return ClipQuality(
        person_found_ratio=float((flag != Flag.ABSENT).any("keypoint").mean()),
        leg_swaps_repaired=int((ankles == Flag.SWAPPED).any("keypoint").sum()),
        spikes_repaired=int((legs == Flag.SPIKE).sum()),
        foot_out_of_picture_ratio=float((feet == Flag.OUT_OF_PICTURE).mean()),
        leg_points_unusable_ratio=float((legs >= Flag.OUT_OF_PICTURE).mean()),
        runner_height_px=float(np.nanmedian(height)),
    )


def _clip_cautions(
    part: Clip, frames: VideoFrames, view: ViewDecision, gait: GaitAnalysis, protocol: Protocol
) -> Iterator[Caution]:
    yield caution("stride_scatter_only")
    strides = part.n_strides
    if min(strides.left, strides.right) < protocol.steady_strides:
        yield caution("few_strides", part.id, **strides.model_dump(), needed=protocol.steady_strides)
    if part.fps < protocol.fine_fps:
        # an event lies anywhere within its frame; a contact time has two of them: sqrt(2/12) frame intervals
        yield caution("low_frame_rate", part.id, fps=part.fps, sd_ms=1000 / part.fps / np.sqrt(6))
    intervals_ms = 1000 * np.diff(frames.info.time_s)
    if intervals_ms.max() > 1.5 * np.median(intervals_ms):
        shortest, longest = intervals_ms.min(), intervals_ms.max()
        yield caution("variable_frame_rate", part.id, shortest_ms=shortest, longest_ms=longest)
    unseen = sum(event.confidence < 1 for event in gait.events)
    if unseen:
        yield caution("foot_out_of_picture", part.id, steps=unseen)
    if gait.table.irregular:
        yield caution("irregular_strides", part.id, strides=gait.table.irregular)
    if view.confidence < 0.5:
        yield caution("view_unsure", part.id, view=view.view, confidence=view.confidence)
    if part.quality.person_found_ratio < 1:
        yield caution("runner_partly_unseen", part.id, found=part.quality.person_found_ratio)
    yield from _plausibility(part, gait, protocol)


def _plausibility(part: Clip, gait: GaitAnalysis, protocol: Protocol) -> Iterator[Caution]:
    cadence = 120.0 / gait.rhythm.stride_s
    slowest, fastest = protocol.plausible_cadence_spm
    if not slowest <= cadence <= fastest:
        yield caution("step_rate_implausible", part.id, cadence_spm=cadence)
    if gait.scale is not None and gait.height_scale is not None:
        difference = abs(gait.scale.metres_per_px / gait.height_scale.metres_per_px - 1)
        if difference > protocol.scale_agreement:
            yield caution("scale_mismatch", part.id, difference=difference)
