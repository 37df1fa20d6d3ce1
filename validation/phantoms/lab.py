"""The measured running behind a phantom: motion, proportions, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from check_reference_bands import PlateParameters, plate_contacts, read_c3d
from kinechain.model.skeleton import SIDES, Side
from opensim_figure import Leg, Segments, read_motion, segments
from reference_bands import MODELS, SPEEDS_MPS, Runner, analyse_figure, figure, proportions, runners

Array = NDArray[np.float64]

#: Height of the model's ankle joint over the ground in the flat phase of stance ÷ body height, of the two runners with
#: a scaled model of their own (0.0366 and 0.0367); the legs of all others are scaled until theirs agrees.
ANKLE_HEIGHT_RATIO = 0.0367
#: Part of stance in which the foot lies flat.
FLAT = (0.25, 0.5)


@dataclass(frozen=True)
class Contact:
    """One stance of one foot [s]."""

    side: Side
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Trial:
    """One runner at one speed.

    Parameters
    ----------
    runner, pace : folder and trial, such as RBDS012 and T35
    speed_mps : of the belt
    motion : coordinates of the model [deg, m], with `time` [s]
    legs : proportions ÷ body height, legs already fitted to the runner
    leg_factor : what the legs were scaled with
    contacts : every stance, in order of time
    contacts_from : "plate" or "motion"
    """

    runner: Runner
    pace: str
    speed_mps: float
    motion: pd.DataFrame
    legs: dict[Side, Leg]
    leg_factor: float
    contacts: tuple[Contact, ...]
    contacts_from: str

    @property
    def time_s(self) -> Array:
        """Times of the motion file."""
        return self.motion["time"].to_numpy(dtype=np.float64)

    def segments(self, time_s: Array) -> Segments:
        """Return the body's segments at any times within the trial."""
        coordinates = self.motion.columns.drop("time")
        spline = CubicSpline(self.time_s, self.motion[coordinates].to_numpy(dtype=np.float64))
        return segments(pd.DataFrame(spline(time_s), columns=coordinates), self.legs, self.runner.height_m)


def scaled_leg(leg: Leg, factor: float) -> Leg:
    """Return a leg with thigh and shank (not hip and foot) scaled."""
    fields = {name: getattr(leg, name) * factor for name in ("femur_knee", "tibia_knee", "ankle")}
    return Leg(**{name: fields.get(name, getattr(leg, name)) for name in Leg.__dataclass_fields__})


def mean_leg(legs: list[Leg]) -> Leg:
    """Return a leg of mean offsets; the curves of its joints are the first one's."""
    offsets = ("hip", "femur_knee", "tibia_knee", "ankle", "talus_calcaneus", "calcaneus_toes", "heel", "ball")
    means = {name: np.mean([getattr(leg, name) for leg in legs], axis=0) for name in offsets}
    return Leg(**{name: means.get(name, getattr(legs[0], name)) for name in Leg.__dataclass_fields__})


def flat_phase(time_s: Array, contacts: tuple[Contact, ...], side: Side) -> NDArray[np.bool_]:
    """Return where the foot of one side lies flat."""
    flat = np.zeros(len(time_s), dtype=bool)
    for contact in contacts:
        if contact.side == side:
            span = contact.end_s - contact.start_s
            flat |= (time_s >= contact.start_s + FLAT[0] * span) & (time_s <= contact.start_s + FLAT[1] * span)
    return flat


def load_trial(rbds: Path, name: str, pace: str) -> Trial:
    """Read one runner at one speed.

    Parameters
    ----------
    rbds : the folder `lab/rbds` of the reference data
    name, pace : such as "RBDS012", "T35"

    Raises
    ------
    ValueError
        Where the data has no such runner or pace.
    """
    found = {runner.name: runner for runner in runners(rbds)}
    if name not in found or pace not in SPEEDS_MPS:
        raise ValueError(f"no trial {name} {pace}; runners: {', '.join(found)}; paces: {', '.join(SPEEDS_MPS)}")
    runner, models = found[name], proportions(rbds)
    motion = read_motion(rbds / name / f"{name}_{pace}_ik.mot")
    contacts, source = _contacts(rbds, runner, pace, motion["time"].to_numpy(), models)
    if name in MODELS:
        legs, factor = models[MODELS.index(name)], 1.0
    else:
        legs = {side: mean_leg([model[side] for model in models]) for side in SIDES}
        factor = _leg_factor(rbds, runner, legs, models)
        legs = {side: scaled_leg(leg, factor) for side, leg in legs.items()}
    return Trial(runner, pace, SPEEDS_MPS[pace], motion, legs, factor, contacts, source)


def _leg_factor(rbds: Path, runner: Runner, legs: dict[Side, Leg], models: tuple[dict[Side, Leg], ...]) -> float:
    """Return the scale of thigh and shank that puts the ankles of all paces at their height over the ground."""
    errors = []
    for pace in SPEEDS_MPS:
        motion = read_motion(rbds / runner.name / f"{runner.name}_{pace}_ik.mot")
        time_s = motion["time"].to_numpy()
        contacts, _ = _contacts(rbds, runner, pace, time_s, models)
        body = segments(motion, legs, runner.height_m)
        for side in SIDES:
            flat = flat_phase(time_s, contacts, side)
            leg = body.legs[side]
            too_high = np.median(leg.ankle[flat, 1]) - ANKLE_HEIGHT_RATIO * runner.height_m
            errors.append(too_high / np.median(leg.hip[flat, 1] - leg.ankle[flat, 1]))
    return 1.0 + float(np.mean(errors))


def _contacts(
    rbds: Path, runner: Runner, pace: str, time_s: Array, models: tuple[dict[Side, Leg], ...]
) -> tuple[tuple[Contact, ...], str]:
    """Return the stances by the force plate where it was recorded, else by the product's rule on the motion."""
    times, points = figure(rbds, runner, pace, models)
    path = rbds / runner.name / f"{runner.name}run{pace}.c3d"
    if not path.is_file():
        events = analyse_figure(times, points, runner, SPEEDS_MPS[pace]).events
        both = [Contact(side, on.time_s, off.time_s) for side in SIDES for on, off in events.stance(side)]
        return tuple(sorted(both, key=lambda contact: contact.start_s)), "motion"
    found = []
    for start, end in plate_contacts(read_c3d(path), PlateParameters()):
        if start < time_s[0] or end > time_s[-1]:
            continue
        middle = int(np.searchsorted(times, (start + end) / 2))
        side = min(SIDES, key=lambda s: points[f"{s}_ankle"][middle, 1])
        found.append(Contact(side, float(start), float(end)))
    return tuple(found), "plate"
