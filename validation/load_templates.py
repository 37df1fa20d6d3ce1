"""Fit the force under the foot on the plates of the treadmill data and measure its error, leaving one runner out.

    python validation/load_templates.py DATA [--out FOLDER]

DATA is the folder that holds `lab/rbds`. Writes `ground_force.csv`, `force_shape.csv`,
`force_shape_features.csv`, `load_errors.csv`, `load_contrasts_plates.csv` and `load_by_speed.csv`.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kinechain.knowledge.load_tables import ForceShape, ForceTemplate
from kinechain.load.dynamics import JointLoads, body_force_npkg, inverse_dynamics, work_shares
from kinechain.load.ground_force import (
    fitted_curve_bw,
    force_features,
    fore_aft_curve_bw,
    low_passed,
    morin_peak_bw,
    pressure_ahead_m,
    seen_curve_bw,
    spring,
)
from kinechain.load.segments import leg_segments
from load_data import PAD, PATHS_HZ, Stance, c3d_stances

Array = NDArray[np.float64]

SOURCE = "Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi 10.7717/peerj.3298, CC BY 4.0; computed here"
NAMES = (
    "vertical",
    "vertical_per_mps",
    "fore_aft",
    "fore_aft_per_mps",
    "fore_aft_per_deg",
    "cop",
    "cop_per_mps",
    "cop_per_deg",
)
#: Where the templates stand without correction.
SPEED_MPS, INCLINATION_DEG = 3.5, 10.0
#: The pressure counts only while the plate carries this [BW].
LEAST_BW = 0.2
#: Loads whose differences are told, as ratios (ln) or absolute: those that the chain weighs, and the vasti.
CONTRAST_SCALES = {
    "achilles_force_peak_bw": "relative",
    "hip_absorption_share": "absolute",
    "ankle_push_off_share": "absolute",
    "soleus_length_change_ratio": "relative",
    "vasti_force_peak_bw": "relative",
}
#: Those of them that rest on force; with the same moment arms in both, forces of muscles differ as moments do.
PLATE_CONTRASTS = ("achilles_force_peak_bw", "vasti_force_peak_bw", "hip_absorption_share", "ankle_push_off_share")
CONTRAST_HEADER = ("name", "kind", "scale", "bias", "sd", "n", "source")
#: Components of the shape of the vertical force, and how strongly the ridge holds their scores back.
COMPONENTS, RIDGE = 4, 10.0


def fit(stances: Sequence[Stance]) -> ForceTemplate:
    """Fit all curves by least squares over stances, point by point."""
    faster = np.array([s.speed_mps - SPEED_MPS for s in stances])
    steeper = np.array([s.inclination_deg - INCLINATION_DEG for s in stances])
    one = np.ones_like(faster)
    force = np.stack([s.force_bw for s in stances])
    vertical = force[:, :, 1]
    means = np.trapezoid(vertical, dx=0.01, axis=1)
    net = np.trapezoid(force[:, :, 0], dx=0.01, axis=1) / means
    ahead = np.stack([(s.pressure_m - s.motion.ankle[PAD:-PAD])[:, 0] / s.foot_length_m for s in stances])
    shape = _least_squares((one, faster), vertical / means[:, None])
    level = _least_squares((one, faster, steeper), force[:, :, 0] - net[:, None] * vertical)
    pressure = _held(_least_squares((one, faster, steeper), ahead), vertical.mean(axis=0))
    return ForceTemplate(*shape, *level, *pressure, shape=fit_shape(stances, vertical / means[:, None]))


def fit_shape(stances: Sequence[Stance], curves: Array) -> ForceShape:
    """Fit components to the curves (force ÷ mean, shape (k, 101)), and their scores to what is seen of a stance."""
    known = [features(s) for s in stances]
    table = np.array([list(row.values()) for row in known])
    middle, spread = table.mean(axis=0), table.std(axis=0)
    away = (table - middle) / spread
    mean = curves.mean(axis=0)
    components = np.linalg.svd(curves - mean, full_matrices=False)[2][:COMPONENTS]
    scores = (curves - mean) @ components.T
    weights = np.linalg.solve(away.T @ away + RIDGE * np.eye(len(middle)), away.T @ scores)
    return ForceShape(mean, components, tuple(known[0]), middle, spread, weights)


def features(stance: Stance) -> dict[str, float]:
    """Return what the shape of a stance's vertical force is told from."""
    return force_features(stance.contact_s, stance.flight_s, stance.speed_mps, body_curve(stance))


def body_curve(stance: Stance) -> Array:
    """Return the vertical force that the motion of the body asks for, shape (101,) [N/kg]."""
    return body_force_npkg((stance.motion, stance.swing), leg_segments(1.0, "male"))[PAD:-PAD]


def _least_squares(columns: tuple[Array, ...], values: Array) -> Array:
    return np.asarray(np.linalg.lstsq(np.stack(columns, axis=1), values, rcond=None)[0])


def _held(curves: Array, vertical: Array) -> Array:
    """Hold a pressure curve constant where the plate hardly carries anything."""
    on = np.flatnonzero(vertical > LEAST_BW)
    index = np.clip(np.arange(len(vertical)), on[0], on[-1])
    return np.asarray(curves[:, index])


@dataclass(frozen=True)
class Modelled:
    """What the chain of models says about a stance, beside what the plate gives with the same leg."""

    stance: Stance
    vertical_bw: Array
    from_motion_bw: Array
    fore_aft_bw: Array
    ahead_m: Array
    plate: JointLoads
    model: JointLoads


def joint_loads(stance: Stance, force_bw: Array, ahead_m: Array) -> JointLoads:
    """Return moments and powers of a stance under a force, per kilogram of the plate's weight."""
    motion = stance.motion
    mass = stance.weight_n / 9.81
    wide = np.clip(np.arange(len(motion.ankle)) - PAD, 0, 100)
    x = motion.ankle[:, 0] + ahead_m[wide]
    loads = inverse_dynamics(
        motion, force_bw * stance.weight_n, np.stack([x, np.zeros_like(x)], axis=1), leg_segments(mass, "male")
    )
    return JointLoads(**{name: values[PAD:-PAD] / mass for name, values in vars(loads).items()})


def modelled(stance: Stance, template: ForceTemplate) -> Modelled:
    """Run the chain of models on a stance: only times, speed and the leg's path are used."""
    times = stance.contact_s, stance.flight_s, stance.speed_mps
    vertical = fitted_curve_bw(*times, template)
    level = fore_aft_curve_bw(vertical, stance.speed_mps, stance.inclination_deg, template)
    ahead = pressure_ahead_m(stance.foot_length_m, stance.speed_mps, stance.inclination_deg, template)
    force = low_passed(np.stack([level, vertical], axis=1), stance.contact_s, PATHS_HZ, PAD)
    true_ahead = (stance.pressure_m - stance.motion.ankle[PAD:-PAD])[:, 0]
    true_ahead = _held(true_ahead[None], stance.force_bw[:, 1])[0]
    plate = joint_loads(stance, stance.slow_force_bw, true_ahead)
    from_motion = seen_curve_bw(*times, body_curve(stance), template.shape)
    return Modelled(stance, vertical, from_motion, level, ahead, plate, joint_loads(stance, force, ahead))


def left_out(stances: Sequence[Stance]) -> list[Modelled]:
    """Model every stance with templates fitted on the other runners."""
    runners = sorted({s.runner for s in stances})
    templates = {r: fit([s for s in stances if s.runner != r]) for r in runners}
    return [modelled(s, templates[s.runner]) for s in stances]


def mid_stance(stance: Stance) -> int:
    """Return the index of maximum knee flexion in the first 70 % of stance."""
    hip, knee, ankle = (p[PAD:-PAD] for p in (stance.motion.hip, stance.motion.knee, stance.motion.ankle))
    a, b = hip - knee, ankle - knee
    cosine = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return int(np.argmax(cosine[:71]))


def errors(rows: Sequence[Modelled]) -> dict[str, tuple[Array, str]]:
    """Return the error of each load of every stance, relative to the plate's or absolute."""
    out: dict[str, tuple[Array, str]] = {}

    def add(name: str, got: list[float], true: list[float], kind: str = "relative") -> None:
        g, t = np.array(got), np.array(true)
        out[name] = (g / t - 1 if kind == "relative" else g - t, kind)

    peaks = [r.stance.force_bw[:, 1].max() for r in rows]
    add("morin_peak_bw", [morin_peak_bw(r.stance.contact_s, r.stance.flight_s) for r in rows], peaks)
    add("peak_vgrf_bw", [r.vertical_bw.max() for r in rows], peaks)
    add(
        "leg_stiffness_knpm",
        [_stiffness(r, r.vertical_bw.max()) for r in rows],
        [_stiffness(r, p) for r, p in zip(rows, peaks, strict=True)],
    )
    for joint in ("ankle", "knee"):
        curves = [(getattr(r.model, f"{joint}_moment"), getattr(r.plate, f"{joint}_moment")) for r in rows]
        add(f"{joint}_moment_peak_nmpkg", [m.max() for m, _ in curves], [p.max() for _, p in curves])
    add(
        "ankle_impulse",
        [np.maximum(r.model.ankle_moment, 0).sum() for r in rows],
        [np.maximum(r.plate.ankle_moment, 0).sum() for r in rows],
    )
    shares = [
        tuple(work_shares(loads, r.stance.contact_s / 100, mid_stance(r.stance)) for loads in (r.model, r.plate))
        for r in rows
    ]
    for name, field in (
        ("hip_absorption_share", "hip"),
        ("knee_absorption_share", "knee"),
        ("ankle_absorption_share", "ankle"),
        ("ankle_push_off_share", "ankle_push_off"),
    ):
        add(name, [getattr(m, field) for m, _ in shares], [getattr(p, field) for _, p in shares], "absolute")
    return out


def _stiffness(row: Modelled, peak_bw: float) -> float:
    s = row.stance
    return spring(s.contact_s, peak_bw, s.weight_n / 9.81, 0.53 * s.height_m, s.speed_mps).leg_stiffness_knpm


def write_tables(stances: Sequence[Stance], out: Path) -> None:
    """Write the templates of all runners and the errors of those left out."""
    template = fit(stances)
    with (out / "ground_force.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("point", *NAMES))
        for point in range(101):
            writer.writerow((point, *(f"{getattr(template, name)[point]:.5f}" for name in NAMES)))
    write_shape(template.shape, out)
    rows = left_out(stances)
    write_contrasts(out / "load_contrasts_plates.csv", contrast_rows(rows))
    with (out / "load_by_speed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "speed_mps", "log_ratio", "log_sd_per_mps", "n_legs", "source"))
        writer.writerows(speed_rows(rows))
    with (out / "load_errors.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "bias", "sd", "kind", "n_runners", "source"))
        for name, (values, kind) in errors(rows).items():
            n = len({r.stance.runner for r in rows})
            writer.writerow((name, f"{values.mean():.3f}", f"{values.std(ddof=1):.3f}", kind, n, SOURCE))


def changed(table: pd.DataFrame, a: object, b: object, scale: str) -> Array:
    """Return what column b is more than column a: ln(b ÷ a), or b − a where the scale is absolute."""
    first, second = (table[column].to_numpy(dtype=np.float64) for column in (a, b))
    return np.log(second / first) if scale == "relative" else second - first


def contrast_rows(rows: Sequence[Modelled]) -> Iterator[tuple[str, ...]]:
    """Yield how far modelled differences between legs and between neighbouring speeds are off those of the plates."""
    told = []
    for r in rows:
        for source, loads in (("model", r.model), ("plate", r.plate)):
            shares = work_shares(loads, r.stance.contact_s / 100, mid_stance(r.stance))
            values = (loads.ankle_moment.max(), loads.knee_moment.max(), shares.hip, shares.ankle_push_off)
            told += [
                (name, source, r.stance.runner, r.stance.speed_mps, r.stance.side, value)
                for name, value in zip(PLATE_CONTRASTS, values, strict=True)
            ]
    table = pd.DataFrame(told, columns=["name", "source", "runner", "speed", "side", "value"])
    legs = table.pivot_table(index=["source", "name", "runner", "speed"], columns="side", values="value")
    speeds = table.pivot_table(index=["source", "name", "runner", "side"], columns="speed", values="value")
    for name in PLATE_CONTRASTS:
        scale = CONTRAST_SCALES[name]
        for kind, wide in (("side", legs), ("pace", speeds)):
            pairs = pairwise(wide.columns) if kind == "pace" else (("left", "right"),)
            error = np.concatenate(
                [
                    changed(wide.loc["model", name], *pair, scale) - changed(wide.loc["plate", name], *pair, scale)
                    for pair in pairs
                ]
            )
            yield name, kind, scale, f"{error.mean():.4f}", f"{error.std(ddof=1):.4f}", str(len(error)), SOURCE


def write_contrasts(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table of errors of differences."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CONTRAST_HEADER)
        writer.writerows(rows)


def write_shape(shape: ForceShape, out: Path) -> None:
    """Write the components and how their scores follow from what is seen."""
    names = [f"component_{number + 1}" for number in range(len(shape.components))]
    with (out / "force_shape.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("point", "mean", *names))
        for point, values in enumerate(np.vstack([shape.mean, shape.components]).T):
            writer.writerow((point, *(f"{value:.5f}" for value in values)))
    with (out / "force_shape_features.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "mean", "sd", *names))
        for name, *values in zip(shape.features, shape.feature_mean, shape.feature_sd, shape.weights, strict=True):
            writer.writerow((name, *(f"{value:.5f}" for value in np.hstack(values))))


def speed_rows(rows: Sequence[Modelled]) -> list[tuple[str, ...]]:
    """Return how the plate's own loads changed with speed, legs as units."""
    out: list[tuple[str, ...]] = []
    for name, load in SPEED_LOADS.items():
        legs = sorted({(r.stance.runner, r.stance.side) for r in rows})
        speeds = sorted({r.stance.speed_mps for r in rows})
        value = {(r.stance.runner, r.stance.side, r.stance.speed_mps): load(r) for r in rows}
        logs = np.log([[value[(*leg, speed)] for speed in speeds] for leg in legs])
        change = (logs[:, -1] - logs[:, 0]) / (speeds[-1] - speeds[0])
        for index, speed in enumerate(speeds):
            mean = float((logs[:, index] - logs[:, speeds.index(SPEED_MPS)]).mean())
            out.append((name, f"{speed}", f"{mean:.4f}", f"{change.std(ddof=1):.4f}", str(len(legs)), SOURCE))
    return out


def _per_km(row: Modelled) -> float:
    s = row.stance
    impulse = float(np.maximum(row.plate.ankle_moment, 0.0).sum()) * s.contact_s
    return impulse / (s.contact_s + s.flight_s) / s.speed_mps


SPEED_LOADS: dict[str, Callable[[Modelled], float]] = {
    "peak_vgrf_bw": lambda row: float(row.stance.force_bw[:, 1].max()),
    "ankle_moment_peak_nmpkg": lambda row: float(row.plate.ankle_moment.max()),
    "achilles_force_peak_bw": lambda row: float(row.plate.ankle_moment.max()),
    "achilles_load_per_km": _per_km,
}


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
    write_tables(list(c3d_stances(Path(arguments.data) / "lab" / "rbds")), arguments.out)


if __name__ == "__main__":
    main()
