"""How good a clip is, and what to beware of in its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from kinechain.gait.analysis import GaitAnalysis
from kinechain.gait.view import ViewDecision
from kinechain.knowledge.cautions import caution
from kinechain.model.assessment import Caution, Clip, ClipQuality
from kinechain.model.frames import ClipInfo
from kinechain.model.pose import Flag
from kinechain.model.skeleton import LEG, SIDES
from kinechain.settings import Protocol


def quality(pose: xr.Dataset) -> ClipQuality:
    """Return how well the runner is seen."""
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


def clip_cautions(
    part: Clip, info: ClipInfo, view: ViewDecision, gait: GaitAnalysis, protocol: Protocol
) -> Iterator[Caution]:
    """Yield what to beware of in the numbers of one clip."""
    yield caution("stride_scatter_only")
    strides = part.n_strides
    if min(strides.left, strides.right) < protocol.steady_strides:
        yield caution("few_strides", part.id, **strides.model_dump(), needed=protocol.steady_strides)
    if part.fps < protocol.fine_fps:
        # an event lies anywhere within its frame; a contact time has two of them: sqrt(2/12) frame intervals
        yield caution("low_frame_rate", part.id, fps=part.fps, sd_ms=1000 / part.fps / np.sqrt(6))
    intervals_ms = 1000 * np.diff(info.time_s)
    if intervals_ms.max() > 1.5 * np.median(intervals_ms):
        shortest, longest = intervals_ms.min(), intervals_ms.max()
        yield caution("variable_frame_rate", part.id, shortest_ms=shortest, longest_ms=longest)
    unseen = sum(event.reason == "foot_out_of_picture" for event in gait.events)
    if unseen:
        yield caution("foot_out_of_picture", part.id, steps=unseen)
    if gait.table.irregular:
        yield caution("irregular_strides", part.id, strides=gait.table.irregular)
    yield from _direction(part, view, gait, protocol)
    if view.confidence < 0.5:
        yield caution("view_unsure", part.id, view=view.view, confidence=view.confidence)
    if part.quality.person_found_ratio < 1:
        yield caution("runner_partly_unseen", part.id, found=part.quality.person_found_ratio)
    yield from _plausibility(part, gait, protocol)


def _direction(part: Clip, view: ViewDecision, gait: GaitAnalysis, protocol: Protocol) -> Iterator[Caution]:
    """Yield what the camera's direction does to the numbers."""
    if gait.yaw_deg is not None:
        yield caution("rear_or_front_view", part.id)
        if abs(gait.yaw_deg) >= protocol.view.caution_frontal_from_deg:
            yield caution("rear_or_front_slanted", part.id, yaw=abs(gait.yaw_deg), shift=0.2 * abs(gait.yaw_deg))
    elif view.yaw_deg is not None and view.yaw_deg >= protocol.view.caution_from_deg:
        yield caution("view_slanted", part.id, yaw=view.yaw_deg)


def _plausibility(part: Clip, gait: GaitAnalysis, protocol: Protocol) -> Iterator[Caution]:
    cadence = 120.0 / gait.rhythm.stride_s
    slowest, fastest = protocol.plausible_cadence_spm
    if not slowest <= cadence <= fastest:
        yield caution("step_rate_implausible", part.id, cadence_spm=cadence)
    if gait.scale is not None and gait.height_scale is not None:
        difference = abs(gait.scale.metres_per_px / gait.height_scale.metres_per_px - 1)
        if difference > protocol.scale_agreement:
            yield caution("scale_mismatch", part.id, difference=difference)
