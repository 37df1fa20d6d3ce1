"""Compare the loads of rendered clips with the same loads from the true joints and events of the same steps.

    python validation/check_load_video.py FOLDER [--half report] [--poses FOLDER/poses] [--out FOLDER]

FOLDER holds rendered clips with truth and specification (`python -m phantoms`). Side views without built-in faults
of one half of the runners. Both sides use the same load models, so what is compared is what the video adds. Writes
Markdown tables to standard output; docs/load.md shows and reads them. With --out (tuning half) it writes
`load_contrasts_video.csv`, how far a difference between legs and between speeds is off.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from accuracy.compare import half_of, measured
from check_load import say
from kinechain.errors import KinechainError
from kinechain.gait.sagittal import POINTS, SagittalMotion
from kinechain.gait.strides import StrideTable
from kinechain.knowledge.load_tables import force_template
from kinechain.load.estimate import About, LoadParameters, estimate
from kinechain.model.athlete import Athlete
from kinechain.model.skeleton import SIDES, Side
from kinechain.pipeline.loads import clip_loads, leg_stances
from kinechain.settings import Protocol
from kinechain.signal.smoothing import even_grid, smooth_track
from load_templates import CONTRAST_HEADER, CONTRAST_SCALES, changed, write_contrasts
from reference_bands import SPEEDS_MPS

#: The peak of a clip's load that the tables lead with, and those that follow.
LOADS = (
    "achilles_force_peak_bw",
    "peak_vgrf_bw",
    "ankle_moment_peak_nmpkg",
    "vasti_force_peak_bw",
    "soleus_length_change_ratio",
    "achilles_load_per_km",
    "hip_absorption_share",
    "knee_absorption_share",
    "ankle_absorption_share",
    "ankle_push_off_share",
)
#: Where the errors of differences come from.
CONTRAST_SOURCE = "phantoms of the tuning half: side views of 6 runners at 3 speeds (docs/load)"
#: Mass in all clips [kg]: no load here depends on it.
MASS_KG = 70.0


def true_motion(truth: dict[str, Any]) -> SagittalMotion:
    """Return the true joints in the plane of running [m], with the low-pass of the loads."""
    time_s = np.array(truth["time_s"])
    grid = even_grid(time_s, Protocol().gait.smoothing.grid_hz)
    tracks = {}
    for point in POINTS:
        track = smooth_track(time_s, np.array(truth["joints_m"][point])[:, :2], grid, LoadParameters().paths_hz)
        if track is None:
            raise ValueError(f"{truth['clip']}: {point} is hardly ever there")
        tracks[point] = track
    return SagittalMotion(grid, tracks, 1 / truth["fps"], 1)


def true_strides(truth: dict[str, Any]) -> StrideTable:
    """Return the true strides, with the columns that loads need."""
    rows = pd.DataFrame(truth["strides"])
    rows["stride_time_s"] = rows["end_s"] - rows["start_s"]
    return StrideTable(rows, 0)


def true_loads(truth: dict[str, Any]) -> dict[tuple[str, Side], float]:
    """Return the loads from the true joints, events and speed."""
    motion, strides = true_motion(truth), true_strides(truth)
    about = About(MASS_KG, truth["height_m"], None, truth["speed_mps"])
    out: dict[tuple[str, Side], float] = {}
    for side in SIDES:
        stances = leg_stances(strides, 1.0, motion, side)
        if stances is not None:
            rows = estimate(stances, about, force_template(), LoadParameters(draws=2))
            out |= {(row.name, side): row.value for row in rows}
    return out


def video_loads(video: Path, kept: Path, truth: dict[str, Any]) -> dict[tuple[str, Side], tuple[float, float, float]]:
    """Return value, low and high of the product's loads of a clip."""
    clip = measured(video, kept, truth)
    athlete = Athlete(height_cm=100 * truth["height_m"], mass_kg=MASS_KG)
    loads, _ = clip_loads((clip,), athlete, Protocol())
    return {
        (load.name, load.side): (load.value, load.low, load.high)
        for load in loads
        if load.value is not None and load.low is not None and load.high is not None and load.side != "both"
    }


def compared(folder: Path, poses: Path, half: str) -> Iterator[dict[str, Any]]:
    """Yield every load of every clip and leg, from video and from the truth."""
    for path in sorted(folder.glob("*_side_*.toml")):
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if half_of(spec["runner"]) != half or truth["faults"] or not truth["view"].startswith("side_"):
            continue
        try:
            told = video_loads(path.with_suffix(".mp4"), poses / f"{path.stem}.npz", truth)
        except KinechainError as error:
            sys.stderr.write(f"{path.stem}: {error.code}\n")
            continue
        true = true_loads(truth)
        for (name, side), (value, low, high) in told.items():
            if (name, side) in true and name in LOADS:
                leg = "near" if truth["view"] == f"side_{side}" else "far"
                yield {
                    "clip": path.stem,
                    "runner": spec["runner"],
                    "speed": SPEEDS_MPS[spec["pace"]],
                    "name": name,
                    "side": side,
                    "leg": leg,
                    "value": value,
                    "truth": true[name, side],
                    "inside": low <= true[name, side] <= high,
                }


def error_rows(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the errors of every load, near and far leg: relative, of shares and length change absolute."""
    for name in LOADS:
        for leg in ("near", "far"):
            rows = table[(table["name"] == name) & (table["leg"] == leg)]
            absolute = name.endswith(("_share", "_ratio"))
            off = 100 * (rows["value"] - rows["truth"]) / (1.0 if absolute else rows["truth"])
            yield (
                f"`{name}`",
                leg,
                str(len(rows)),
                f"{off.mean():+.1f} ± {off.std(ddof=1):.1f}" + (" points" if absolute else " %"),
                f"{off.abs().mean():.1f}",
                f"{off.abs().max():.1f}",
                f"{100 * rows['inside'].mean():.0f} %",
            )


def ratio_rows(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the errors of right ÷ left of a clip, for the loads that are forces."""
    for name in LOADS[:4]:
        wide = table[table["name"] == name].pivot_table(index="clip", columns="side", values=["value", "truth"])
        wide = wide.dropna()
        ratio = {kind: wide[kind]["right"] / wide[kind]["left"] for kind in ("value", "truth")}
        off = 100 * (ratio["value"] / ratio["truth"] - 1)
        yield (
            f"`{name}`",
            str(len(off)),
            f"{off.mean():+.1f} ± {off.std(ddof=1):.1f}",
            f"{off.abs().mean():.1f}",
            f"{off.abs().max():.1f}",
            f"{100 * np.log(ratio['truth']).std(ddof=1):.1f} %",
        )


def contrast_rows(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield how far differences between the legs of a clip and between a leg's speeds are off."""
    of_legs = table.pivot_table(index=["name", "clip"], columns="side", values=["value", "truth"])
    of_speeds = table.pivot_table(index=["name", "runner", "side"], columns="speed", values=["value", "truth"])
    for name, scale in CONTRAST_SCALES.items():
        legs, speeds = of_legs.loc[name], of_speeds.loc[name]
        pairs = list(combinations(sorted(speeds["value"].columns), 2))
        errors = {
            "side": changed(legs["value"], "left", "right", scale) - changed(legs["truth"], "left", "right", scale),
            "pace": np.concatenate(
                [changed(speeds["value"], *pair, scale) - changed(speeds["truth"], *pair, scale) for pair in pairs]
            ),
        }
        for kind, error in errors.items():
            off = error[np.isfinite(error)]
            yield name, kind, scale, f"{off.mean():.4f}", f"{off.std(ddof=1):.4f}", str(len(off)), CONTRAST_SOURCE


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="rendered clips with truth and specification")
    parser.add_argument("--half", choices=("tuning", "report"), default="report", help="half of the runners")
    parser.add_argument("--poses", type=Path, help="kept results of the estimator (FOLDER/poses)")
    parser.add_argument("--out", type=Path, help="folder for the table of differences")
    arguments = parser.parse_args()
    poses = arguments.poses or arguments.folder / "poses"
    table = pd.DataFrame(compared(arguments.folder, poses, arguments.half))
    if table.empty:
        parser.error("no clip of that half was measured")
    say(
        "Loads from video against the same loads from the true joints and events: bias ± SD",
        ("load", "leg", "clips", "error", "mean absolute", "worst", "intervals that hold the truth"),
        error_rows(table),
    )
    say(
        "Right ÷ left of a clip, video against truth [%]: bias ± SD",
        ("load", "clips", "error", "mean absolute", "worst", "SD of the true ratio"),
        ratio_rows(table),
    )
    say("Differences from video against the truth", CONTRAST_HEADER[:-1], (row[:-1] for row in contrast_rows(table)))
    if arguments.out is not None:
        write_contrasts(arguments.out / "load_contrasts_video.csv", contrast_rows(table))


if __name__ == "__main__":
    main()
