"""Compare the figures behind the reference bands with markers and force plate, for the runners that have a C3D file.

    python validation/check_reference_bands.py DATA

Writes Markdown tables to standard output; README.md of this folder shows and reads them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

import reference_bands as bands
from kinechain.model.events import EventKind, GaitEvents
from kinechain.model.skeleton import SIDES, Side

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PlateParameters:
    """When the plate carries a foot.

    Parameters
    ----------
    low_pass_hz : zero-phase Butterworth of the vertical force [Hz]
    least_n : a foot is on the plate above this [N]
    bridge_s, least_s : gaps up to the first are closed, contacts shorter than the second are dropped [s]
    match_s : an event of the gait code belongs to the plate's event within this time [s]
    """

    low_pass_hz: float = 50.0
    least_n: float = 50.0
    bridge_s: float = 0.03
    least_s: float = 0.1
    match_s: float = 0.08


@dataclass(frozen=True)
class Recording:
    """Markers [m], shape (n, 3), at `rate_hz`, and vertical force [N] at `force_hz`; both clocks start at 0."""

    markers: dict[str, Array]
    rate_hz: float
    force: Array
    force_hz: float


def read_c3d(path: Path) -> Recording:
    """Read markers and the vertical force of the treadmill."""
    file = ezc3d.c3d(str(path), extract_forceplat_data=True)
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    points = file["data"]["points"][:3] / 1000.0
    points[:, (points == 0.0).all(axis=0)] = np.nan  # a marker that was not seen is filed as the origin
    force = np.abs(file["data"]["platform"][0]["force"][1])
    return Recording(
        {str(label): points[:, index].T for index, label in enumerate(labels)},
        float(file["header"]["points"]["frame_rate"]),
        force,
        float(file["header"]["analogs"]["frame_rate"]),
    )


def _runs(mask: Mask) -> NDArray[np.intp]:
    """Return first index and end index of each run of True, shape (k, 2)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return np.asarray(edges.reshape(-1, 2))


def plate_contacts(recording: Recording, parameters: PlateParameters) -> Array:
    """Return start and end of each contact on the plate, shape (k, 2) [s]; either foot."""
    sos = butter(2, parameters.low_pass_hz, fs=recording.force_hz, output="sos")
    loaded = sosfiltfilt(sos, recording.force) > parameters.least_n
    for start, end in _runs(~loaded):
        if end - start < parameters.bridge_s * recording.force_hz:
            loaded[start:end] = True
    contacts = _runs(loaded) / recording.force_hz
    return np.asarray(contacts[np.diff(contacts, axis=1)[:, 0] > parameters.least_s], dtype=np.float64)


def event_errors(events: GaitEvents, kind: EventKind, truth_s: Array, parameters: PlateParameters) -> Array:
    """Return time minus the nearest true time of each event that has one near [s]."""
    times = np.sort(np.concatenate([events.times_s(kind, side) for side in SIDES]))
    nearest = truth_s[np.argmin(np.abs(times[:, None] - truth_s), axis=1)]
    errors = times - nearest
    return np.asarray(errors[np.abs(errors) < parameters.match_s])


def _carried(markers: dict[str, Array], static: dict[str, Array], cluster: Iterable[str], points: list[str]) -> Array:
    """Return the mean of `points`, known in the static trial, carried along by a cluster; shape (n, 3) [m]."""
    names = list(cluster)
    rest = np.stack([np.nanmean(static[name], axis=0) for name in names])
    target = np.mean([np.nanmean(static[name], axis=0) for name in points], axis=0)
    centre = rest.mean(axis=0)
    moving = np.stack([markers[name] for name in names], axis=1)
    middle = moving.mean(axis=1)
    seen = np.isfinite(middle).all(axis=1)
    u, _, vt = np.linalg.svd(np.einsum("nki,kj->nij", moving[seen] - middle[seen, None], rest - centre))
    flip = np.tile(np.eye(3), (len(u), 1, 1))
    flip[:, 2, 2] = np.sign(np.linalg.det(u @ vt))
    path = np.full((len(moving), 3), np.nan)
    path[seen] = middle[seen] + (u @ flip @ vt) @ (target - centre)
    return path


def _ball(markers: dict[str, Array], static: dict[str, Array], s: str) -> Array:
    """Return the ball of the foot; where a marker is missing (left MT1 of one runner), carried by the others."""
    ball = [f"{s}.MT1", f"{s}.MT5"]
    if all(name in markers for name in ball):
        return np.asarray((markers[ball[0]] + markers[ball[1]]) / 2)
    foot = [f"{s}.Heel.{place}" for place in ("Top", "Bottom", "Lateral")]
    return _carried(markers, static, [*foot, *(name for name in ball if name in markers)], ball)


def hip_centres(markers: dict[str, Array]) -> dict[Side, Array]:
    """Return the hip joint centres by Harrington et al. 2007 (J Biomech 40:595, doi 10.1016/j.jbiomech.2006.02.003).

    From the mid-point of both ASIS, with pelvic depth and width [mm]: −0.24·depth − 9.9 forwards, −0.30·width − 10.9
    upwards, 0.33·width + 7.3 sideways.
    """
    right, left = markers["R.ASIS"], markers["L.ASIS"]
    front, back = (right + left) / 2, (markers["R.PSIS"] + markers["L.PSIS"]) / 2
    width = float(np.nanmedian(np.linalg.norm(right - left, axis=1)))
    depth = float(np.nanmedian(np.linalg.norm(front - back, axis=1)))
    side = (right - left) / np.linalg.norm(right - left, axis=1, keepdims=True)
    up = np.cross(side, front - back)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    ahead = np.cross(up, side)
    middle = front + ahead * (-0.24 * depth - 0.0099) + up * (-0.30 * width - 0.0109)
    reach = side * (0.33 * width + 0.0073)
    return {"right": middle + reach, "left": middle - reach}


def marker_figure(recording: Recording, static: Recording) -> dict[str, Array]:
    """Return the points of both legs from markers, shape (n, 3) [m]; knee and ankle between their two markers."""
    points: dict[str, Array] = {}
    for side, hip in hip_centres(recording.markers).items():
        s = side[0].upper()
        places = ("Top.Lateral", "Top.Medial", "Bottom.Lateral", "Bottom.Medial")
        thigh, shank = ([f"{s}.{segment}.{place}" for place in places] for segment in ("Thigh", "Shank"))
        run, rest = recording.markers, static.markers
        points |= {
            f"{side}_hip": hip,
            f"{side}_knee": _carried(run, rest, thigh, [f"{s}.Knee", f"{s}.Knee.Medial"]),
            f"{side}_ankle": _carried(run, rest, shank, [f"{s}.Ankle", f"{s}.Ankle.Medial"]),
            f"{side}_heel": run[f"{s}.Heel.Bottom"],
            f"{side}_toe": _ball(run, rest, s),
        }
    return points


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="reference data folder")
    rbds = parser.parse_args().data / "lab" / "rbds"
    legs = bands.proportions(rbds)
    events: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    values: list[dict[str, object]] = []
    for runner in bands.runners(rbds):
        folder = rbds / runner.name
        if not (folder / f"{runner.name}static.c3d").exists():
            continue
        static = read_c3d(folder / f"{runner.name}static.c3d")
        for trial, speed in bands.SPEEDS_MPS.items():
            key: dict[str, object] = {"runner": runner.name, "speed_mps": speed}
            recording = read_c3d(folder / f"{runner.name}run{trial}.c3d")
            time_s, points = bands.figure(rbds, runner, trial, legs)
            rows = np.round(time_s * recording.rate_hz).astype(int)
            seen = {name: path[rows] for name, path in marker_figure(recording, static).items()}
            model = bands.analyse_figure(time_s, points, runner, speed)
            marked = bands.analyse_figure(time_s, seen, runner, speed)
            events.append(key | compare_events(model.events, recording))
            places.append(key | compare_points(points, seen))
            difference = {
                name: bands.trial_values(model)[name] - value for name, value in bands.trial_values(marked).items()
            }
            values.append(key | difference)
    write_markdown(pd.DataFrame(events), pd.DataFrame(places), pd.DataFrame(values))


def compare_events(events: GaitEvents, recording: Recording) -> dict[str, float]:
    """Return the mean errors of contact, toe-off and contact time against the plate [ms]."""
    parameters = PlateParameters()
    plate = plate_contacts(recording, parameters)
    contact = event_errors(events, "initial_contact", plate[:, 0], parameters) * 1000
    off = event_errors(events, "toe_off", plate[:, 1], parameters) * 1000
    return {
        "contact [ms]": float(contact.mean()),
        "toe-off [ms]": float(off.mean()),
        "contact time [ms]": float(off.mean() - contact.mean()),
        "events": float(len(contact) + len(off)),
        "plate contact time [ms]": float(np.diff(plate, axis=1).mean() * 1000),
    }


def compare_points(points: dict[str, Array], seen: dict[str, Array]) -> dict[str, float]:
    """Return how far each point of the model lies ahead of and above the markers', mean of both legs [mm]."""
    row: dict[str, float] = {}
    for point in ("hip", "knee", "ankle", "heel", "toe"):
        for axis, word in enumerate(("ahead", "above")):
            gaps = [np.nanmean(points[f"{s}_{point}"][:, axis] - seen[f"{s}_{point}"][:, axis]) for s in SIDES]
            row[f"{point} {word} [mm]"] = float(np.mean(gaps)) * 1000
    return row


def write_markdown(events: pd.DataFrame, places: pd.DataFrame, values: pd.DataFrame) -> None:
    """Write mean ± SD over runners, by speed."""
    for table in (events, places, values):
        groups = table.drop(columns="runner").groupby("speed_mps")
        mean, sd = groups.mean().T, groups.std(ddof=1).T
        sys.stdout.write(f"| model − reference | {' | '.join(f'{speed} m/s' for speed in mean.columns)} |\n")
        sys.stdout.write("|---" * (1 + len(mean.columns)) + "|\n")
        for name in mean.index:
            cells = [f"{mean.loc[name, c]:.3g} ± {sd.loc[name, c]:.2g}" for c in mean.columns]
            sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
