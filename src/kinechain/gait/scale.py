"""Metres for pixels: from the runner's height, or from a known running speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.skeleton import SIDES


@dataclass(frozen=True)
class ScaleParameters:
    """How the body's height in metres becomes a scale of the picture.

    Parameters
    ----------
    thigh_ratio, shank_ratio, trunk_ratio
        Segment length ÷ body height (hip joint to knee, knee to ankle, mid-hip to mid-shoulder). de Leva 1996,
        J Biomech 29:1223, doi 10.1016/0021-9290(95)00178-6, men (recall: from memory; the shank agrees with 12 legs
        of the reference laboratory data, 0.247 ± 0.006).
    height_relative_sd
        Spread of that scale between people and cameras, one SD (ours, provisional until the truth laboratory).
    speed_relative_sd
        Error of a stated speed, one SD (treadmill displays; ours, provisional).
    """

    thigh_ratio: float = 0.2425
    shank_ratio: float = 0.2493
    trunk_ratio: float = 0.2961
    height_relative_sd: float = 0.03
    speed_relative_sd: float = 0.02


@dataclass(frozen=True)
class Scale:
    """Metres a pixel in the runner's plane, its relative error (one SD) and where it comes from."""

    metres_per_px: float
    relative_sd: float
    source: Literal["athlete_height", "stated_speed", "points_file"]


def scale_from_height(motion: SagittalMotion, height_m: float, parameters: ScaleParameters) -> Scale | None:
    """Scale by body height ÷ the runner's segments in the picture; the middle of the near and far leg is the plane.

    Parameters
    ----------
    height_m : body height, shoes off [m]

    Returns
    -------
    Scale, or None where legs or trunk are never seen.
    """
    trunk = motion.trunk_length()
    legs = float(np.mean([motion.leg_length(side) for side in SIDES]))
    if not np.isfinite(legs + trunk):
        return None
    ratio = parameters.thigh_ratio + parameters.shank_ratio + parameters.trunk_ratio
    return Scale(height_m * ratio / (legs + trunk), parameters.height_relative_sd, "athlete_height")


def scale_from_speed(running_px: float, speed_mps: float, parameters: ScaleParameters) -> Scale:
    """Scale by a stated running speed [m/s] ÷ the running speed in the picture [px/s]."""
    return Scale(speed_mps / running_px, parameters.speed_relative_sd, "stated_speed")
