"""From a clip's specification to the moving body: measured running, ground contact, faults, size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms.faults import apply_faults, natural_eversion
from phantoms.ground import GroundParameters, bend_toes, push_out, rendered_contacts, stand_on_ground
from phantoms.lab import Contact, Trial, load_trial
from phantoms.shoe import make_shoe
from phantoms.spec import ClipSpec
from phantoms.state import BodyState, body_state
from phantoms.trunk import trunk_motion

Array = NDArray[np.float64]

#: Rate of the grid on which the body is computed, and what is computed before and after the clip.
GRID_HZ = 300.0
AROUND_S = 0.6
#: Share of the rib cage's lean in the lean of the line from hips to shoulders.
RIB_SHARE = 0.66


@dataclass(frozen=True)
class Running:
    """A moving body, ready to be drawn and measured.

    Parameters
    ----------
    trial : where it comes from
    body : on the grid; time 0 is the first frame of the clip
    contacts : of the drawn shoes
    plate_contacts : as measured, without faults
    speed_mps : of the belt, body size included
    height_m : of the drawn body
    """

    trial: Trial
    body: BodyState
    contacts: tuple[Contact, ...]
    plate_contacts: tuple[Contact, ...]
    speed_mps: float
    height_m: float


def make_running(spec: ClipSpec, rbds: Path, parameters: GroundParameters | None = None) -> Running:
    """Return the moving body of a clip.

    Raises
    ------
    ValueError
        Where the recording is shorter than the clip, or there is no such trial.
    """
    parameters = parameters or GroundParameters()
    trial = load_trial(rbds, spec.runner, spec.pace)
    first = trial.time_s[0] + spec.start_s
    if first + spec.picture.duration_s > trial.time_s[-1]:
        raise ValueError(f"{spec.name}: {spec.runner} {spec.pace} has only {np.ptp(trial.time_s):.2f} s")
    begin = max(trial.time_s[0], first - AROUND_S)
    end = min(trial.time_s[-1], first + spec.picture.duration_s + AROUND_S)
    time_s = np.arange(begin, end, 1 / GRID_HZ)
    upright = sum(fault.grade for fault in spec.faults if fault.name == "upright_trunk")
    lean = np.full(len(time_s), spec.body.trunk_lean_deg - upright / RIB_SHARE)
    body = body_state(trial, time_s, trunk_motion(trial, time_s, lean))
    body = natural_eversion(body, trial.contacts, spec.body.heel_eversion_deg)
    body = stand_on_ground(bend_toes(body, trial.contacts, parameters), trial.contacts, parameters)
    if spec.faults:
        body = apply_faults(body, trial.contacts, spec.faults)
        body = push_out(body, ("left", "right"), parameters)
    scale = (spec.body.height_m or trial.runner.height_m) / trial.runner.height_m
    body = resized(replace(body, time_s=time_s - first), scale)
    plate = tuple(replace(c, start_s=c.start_s - first, end_s=c.end_s - first) for c in trial.contacts)
    contacts = rendered_contacts(body, parameters)
    return Running(trial, body, contacts, plate, trial.speed_mps * scale, trial.runner.height_m * scale)


def resized(body: BodyState, scale: float) -> BodyState:
    """Return the same motion of a larger or smaller body, feet on the same ground."""
    if scale == 1.0:
        return body
    legs = {
        side: replace(
            leg,
            hip=scale * leg.hip,
            knee=scale * leg.knee,
            ankle=scale * leg.ankle,
            shoe=make_shoe(scale * leg.shoe.length_m, right=side == "right"),
            ankle_in_shoe=scale * leg.ankle_in_shoe,
        )
        for side, leg in body.legs.items()
    }
    return replace(body, origin=scale * body.origin, legs=legs)
