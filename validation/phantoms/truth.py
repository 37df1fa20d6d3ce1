"""The truth beside a clip: events, angles, every measurement the motion defines, and joint centres in the picture.

Definitions and signs are the product's (glossary); angles are taken in the runner's own sagittal (x, y) and frontal
(z, y) plane, whatever the camera's place. Numbers that do not exist are null.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import LEG, SIDES, Side, other
from phantoms.body import Figure
from phantoms.camera import View
from phantoms.lab import Contact
from phantoms.motion import Running
from phantoms.spec import FAULTS, ClipSpec
from phantoms.state import BodyState

Array = NDArray[np.float64]

SCHEMA = "kinechain.phantom_truth/1"
#: As in the product's stride table.
MID_STANCE_END, HEEL_RISE_RATIO, DRIFT_WINDOW = 0.7, 0.02, 0.5
#: Limits of the strike class on foot inclination at contact [deg], as in the product.
REARFOOT_ABOVE_DEG, FOREFOOT_BELOW_DEG = 8.0, -1.6


@dataclass(frozen=True)
class LegTruth:
    """One leg over time: points shape (n, 3) [m] and angles shape (n,) [deg], signs of the contract."""

    points: dict[str, Array]
    thigh: Array
    shank: Array
    foot: Array
    thigh_frontal: Array
    knee_medial_m: Array
    heel_eversion: Array
    progression: Array
    leg_length_m: float

    @property
    def knee(self) -> Array:
        """Knee flexion."""
        return self.thigh + self.shank

    @property
    def dorsiflexion(self) -> Array:
        """Ankle dorsiflexion."""
        return self.shank + self.foot


def angle_deg(a: Array, b: Array) -> Array:
    """Return atan2(a, b) [deg]."""
    return np.asarray(np.degrees(np.arctan2(a, b)))


def leg_truth(points: dict[str, Array], medial: float, foot_rest_deg: float) -> LegTruth:
    """Return the angles of a leg from its points.

    Parameters
    ----------
    points : hip, knee, ankle, heel, toe, heel_top, heel_bottom, each shape (n, 3) [m]
    medial : −1 for the right leg, +1 for the left: sign of z towards the midline
    foot_rest_deg : inclination of the line heel–toe of the flat shoe
    """
    hip, knee, ankle = (points[name] for name in ("hip", "knee", "ankle"))
    thigh, shank, sole = knee - hip, knee - ankle, points["toe"] - points["heel"]
    counter = points["heel_top"] - points["heel_bottom"]
    # knee against the line hip–ankle, in the frontal plane
    line = (ankle - hip)[:, [2, 1]]
    unit = line / np.linalg.norm(line, axis=1, keepdims=True)
    off = (knee - hip)[:, [2, 1]]
    across = off - np.sum(off * unit, axis=1, keepdims=True) * unit
    return LegTruth(
        points,
        angle_deg(thigh[:, 0], -thigh[:, 1]),
        angle_deg(shank[:, 0], shank[:, 1]),
        angle_deg(sole[:, 1], sole[:, 0]) - foot_rest_deg,
        angle_deg(medial * thigh[:, 2], -thigh[:, 1]),
        medial * across[:, 0],
        angle_deg(medial * counter[:, 2], counter[:, 1]),
        angle_deg(-medial * sole[:, 2], sole[:, 0]),
        float(np.median(np.linalg.norm(thigh, axis=1) + np.linalg.norm(shank, axis=1))),
    )


@dataclass(frozen=True)
class BodyTruth:
    """The body over time; `pelvis_deg` is the tilt of the hip line, + right hip lower; `trunk_deg` + forwards."""

    time_s: Array
    legs: dict[Side, LegTruth]
    pelvis_deg: Array
    trunk_deg: Array
    trunk_height_m: Array

    def drop(self, stance: Side) -> Array:
        """Return the pelvic drop filed under a stance leg, + swing side lower [deg]."""
        return self.pelvis_deg if stance == "left" else -self.pelvis_deg


def body_truth(body: BodyState, upper: dict[str, Array]) -> BodyTruth:
    """Return the angles of a body; `upper` holds the shoulders, shape (n, 3) [m]."""
    legs: dict[Side, LegTruth] = {}
    for side, leg in body.legs.items():
        points = {"hip": leg.hip, "knee": leg.knee, "ankle": leg.ankle}
        points |= {name: leg.landmark(name) for name in leg.shoe.landmarks}
        rest = {name: leg.shoe.points[leg.shoe.landmarks[name]].mean(axis=0) for name in ("heel", "toe")}
        line = rest["toe"] - rest["heel"]
        legs[side] = leg_truth(points, leg.inwards, float(np.degrees(np.arctan2(line[1], line[0]))))
    across = legs["right"].points["hip"] - legs["left"].points["hip"]
    hips = (legs["right"].points["hip"] + legs["left"].points["hip"]) / 2
    shoulders = (upper["left_shoulder"] + upper["right_shoulder"]) / 2
    trunk = shoulders - hips
    return BodyTruth(
        body.time_s,
        legs,
        angle_deg(-across[:, 1], across[:, 2]),
        angle_deg(trunk[:, 0], trunk[:, 1]),
        (shoulders[:, 1] + hips[:, 1]) / 2,
    )


@dataclass(frozen=True)
class Stride:
    """One stride of one leg [s]."""

    side: Side
    start_s: float
    off_s: float
    other_s: float
    end_s: float


def strides(contacts: tuple[Contact, ...], duration_s: float) -> list[Stride]:
    """Return the complete strides within a clip."""
    found = []
    for side in SIDES:
        own = [c for c in contacts if c.side == side]
        others = [c.start_s for c in contacts if c.side == other(side)]
        for first, second in pairwise(own):
            between = [t for t in others if first.start_s < t < second.start_s]
            if first.start_s >= 0 and second.start_s <= duration_s and len(between) == 1:
                found.append(Stride(side, first.start_s, first.end_s, between[0], second.start_s))
    return found


class _Reader:
    """Reads one stride's quantities off the true motion."""

    def __init__(self, body: BodyTruth, stride: Stride, speed_mps: float) -> None:
        self.body, self.stride, self.speed_mps = body, stride, speed_mps
        self.leg, self.facing = body.legs[stride.side], body.legs[other(stride.side)]
        self.stance = self._fine(stride.start_s, stride.off_s)
        early = self._fine(stride.start_s, stride.start_s + MID_STANCE_END * (stride.off_s - stride.start_s))
        self.ms_s = float(early[np.argmax(self.at(self.leg.knee, early))])
        self.heel_off_s = self._heel_off()

    @staticmethod
    def _fine(start: float, end: float) -> Array:
        return np.linspace(start, end, 400)

    def at(self, values: Array, time_s: Array | float) -> Any:
        return np.interp(time_s, self.body.time_s, values)

    def ahead(self, front: str, back: str) -> Array:
        return np.asarray((self.leg.points[front][:, 0] - self.leg.points[back][:, 0]) / self.leg.leg_length_m)

    def _heel_off(self) -> float:
        height = self.at(self.leg.points["heel"][:, 1], self.stance)
        lowest = int(np.argmin(height[: int(0.8 * len(height))]))
        above = np.flatnonzero(height[lowest:] > height[lowest] + HEEL_RISE_RATIO * self.leg.leg_length_m)
        return float(self.stance[lowest + above[0]]) if len(above) else float("nan")

    def time_and_space(self) -> dict[str, float]:
        s = self.stride
        return {
            "contact_time_s": s.off_s - s.start_s,
            "flight_time_s": s.other_s - s.off_s,
            "duty_factor_ratio": (s.off_s - s.start_s) / (s.end_s - s.start_s),
            "stride_length_m": self.speed_mps * (s.end_s - s.start_s),
            "stride_time_s": s.end_s - s.start_s,
        }

    def side_view(self) -> dict[str, float]:
        s, leg, at = self.stride, self.leg, self.at
        hip = leg.thigh + self.body.trunk_deg
        trailing = angle_deg(
            leg.points["hip"][:, 0] - leg.points["toe"][:, 0], leg.points["hip"][:, 1] - leg.points["toe"][:, 1]
        )
        early_swing = self._fine(s.off_s, s.off_s + DRIFT_WINDOW * (s.end_s - s.off_s))
        behind = -at(self.ahead("ankle", "hip"), early_swing)
        lag = (self.facing.points["knee"][:, 0] - leg.points["knee"][:, 0]) / leg.leg_length_m
        return {
            "foot_inclination_ic_deg": at(leg.foot, s.start_s),
            "overstride_ic_ratio": at(self.ahead("ankle", "hip"), s.start_s),
            "shank_angle_ic_deg": at(leg.shank, s.start_s),
            "shank_angle_ms_deg": at(leg.shank, self.ms_s),
            "knee_flexion_ic_deg": at(leg.knee, s.start_s),
            "knee_flexion_peak_deg": at(leg.knee, self.ms_s),
            "knee_over_toe_ms_ratio": at(self.ahead("knee", "toe"), self.ms_s),
            "ankle_dorsiflexion_peak_deg": at(leg.dorsiflexion, self.stance).max(),
            "hip_flexion_ic_deg": at(hip, s.start_s),
            "hip_flexion_excursion_deg": at(hip, self.ms_s) - at(hip, s.start_s),
            "trunk_lean_deg": at(self.body.trunk_deg, self.stance).mean(),
            "thigh_angle_to_deg": at(leg.thigh, s.off_s),
            "trailing_limb_angle_to_deg": at(trailing, s.off_s),
            "rearward_drift_ratio": behind.max(),
            "recovery_time_s": float(early_swing[np.argmax(behind)]) - s.off_s,
            "recovery_lag_ratio": at(lag, s.other_s),
            "heel_off_pct": 100 * (self.heel_off_s - s.start_s) / (s.off_s - s.start_s),
        }

    def rear_view(self) -> dict[str, float]:
        s, leg, at = self.stride, self.leg, self.at
        heel_down = self._fine(s.start_s, self.heel_off_s if np.isfinite(self.heel_off_s) else self.ms_s)
        flat = self._fine(s.start_s + 0.25 * (s.off_s - s.start_s), s.start_s + 0.5 * (s.off_s - s.start_s))
        eversion = at(leg.heel_eversion, heel_down).max()
        outwards = 1.0 if s.side == "right" else -1.0
        step = at(leg.points["heel"][:, 2], s.start_s) - at(self.facing.points["heel"][:, 2], s.other_s)
        return {
            "pelvic_drop_peak_deg": at(self.body.drop(s.side), self.stance).max(),
            "femoral_adduction_ms_deg": at(leg.thigh_frontal, self.ms_s),
            "knee_medial_shift_ms_ratio": at(leg.knee_medial_m, self.ms_s) / leg.leg_length_m,
            "heel_eversion_peak_deg": eversion,
            "heel_eversion_excursion_deg": eversion - at(leg.heel_eversion, s.start_s),
            "step_width_ratio": outwards * step / leg.leg_length_m,
            "foot_progression_deg": at(leg.progression, flat).mean(),
        }

    def oscillation(self) -> float:
        height = self.at(self.body.trunk_height_m, self._fine(self.stride.start_s, self.stride.other_s))
        return float(np.ptp(height))

    def row(self) -> dict[str, Any]:
        s = self.stride
        values = self.time_and_space() | self.side_view() | self.rear_view()
        values["vertical_oscillation_m"] = self.oscillation()
        instants = {"side": s.side, "start_s": s.start_s, "ms_s": self.ms_s, "heel_off_s": self.heel_off_s}
        return instants | {"toe_off_s": s.off_s, "other_contact_s": s.other_s, "end_s": s.end_s} | values


#: Quantities filed once for both legs.
BOTH = ("vertical_oscillation_m", "trunk_lean_deg", "step_width_ratio")
_INSTANTS = ("side", "start_s", "ms_s", "heel_off_s", "toe_off_s", "other_contact_s", "end_s", "stride_time_s")


def stride_rows(
    body: BodyTruth, contacts: tuple[Contact, ...], duration_s: float, speed_mps: float
) -> list[dict[str, Any]]:
    """Return one row a stride."""
    return [_Reader(body, stride, speed_mps).row() for stride in strides(contacts, duration_s)]


def trial_means(rows: list[dict[str, Any]], speed_mps: float) -> list[dict[str, Any]]:
    """Return mean and SD over the strides, one entry a quantity and side."""
    found: list[dict[str, Any]] = []

    def add(name: str, side: str, values: list[float]) -> None:
        known = np.array([v for v in values if np.isfinite(v)])
        mean, sd = (float(known.mean()), float(known.std(ddof=1))) if len(known) > 1 else (None, None)
        found.append({"name": name, "side": side, "value": mean, "sd": sd, "n": len(known)})

    for name in (key for key in (rows[0] if rows else {}) if key not in _INSTANTS):
        for side in ("both",) if name in BOTH else SIDES:
            add(name, side, [row[name] for row in rows if side in ("both", row["side"])])
    add("cadence_spm", "both", [120.0 / row["stride_time_s"] for row in rows])
    found.append({"name": "speed_mps", "side": "both", "value": speed_mps, "sd": 0.0, "n": len(rows)})
    for side in SIDES:
        classes = [strike_class(row["foot_inclination_ic_deg"]) for row in rows if row["side"] == side]
        most = max(set(classes), key=classes.count) if classes else None
        found.append({"name": "strike_class", "side": side, "value": most, "sd": None, "n": len(classes)})
    return found


def strike_class(inclination_deg: float) -> str:
    """Return the class of a foot's inclination at contact."""
    if inclination_deg > REARFOOT_ABOVE_DEG:
        return "rearfoot"
    return "forefoot" if inclination_deg < FOREFOOT_BELOW_DEG else "midfoot"


def _rounded(values: Array, digits: int) -> Any:
    return np.round(values, digits).tolist()


def truth_of(spec: ClipSpec, running: Running, figure: Figure, view: View) -> dict[str, Any]:
    """Return the truth of a clip, ready for JSON."""
    duration = spec.picture.duration_s
    body = body_truth(running.body, figure.joints(figure.placements(running.body)))
    rows = stride_rows(body, running.contacts, duration, running.speed_mps)
    times = spec.picture.frame_times_s
    frames = running.body.at(times)
    upper = figure.joints(figure.placements(frames))
    seen = body_truth(frames, upper)
    points = upper | {f"{side}_{name}": seen.legs[side].points[name] for side in SIDES for name in LEG}
    return {
        "schema": SCHEMA,
        "clip": spec.name,
        "view": spec.camera.view,
        "fps": spec.picture.fps,
        "frames": len(times),
        "image_size": [spec.picture.width, spec.picture.height],
        "source": f"{spec.runner}_{spec.pace}_ik.mot",
        "contacts_from": running.trial.contacts_from,
        "speed_mps": running.speed_mps,
        "height_m": running.height_m,
        "leg_length_m": {side: leg.leg_length_m for side, leg in body.legs.items()},
        "faults": [{"name": f.name, "grade": f.grade, "side": f.side, "link": FAULTS[f.name][0]} for f in spec.faults],
        "camera": {
            "position_m": view.position.tolist(),
            "axes": view.axes.tolist(),
            "focal_px": view.focal_px,
            "k1": view.k1,
        },
        "events": _events(running.contacts, duration),
        "plate_events": _events(running.plate_contacts, duration),
        "measurements": trial_means(rows, running.speed_mps),
        "strides": [{key: _plain(value) for key, value in row.items()} for row in rows],
        "time_s": _rounded(times, 6),
        "angles_deg": {
            f"{side}_{name}": _rounded(getattr(seen.legs[side], name), 3)
            for side in SIDES
            for name in ("thigh", "shank", "knee", "foot", "dorsiflexion", "thigh_frontal", "heel_eversion")
        }
        | {"trunk_lean": _rounded(seen.trunk_deg, 3), "pelvis_right_lower": _rounded(seen.pelvis_deg, 3)},
        "joints_m": {name: _rounded(path, 4) for name, path in points.items()},
        "joints_px": {name: _rounded(view.project(path), 2) for name, path in points.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return round(float(value), 6) if np.isfinite(value) else None


def _events(contacts: tuple[Contact, ...], duration_s: float) -> list[dict[str, Any]]:
    found = [
        {"time_s": round(time_s, 6), "side": contact.side, "kind": kind}
        for contact in contacts
        for time_s, kind in ((contact.start_s, "initial_contact"), (contact.end_s, "toe_off"))
        if 0 <= time_s <= duration_s
    ]
    return sorted(found, key=lambda event: event["time_s"])
