"""Mean stances of the treadmill data set of Fukuchi, Fukuchi & Duarte 2017: leg, force and centre of pressure.

Two readings. From the C3D files of six runners (three speeds, both legs): joint centres from markers, force and centre
of pressure of the plate. From the OpenSim results of thirteen runners (3.5 m/s, one right stance): joint centres of the
model, the force and the pressure that were applied to it, and the net torques and muscle forces that came out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

import check_reference_bands as markers
import reference_bands as bands
from kinechain.load.dynamics import LegMotion
from kinechain.load.estimate import LoadParameters
from kinechain.load.ground_force import GRAVITY, POINTS
from kinechain.model.skeleton import LEG, SIDES, Side, other
from kinechain.signal.smoothing import even_grid, smooth_track

Array = NDArray[np.float64]

#: Points before contact and after toe-off, so that derivatives at the ends are sound.
PAD = 20
#: Low-pass of the paths, as in the product, and of the plate's force [Hz].
PATHS_HZ = LoadParameters().paths_hz
FORCE_HZ = 50.0
#: A foot is on the ground above this [N].
LEAST_N = 50.0


@dataclass(frozen=True)
class Stance:
    """One leg's mean stance; curves of 101 points from contact to toe-off, paths with `PAD` more at both ends.

    Parameters
    ----------
    contact_s, flight_s : mean contact, mean of the flights before and after [s]
    force_bw : forwards and up ÷ the plate's own mean force, shape (101, 2)
    pressure_m : centre of pressure in the frame of `motion`, shape (101, 2) [m]
    motion, swing : the leg, and the other one over the same time, shape (101 + 2·PAD, …)
    weight_n : mean force of the plate over the trial, or mass × gravity
    mass_kg : as filed
    slow_force_bw : the force with the low-pass of the paths, shape (101 + 2·PAD, 2): for inverse dynamics, where unlike
        filters would make false moments at the landing
    """

    runner: str
    speed_mps: float
    side: Side
    strike: str
    contact_s: float
    flight_s: float
    force_bw: Array
    pressure_m: Array
    motion: LegMotion
    weight_n: float
    mass_kg: float
    height_m: float
    slow_force_bw: Array
    swing: LegMotion

    @property
    def inclination_deg(self) -> float:
        """Foot inclination at contact against the flat foot of 25–50 % of stance [deg]."""
        sole = (self.motion.toe - self.motion.heel)[PAD:-PAD]
        angle = np.degrees(np.arctan2(sole[:, 1], sole[:, 0]))
        return float(angle[2] - np.median(angle[25:51]))

    @property
    def foot_length_m(self) -> float:
        """Heel to toe while the foot is flat [m]."""
        sole = (self.motion.toe - self.motion.heel)[PAD:-PAD][25:51]
        return float(np.median(np.linalg.norm(sole, axis=1)))


def people(rbds: Path) -> pd.DataFrame:
    """Return `participants.csv` by folder name."""
    table = pd.read_csv(rbds / "participants.csv")
    return table.set_index(table["FileName"].str.removesuffix("static.txt"))


def _plate(path: Path) -> tuple[Array, Array, float]:
    """Return force [N] and centre of pressure [m] of the treadmill, each shape (n, 3), and the rate [Hz]."""
    file = ezc3d.c3d(str(path), extract_forceplat_data=True)
    plate = file["data"]["platform"][0]
    return plate["force"].T, plate["center_of_pressure"].T / 1000, float(file["header"]["analogs"]["frame_rate"])


def _zeroed(force: Array, contacts: Array, rate_hz: float) -> Array:
    """Take off what the plate shows in the air, and low-pass."""
    air = np.ones(len(force), dtype=bool)
    for start, end in contacts:
        air[int((start - 0.02) * rate_hz) : int((end + 0.02) * rate_hz)] = False
    force = force - np.median(force[air], axis=0)
    force[air] = 0.0
    return np.asarray(sosfiltfilt(butter(2, FORCE_HZ, fs=rate_hz, output="sos"), force, axis=0))


def _smooth(time_s: Array, path: Array, grid_s: Array) -> Array:
    track = smooth_track(time_s, path, grid_s, PATHS_HZ)
    if track is None:
        raise ValueError("a marker is hardly ever seen")
    return track.position


def _sampled(grid_s: Array, path: Array, times_s: Array) -> Array:
    return np.stack([np.interp(times_s, grid_s, path[:, axis]) for axis in range(path.shape[1])], axis=1)


def c3d_stances(
    rbds: Path, runners: tuple[str, ...] | None = None, trials: tuple[str, ...] = tuple(bands.SPEEDS_MPS)
) -> Iterator[Stance]:
    """Yield the mean stances of every runner with a C3D file, both legs; of some runners and trials where named."""
    about = people(rbds)
    for runner in bands.runners(rbds):
        static = rbds / runner.name / f"{runner.name}static.c3d"
        if not static.exists() or (runners is not None and runner.name not in runners):
            continue
        rest = markers.read_c3d(static)
        for trial in trials:
            speed = bands.SPEEDS_MPS[trial]
            path = rbds / runner.name / f"{runner.name}run{trial}.c3d"
            yield from _trial(path, rest, runner, trial, speed, about.loc[runner.name])


def _trial(
    path: Path, rest: markers.Recording, runner: bands.Runner, trial: str, speed: float, about: pd.Series
) -> Iterator[Stance]:
    recording = markers.read_c3d(path)
    contacts = markers.plate_contacts(recording, markers.PlateParameters())
    raw, pressure, rate = _plate(path)
    force = _zeroed(raw, contacts, rate)
    plate_s = np.arange(len(force)) / rate
    figure = markers.marker_figure(recording, rest)
    time_s = np.arange(len(figure["right_heel"])) / recording.rate_hz
    grid = even_grid(time_s, 300.0)
    paths = {name: _smooth(time_s, path[:, :2], grid) for name, path in figure.items()}
    weight = float(force[:, 1].mean())
    slow = np.asarray(sosfiltfilt(butter(2, PATHS_HZ, fs=rate, output="sos"), force, axis=0))
    tilt = _smooth(time_s, _pelvis_rad(recording.markers)[:, None], grid)
    stances: dict[Side, list[dict[str, Array]]] = {side: [] for side in SIDES}
    for before, (start, end), after in zip(contacts[:-2], contacts[1:-1], contacts[2:], strict=True):
        middle = int((start + end) / 2 * 300)
        side: Side = min(SIDES, key=lambda s: float(min(paths[f"{s}_{p}"][middle, 1] for p in ("heel", "toe"))))
        wide = start + (end - start) * np.linspace(-PAD / 100, 1 + PAD / 100, POINTS + 2 * PAD)
        inside = wide[PAD:-PAD]
        row = {point: _sampled(grid, paths[f"{side}_{point}"], wide) for point in LEG}
        row["toe"] = _toe(row["heel"], row["toe"])
        row |= {f"swing_{point}": _sampled(grid, paths[f"{other(side)}_{point}"], wide) for point in LEG}
        row["swing_toe"] = _toe(row["swing_heel"], row["swing_toe"])
        row["force"] = _sampled(plate_s, force[:, :2], inside) / weight
        row["slow"] = _sampled(plate_s, slow[:, :2], wide) / weight
        row["tilt"] = _sampled(grid, tilt, wide)
        row["ahead"] = np.interp(inside, plate_s, pressure[:, 0]) - row["ankle"][PAD:-PAD, 0]
        row["times"] = np.array([end - start, (start - before[1] + after[0] - end) / 2])
        stances[side].append(row)
    for side, rows in stances.items():
        mean = {name: np.nanmean([row[name] for row in rows], axis=0) for name in rows[0] if name != "ahead"}
        ahead = np.nanmedian([row["ahead"] for row in rows], axis=0)
        contact, flight = mean.pop("times")
        applied, slow_applied, pelvis = mean.pop("force"), mean.pop("slow"), mean.pop("tilt")[:, 0]
        swing = {point: mean.pop(f"swing_{point}") for point in LEG}
        x = mean["ankle"][PAD:-PAD, 0] + ahead
        yield Stance(
            runner.name,
            speed,
            side,
            str(about[f"{side[0].upper()}FSI{trial[1:]}"]),
            float(contact),
            float(flight),
            applied,
            np.stack([x, np.zeros_like(x)], axis=1),
            LegMotion(contact / 100, **mean, trunk_rad=pelvis),
            weight,
            float(about["Mass"]),
            runner.height_m,
            slow_applied,
            LegMotion(contact / 100, **swing, trunk_rad=pelvis),
        )


def _toe(heel: Array, ball: Array) -> Array:
    """Return the toe of the product's definition: beyond the ball of the foot."""
    return ball + bands.TOE_BEYOND_BALL * (ball - heel)


def _pelvis_rad(points: dict[str, Array]) -> Array:
    """Return the angle of the line PSIS–ASIS in the plane, counter-clockwise, shape (n,)."""
    line = (points["R.ASIS"] + points["L.ASIS"] - points["R.PSIS"] - points["L.PSIS"]) / 2
    return np.asarray(np.arctan2(line[:, 1], line[:, 0]))


def read_sto(path: Path) -> pd.DataFrame:
    """Read an OpenSim storage file."""
    return pd.read_csv(io.StringIO(path.read_text(encoding="utf-8").partition("endheader\n")[2]), sep="\t")


@dataclass(frozen=True)
class ModelStance:
    """A right stance of the OpenSim results, with net torques [N·m] and muscle forces [N] at its 101 points."""

    stance: Stance
    torques: pd.DataFrame
    forces: pd.DataFrame
    angles: pd.DataFrame


def model_stances(rbds: Path, runners: tuple[str, ...] | None = None) -> Iterator[ModelStance]:
    """Yield the right stance at 3.5 m/s of all runners, or of those named."""
    about, legs = people(rbds), bands.proportions(rbds)
    for runner in bands.runners(rbds):
        if runners is not None and runner.name not in runners:
            continue
        folder = rbds / runner.name
        time_s, points = bands.figure(rbds, runner, "T35", legs)
        motion = bands.read_motion(folder / f"{runner.name}_T35_ik.mot")
        results = read_sto(folder / f"{runner.name}_T35_static_optimisation_force.sto")
        torques = read_sto(folder / f"{runner.name}_T35_joint_torques.sto")
        times = results["time"].to_numpy()
        right, left = (results[f"calcn_{s}_{name}GRF_Fy"].to_numpy() for s, name in (("r", "Right"), ("l", "Left")))
        late = len(right) // 2  # the stride runs from toe-off to toe-off
        on = late + np.flatnonzero(right[late:] > LEAST_N)
        start, end = _crossing(times, right, on[0] - 1), _crossing(times, right, on[-1])
        flight = start - _crossing(times, left, int(np.flatnonzero(left > LEAST_N)[-1]))
        wide = start + (end - start) * np.linspace(-PAD / 100, 1 + PAD / 100, POINTS + 2 * PAD)
        inside = wide[PAD:-PAD]
        grid = even_grid(time_s, 300.0)
        paths, swing = (
            {p: _sampled(grid, _smooth(time_s, points[f"{side}_{p}"][:, :2], grid), wide) for p in LEG}
            for side in ("right", "left")
        )
        weight = float(about.loc[runner.name, "Mass"]) * GRAVITY
        names = [f"calcn_r_RightGRF_{name}" for name in ("Fx", "Fy", "px", "py")]
        fx, fy, px, py = (np.interp(inside, times, results[name].to_numpy()) for name in names)
        local = np.stack([px, py], axis=1)
        pressure = _in_figure(local, legs, runner.height_m, paths["heel"][PAD:-PAD], paths["toe"][PAD:-PAD])
        for leg in (paths, swing):
            leg["toe"] = _toe(leg["heel"], leg["toe"])
        tilt = np.radians(np.interp(wide, time_s, motion["pelvis_tilt"].to_numpy()))
        stance = Stance(
            runner.name,
            3.5,
            "right",
            str(about.loc[runner.name, "RFSI35"]),
            end - start,
            flight,
            np.stack([fx, fy], axis=1) / weight,
            pressure,
            LegMotion((end - start) / 100, **paths, trunk_rad=tilt),
            weight,
            float(about.loc[runner.name, "Mass"]),
            runner.height_m,
            np.pad(np.stack([fx, fy], axis=1) / weight, ((PAD, PAD), (0, 0))),  # filtered alike by its makers
            LegMotion((end - start) / 100, **swing, trunk_rad=tilt),
        )
        yield ModelStance(stance, *(_at(table, inside) for table in (torques, results, motion)))


def _crossing(times_s: Array, force: Array, before: int) -> float:
    """Return when the force crosses the least one between two samples; the end of the record where it does not."""
    if before + 1 >= len(force):
        return float(times_s[-1])
    a, b = force[before] - LEAST_N, force[before + 1] - LEAST_N
    return float(times_s[before] + a / (a - b) * (times_s[before + 1] - times_s[before]))


def _in_figure(
    local: Array, legs: tuple[dict[Side, bands.Leg], ...], height_m: float, heel: Array, ball: Array
) -> Array:
    """Bring a point of the model's foot into the plane of the figure, whose heel and ball are known in both."""
    own = [leg["right"] for leg in legs]
    start = height_m * np.mean([leg.heel[:2] for leg in own], axis=0)
    end = height_m * np.mean([(leg.calcaneus_toes + leg.ball)[:2] for leg in own], axis=0)
    along = (end - start) / np.linalg.norm(end - start)
    offset = local - start
    x, y = offset @ along, offset @ np.array([-along[1], along[0]])
    sole = (ball - heel) / np.linalg.norm(ball - heel, axis=1, keepdims=True)
    return heel + x[:, None] * sole + y[:, None] * np.stack([-sole[:, 1], sole[:, 0]], axis=1)


def _at(table: pd.DataFrame, times_s: Array) -> pd.DataFrame:
    return pd.DataFrame({name: np.interp(times_s, table["time"], table[name]) for name in table.columns})
