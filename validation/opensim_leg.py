"""The planar leg as an OpenSim model: same segments, same muscles, same moment arms.

Needs the extra `opensim`. The model has six coordinates: where the hip is and how the pelvis leans, hip and knee
flexion, ankle dorsiflexion (flexion and dorsiflexion positive, as in OpenSim). Each muscle group is a path actuator
whose length is a polynomial of the angles: its derivative is the moment arm of `knowledge/muscles.csv`. Forces are
activation × strength, without force–length–velocity, as in the product: what differs from it is the solver and the
mechanics, which are OpenSim's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import opensim
from numpy.typing import NDArray

from kinechain.knowledge.muscles import MuscleRow
from kinechain.load.dynamics import LegMotion
from kinechain.load.muscle import JOINTS, OptimisationParameters, moment_arms_m
from kinechain.load.segments import LegSegments, Segment

Array = NDArray[np.float64]

#: Coordinates of the pelvis, then the joints in the order of `JOINTS`.
PELVIS = ("pelvis_tilt", "pelvis_tx", "pelvis_ty")
COORDINATES = dict(zip(JOINTS, ("ankle_angle", "knee_angle", "hip_flexion"), strict=True))
#: The pelvis is moved by actuators of its own, so that no joint of the leg feels what it weighs; a body too light for
#: the muscles that pull at it would leave their optimisation ill-conditioned.
PELVIS_KG, PELVIS_KGM2 = 10.0, 0.1
#: Force of a fully active soleus [N/kg]; only ratios of strengths matter.
SOLEUS_NPKG = 60.0
#: Length of every path at one end of its angles [m]: only its derivative counts.
PATH_M = 1.0
#: Angles at which the length of a one-joint group is given [deg].
ANGLES_DEG = np.arange(-120.0, 181.0, 2.0)
#: Activations are not bounded from above in the product.
MOST_ACTIVE = 100.0
#: Full force of the actuators that move the pelvis [N or N·m per kg].
PELVIS_FORCE = 1000.0


@dataclass(frozen=True)
class RigidLeg:
    """Lengths of a leg [m]; `heel` and `toe` from the ankle, in the foot as it lies flat."""

    thigh: float
    shank: float
    heel: Array
    toe: Array
    segments: LegSegments

    @property
    def mass_kg(self) -> float:
        """Mass of the leg [kg]."""
        return sum(part.mass_kg for part in (self.segments.thigh, self.segments.shank, self.segments.foot))


def _turned(vectors: Array, angle: Array) -> Array:
    """Turn vectors, shape (n, 2), counter-clockwise by an angle, shape (n,) [rad]."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * vectors[:, 0] - s * vectors[:, 1], s * vectors[:, 0] + c * vectors[:, 1]], axis=1)


def _hang_rad(upper: Array, lower: Array) -> Array:
    """Return the counter-clockwise angle of a segment against hanging straight down [rad]."""
    down = lower - upper
    return np.asarray(np.unwrap(np.arctan2(down[:, 0], -down[:, 1])))


def _sole_rad(motion: LegMotion, flat: slice) -> Array:
    """Return the angle of the sole against how it lies flat [rad]."""
    sole = motion.toe - motion.heel
    angle = np.unwrap(np.arctan2(sole[:, 1], sole[:, 0]))
    return np.asarray(angle - np.median(angle[flat]))


def rigid_leg(motion: LegMotion, flat: slice, segments: LegSegments) -> RigidLeg:
    """Return the leg of a path with its mean lengths.

    Parameters
    ----------
    flat : points at which the foot is flat
    """
    sole = _sole_rad(motion, flat)
    return RigidLeg(
        float(np.linalg.norm(motion.knee - motion.hip, axis=1).mean()),
        float(np.linalg.norm(motion.ankle - motion.knee, axis=1).mean()),
        _turned(motion.heel - motion.ankle, -sole).mean(axis=0),
        _turned(motion.toe - motion.ankle, -sole).mean(axis=0),
        segments,
    )


def rigid_motion(motion: LegMotion, flat: slice, leg: RigidLeg) -> LegMotion:
    """Return the path of a leg that keeps its lengths: from the measured hip on, with the measured directions.

    Markers let a segment grow and shrink by a few millimetres, which twice derived is an acceleration that a model of
    rigid bodies does not have.
    """
    thigh, shank = _hang_rad(motion.hip, motion.knee), _hang_rad(motion.knee, motion.ankle)
    down, n = np.array([[0.0, -1.0]]), len(thigh)
    knee = motion.hip + leg.thigh * _turned(np.repeat(down, n, axis=0), thigh)
    ankle = knee + leg.shank * _turned(np.repeat(down, n, axis=0), shank)
    sole = _sole_rad(motion, flat)
    heel, toe = (ankle + _turned(np.repeat(end[None, :], n, axis=0), sole) for end in (leg.heel, leg.toe))
    return replace(motion, knee=knee, ankle=ankle, heel=heel, toe=toe)


def coordinates(motion: LegMotion, flat: slice) -> dict[str, Array]:
    """Return the coordinates of the model over a path, each shape (n,) [rad, m]."""
    thigh, shank = _hang_rad(motion.hip, motion.knee), _hang_rad(motion.knee, motion.ankle)
    tilt = np.unwrap(np.asarray(motion.trunk_rad))
    return {
        "pelvis_tilt": tilt,
        "pelvis_tx": motion.hip[:, 0],
        "pelvis_ty": motion.hip[:, 1],
        "hip_flexion": thigh - tilt,
        "knee_angle": thigh - shank,
        "ankle_angle": _sole_rad(motion, flat) - shank,
    }


def _body(name: str, segment: Segment, start: Array, end: Array) -> opensim.Body:
    centre = start + segment.com_ratio * (end - start)
    about_z = segment.mass_kg * (segment.radius_ratio * float(np.linalg.norm(end - start))) ** 2
    # The other two axes are never turned about; they only must be possible for a body.
    return opensim.Body(
        name,
        segment.mass_kg,
        opensim.Vec3(float(centre[0]), float(centre[1]), 0),
        opensim.Inertia(about_z, about_z, about_z),
    )


def _pin(name: str, above: opensim.Body, at_m: float, below: opensim.Body, coordinate: str, half_turn: float) -> object:
    """Return a hinge `at_m` below the origin of the body above; a half turn about x makes clockwise positive."""
    turn = opensim.Vec3(half_turn, 0, 0)
    joint = opensim.PinJoint(name, above, opensim.Vec3(0, -at_m, 0), turn, below, opensim.Vec3(0), turn)
    joint.updCoordinate().setName(coordinate)
    return joint


def planar_model(leg: RigidLeg, rows: tuple[MuscleRow, ...], mass_kg: float) -> opensim.Model:
    """Return the model of a leg.

    Parameters
    ----------
    rows : muscle groups
    mass_kg : of the whole body: strengths are per kilogram of it
    """
    model = opensim.Model()
    model.setName("kinechain_planar_leg")
    origin = np.zeros(2)
    inertia = opensim.Inertia(PELVIS_KGM2, PELVIS_KGM2, PELVIS_KGM2)
    bodies = {
        "pelvis": opensim.Body("pelvis", PELVIS_KG, opensim.Vec3(0), inertia),
        "thigh": _body("thigh", leg.segments.thigh, origin, np.array([0, -leg.thigh])),
        "shank": _body("shank", leg.segments.shank, origin, np.array([0, -leg.shank])),
        "foot": _body("foot", leg.segments.foot, leg.heel, leg.toe),
    }
    for body in bodies.values():
        model.addBody(body)
    root = opensim.PlanarJoint("ground_pelvis", model.getGround(), bodies["pelvis"])
    for index, name in enumerate(PELVIS):
        root.upd_coordinates(index).setName(name)
    model.addJoint(root)
    model.addJoint(_pin("hip", bodies["pelvis"], 0.0, bodies["thigh"], "hip_flexion", 0.0))
    model.addJoint(_pin("knee", bodies["thigh"], leg.thigh, bodies["shank"], "knee_angle", np.pi))
    model.addJoint(_pin("ankle", bodies["shank"], leg.shank, bodies["foot"], "ankle_angle", 0.0))
    for row in rows:
        model.addForce(_muscle(row, mass_kg))
    reserve = OptimisationParameters().slack ** 0.5 * SOLEUS_NPKG
    for name in (*PELVIS, *COORDINATES.values()):
        actuator = opensim.CoordinateActuator(name)
        actuator.setName(f"{name}_reserve")
        actuator.setOptimalForce(mass_kg * (PELVIS_FORCE if name in PELVIS else reserve))
        actuator.setMinControl(-np.inf)
        actuator.setMaxControl(np.inf)
        model.addForce(actuator)
    model.finalizeConnections()
    return model


def _muscle(row: MuscleRow, mass_kg: float) -> opensim.PathActuator:
    """Return a muscle group; an extension arm is dL/dq > 0, since the coordinates count flexion."""
    spans = [j for j in JOINTS if getattr(row, f"{j}_arm_m") or getattr(row, f"{j}_slope_m")]
    path = opensim.FunctionBasedPath()
    for joint in spans:
        path.appendCoordinatePath(f"/jointset/{joint}/{COORDINATES[joint]}")
    path.setLengthFunction(_length(row, spans[0]) if len(spans) == 1 else _length_over_two(row, spans))
    actuator = opensim.PathActuator()
    actuator.setName(row.name)
    actuator.set_path(path)
    actuator.setOptimalForce(row.strength * SOLEUS_NPKG * mass_kg)
    actuator.setMinControl(0.0)
    actuator.setMaxControl(MOST_ACTIVE)
    return actuator


def _length(row: MuscleRow, joint: str) -> opensim.SimmSpline:
    """Return the length over one angle: the integral of the arm, which the product holds at its ends."""
    degrees = np.zeros((len(ANGLES_DEG), len(JOINTS)))
    index = JOINTS.index(joint)
    degrees[:, index] = ANGLES_DEG
    arm = moment_arms_m(degrees, (row,))[:, index, 0]
    steps = (arm[1:] + arm[:-1]) / 2 * np.radians(np.diff(ANGLES_DEG))
    spline = opensim.SimmSpline()
    for angle, length in zip(ANGLES_DEG, PATH_M + np.concatenate([[0.0], np.cumsum(steps)]), strict=True):
        spline.addPoint(float(np.radians(angle)), float(length))
    return spline


def _length_over_two(row: MuscleRow, spans: list[str]) -> opensim.MultivariatePolynomialFunction:
    """Return PATH_M + Σ (a·q + b·q²) over two angles, in OpenSim's order of coefficients: 00, 01, 02, 10, 11, 20.

    The arms of two-joint groups stay inside their held ends over what legs do in running.
    """
    first, second = (_length_terms(row, joint) for joint in spans)
    vector = opensim.Vector(6, 0.0)
    for index, value in enumerate((PATH_M, *second, first[0], 0.0, first[1])):
        vector.set(index, float(value))
    return opensim.MultivariatePolynomialFunction(vector, 2, 2)


def _length_terms(row: MuscleRow, joint: str) -> tuple[float, float]:
    """Return linear and square coefficient of the length over a joint's angle [m/rad, m/rad²]."""
    arm, slope = getattr(row, f"{joint}_arm_m"), getattr(row, f"{joint}_slope_m")
    return arm - slope * np.radians(getattr(row, f"{joint}_middle_deg")), slope / 2


def write_storage(path: Path, time_s: Array, columns: dict[str, Array], *, degrees: bool = False) -> None:
    """Write columns over time as an OpenSim storage file."""
    head = f"{path.stem}\nversion=1\nnRows={len(time_s)}\nnColumns={len(columns) + 1}\n"
    head += f"inDegrees={'yes' if degrees else 'no'}\nendheader\n"
    rows = np.column_stack([time_s, *columns.values()])
    body = "\n".join("\t".join(f"{value:.10g}" for value in row) for row in rows)
    path.write_text(head + "\t".join(["time", *columns]) + "\n" + body + "\n", encoding="utf-8")
