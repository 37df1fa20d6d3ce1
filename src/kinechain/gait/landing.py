"""Initial contact from two witnesses: the foot's speed over the ground, and how far the thigh has yielded by then.

The rule of `gait.events` is early on runners whose foot is slow before it lands and late on those who land it fast, by
up to 25 ms. The thigh swings back until the foot lands; then the knee bends and carries it forwards. So its angular
velocity at the instant of the rule tells how long ago landing was. Two numbers do the correction; they come from the
six runners with a force plate (decision record 0041), and are used where the points were taken to the joint centres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.sagittal import SagittalMotion
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LandingParameters:
    """How the thigh corrects the rule.

    Parameters
    ----------
    late_s_per_dps : the rule is later by this for each °/s that the thigh turns forwards [s per °/s]
    usual_dps : angular velocity of the thigh at which the rule is right [°/s]
    seen_dps : a thigh that turns more slowly or faster counts as one of these, the extremes of the rendered runners
        at 2.5–4.5 m/s: what holds beyond is not known [°/s]
    """

    late_s_per_dps: float = 1.0e-4
    usual_dps: float = 20.0
    seen_dps: tuple[float, float] = (-45.0, 170.0)


def thigh_speed_dps(motion: SagittalMotion, side: Side) -> Array:
    """Return the thigh's angular velocity, + the knee turns forwards about the hip, shape (m,) [°/s]."""
    away = motion.position(side, "knee") - motion.position(side, "hip")
    change = motion.velocity(side, "knee") - motion.velocity(side, "hip")
    turning = away[:, 0] * change[:, 1] - away[:, 1] * change[:, 0]
    return np.asarray(np.degrees(turning / np.sum(away**2, axis=1)))


def refine_contacts(motion: SagittalMotion, events: GaitEvents, parameters: LandingParameters) -> GaitEvents:
    """Return the events with every initial contact shifted to where the thigh puts it.

    A contact at which hip or knee was not seen stays where it is.

    Parameters
    ----------
    motion : smoothed with `SmoothingParameters.events_hz`, of points at the joint centres
    """
    turning = {side: thigh_speed_dps(motion, side) for side in SIDES}

    def refined(event: GaitEvent) -> GaitEvent:
        at = motion.index(event.time_s)
        if event.kind != "initial_contact" or not motion.observed(event.side, "hip", "knee")[at]:
            return event
        turning_dps = np.interp(event.time_s, motion.time_s, turning[event.side])
        late_s = parameters.late_s_per_dps * (np.clip(turning_dps, *parameters.seen_dps) - parameters.usual_dps)
        return replace(event, time_s=float(np.clip(event.time_s - late_s, motion.time_s[0], motion.time_s[-1])))

    return GaitEvents(tuple(refined(event) for event in events))
