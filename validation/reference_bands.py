"""Make the reference bands and curves of the product from the treadmill data of Fukuchi, Fukuchi & Duarte 2017.

    python validation/reference_bands.py DATA [--out FOLDER]

DATA is the folder that holds `lab/rbds`. Every runner and speed becomes a stick figure, seen as if by a camera from the
right, and goes through the product's own gait code: the bands are in its definitions. What is seen from behind is read
off the same figure in the frontal plane, at the mid stance of the side view: the known error that the product takes off
a value counts from there. Loads go through the product's load models; the data has no trunk, so what needs one (the
hip's share of landing) has no band.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kinechain.gait.analysis import GaitAnalysis, GaitParameters, Known, analyse
from kinechain.gait.frontal import FrontalMotion, to_frontal
from kinechain.gait.frontal_strides import femoral_adduction_deg, knee_medial_shift
from kinechain.gait.sagittal import to_sagittal
from kinechain.gait.view import ViewDecision
from kinechain.knowledge.load_tables import force_template
from kinechain.load.estimate import About, LoadParameters, estimate
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import LEG, SIDES, Side
from kinechain.pipeline.loads import leg_stances
from kinechain.pose.importers.markers import toe_beyond_ball
from kinechain.settings import Protocol
from opensim_figure import Leg, read_legs, read_motion, stick_figure

Array = NDArray[np.float64]

SOURCE = "Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi 10.7717/peerj.3298, CC BY 4.0; computed here"
SPEEDS_MPS = {"T25": 2.5, "T35": 3.5, "T45": 4.5}
#: Runners with a scaled model of their own; all others get the mean of their proportions.
MODELS = ("RBDS002", "RBDS012")
#: Scale of the pretended picture [px/m]; height of the pretended shoulders over the hips and half their breadth [m]:
#: none is used by a quantity that is kept.
PX_PER_M = 500.0
TRUNK_M = 0.5
SHOULDER_M = 0.18
#: How far the toe point lies beyond the ball of the foot ÷ the distance heel–ball (about 4 cm). The model's foot does
#: not bend; with this toe its toe-off agrees with the force plate at all speeds, with the ball it is 10–27 ms early
#: (README.md of this folder).
TOE_BEYOND_BALL = toe_beyond_ball()

#: Quantities that the data supports; README.md of this folder says why the others are left out.
BANDS = (
    "cadence_spm",
    "contact_time_s",
    "flight_time_s",
    "duty_factor_ratio",
    "stride_length_m",
    "foot_inclination_ic_deg",
    "overstride_ic_ratio",
    "shank_angle_ic_deg",
    "shank_angle_ms_deg",
    "knee_flexion_ic_deg",
    "knee_flexion_peak_deg",
    "ankle_dorsiflexion_peak_deg",
    "thigh_angle_to_deg",
    "rearward_drift_ratio",
    "recovery_lag_ratio",
    "recovery_time_s",
)
#: The same of the view from behind, and the product's curve of each.
REAR_BANDS: dict[str, Callable[[FrontalMotion, Side], Array]] = {
    "femoral_adduction_ms_deg": femoral_adduction_deg,
    "knee_medial_shift_ms_ratio": knee_medial_shift,
}
#: Loads that the chain weighs and the data supports.
LOAD_BANDS = ("achilles_force_peak_bw", "soleus_length_change_ratio", "ankle_push_off_share")
CURVES = (
    "thigh_angle_deg",
    "shank_angle_deg",
    "knee_flexion_deg",
    "ankle_dorsiflexion_deg",
    "foot_inclination_deg",
)


@dataclass(frozen=True)
class Runner:
    """One runner of the data set: name of the folder and body height [m]."""

    name: str
    height_m: float


def runners(rbds: Path) -> tuple[Runner, ...]:
    """Return the runners whose motion files are there, from `participants.csv`."""
    table = pd.read_csv(rbds / "participants.csv")
    names = table["FileName"].str.removesuffix("static.txt")
    found = [Runner(str(name), float(height) / 100) for name, height in zip(names, table["Height"], strict=True)]
    return tuple(runner for runner in found if (rbds / runner.name).is_dir())


def proportions(rbds: Path) -> tuple[dict[Side, Leg], ...]:
    """Return the legs of the scaled models, lengths ÷ body height."""
    heights = {runner.name: runner.height_m for runner in runners(rbds)}
    return tuple(read_legs(rbds / name / f"{name}_scaled.osim", heights[name]) for name in MODELS)


def figure(rbds: Path, runner: Runner, trial: str, legs: tuple[dict[Side, Leg], ...]) -> tuple[Array, dict[str, Array]]:
    """Return times [s] and the points of a trial [m]; the mean over the models is a figure of their mean lengths."""
    motion = read_motion(rbds / runner.name / f"{runner.name}_{trial}_ik.mot")
    figures = [stick_figure(motion, model, runner.height_m) for model in legs]
    points = {name: np.mean([one[name] for one in figures], axis=0) for name in figures[0]}
    return motion["time"].to_numpy(dtype=np.float64), points


def side_view(time_s: Array, points: dict[str, Array]) -> xr.Dataset:
    """Return the figure as a camera from the right would see it: x forwards, y down [px]; no perspective."""
    return _seen(time_s, points, (0, 1))


def rear_view(time_s: Array, points: dict[str, Array]) -> xr.Dataset:
    """Return the figure as a camera from behind would see it: x to the runner's right, y down [px]."""
    return _seen(time_s, points, (2, 1))


def _seen(time_s: Array, points: dict[str, Array], axes: tuple[int, int]) -> xr.Dataset:
    beyond = {
        f"{side}_toe": points[f"{side}_toe"] + TOE_BEYOND_BALL * (points[f"{side}_toe"] - points[f"{side}_heel"])
        for side in SIDES
    }
    middle = (points["left_hip"] + points["right_hip"]) / 2
    shoulders = {
        f"{side}_shoulder": middle + np.array([0.0, TRUNK_M, SHOULDER_M * (1 if side == "right" else -1)])
        for side in SIDES
    }
    points = points | beyond | shoulders
    names = tuple(f"{side}_{point}" for side in SIDES for point in (*LEG, "shoulder"))
    stacked = np.stack([points[name][:, axes] for name in names], axis=1)
    position = PX_PER_M * (stacked * np.array([1.0, -1.0]) + np.array([0.0, 2.0]))
    return make_pose(
        time_s,
        names,
        position,
        np.ones(position.shape[:2]),
        image_size=(int(4 * PX_PER_M), int(2 * PX_PER_M)),
        source="opensim",
    )


def analyse_figure(time_s: Array, points: dict[str, Array], runner: Runner, speed_mps: float) -> GaitAnalysis:
    """Run the product's gait analysis on a figure that runs towards +x."""
    view = ViewDecision("side_right", 1.0, 1)
    known = Known(runner.height_m, speed_mps)
    return analyse(side_view(time_s, points), view, known, {}, GaitParameters(), clip=runner.name)


def trial_values(analysis: GaitAnalysis) -> dict[str, float]:
    """Return each band's quantity for one runner and speed: mean of both legs; NaN where it was not measured."""
    values: dict[str, list[float]] = {name: [] for name in BANDS}
    for row in analysis.measurements:
        if row.name in values:
            values[row.name].append(float("nan") if row.value is None else float(row.value))
    return {name: float(np.mean(both)) for name, both in values.items()}


def frontal_values(analysis: GaitAnalysis, time_s: Array, points: dict[str, Array]) -> dict[str, float]:
    """Return the quantities of the view from behind at the mid stances of an analysis: mean of both legs.

    Raises
    ------
    ValueError
        Where the figure cannot be turned into the frontal frame.
    """
    smoothing = GaitParameters().smoothing
    motion = to_frontal(rear_view(time_s, points), 1, smoothing.angles_hz, smoothing)
    if motion is None:
        raise ValueError("the figure has no frontal motion")
    values: dict[str, list[float]] = {name: [] for name in REAR_BANDS}
    for side, (name, curve) in product(SIDES, REAR_BANDS.items()):
        ms_s = analysis.table.of(side)["ms_s"].to_numpy(dtype=np.float64)
        values[name].append(float(np.nanmean(np.interp(ms_s, motion.time_s, curve(motion, side)))))
    return {name: float(np.mean(both)) for name, both in values.items()}


def load_values(analysis: GaitAnalysis, time_s: Array, points: dict[str, Array], about: About) -> dict[str, float]:
    """Return the loads of a trial from the product's load models: mean of both legs.

    Raises
    ------
    ValueError
        Where the figure has no stances that loads can be told from.
    """
    protocol = Protocol()
    motion = to_sagittal(side_view(time_s, points), 1, protocol.load.paths_hz, protocol.gait.smoothing)
    values: dict[str, list[float]] = {name: [] for name in LOAD_BANDS}
    for side in SIDES:
        stances = None if motion is None else leg_stances(analysis.table, 1 / PX_PER_M, motion, side)
        if stances is None:
            raise ValueError(f"{side}: no stances")
        told = {row.name: row.value for row in estimate(stances, about, force_template(), LoadParameters(draws=2))}
        for name, of in values.items():
            of.append(told[name])
    return {name: float(np.mean(both)) for name, both in values.items()}


def trial_curves(analysis: GaitAnalysis) -> dict[str, Array]:
    """Return each curve for one runner and speed: mean of both legs, shape (101,) [deg]."""
    both = {name: [c.mean for c in analysis.curves if c.name == name] for name in CURVES}
    return {name: np.array(means, dtype=np.float64).mean(axis=0) for name, means in both.items()}


def trials(rbds: Path) -> Iterator[tuple[Runner, float, GaitAnalysis, dict[str, float]]]:
    """Analyse every runner at every speed; with the quantities of the view from behind and the loads."""
    legs = proportions(rbds)
    for runner in runners(rbds):
        for trial, speed in SPEEDS_MPS.items():
            time_s, points = figure(rbds, runner, trial, legs)
            analysis = analyse_figure(time_s, points, runner, speed)
            about = About(None, runner.height_m, "male", speed)
            more = frontal_values(analysis, time_s, points) | load_values(analysis, time_s, points, about)
            yield runner, speed, analysis, more


def rounded(value: float, sd: float) -> str:
    """Return a value with a hundredth of its SD resolved."""
    return f"{value:.{max(0, 2 - int(np.floor(np.log10(sd))))}f}"


def band_rows(values: pd.DataFrame) -> list[list[str]]:
    """Return the rows of `reference_bands.csv`; `values` has runner, speed_mps and one column a quantity."""
    rows = []
    for name in (*BANDS, *REAR_BANDS, *LOAD_BANDS):
        for speed, group in values.groupby("speed_mps"):
            known = group[name].dropna()
            mean, sd = float(known.mean()), float(known.std(ddof=1))
            rows.append([name, f"{speed}", rounded(mean, sd), rounded(sd, sd), str(len(known)), "male", SOURCE])
    return rows


def curve_rows(curves: dict[tuple[str, float], list[Array]]) -> list[list[str]]:
    """Return the rows of `reference_curves.csv`; SD over runners at each point of the stride."""
    rows = []
    for (name, speed), cycles in sorted(curves.items()):
        stacked = np.stack(cycles)
        for point, (mean, sd) in enumerate(zip(stacked.mean(axis=0), stacked.std(axis=0, ddof=1), strict=True)):
            rows.append([name, f"{speed}", str(point), f"{mean:.2f}", f"{sd:.2f}", str(len(cycles))])
    return rows


def _write(path: Path, header: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_tables(rbds: Path, out: Path) -> None:
    """Compute all trials and write both tables into `out`."""
    values: list[dict[str, object]] = []
    curves: dict[tuple[str, float], list[Array]] = {}
    for runner, speed, analysis, more in trials(rbds):
        values.append({"runner": runner.name, "speed_mps": speed} | trial_values(analysis) | more)
        for name, cycle in trial_curves(analysis).items():
            curves.setdefault((name, speed), []).append(cycle)
    _write(out / "reference_bands.csv", "name,speed_mps,mean,sd,n_runners,sex,source", band_rows(pd.DataFrame(values)))
    _write(out / "reference_curves.csv", "name,speed_mps,point,mean,sd,n_runners", curve_rows(curves))


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = os.environ.get("KINECHAIN_DATA")
    parser.add_argument("data", type=Path, nargs="?", default=named, help="reference data folder (or KINECHAIN_DATA)")
    knowledge = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "knowledge"
    parser.add_argument("--out", type=Path, default=knowledge, help="folder of the tables")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("name the reference data folder, or set KINECHAIN_DATA")
    write_tables(Path(arguments.data) / "lab" / "rbds", arguments.out)


if __name__ == "__main__":
    main()
