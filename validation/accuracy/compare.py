"""One clip: what the product says of it beside what is true."""

from __future__ import annotations

import json
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from accuracy.replay import Replay
from kinechain.errors import KinechainError
from kinechain.model.assessment import Measurement
from kinechain.model.athlete import Athlete
from kinechain.model.events import GaitEvents
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.clip import MeasuredClip, measure_seen
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest, see
from kinechain.pose import weights
from kinechain.pose.blazepose import BlazePose
from kinechain.settings import Protocol

Array = NDArray[np.float64]
Roll = Literal["as_found", "other"]

SPLIT = Path(__file__).resolve().parents[1] / "split.toml"
#: An event farther from the true one than this belongs to another [s].
SAME_EVENT_S = 0.1
#: Events before this may be missed [s]: of an early toe-off the clip does not show the landing.
FIRST_S = {"initial_contact": SAME_EVENT_S, "toe_off": 0.45}
#: Error of the camera's roll where it was read off uprights: SD over 64 rendered clips of the tuning half [deg].
UPRIGHT_SD_DEG = 0.33
#: Curve of the product → the truth's angle.
CURVES = {
    "thigh_angle_deg": "thigh",
    "shank_angle_deg": "shank",
    "knee_flexion_deg": "knee",
    "ankle_dorsiflexion_deg": "dorsiflexion",
    "foot_inclination_deg": "foot",
}


@dataclass(frozen=True)
class Row:
    """One number of one clip.

    Parameters
    ----------
    kind : "measurement", "curve" (RMSE over the cycle) or "event" (mean error of its kind)
    leg : "near", "far" (side views), "both" or "each" (rear, front)
    faults : names of the faults that were built in, joined by "+"
    value, low, high : the product's; None where it gives none
    uprights : "seen" where the product knew the camera's roll
    truth : of a curve and an event 0
    spread : SD over strides or events
    n : strides or events
    detail : of a curve the RMSE with the mean difference taken out; of events those missed or false
    taken_off : known bias that is no longer in `value`
    """

    clip: str
    half: str
    runner: str
    pace: str
    speed_mps: float
    view: str
    fps: float
    yaw_deg: float
    faults: str
    kind: str
    name: str
    side: str
    leg: str
    value: float | None
    low: float | None
    high: float | None
    truth: float | None
    spread: float | None
    n: int
    uprights: str = "unseen"
    detail: float | None = None
    taken_off: float | None = None


@cache
def half_of(runner: str) -> str:
    """Return the half that a runner belongs to."""
    halves = tomllib.loads(SPLIT.read_text(encoding="utf-8"))
    return next(half for half, members in halves.items() if runner in members["runners"])


def compare(folder: Path, name: str, poses: Path, roll: Roll = "as_found") -> list[Row]:
    """Return every number of a clip beside its truth; of a clip that the product refuses, one row that says so.

    Parameters
    ----------
    folder : holds `<name>.mp4`, `.json` (truth) and `.toml` (specification)
    poses : folder in which the estimator's results are kept
    roll : what the product knows of the camera's roll, see `measured`
    """
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    spec = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    facts = {
        "clip": name,
        "half": half_of(spec["runner"]),
        "runner": spec["runner"],
        "pace": spec["pace"],
        "speed_mps": truth["speed_mps"],
        "view": truth["view"],
        "fps": truth["fps"],
        "yaw_deg": spec["camera"]["yaw_deg"],
        "faults": "+".join(fault["name"] for fault in truth["faults"]),
    }
    try:
        clip = measured(folder / f"{name}.mp4", poses / f"{name}.npz", truth, roll)
    except KinechainError as error:
        empty = dict.fromkeys(("value", "low", "high", "truth", "spread"))
        return [Row(**facts, kind="refused", name=error.code, side="both", leg="both", **empty, n=0)]
    found = [*_measurements(clip, truth), *_curves(clip, truth), *_events(clip.gait.events, truth)]
    facts["uprights"] = "seen" if "upright_lean_deg" in clip.seen.pose.attrs else "unseen"
    return [Row(**facts, leg=_leg(truth["view"], str(part["side"])), **part) for part in found]


def measured(video: Path, kept: Path, truth: dict[str, Any], roll: Roll = "as_found") -> MeasuredClip:
    """Run the product on a clip whose view and body height are stated; of its segments the one with the most strides.

    Parameters
    ----------
    kept : file of the estimator's results; made where it is not there
    truth : of the clip
    roll : "as_found" is what the product prints; "other" is the other case: where it read the roll off the scene, it
        does not know it, and where the scene showed nothing upright, it knows it with `UPRIGHT_SD_DEG` of error

    Raises
    ------
    KinechainError
    """
    protocol = Protocol()
    estimator = Replay(BlazePose(weights.locate(), protocol.estimator), kept)
    request, athlete = ClipRequest(video, view=truth["view"]), Athlete(height_cm=100 * truth["height_m"])
    try:
        seen = see(request, lambda: estimator, protocol, lambda *_: None, Stopwatch())
    finally:
        estimator.save()
    if roll == "other":
        seen = replace(seen, pose=_with_other_roll(seen.pose, truth))
    clips = measure_seen(seen, request, athlete, protocol, "clip1")
    return max(clips, key=lambda clip: clip.part.n_strides.left + clip.part.n_strides.right)


def _with_other_roll(pose: xr.Dataset, truth: dict[str, Any]) -> xr.Dataset:
    attributes = dict(pose.attrs)
    if attributes.pop("upright_lean_deg", None) is None:
        error = np.random.default_rng(zlib.crc32(truth["clip"].encode())).normal(0, UPRIGHT_SD_DEG)
        attributes["upright_lean_deg"] = upright_lean_deg(truth["camera"]) + float(error)
    return pose.drop_attrs(deep=False).assign_attrs(attributes)


def upright_lean_deg(camera: dict[str, Any]) -> float:
    """Return how far the vertical leans to the right in the middle of the picture, from the camera's axes [deg]."""
    right, down = np.array(camera["axes"])[:2]
    return float(np.degrees(np.arctan2(right[1], -down[1])))


def _leg(view: str, side: str) -> str:
    if side not in SIDES:
        return "both"
    if not view.startswith("side_"):
        return "each"
    return "near" if view == f"side_{side}" else "far"


def _measurements(clip: MeasuredClip, truth: dict[str, Any]) -> Iterator[dict[str, Any]]:
    true = {(row["name"], row["side"]): row for row in truth["measurements"]}
    for m in clip.gait.measurements:
        known = true.get((m.name, m.side))
        if known is None or known["value"] is None:
            continue
        yield {
            "kind": "measurement",
            "name": m.name,
            "side": m.side,
            **_numbers(m, known["value"]),
            "spread": _spread(clip, m),
            "n": m.n_strides,
            "taken_off": _taken_off(m),
        }


def _numbers(m: Measurement, known: float | str) -> dict[str, float | None]:
    """Return value and truth; of a class 1 where it is the true one, 0 where it is another."""
    if isinstance(known, str):
        value = None if m.value is None else float(m.value == known)
        return {"value": value, "low": None, "high": None, "truth": 1.0}
    return {"value": m.value if isinstance(m.value, float) else None, "low": m.low, "high": m.high, "truth": known}


def _taken_off(m: Measurement) -> float | None:
    """Return the known bias that the product has taken off a value."""
    return None if m.method_error is None else m.method_error.bias


def _spread(clip: MeasuredClip, m: Measurement) -> float | None:
    """Return the SD over strides, None where the stride table has no such column."""
    rows = clip.gait.table.rows if m.side == "both" else clip.gait.table.of(m.side)
    if m.name not in rows or isinstance(m.value, str):
        return None
    values = rows[m.name].to_numpy(dtype=np.float64)
    values = values[np.isfinite(values)]
    return float(values.std(ddof=1)) if len(values) > 1 else None


def _curves(clip: MeasuredClip, truth: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the errors of each curve; the true angle is cut into the same strides, so that events do not count."""
    time_s = np.array(truth["time_s"])
    for curve in clip.gait.curves:
        if curve.name not in CURVES:
            continue
        angle = np.array(truth["angles_deg"][f"{curve.side}_{CURVES[curve.name]}"], dtype=float)
        strides = clip.gait.table.of(curve.side)[["start_s", "end_s"]].to_numpy(dtype=np.float64)
        cycles = [np.interp(np.linspace(start, end, 101), time_s, angle) for start, end in strides]
        error = np.array(curve.mean) - np.mean(cycles, axis=0)
        yield {
            "kind": "curve",
            "name": curve.name,
            "side": curve.side,
            "value": float(np.sqrt(np.mean(error**2))),
            "low": None,
            "high": None,
            "truth": 0.0,
            "spread": float(error.mean()),
            "n": curve.n_strides,
            "detail": float(np.sqrt(np.mean((error - error.mean()) ** 2))),
        }


def _events(events: GaitEvents, truth: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the errors of each kind of event of each leg [s], and how many were missed or false."""
    end = truth["time_s"][-1]
    for side in SIDES:
        for kind in ("initial_contact", "toe_off"):
            found = events.times_s(kind, side)
            true = np.array([e["time_s"] for e in truth["events"] if (e["side"], e["kind"]) == (side, kind)])
            near, missed, false = event_errors(found, true, FIRST_S[kind], end)
            yield {
                "kind": "event",
                "name": kind,
                "side": side,
                "value": float(np.mean(near)) if near else None,
                "low": None,
                "high": None,
                "truth": 0.0,
                "spread": float(np.std(near, ddof=1)) if len(near) > 1 else None,
                "n": len(near),
                "detail": float(missed + false),
            }


def event_errors(found: Array, true: Array, first_s: float, end_s: float) -> tuple[list[float], int, int]:
    """Return the errors of the events that were found [s], how many were missed, and how many false.

    True events before `first_s` and in the last 0.2 s of a clip may be missed; one found where none is, is false.

    Parameters
    ----------
    found, true : times of the events of one kind of one leg [s]
    end_s : end of the clip [s]
    """
    errors = [float(found[np.argmin(np.abs(found - t))] - t) for t in true] if len(found) else []
    inner = true[(true > first_s) & (true < end_s - 2 * SAME_EVENT_S)]
    missed = sum(not len(found) or np.abs(found - t).min() > SAME_EVENT_S for t in inner)
    false = sum(not len(true) or np.abs(true - t).min() > SAME_EVENT_S for t in found)
    return [e for e in errors if abs(e) <= SAME_EVENT_S], missed, false
