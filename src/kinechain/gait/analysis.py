"""The front door of the room: the pose of one view in, everything that gait says about it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import FrameRateTooLow, NoPerson, TooFewStrides
from kinechain.gait.angles import body_angles
from kinechain.gait.corrections import CorrectionParameters, Refused, correct
from kinechain.gait.curves import CurveParameters, angle_curves, stride_curve
from kinechain.gait.events import (
    EventParameters,
    GroundSpeed,
    Rhythm,
    detect_events,
    event_at,
    ground_speed_by_stance,
)
from kinechain.gait.frontal import FrontalParameters, to_frontal
from kinechain.gait.frontal_events import FrontalEventParameters, detect_frontal_events, stances_of_corrected
from kinechain.gait.frontal_events import event_at as frontal_event_at
from kinechain.gait.frontal_measure import measure_frontal
from kinechain.gait.frontal_plumb import PlumbParameters, plumb_lean_deg, set_upright
from kinechain.gait.frontal_strides import femoral_adduction_deg, frontal_stride_table
from kinechain.gait.frontal_yaw import YawParameters, camera_yaw_deg
from kinechain.gait.landing import LandingParameters, refine_contacts
from kinechain.gait.measure import SideViewData, measure
from kinechain.gait.measurement_builder import MeasureParameters
from kinechain.gait.rolloff import RolloffParameters
from kinechain.gait.sagittal import SagittalMotion, SmoothingParameters, to_sagittal
from kinechain.gait.scale import Scale, ScaleParameters, scale_from_height, scale_from_speed
from kinechain.gait.strides import StrideParameters, StrideTable, stride_table
from kinechain.gait.toe_off import refine_toe_offs
from kinechain.gait.view import ViewDecision
from kinechain.knowledge.method_errors import MethodErrors
from kinechain.model.assessment import Curve, Measurement
from kinechain.model.event_correction import EventCorrection
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.pose import JOINT_CENTRES
from kinechain.model.skeleton import SIDES, Side

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GaitParameters:
    """Parameters of every step of the room.

    Parameters
    ----------
    least_fps : below this a contact falls between two frames [Hz]
    """

    least_fps: float = 24.0
    smoothing: SmoothingParameters = field(default_factory=SmoothingParameters)
    events: EventParameters = field(default_factory=EventParameters)
    landing: LandingParameters = field(default_factory=LandingParameters)
    corrections: CorrectionParameters = field(default_factory=CorrectionParameters)
    strides: StrideParameters = field(default_factory=StrideParameters)
    scale: ScaleParameters = field(default_factory=ScaleParameters)
    measure: MeasureParameters = field(default_factory=MeasureParameters)
    frontal: FrontalParameters = field(default_factory=FrontalParameters)
    frontal_events: FrontalEventParameters = field(default_factory=FrontalEventParameters)
    plumb: PlumbParameters = field(default_factory=PlumbParameters)
    yaw: YawParameters = field(default_factory=YawParameters)
    rolloff: RolloffParameters = field(default_factory=RolloffParameters)

    @property
    def curves(self) -> CurveParameters:
        """When a curve is given."""
        return CurveParameters(self.measure.least_strides, self.strides.least_seen)


@dataclass(frozen=True)
class Known:
    """What is known about runner, belt and picture besides the points; None where it is not.

    `scale` comes with points that were given in metres.
    """

    height_m: float | None = None
    speed_mps: float | None = None
    scale: Scale | None = None


@dataclass(frozen=True)
class GaitAnalysis:
    """What one clip says about the runner's gait.

    From the rear or front there is no scale, and `yaw_deg` tells how far the camera stands off straight
    (`camera_yaw_deg`); None in a side view. `taken_out` and `refused` tell what became of corrections by hand.
    `speed_sd` is the error of the running speed in px (one SD ÷ speed) as its scatter from stance to stance tells it;
    None from the rear or front.
    """

    events: GaitEvents
    rhythm: Rhythm
    table: StrideTable
    measurements: tuple[Measurement, ...]
    curves: tuple[Curve, ...]
    scale: Scale | None
    height_scale: Scale | None
    yaw_deg: float | None = None
    speed_sd: float | None = None
    taken_out: tuple[GaitEvent, ...] = ()
    refused: tuple[Refused, ...] = ()


def require_frame_rate(fps: float, parameters: GaitParameters) -> None:
    """Raise FrameRateTooLow where contacts cannot be seen at this frame rate [Hz]."""
    if fps < parameters.least_fps - 0.5:
        raise FrameRateTooLow(fps=fps, needed=parameters.least_fps)


def analyse(
    pose: xr.Dataset,
    view: ViewDecision,
    known: Known,
    method_errors: MethodErrors,
    parameters: GaitParameters,
    *,
    clip: str,
    corrections: tuple[EventCorrection, ...] = (),
) -> GaitAnalysis:
    """Find the strides and measure what the view shows.

    Needs a repaired pose in the image frame, one runner, legs and shoulders in the picture. Corrections of contacts and
    toe-offs by hand are put in place before anything is measured.

    Raises
    ------
    FrameRateTooLow, NoPerson, NoRunning, WalkingNotRunning, TooFewStrides
    """
    require_frame_rate(float(pose.attrs["fps"]), parameters)
    if view.facing == 0:
        return _analyse_frontal(pose, view, known, method_errors, parameters, clip, corrections)
    return _analyse_side(pose, view, known, method_errors, parameters, clip, corrections)


def _analyse_frontal(
    pose: xr.Dataset,
    view: ViewDecision,
    known: Known,
    method_errors: MethodErrors,
    parameters: GaitParameters,
    clip: str,
    corrections: tuple[EventCorrection, ...],
) -> GaitAnalysis:
    right, smoothing = (1 if view.view == "rear" else -1), parameters.smoothing
    coarse = to_frontal(pose, right, smoothing.events_hz, smoothing, parameters.frontal)
    fine = to_frontal(pose, right, smoothing.angles_hz, smoothing, parameters.frontal)
    if coarse is None or fine is None:
        raise NoPerson(frames=pose.sizes["time"], found=0)
    detected, rhythm, stances = detect_frontal_events(coarse, parameters.frontal_events)
    span_s = float(coarse.time_s[0]), float(coarse.time_s[-1])
    hand = correct(detected, corrections, span_s, partial(frontal_event_at, coarse), parameters.corrections)
    if corrections:
        stances = stances_of_corrected(coarse, stances, detected, hand.events)
    lean_deg = plumb_lean_deg(fine, stances, rhythm, parameters.plumb)
    fine = set_upright(fine, lean_deg)
    yaw_deg = camera_yaw_deg(set_upright(coarse, lean_deg), rhythm)
    table = frontal_stride_table(
        fine, stances, hand.events, rhythm, parameters.strides, parameters.rolloff, yaw_deg, parameters.yaw
    )
    _require_strides(table)
    curves = [
        stride_curve(
            "femoral_adduction_deg",
            side,
            femoral_adduction_deg(fine, side),
            ("hip", "knee"),
            fine,
            table,
            clip,
            parameters.curves,
        )
        for side in SIDES
    ]
    return GaitAnalysis(
        events=hand.events,
        rhythm=rhythm,
        table=table,
        measurements=measure_frontal(
            table, known.speed_mps, clip, method_errors, parameters.measure, parameters.rolloff
        ),
        curves=tuple(curve for curve in curves if curve is not None),
        scale=None,
        height_scale=None,
        yaw_deg=yaw_deg,
        taken_out=hand.taken_out,
        refused=hand.refused,
    )


def _require_strides(table: StrideTable) -> None:
    counts = {side: len(table.of(side)) for side in SIDES}
    if max(counts.values()) < 1:
        raise TooFewStrides(**counts)


def _analyse_side(
    pose: xr.Dataset,
    view: ViewDecision,
    known: Known,
    method_errors: MethodErrors,
    parameters: GaitParameters,
    clip: str,
    corrections: tuple[EventCorrection, ...],
) -> GaitAnalysis:
    coarse = to_sagittal(pose, view.facing, parameters.smoothing.events_hz, parameters.smoothing)
    fine = to_sagittal(pose, view.facing, parameters.smoothing.angles_hz, parameters.smoothing)
    if coarse is None or fine is None:
        raise NoPerson(frames=pose.sizes["time"], found=0)
    detected, rhythm, speeds = detect_events(coarse, parameters.events)
    if pose.attrs.get("points") == JOINT_CENTRES:
        detected = refine_toe_offs(coarse, refine_contacts(coarse, detected, parameters.landing), speeds)
    span_s = float(coarse.time_s[0]), float(coarse.time_s[-1])
    hand = correct(detected, corrections, span_s, partial(event_at, coarse), parameters.corrections)
    events = hand.events
    angles = body_angles(fine, events)
    table = stride_table(fine, angles, events, rhythm, parameters.strides)
    _require_strides(table)
    height_scale = None if known.height_m is None else scale_from_height(fine, known.height_m, parameters.scale)
    running_px = float(np.mean([speed.running for speed in speeds.values()]))
    scale = known.scale or height_scale
    if known.speed_mps is not None:
        scale = scale_from_speed(running_px, known.speed_mps, parameters.scale)
    data = SideViewData(
        table=table,
        oscillation_px=_oscillation_px(fine, events),
        step_speed_px=_step_speeds_px(coarse, rhythm, speeds, parameters.events),
        running_px=running_px,
        scale=scale,
        stated_speed_mps=known.speed_mps,
    )
    return GaitAnalysis(
        events=events,
        rhythm=rhythm,
        table=table,
        measurements=measure(data, clip, method_errors, parameters.measure),
        curves=angle_curves(fine, angles, table, clip, parameters.curves),
        scale=scale,
        height_scale=height_scale,
        speed_sd=float(np.std(data.step_speed_px) / running_px / np.sqrt(max(1, len(data.step_speed_px)))),
        taken_out=hand.taken_out,
        refused=hand.refused,
    )


def _oscillation_px(motion: SagittalMotion, events: GaitEvents) -> Array:
    """Return the range of the trunk's height in each step, contact to contact of the other foot [px]."""
    contacts = events.of("initial_contact")
    height = (motion.middle("hip")[:, 1] + motion.middle("shoulder")[:, 1]) / 2
    ranges = [
        float(np.ptp(height[motion.index(a.time_s) : motion.index(b.time_s) + 1]))
        for a, b in pairwise(contacts)
        if a.side != b.side and a.usable and b.usable
    ]
    return np.array(ranges, dtype=np.float64)


def _step_speeds_px(
    motion: SagittalMotion, rhythm: Rhythm, speeds: dict[Side, GroundSpeed], parameters: EventParameters
) -> Array:
    """Return the running speed read at each stance, brought from its leg's plane to the runner's middle [px/s]."""
    middle = float(np.mean([speed.running for speed in speeds.values()]))
    values: list[float] = []
    for side in SIDES:
        hip = float(np.mean(motion.velocity(side, "hip")[:, 0]))
        by_stance = ground_speed_by_stance(motion, side, rhythm, parameters)
        values += [(hip - ground) * middle / speeds[side].running for ground in by_stance]
    return np.array(values, dtype=np.float64)
