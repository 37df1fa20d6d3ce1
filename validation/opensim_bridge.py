"""Compare the planar leg with OpenSim: its inverse dynamics and static optimisation on the same leg and force.

    OMP_NUM_THREADS=1 python validation/opensim_bridge.py DATA [--out FOLDER]

DATA is the folder that holds `lab/rbds`. Needs the extra `opensim`. Takes the mean stance of RBDS002 and RBDS012 at
3.5 m/s (markers and plate), writes each leg as `.osim` with its motion and force into FOLDER (else into a folder that
is deleted), and prints Markdown tables: moments, muscle forces, and the time of a frame in both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import opensim
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from check_load import say
from kinechain.knowledge.muscles import muscles
from kinechain.load.dynamics import LegMotion, inverse_dynamics
from kinechain.load.ground_force import GRAVITY
from kinechain.load.muscle import JOINTS, moment_arms_m, optimise
from kinechain.load.segments import leg_segments
from load_data import PAD, Stance, c3d_stances, read_sto
from opensim_leg import COORDINATES, coordinates, planar_model, rigid_leg, rigid_motion, write_storage

Array = NDArray[np.float64]

RUNNERS = ("RBDS002", "RBDS012")
FLAT = slice(PAD + 25, PAD + 51)
INSIDE = slice(PAD, -PAD)
REPEATS = 20
#: Well above the 12 Hz to which the markers are filtered.
SMOOTH_HZ = 30.0
#: Groups whose force in stance is large enough to be compared as a ratio [BW].
LEAST_BW = 0.2


@dataclass(frozen=True)
class Solved:
    """A stance solved twice; moments [N·m/kg] shape (101, 3), forces [BW] shape (101, muscles), times [s] a frame."""

    stance: Stance
    moments: tuple[Array, Array]
    forces: tuple[Array, Array]
    frame_s: tuple[float, float]


def _pressure(stance: Stance) -> Array:
    held = np.clip(np.arange(len(stance.motion.ankle)) - PAD, 0, 100)
    ahead = (stance.pressure_m - stance.motion.ankle[INSIDE])[:, 0]
    loaded = stance.force_bw[:, 1] > 0.1
    ahead = np.interp(np.arange(101), np.flatnonzero(loaded), ahead[loaded])
    x = stance.motion.ankle[:, 0] + ahead[held]
    return np.stack([x, np.zeros_like(x)], axis=1)


def _rigid(stance: Stance) -> Stance:
    """Return a stance whose leg keeps its lengths, so that both sides solve the same motion."""
    motion = _smooth(stance.motion)
    leg = rigid_leg(motion, FLAT, leg_segments(stance.weight_n / GRAVITY, "male"))
    return replace(stance, motion=rigid_motion(motion, FLAT, leg))


def _smooth(motion: LegMotion) -> LegMotion:
    """Return a path without the corners that putting markers on 101 points leaves: each side derives it in its way."""
    kept = butter(2, SMOOTH_HZ, fs=1.0 / float(motion.interval_s), output="sos")
    paths = {name: sosfiltfilt(kept, getattr(motion, name), axis=0) for name in ("hip", "knee", "ankle", "heel", "toe")}
    return replace(motion, trunk_rad=sosfiltfilt(kept, motion.trunk_rad), **paths)


def _write(stance: Stance, folder: Path) -> Array:
    """Write model, motion and force; return the points of time [s]."""
    mass = stance.weight_n / GRAVITY
    leg = rigid_leg(stance.motion, FLAT, leg_segments(mass, "male"))
    planar_model(leg, muscles(), mass).printToXML(str(folder / "leg.osim"))
    times = stance.motion.interval_s * np.arange(len(stance.motion.hip))
    write_storage(folder / "motion.mot", times, coordinates(stance.motion, FLAT))
    force, under, none = stance.slow_force_bw * stance.weight_n, _pressure(stance), np.zeros(len(times))
    columns = dict(zip(("force_vx", "force_vy", "force_vz"), (*force.T, none), strict=True))
    columns |= dict(zip(("force_px", "force_py", "force_pz"), (*under.T, none), strict=True))
    columns |= dict(zip(("torque_x", "torque_y", "torque_z"), (none,) * 3, strict=True))
    write_storage(folder / "force.mot", times, columns)
    loads = opensim.ExternalLoads()
    loads.setDataFileName(str(folder / "force.mot"))
    one = opensim.ExternalForce()
    one.setName("ground")
    one.set_applied_to_body("foot")
    one.set_force_expressed_in_body("ground")
    one.set_point_expressed_in_body("ground")
    one.set_force_identifier("force_v")
    one.set_point_identifier("force_p")
    one.set_torque_identifier("torque_")
    loads.cloneAndAppend(one)
    loads.printToXML(str(folder / "loads.xml"))
    return times


def opensim_moments(folder: Path, times: Array) -> Array:
    """Return OpenSim's inverse dynamics, extension positive, shape (n, 3) [N·m]."""
    tool = opensim.InverseDynamicsTool()
    tool.setModelFileName(str(folder / "leg.osim"))
    tool.setCoordinatesFileName(str(folder / "motion.mot"))
    tool.setExternalLoadsFileName(str(folder / "loads.xml"))
    tool.setStartTime(float(times[0]))
    tool.setEndTime(float(times[-1]))
    tool.setLowpassCutoffFrequency(-1)
    tool.setResultsDir(str(folder))
    tool.setOutputGenForceFileName("moments.sto")
    if not tool.run():
        raise RuntimeError("OpenSim's inverse dynamics failed")
    table = read_sto(folder / "moments.sto")
    flexing = np.stack([table[f"{COORDINATES[joint]}_moment"].to_numpy() for joint in JOINTS], axis=1)
    sign = np.array([-1.0, -1.0, -1.0])
    return np.stack([np.interp(times, table["time"], column) for column in (sign * flexing).T], axis=1)


def opensim_forces(folder: Path, times: Array) -> tuple[Array, float]:
    """Return OpenSim's static optimisation, shape (n, muscles) [N], and its time a frame [s] with reading."""
    tool = opensim.AnalyzeTool()
    tool.setName("planar")
    tool.setModelFilename(str(folder / "leg.osim"))
    tool.setCoordinatesFileName(str(folder / "motion.mot"))
    tool.setExternalLoadsFileName(str(folder / "loads.xml"))
    tool.setLowpassCutoffFrequency(-1)
    tool.setInitialTime(float(times[0]))
    tool.setFinalTime(float(times[-1]))
    tool.setResultsDir(str(folder))
    analysis = opensim.StaticOptimization()
    analysis.setStartTime(float(times[0]))
    analysis.setEndTime(float(times[-1]))
    analysis.setUseMusclePhysiology(False)
    analysis.setUseModelForceSet(True)
    tool.updAnalysisSet().cloneAndAppend(analysis)
    tool.printToXML(str(folder / "static_optimisation.xml"))
    tool = opensim.AnalyzeTool(str(folder / "static_optimisation.xml"))
    start = time.perf_counter()
    if not tool.run():
        raise RuntimeError("OpenSim's static optimisation failed")
    seconds = time.perf_counter() - start
    table = read_sto(folder / "planar_StaticOptimization_force.sto")
    forces = np.stack([np.interp(times, table["time"], table[row.name]) for row in muscles()], axis=1)
    return forces, seconds / len(table)


def _own(stance: Stance) -> tuple[Array, Array, float]:
    """Return moments [N·m/kg], forces [BW] and time a frame [s] of the product, from contact to toe-off."""
    mass, rows = stance.weight_n / GRAVITY, muscles()
    found = inverse_dynamics(
        stance.motion, stance.slow_force_bw * stance.weight_n, _pressure(stance), leg_segments(mass, "male")
    )
    moments = np.stack([found.ankle_moment, found.knee_moment, found.hip_moment], axis=1)[INSIDE] / mass
    q = coordinates(stance.motion, FLAT)
    angles = np.degrees(np.stack([q[COORDINATES[joint]] for joint in JOINTS], axis=1))[INSIDE]
    strength = np.array([row.strength for row in rows])
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        forces = optimise(moments, moment_arms_m(angles, rows), strength)
        seconds.append(time.perf_counter() - start)
    return moments, forces / GRAVITY, float(np.median(seconds)) / len(moments)


def solve(stance: Stance, folder: Path) -> Solved:
    """Solve a stance with the product and with OpenSim; files go into the folder."""
    mass = stance.weight_n / GRAVITY
    times = _write(stance, folder)
    moments, forces, frame_s = _own(stance)
    theirs = opensim_moments(folder, times)[INSIDE] / mass
    pulls, their_frame_s = opensim_forces(folder, times)
    return Solved(stance, (moments, theirs), (forces, pulls[INSIDE] / stance.weight_n), (frame_s, their_frame_s))


def _row(name: str, pairs: list[tuple[Array, Array]]) -> tuple[str, ...]:
    r = [float(np.corrcoef(ours, theirs)[0, 1]) for ours, theirs in pairs]
    ratio = [float(ours.max() / theirs.max()) for ours, theirs in pairs]
    rmse = float(np.sqrt(np.mean([((ours - theirs) ** 2).mean() for ours, theirs in pairs])))
    spread = f"{np.mean(ratio):.3f} ({min(ratio):.3f}–{max(ratio):.3f})"
    return name, f"{np.median(r):.4f} ({min(r):.4f})", spread, f"{rmse:.3f}"


def report(solved: list[Solved]) -> None:
    """Print the tables."""
    whose = f"{len(solved)} stances, markers and plate, 3.5 m/s"
    header = ("r median (worst)", "peak, ours ÷ OpenSim's (range)")
    moments = [
        _row(joint, [(s.moments[0][:, i], s.moments[1][:, i]) for s in solved]) for i, joint in enumerate(JOINTS)
    ]
    say(f"Moments of the planar leg, ours against OpenSim's ({whose})", ("joint", *header, "RMSE [N·m/kg]"), moments)
    forces = []
    for i, row in enumerate(muscles()):
        pairs = [(s.forces[0][:, i], s.forces[1][:, i]) for s in solved]
        if min(theirs.max() for _, theirs in pairs) >= LEAST_BW:
            forces.append(_row(row.name, pairs))
    say(f"Muscle forces of the planar leg ({whose})", ("muscle", *header, "RMSE [BW]"), forces)
    ours, theirs = (1000 * float(np.median([s.frame_s[i] for s in solved])) for i in (0, 1))
    cells = (f"{ours:.3f}", f"{theirs:.2f}", f"{theirs / ours:.0f}")
    say("Static optimisation, one core", ("ours [ms a frame]", "OpenSim's [ms a frame]", "ratio"), [cells])


def main() -> None:
    """Read the command line, solve, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="reference data folder")
    parser.add_argument("--out", type=Path, help="where models, motions and results are kept")
    arguments = parser.parse_args()
    opensim.Logger.setLevelString("error")
    with tempfile.TemporaryDirectory() as scratch:
        solved = []
        for measured in c3d_stances(arguments.data / "lab" / "rbds", RUNNERS, ("T35",)):
            stance = _rigid(measured)
            folder = (arguments.out or Path(scratch)) / f"{stance.runner}_{stance.side}"
            folder.mkdir(parents=True, exist_ok=True)
            solved.append(solve(stance, folder))
    report(solved)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
