"""A stick figure from OpenSim inverse kinematics: joint centres, heel and ball of the foot in three dimensions.

The model is that of Rajagopal et al. 2016 (IEEE TBME 63:2068, doi 10.1109/TBME.2016.2586891) with subtalar and toe
joints locked, as it was used on this data set. Its lengths are read from scaled models and divided by body height, so
that runners without a model of their own get the same proportions.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from kinechain.model.skeleton import LEG, SIDES, Side

Array = NDArray[np.float64]
Curve = Callable[[Array], Array]

#: Markers that stand for the heel and, averaged, for the ball of the foot.
HEEL = "Heel.Bottom"
BALL = ("MT1", "MT5")


@dataclass(frozen=True)
class Leg:
    """Offsets of one leg ÷ body height, and the moving axis of the knee.

    Parameters
    ----------
    hip : hip joint in the pelvis
    femur_knee, tibia_knee : knee joint in the femur and in the tibia
    ankle : ankle joint in the tibia
    talus_calcaneus, calcaneus_toes : where the (locked) joints of the foot lie
    heel : in the calcaneus
    ball : in the toes' frame
    hip_rotation : axis and value by flexion, adduction and rotation [rad]
    knee_frame, ankle_frame : orientation of the joint axes
    knee_rotation, knee_translation : axis and value by knee flexion [rad] → [rad] or length ÷ height
    """

    hip: Array
    femur_knee: Array
    tibia_knee: Array
    ankle: Array
    talus_calcaneus: Array
    calcaneus_toes: Array
    heel: Array
    ball: Array
    hip_rotation: tuple[tuple[Array, Curve], ...]
    knee_frame: Rotation
    ankle_frame: Rotation
    knee_rotation: tuple[tuple[Array, Curve], ...]
    knee_translation: tuple[tuple[Array, Curve], ...]


def _numbers(element: ET.Element, tag: str) -> Array:
    text = element.findtext(tag)
    if text is None:
        raise ValueError(f"the model has no <{tag}> in {element.get('name')!r}")
    return np.array(text.split(), dtype=np.float64)


def _function(axis: ET.Element) -> Curve:
    """Return the function of a TransformAxis: a scaled spline, a constant or a line."""
    scaled = axis.find("MultiplierFunction")
    scale = 1.0 if scaled is None else float(_numbers(scaled, "scale")[0])
    spline, constant = axis.find(".//SimmSpline"), axis.find(".//Constant")
    if spline is not None:
        curve = CubicSpline(_numbers(spline, "x"), _numbers(spline, "y"), bc_type="natural")
        return lambda angle: np.asarray(scale * curve(angle), dtype=np.float64)
    if constant is not None:
        value = scale * float(_numbers(constant, "value")[0])
        return lambda angle: np.full_like(angle, value)
    linear = axis.find(".//LinearFunction")
    if linear is None:
        raise ValueError(f"the model has an unknown function in {axis.get('name')!r}")
    slope, intercept = _numbers(linear, "coefficients")
    return lambda angle: np.asarray(slope * angle + intercept, dtype=np.float64)


def _times(curve: Curve, factor: float) -> Curve:
    return lambda angle: factor * curve(angle)


def read_legs(path: Path, height_m: float) -> dict[Side, Leg]:
    """Read both legs of a scaled model (`.osim`) and divide their lengths by body height [m]."""
    root = ET.parse(path).getroot()  # noqa: S314 - a file of the reference data, not of a user
    return {side: _read_leg(root, side, height_m) for side in SIDES}


def _read_leg(root: ET.Element, side: Side, height_m: float) -> Leg:
    s, prefix = side[0], side[0].upper()
    joints = {joint.get("name"): joint for joint in root.iter() if joint.tag.endswith("Joint")}
    markers = {str(m.get("name")): _numbers(m, "location") for m in root.iter("Marker")}

    def frames(joint: str) -> list[ET.Element]:
        return list(joints[f"{joint}_{s}"].iter("PhysicalOffsetFrame"))

    def offset(joint: str, child: int = 0) -> Array:
        return _numbers(frames(joint)[child], "translation") / height_m

    def orientation(joint: str) -> Rotation:
        return Rotation.from_euler("XYZ", _numbers(frames(joint)[0], "orientation"))

    def moves(joint: str) -> list[tuple[Array, Curve]]:
        return [(_numbers(axis, "axis"), _function(axis)) for axis in joints[f"{joint}_{s}"].iter("TransformAxis")]

    return Leg(
        hip=offset("hip"),
        femur_knee=offset("walker_knee"),
        tibia_knee=offset("walker_knee", 1),
        ankle=offset("ankle"),
        talus_calcaneus=offset("subtalar"),
        calcaneus_toes=offset("mtp"),
        heel=markers[f"{prefix}.{HEEL}"] / height_m,
        ball=np.mean([markers[f"{prefix}.{name}"] for name in BALL], axis=0) / height_m,
        hip_rotation=tuple(moves("hip")[:3]),
        knee_frame=orientation("walker_knee"),
        ankle_frame=orientation("ankle"),
        knee_rotation=tuple(moves("walker_knee")[:3]),
        knee_translation=tuple((axis, _times(curve, 1 / height_m)) for axis, curve in moves("walker_knee")[3:]),
    )


def read_motion(path: Path) -> pd.DataFrame:
    """Read an OpenSim motion file in degrees; one column a coordinate, and `time` [s].

    Raises
    ------
    ValueError
        Where the file does not say that its angles are in degrees.
    """
    header, _, table = path.read_text(encoding="utf-8").partition("endheader\n")
    if "inDegrees=yes" not in header:
        raise ValueError(f"{path}: angles are not in degrees")
    return pd.read_csv(io.StringIO(table), sep="\t", skipinitialspace=True)


def _turn(axes: Sequence[Array], angles: Sequence[Array]) -> Rotation:
    """Return successive rotations about body-fixed axes, angles shape (n,) [rad]."""
    parts = [Rotation.from_rotvec(angle[:, None] * axis) for axis, angle in zip(axes, angles, strict=True)]
    first, *rest = parts
    for part in rest:
        first = first * part
    return first


X, Y, Z = np.eye(3)


@dataclass(frozen=True)
class LegSegments:
    """Joint centres of one leg [m], shape (n, 3), and the orientation of its segments in the laboratory."""

    hip: Array
    knee: Array
    ankle: Array
    femur: Rotation
    tibia: Rotation
    foot: Rotation


@dataclass(frozen=True)
class Segments:
    """Pelvis and both legs in the laboratory: x forwards, y up, z to the right."""

    origin: Array
    pelvis: Rotation
    legs: dict[Side, LegSegments]


def segments(motion: pd.DataFrame, legs: dict[Side, Leg], height_m: float) -> Segments:
    """Return joint centres and segment orientations.

    Parameters
    ----------
    motion : coordinates of the model [deg, m]
    legs : proportions
    height_m : body height [m]
    """

    def radians(name: str) -> Array:
        return np.asarray(np.radians(motion[name].to_numpy(dtype=np.float64)))

    origin = motion[["pelvis_tx", "pelvis_ty", "pelvis_tz"]].to_numpy(dtype=np.float64)
    pelvis = _turn((Z, X, Y), [radians(f"pelvis_{name}") for name in ("tilt", "list", "rotation")])
    found: dict[Side, LegSegments] = {}
    for side, leg in legs.items():
        s = side[0]
        hip_angles = [radians(f"hip_{name}_{s}") for name in ("flexion", "adduction", "rotation")]
        femur = pelvis * _turn(
            [axis for axis, _ in leg.hip_rotation],
            [curve(angle) for (_, curve), angle in zip(leg.hip_rotation, hip_angles, strict=True)],
        )
        hip = origin + pelvis.apply(height_m * leg.hip)
        knee = hip + femur.apply(height_m * leg.femur_knee)
        flexion = radians(f"knee_angle_{s}")
        frame = femur * leg.knee_frame
        shift = np.sum([curve(flexion)[:, None] * axis for axis, curve in leg.knee_translation], axis=0)
        axes, curves = zip(*leg.knee_rotation, strict=True)
        tibia = frame * _turn(axes, [curve(flexion) for curve in curves]) * leg.knee_frame.inv()
        tibia_origin = knee + frame.apply(height_m * shift) - tibia.apply(height_m * leg.tibia_knee)
        ankle = tibia_origin + tibia.apply(height_m * leg.ankle)
        foot = tibia * leg.ankle_frame * _turn((Z,), (radians(f"ankle_angle_{s}"),)) * leg.ankle_frame.inv()
        found[side] = LegSegments(hip, knee, ankle, femur, tibia, foot)
    return Segments(origin, pelvis, found)


def stick_figure(motion: pd.DataFrame, legs: dict[Side, Leg], height_m: float) -> dict[str, Array]:
    """Return the points of both legs in the laboratory, each shape (n, 3) [m]: x forwards, y up, z to the right.

    Parameters
    ----------
    motion : coordinates of the model [deg, m]
    legs : proportions
    height_m : body height [m]

    Returns
    -------
    "left_hip" … "right_toe" (here: the ball of the foot).
    """
    points: dict[str, Array] = {}
    for side, one in segments(motion, legs, height_m).legs.items():
        leg = legs[side]
        heel = one.ankle + one.foot.apply(height_m * (leg.talus_calcaneus + leg.heel))
        ball = one.ankle + one.foot.apply(height_m * (leg.talus_calcaneus + leg.calcaneus_toes + leg.ball))
        points |= {
            f"{side}_{name}": point for name, point in zip(LEG, (one.hip, one.knee, one.ankle, heel, ball), strict=True)
        }
    return points
