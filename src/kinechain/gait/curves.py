"""Angles over the gait cycle: mean and 95 % interval over strides at 101 points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain import glossary
from kinechain.gait.angles import BodyAngles
from kinechain.gait.motion import Array, Motion
from kinechain.gait.sagittal import SagittalMotion
from kinechain.gait.strides import StrideTable
from kinechain.model.assessment import CURVE_POINTS, Curve
from kinechain.model.skeleton import LEG, SIDES, Side
from kinechain.signal.cycles import normalise_cycle
from kinechain.signal.intervals import mean_band

#: Curve → points that must be seen over the whole stride.
_NEEDS: dict[str, tuple[str, ...]] = {
    "thigh_angle_deg": ("hip", "knee"),
    "shank_angle_deg": ("knee", "ankle"),
    "knee_flexion_deg": ("hip", "knee", "ankle"),
    "hip_flexion_deg": ("shoulder", "hip", "knee"),
    "ankle_dorsiflexion_deg": LEG[1:],
    "foot_inclination_deg": ("heel", "toe"),
}


@dataclass(frozen=True)
class CurveParameters:
    """When a curve is given: over at least `least_strides`, its points seen in the share `least_seen` of each."""

    least_strides: int
    least_seen: float


def angle_curves(
    motion: SagittalMotion, angles: BodyAngles, table: StrideTable, clip: str, parameters: CurveParameters
) -> tuple[Curve, ...]:
    """Return the curve of each angle of the side view and leg that was seen over enough whole strides."""
    found = (
        stride_curve(name, side, _series(angles, side, name), points, motion, table, clip, parameters)
        for name, points in _NEEDS.items()
        for side in SIDES
    )
    return tuple(curve for curve in found if curve is not None)


def stride_curve(
    name: str,
    side: Side,
    series: Array,
    points: tuple[str, ...],
    motion: Motion,
    table: StrideTable,
    clip: str,
    parameters: CurveParameters,
) -> Curve | None:
    """Return mean and interval of a quantity over the strides of one leg, None where too few were seen.

    Parameters
    ----------
    series : shape (m,), on the grid of `motion`
    points : that must be seen
    """
    cycles, toe_off = _cycles(motion, series, table, side, points, parameters.least_seen)
    if len(cycles) < max(2, parameters.least_strides):
        return None
    mean, low, high = mean_band(np.stack(cycles))
    return Curve(
        clip=clip,
        name=name,
        side=side,
        unit=glossary.quantity(name).unit,
        n_strides=len(cycles),
        toe_off_pct=float(np.mean(toe_off)),
        mean=tuple(mean.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
    )


def _series(angles: BodyAngles, side: Side, name: str) -> Array:
    leg = angles.legs[side]
    return {
        "thigh_angle_deg": leg.thigh,
        "shank_angle_deg": leg.shank,
        "knee_flexion_deg": leg.knee_flexion,
        "hip_flexion_deg": leg.hip_flexion,
        "ankle_dorsiflexion_deg": leg.ankle_dorsiflexion,
        "foot_inclination_deg": leg.foot_inclination,
    }[name]


def _cycles(
    motion: Motion,
    series: Array,
    table: StrideTable,
    side: Side,
    points: tuple[str, ...],
    least_seen: float,
) -> tuple[list[Array], list[float]]:
    seen = motion.observed(side, *points)
    cycles: list[Array] = []
    toe_off: list[float] = []
    for start, off, end in table.of(side)[["start_s", "toe_off_s", "end_s"]].to_numpy(dtype=np.float64):
        if seen[motion.index(start) : motion.index(end)].mean() >= least_seen and np.isfinite(series).all():
            cycles.append(normalise_cycle(motion.time_s, series, start, end, CURVE_POINTS))
            toe_off.append(100.0 * (off - start) / (end - start))
    return cycles, toe_off
