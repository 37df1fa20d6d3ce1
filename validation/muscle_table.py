"""Make the table of the planar leg's muscles, and check its static optimisation against the OpenSim results.

    python validation/muscle_table.py DATA [--out FOLDER]

DATA is the folder that holds `lab/rbds`. Writes `muscles.csv`, and Markdown tables of the errors (moment arms fitted on
the other runners) to standard output.
"""

from __future__ import annotations

import argparse
import csv
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import reference_bands as bands
from kinechain.knowledge.muscles import MuscleRow
from kinechain.load.ground_force import GRAVITY
from kinechain.load.muscle import JOINTS, moment_arms_m, optimise
from load_data import PAD, ModelStance, model_stances
from load_templates import joint_loads

Array = NDArray[np.float64]

SOURCE = (
    "Rajagopal et al. 2016, doi 10.1109/TBME.2016.2586891, as solved by A. Fox on Fukuchi, Fukuchi & Duarte 2017, "
    "doi 10.7717/peerj.3298, CC BY 4.0; computed here"
)
GROUPS: dict[str, tuple[str, ...]] = {
    "soleus": ("soleus",),
    "gastrocnemius": ("gasmed", "gaslat"),
    "tibialis_anterior": ("tibant",),
    "vasti": ("vasint", "vaslat", "vasmed"),
    "rectus_femoris": ("recfem",),
    "hamstrings": ("bflh", "semimem", "semiten"),
    "biceps_femoris_short": ("bfsh",),
    "gluteus_maximus": ("glmax1", "glmax2", "glmax3"),
    "iliopsoas": ("iliacus", "psoas"),
    "deep_plantarflexors": ("fdl", "fhl", "tibpost", "perbrev", "perlong"),
}
#: Muscles that pull as well but are not in the planar leg; they take their part in the regression.
OTHERS: dict[str, tuple[str, ...]] = {
    "toes": ("edl", "ehl"),
    "gluteus_medius": ("glmed1", "glmed2", "glmed3"),
    "adductors": ("addbrev", "addlong", "addmagDist", "addmagIsch", "addmagMid", "addmagProx"),
    "long": ("sart", "tfl", "grac"),
}
CROSSING: dict[str, tuple[str, ...]] = {
    "ankle": ("soleus", "gastrocnemius", "tibialis_anterior", "toes", "deep_plantarflexors"),
    "knee": ("vasti", "rectus_femoris", "gastrocnemius", "hamstrings"),
    "hip": ("gluteus_maximus", "hamstrings", "iliopsoas", "rectus_femoris", "gluteus_medius", "adductors", "long"),
}
#: Whose arm changes with the angle enough to be told from the data.
SLOPED = {"ankle": ("soleus", "gastrocnemius"), "knee": ("vasti",), "hip": ("gluteus_maximus", "hamstrings")}
ANGLES = {"ankle": "ankle_angle_r", "knee": "knee_angle_r", "hip": "hip_flexion_r"}
TORQUES = {"ankle": "ankle_angle_r_torque", "knee": "knee_angle_r_torque", "hip": "hip_flexion_r_torque"}
MIDDLE_DEG = {"ankle": 10.0, "knee": 35.0, "hip": 10.0}
#: The force of the short biceps is too small to tell its arm: that of the hamstrings at the knee is taken.
LIKE = {"biceps_femoris_short": "hamstrings"}


def _force(model: ModelStance, group: str) -> Array:
    names = (GROUPS | OTHERS)[group]
    return np.sum([model.forces[f"{name}_r"].to_numpy() for name in names], axis=0) / model.stance.mass_kg


def fit_arms(models: Sequence[ModelStance]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return arm and slope [m] of each group at each joint it crosses."""
    out: dict[str, dict[str, tuple[float, float]]] = {}
    for joint, groups in CROSSING.items():
        columns: list[tuple[str, Array]] = []
        for group in groups:
            columns.append((group, np.concatenate([_force(m, group) for m in models])))
            if group in SLOPED[joint]:
                turned = np.concatenate([np.radians(m.angles[ANGLES[joint]] - MIDDLE_DEG[joint]) for m in models])
                columns.append((f"{group}'", columns[-1][1] * turned))
        torque = np.concatenate(
            [-(m.torques[TORQUES[joint]] - m.forces[f"{ANGLES[joint]}_reserve"]) / m.stance.mass_kg for m in models]
        )
        solution = np.linalg.lstsq(np.stack([c for _, c in columns], axis=1), torque, rcond=None)[0]
        found = {name: float(value) for (name, _), value in zip(columns, solution, strict=True)}
        out[joint] = {group: (found[group], found.get(f"{group}'", 0.0)) for group in groups}
    out["knee"]["biceps_femoris_short"] = out["knee"][LIKE["biceps_femoris_short"]]
    return out


def strengths(rbds: Path) -> dict[str, float]:
    """Return the largest isometric force of each group ÷ that of the soleus, mean of the scaled models."""
    ratios: dict[str, list[float]] = {group: [] for group in GROUPS}
    for name in bands.MODELS:
        root = ET.parse(rbds / name / f"{name}_scaled.osim").getroot()  # noqa: S314 - a file of the reference data
        force = {str(m.get("name")): float(str(m.findtext("max_isometric_force"))) for m in root.iter(MUSCLE_TAG)}
        for group, members in GROUPS.items():
            ratios[group].append(sum(force[f"{member}_r"] for member in members) / force["soleus_r"])
    return {group: float(np.mean(values)) for group, values in ratios.items()}


MUSCLE_TAG = "Millard2012EquilibriumMuscle"


def rows_of(arms: dict[str, dict[str, tuple[float, float]]], strong: dict[str, float]) -> tuple[MuscleRow, ...]:
    """Return the rows of the table."""
    rows = []
    for group in GROUPS:
        row: dict[str, object] = {"name": group, "strength": round(strong[group], 4), "source": SOURCE}
        for joint in JOINTS:
            arm, slope = arms[joint].get(group, (0.0, 0.0))
            row |= {f"{joint}_arm_m": round(arm, 4), f"{joint}_slope_m": round(slope, 4)}
            row[f"{joint}_middle_deg"] = MIDDLE_DEG[joint]
        rows.append(MuscleRow.model_validate(row))
    return tuple(rows)


def predicted(model: ModelStance, rows: tuple[MuscleRow, ...], moments: Array) -> Array:
    """Return forces by the planar leg, shape (101, muscles) [BW]."""
    angles = np.stack([model.angles[ANGLES[joint]].to_numpy() for joint in JOINTS], axis=1)
    strength = np.array([row.strength for row in rows])
    return optimise(moments, moment_arms_m(angles, rows), strength) / GRAVITY


def effective(models: Sequence[ModelStance], strong: dict[str, float]) -> tuple[MuscleRow, ...]:
    """Return the table with strengths scaled so that mean peaks meet the reference.

    Isometric strength overrates muscles that shorten fast: the planar leg knows no force–velocity relation, so each
    group gets the strength that it effectively had in these stances, under planar moments, which are what the product
    has. The soleus stays the unit.
    """
    arms, now = fit_arms(models), dict(strong)
    for _ in range(ROUNDS):
        rows = rows_of(arms, now)
        forces = [predicted(m, rows, planar_moments(m)) for m in models]
        for group in FITTED:
            index = list(GROUPS).index(group)
            true = np.mean([_force(m, group).max() / GRAVITY for m in models])
            now[group] *= float(np.clip(true / np.mean([f[:, index].max() for f in forces]), 0.5, 2.0)) ** 0.5
        now = {group: value / now["soleus"] for group, value in now.items()}
    return rows_of(arms, now)


#: Groups that carry enough in stance for their effective strength to be told.
FITTED = ("soleus", "gastrocnemius", "vasti", "hamstrings", "gluteus_maximus", "deep_plantarflexors")
#: Steps until the strengths settle.
ROUNDS = 15


def own_moments(model: ModelStance) -> Array:
    """Return the OpenSim torques per kilogram, extension positive, shape (101, 3)."""
    return np.stack([-model.torques[TORQUES[joint]].to_numpy() / model.stance.mass_kg for joint in JOINTS], axis=1)


def planar_moments(model: ModelStance) -> Array:
    """Return planar inverse dynamics of the same leg and force, shape (101, 3)."""
    s = model.stance
    loads = joint_loads(s, s.slow_force_bw, (s.pressure_m - s.motion.ankle[PAD:-PAD])[:, 0])
    return np.stack([loads.ankle_moment, loads.knee_moment, loads.hip_moment], axis=1)


def main() -> None:
    """Read the command line, write the table and the errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="reference data folder")
    knowledge = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "knowledge"
    parser.add_argument("--out", type=Path, default=knowledge, help="folder of the table")
    arguments = parser.parse_args()
    rbds = arguments.data / "lab" / "rbds"
    models, strong = list(model_stances(rbds)), strengths(rbds)
    with (arguments.out / "muscles.csv").open("w", encoding="utf-8", newline="") as file:
        rows = effective(models, strong)
        writer = csv.DictWriter(file, list(MuscleRow.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row.model_dump() for row in rows)
    left_out = [effective([m for m in models if m is not one], strong) for one in models]
    for title, moments in (("OpenSim's own torques", own_moments), ("planar inverse dynamics", planar_moments)):
        sys.stdout.write(f"\n### Muscle peaks from {title} [BW], {len(models)} runners, 3.5 m/s, right leg\n\n")
        sys.stdout.write("| muscle | static optimisation | planar leg | r of the curves (worst) | rank correlation |\n")
        sys.stdout.write("|---|---|---|---|---|\n")
        forces = [predicted(m, table, moments(m)) for m, table in zip(models, left_out, strict=True)]
        for index, group in enumerate(GROUPS):
            true = [_force(m, group) / GRAVITY for m in models]
            got = [f[:, index] for f in forces]
            peaks = np.array([[t.max(), g.max()] for t, g in zip(true, got, strict=True)])
            with np.errstate(invalid="ignore"):
                r = [float(np.corrcoef(t, g)[0, 1]) for t, g in zip(true, got, strict=True)]
            rank = np.corrcoef(peaks.argsort(axis=0).argsort(axis=0).T)[0, 1]
            mean, sd = peaks.mean(axis=0), peaks.std(axis=0, ddof=1)
            cells = (f"{mean[0]:.2f} ± {sd[0]:.2f}", f"{mean[1]:.2f} ± {sd[1]:.2f}")
            sys.stdout.write(
                f"| {group} | {cells[0]} | {cells[1]} | {np.median(r):.3f} ({min(r):.3f}) | {rank:.2f} |\n"
            )


if __name__ == "__main__":
    main()
