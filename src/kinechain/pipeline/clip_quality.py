"""How good a clip is, and what to beware of in its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.gait.analysis import GaitAnalysis
from kinechain.gait.view import ViewDecision
from kinechain.knowledge.cautions import caution
from kinechain.model.assessment import Caution, Clip, ClipQuality
from kinechain.model.pose import Flag
from kinechain.model.skeleton import LEG, SIDES
from kinechain.pipeline.points import is_compared
from kinechain.pipeline.seeing import SeenClip
from kinechain.pipeline.segments import boxes
from kinechain.settings import Protocol
from kinechain.signal.intervals import Z95


def quality(pose: xr.Dataset, repeated: NDArray[np.bool_] | None = None) -> ClipQuality:
    """Return how well the runner is seen in a segment; `repeated` are the duplicates among all frames of the clip."""
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
        duplicated_frames_ratio=0.0 if repeated is None else float(repeated.mean()),
        runner_height_px=float(np.nanmedian(height)),
        upright_lean_deg=pose.attrs.get("upright_lean_deg"),
    )


def clip_cautions(
    part: Clip,
    pose: xr.Dataset,
    view: ViewDecision,
    gait: GaitAnalysis,
    protocol: Protocol,
    *,
    camera_lost_ratio: float = 0.0,
) -> Iterator[Caution]:
    """Yield what to beware of in the numbers of one segment of a clip.

    Parameters
    ----------
    pose : what was measured
    camera_lost_ratio : share of the frames in which a moving camera was not followed
    """
    numbers = [m for m in gait.measurements if isinstance(m.value, float) and m.low is not None]
    unknown = sum(m.method_error is None for m in numbers)
    if unknown:
        yield caution("method_error_unknown", part.id, unknown=unknown, measured=len(numbers))
    strides = part.n_strides
    if min(strides.left, strides.right) < protocol.steady_strides:
        yield caution("few_strides", part.id, **strides.model_dump(), needed=protocol.steady_strides)
    if part.fps < protocol.fine_fps:
        # an event lies anywhere within its frame; a contact time has two of them: sqrt(2/12) frame intervals
        yield caution("low_frame_rate", part.id, fps=part.fps, sd_ms=1000 / part.fps / np.sqrt(6))
    intervals_ms = 1000 * np.diff(pose["time"].values)
    if part.quality.duplicated_frames_ratio == 0 and intervals_ms.max() > 1.5 * np.median(intervals_ms):
        shortest, longest = intervals_ms.min(), intervals_ms.max()
        yield caution("variable_frame_rate", part.id, shortest_ms=shortest, longest_ms=longest)
    unseen = sum(event.reason == "foot_out_of_picture" for event in gait.events)
    if unseen:
        yield caution("foot_out_of_picture", part.id, steps=unseen)
    if gait.table.irregular:
        yield caution("irregular_strides", part.id, strides=gait.table.irregular)
    yield from _direction(part, pose, view, gait, protocol)
    if view.confidence < 0.5:
        yield caution("view_unsure", part.id, view=view.view, confidence=view.confidence)
    if part.quality.person_found_ratio < 1:
        yield caution("runner_partly_unseen", part.id, found=part.quality.person_found_ratio)
    yield from _camera(part, pose, camera_lost_ratio, protocol)
    yield from _plausibility(part, pose, gait, camera_lost_ratio, protocol)


def _direction(
    part: Clip, pose: xr.Dataset, view: ViewDecision, gait: GaitAnalysis, protocol: Protocol
) -> Iterator[Caution]:
    """Yield what the camera's direction does to the numbers."""
    if gait.yaw_deg is not None:
        yield caution("rear_or_front_view", part.id)
        if abs(gait.yaw_deg) >= protocol.view.caution_frontal_from_deg:
            yield caution("rear_or_front_slanted", part.id, yaw=abs(gait.yaw_deg))
    elif "camera_yaw_deg" in pose.attrs:
        yaw = abs(float(pose.attrs["camera_yaw_deg"]))
        if yaw >= protocol.view.caution_side_from_deg:
            yield caution("view_slanted", part.id, yaw=yaw, known=4)
    elif view.yaw_deg is not None and view.yaw_deg >= protocol.view.caution_from_deg:
        yield caution("view_slanted", part.id, yaw=view.yaw_deg, known=10)


def whole_clip_cautions(
    seen: SeenClip, stated_slow_motion: float | None, measured: Sequence[tuple[Clip, GaitAnalysis]], protocol: Protocol
) -> Iterator[Caution]:
    """Yield what to beware of in a clip as a whole, whatever its number of segments."""
    name = measured[0][0].id
    recorded, used = seen.info.recorded_time_scale, seen.info.time_scale
    if stated_slow_motion is None and recorded is not None and recorded != 1:
        yield caution("slow_motion_recorded", name, factor=recorded)
    if stated_slow_motion is not None and recorded is not None and abs(recorded / used - 1) > protocol.scale_agreement:
        yield caution("slow_motion_contradicted", name, stated=used, recorded=recorded)
    if seen.repeated is not None and seen.repeated.mean() >= protocol.duplicates_told_ratio:
        yield caution("duplicated_frames", name, count=int(seen.repeated.sum()), share=float(seen.repeated.mean()))
    yield from _added(seen, name, protocol)
    if len(measured) < len(seen.segments):
        yield caution("segments_left_out", name, measured=len(measured), found=len(seen.segments))
    if len(measured) > 1:
        yield caution("several_segments", name, count=len(measured))
    statures = [
        gait.scale.metres_per_px * part.quality.runner_height_px
        for part, gait in measured
        if gait.scale is not None and gait.scale.source == "stated_speed" and part.quality.runner_height_px is not None
    ]
    if len(statures) > 1 and max(statures) / min(statures) > 1 + protocol.segment_speed_agreement:
        yield caution("segments_at_other_speeds", name, ratio=max(statures) / min(statures))


def _added(seen: SeenClip, clip: str, protocol: Protocol) -> Iterator[Caution]:
    """Say that a picture is set into the picture, and where the runner is, or that bars are around it."""
    added = seen.additions
    if added.inset is not None:
        left, top, right, bottom = added.inset
        x, y = np.nanmedian(boxes(seen.pose), axis=0).reshape(2, 2).mean(axis=0)
        within = left <= x <= right and top <= y <= bottom
        yield caution("runner_in_inset" if within else "inset_left_out", clip, share=added.inset_share)
    if added.bars >= protocol.bars_told_ratio:
        yield caution("black_bars", clip, share=added.bars)


def _camera(part: Clip, pose: xr.Dataset, lost_ratio: float, protocol: Protocol) -> Iterator[Caution]:
    if "upright_lean_deg" not in pose.attrs and is_compared(pose) and part.view not in ("rear", "front"):
        yield caution("camera_roll_unknown", part.id)
    if wandered := _wandered_px(pose):
        yield caution("camera_moves", part.id, share=wandered / part.width_px)
    if lost_ratio > 1 - protocol.camera_followed_ratio:
        yield caution("camera_not_followed", part.id, share=lost_ratio)


def seen_speed_sd(pose: xr.Dataset, gait: GaitAnalysis, lost_ratio: float, protocol: Protocol) -> float | None:
    """Return the error of the speed that a clip shows in px (one SD ÷ speed).

    None where it shows none: from the rear or front, or with a moving camera that was not followed.

    Parameters
    ----------
    lost_ratio : share of the frames in which a moving camera was not followed
    """
    if gait.speed_sd is None or lost_ratio > 1 - protocol.camera_followed_ratio:
        return None
    return math.hypot(gait.speed_sd, protocol.moving_camera_speed_sd if _wandered_px(pose) > 0 else 0.0)


def _wandered_px(pose: xr.Dataset) -> float:
    """Return how far the background wanders [px]."""
    return float(np.ptp(pose["scene_shift"].values, axis=0).max()) if "scene_shift" in pose else 0.0


def _plausibility(
    part: Clip, pose: xr.Dataset, gait: GaitAnalysis, lost_ratio: float, protocol: Protocol
) -> Iterator[Caution]:
    cadence = 120.0 / gait.rhythm.stride_s
    slowest, fastest = protocol.plausible_cadence_spm
    if not slowest <= cadence <= fastest:
        yield from _implausible_step_rate(part, cadence, protocol)
    speed_sd = seen_speed_sd(pose, gait, lost_ratio, protocol)
    if gait.scale is not None and gait.height_scale is not None and speed_sd is not None:
        difference = abs(gait.scale.metres_per_px / gait.height_scale.metres_per_px - 1)
        error = Z95 * math.hypot(speed_sd, gait.scale.relative_sd, gait.height_scale.relative_sd)
        if difference > max(protocol.scale_agreement, error):
            yield caution("scale_mismatch", part.id, difference=difference)


def _implausible_step_rate(part: Clip, cadence_spm: float, protocol: Protocol) -> Iterator[Caution]:
    factor = likely_factor(cadence_spm, protocol)
    if factor is None:
        yield caution("step_rate_implausible", part.id, cadence_spm=cadence_spm)
    else:
        yield caution(
            "step_rate_of_other_speed", part.id, cadence_spm=cadence_spm, factor=factor, stated=part.time_scale * factor
        )


def likely_factor(cadence_spm: float, protocol: Protocol) -> float | None:
    """Return the slow-motion factor that best turns a step rate into a usual one, None where none makes it plausible.

    Below 1 the clip runs too fast (time-lapse, or a factor stated too high).
    """
    slowest, fastest = protocol.plausible_cadence_spm
    able = [factor for factor in protocol.likely_slow_motions if slowest <= cadence_spm * factor <= fastest]
    usual = protocol.usual_cadence_spm
    return min(able, key=lambda factor: abs(float(np.log(cadence_spm * factor / usual))), default=None)
