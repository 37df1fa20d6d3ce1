"""The rendered body: the surface of the `anny` body model, cut to the runner's lengths and posed segment by segment."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from kinechain.model.skeleton import SIDES, Side
from phantoms.spec import Body
from phantoms.state import BodyState, X, Y

Array = NDArray[np.float64]
Index = NDArray[np.intp]

#: Axes of the body model (x to its left, y backwards, z up) in the laboratory's frame.
TO_LAB = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
#: By how much the body model's pelvis is tipped at rest against the pelvis of the motion's model [deg].
PELVIS_REST_DEG = 6.0
#: Bones of the body model by the beginning of their names → segment; the first that fits counts.
SEGMENT_OF = (
    ("upperleg", "thigh"),
    ("lowerleg", "shank"),
    ("foot", "foot"),
    ("toe", "foot"),
    ("root", "pelvis"),
    ("pelvis", "pelvis"),
    ("spine05", "pelvis"),
    ("spine04", "spine04"),
    ("spine03", "spine03"),
    ("spine", "trunk"),
    ("breast", "trunk"),
    ("clavicle", "trunk"),
    ("shoulder", "trunk"),
    ("upperarm", "upperarm"),
    ("lowerarm", "forearm"),
    ("wrist", "hand"),
    ("finger", "hand"),
    ("metacarpal", "hand"),
    ("neck", "neck"),
)
CENTRAL = ("pelvis", "spine04", "spine03", "trunk", "neck", "head")
PAIRED = ("thigh", "shank", "foot", "upperarm", "forearm", "hand")
SEGMENTS: tuple[str, ...] = (*CENTRAL, *(f"{side}_{name}" for side in SIDES for name in PAIRED))


@dataclass(frozen=True)
class Rest:
    """The body model at rest, in the laboratory's axes [m].

    Parameters
    ----------
    points : shape (n, 3)
    faces : quadrilaterals, shape (m, 4)
    weights : share of each segment in each point, shape (n, segments)
    heads : bone → where it begins
    """

    points: Array
    faces: Index
    weights: Array
    heads: dict[str, Array]


def segment_of(bone: str) -> str:
    """Return the segment that a bone of the body model belongs to."""
    side = {".L": "left_", ".R": "right_"}.get(bone[-2:], "")
    for start, segment in SEGMENT_OF:
        if bone.startswith(start):
            return side + segment if segment in PAIRED else segment
    return "head"


@lru_cache(maxsize=4)
def rest_body(sex: str, weight: float, muscle: float) -> Rest:
    """Make the body model's surface at rest.

    Raises
    ------
    ImportError
        Where the package `anny` (dependency group `validation`) is not installed.
    """
    import warnings  # noqa: PLC0415 - only for what the packages below print

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import anny  # noqa: PLC0415 - heavy, and absent where only the product is installed
        import torch  # noqa: PLC0415

        model = anny.create_fullbody_model(remove_unattached_vertices=True, triangulate_faces=False)
        shape = {
            "gender": 0.0 if sex == "male" else 1.0,
            "age": 0.62,
            "muscle": muscle,
            "weight": weight,
            "height": 0.5,
            "proportions": 0.7,
        }
        with torch.no_grad():
            out = model(phenotype_kwargs={key: torch.tensor([value]) for key, value in shape.items()})
    points = out["rest_vertices"][0].numpy().astype(np.float64) @ TO_LAB.T
    heads = out["rest_bone_heads"][0].numpy().astype(np.float64) @ TO_LAB.T
    columns = np.array([SEGMENTS.index(segment_of(bone)) for bone in model.bone_labels])
    weights = np.zeros((len(points), len(SEGMENTS)))
    bones, shares = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    for k in range(bones.shape[1]):
        np.add.at(weights, (np.arange(len(points)), columns[bones[:, k]]), shares[:, k])
    return Rest(
        points,
        model.faces.numpy().astype(np.intp),
        weights / weights.sum(axis=1, keepdims=True),
        dict(zip(model.bone_labels, heads, strict=True)),
    )


@dataclass(frozen=True)
class Placement:
    """How a segment at rest becomes a segment in the laboratory: x ↦ matrix·(x − start) + position.

    Parameters
    ----------
    start : point of the body at rest, shape (3,)
    matrix : shape (t, 3, 3)
    position : shape (t, 3) [m]
    """

    start: Array
    matrix: Array
    position: Array

    def apply(self, point: Array) -> Array:
        """Return a point of the body at rest in the laboratory, shape (t, 3)."""
        return np.asarray(self.matrix @ (point - self.start) + self.position)


def frame(up: Array, forward: Array) -> Array:
    """Return orthonormal frames with columns forwards, up, right, shape (…, 3, 3); `up` is kept."""
    u = up / np.linalg.norm(up, axis=-1, keepdims=True)
    f = forward - np.sum(forward * u, axis=-1, keepdims=True) * u
    f = f / np.linalg.norm(f, axis=-1, keepdims=True)
    return np.stack([f, u, np.cross(f, u)], axis=-1)


def bone(
    start: Array, end: Array, rest_forward: Array, position: Array, to: Array, forward: Array, girth: float
) -> Placement:
    """Return a long bone: at rest from `start` to `end` (below), in the laboratory from `position` to `to`."""
    rest = frame(start - end, rest_forward)
    line = position - to
    stretch = np.linalg.norm(line, axis=1) / np.linalg.norm(start - end)
    scale = np.zeros((len(line), 3, 3))
    scale[:, 0, 0] = scale[:, 2, 2] = girth
    scale[:, 1, 1] = stretch
    return Placement(start, frame(line, forward) @ scale @ rest.T, position)


class Figure:
    """A body fitted to one runner.

    Parameters
    ----------
    look : what it looks like
    height_m : body height [m]
    state : the runner's motion, for lengths
    """

    def __init__(self, look: Body, height_m: float, state: BodyState) -> None:
        self.look = look
        self.rest = rest_body(look.sex, look.weight, look.muscle)
        heads = self.rest.heads
        self.hips_rest = (heads["upperleg01.L"] + heads["upperleg01.R"]) / 2
        standing = (
            float(
                np.median(
                    [
                        np.linalg.norm(leg.hip - leg.knee, axis=1)
                        + np.linalg.norm(leg.knee - leg.ankle, axis=1)
                        + leg.ankle_in_shoe[1]
                        for leg in state.legs.values()
                    ]
                )
            )
            - 0.012
        )
        top = float(self.rest.points[:, 1].max()) - self.hips_rest[1]
        self.girth = (height_m - standing) / top

    def placements(self, state: BodyState) -> dict[str, Placement]:
        """Return where every segment is."""
        found = self._centre(state)
        for side in SIDES:
            found |= self._leg(state, side) | self._arm(state, side, found["trunk"])
        return found

    def _centre(self, state: BodyState) -> dict[str, Placement]:
        heads = self.rest.heads
        middle = (state.legs["left"].hip + state.legs["right"].hip) / 2
        pelvis = state.pelvis * Rotation.from_euler("z", PELVIS_REST_DEG, degrees=True)
        found = {"pelvis": Placement(self.hips_rest, self.girth * pelvis.as_matrix(), middle)}
        between = pelvis.inv() * state.trunk
        last = found["pelvis"]
        for name, share in (("spine04", 0.35), ("spine03", 0.7), ("trunk", 1.0)):
            start = heads["spine02" if name == "trunk" else name]
            turn = pelvis * Rotation.from_rotvec(share * between.as_rotvec())
            last = Placement(start, self.girth * turn.as_matrix(), last.apply(start))
            found[name] = last
        level = Rotation.from_euler("z", np.full((len(state.time_s), 1), -4.0), degrees=True)
        to_head = state.trunk.inv() * level
        for name, share, start in (("neck", 0.5, heads["neck01"]), ("head", 1.0, heads["head"])):
            turn = state.trunk * Rotation.from_rotvec(share * to_head.as_rotvec())
            last = Placement(start, self.girth * turn.as_matrix(), last.apply(start))
            found[name] = last
        return found

    def hip_at_rest(self, side: Side, half_width_m: float) -> Array:
        """Return the hip joint in the body at rest: as far from the middle as the motion's model has it."""
        start = self.rest.heads[f"upperleg01.{side[0].upper()}"].copy()
        start[2] = np.sign(start[2]) * half_width_m / self.girth
        return start

    def _leg(self, state: BodyState, side: Side) -> dict[str, Placement]:
        leg, heads, end = state.legs[side], self.rest.heads, side[0].upper()
        other = state.legs["left" if side == "right" else "right"]
        half = float(np.median(np.linalg.norm(leg.hip - other.hip, axis=1))) / 2
        hip, knee, ankle = self.hip_at_rest(side, half), heads[f"lowerleg01.{end}"], heads[f"foot.{end}"]
        thigh = bone(hip, knee, X, leg.hip, leg.knee, leg.femur.apply(X), self.girth)
        shank = bone(knee, ankle, X, leg.knee, leg.ankle, leg.tibia.apply(X), self.girth)
        toe = heads[f"toe2-1.{end}"] - ankle
        ahead = np.array([toe[0], 0.0, toe[2]])
        turn = leg.foot.as_matrix() @ frame(Y, X) @ frame(Y, ahead).T
        foot = Placement(ankle, self.girth * turn, leg.ankle)
        return {f"{side}_thigh": thigh, f"{side}_shank": shank, f"{side}_foot": foot}

    def _arm(self, state: BodyState, side: Side, trunk: Placement) -> dict[str, Placement]:
        """Arms swing against the thigh of their own side; the data does not hold them."""
        heads, end = self.rest.heads, side[0].upper()
        shoulder, elbow, wrist = (heads[f"{name}.{end}"] for name in ("upperarm01", "lowerarm01", "wrist"))
        out = 1.0 if side == "right" else -1.0
        leg = state.legs[side]
        thigh = np.degrees(np.arctan2(leg.knee[:, 0] - leg.hip[:, 0], leg.hip[:, 1] - leg.knee[:, 1]))
        swing = np.clip((thigh - 12.0) / 32.0, -1.2, 1.2)
        raised = np.radians(-18.0 - swing * self.look.arm_swing_deg / 2)
        bent = np.radians(92.0 - 14.0 * swing)
        spread = np.radians(14.0)
        upper = np.stack(
            [np.sin(raised), -np.cos(raised) * np.cos(spread), np.full_like(raised, out * np.sin(spread))], -1
        )
        upper /= np.linalg.norm(upper, axis=1, keepdims=True)
        ahead = np.broadcast_to(np.array([1.0, 0.0, -0.35 * out]), upper.shape)
        axis = np.cross(upper, ahead)
        axis /= np.linalg.norm(axis, axis=1, keepdims=True)
        lower = np.cos(bent)[:, None] * upper + np.sin(bent)[:, None] * np.cross(axis, upper)
        turn = state.trunk.as_matrix()
        upper, lower, axis = (np.einsum("tij,tj->ti", turn, one) for one in (upper, lower, axis))
        rest_axis = np.cross(elbow - shoulder, wrist - elbow)
        position = trunk.apply(shoulder)
        at_elbow = position + self.girth * np.linalg.norm(elbow - shoulder) * upper
        at_wrist = at_elbow + self.girth * np.linalg.norm(wrist - elbow) * lower
        arm = bone(shoulder, elbow, rest_axis, position, at_elbow, axis, self.girth)
        forearm = bone(elbow, wrist, rest_axis, at_elbow, at_wrist, axis, self.girth)
        hand = Placement(wrist, forearm.matrix, at_wrist)
        return {f"{side}_upperarm": arm, f"{side}_forearm": forearm, f"{side}_hand": hand}

    def joints(self, placements: dict[str, Placement]) -> dict[str, Array]:
        """Return the centres of the upper body's joints, shape (t, 3) [m]."""
        found = {"head": placements["head"].apply(self.rest.heads["head"])}
        for side in SIDES:
            for name, part in (("shoulder", "upperarm"), ("elbow", "forearm"), ("wrist", "hand")):
                found[f"{side}_{name}"] = placements[f"{side}_{part}"].position
        return found

    def skin(self, placements: dict[str, Placement], points: Array) -> Array:
        """Return the surface, shape (t, n, 3) [m]; `points` is the surface at rest, clothes included."""
        import torch  # noqa: PLC0415 - heavy, and absent where only the product is installed

        linear = np.stack([placements[name].matrix for name in SEGMENTS], axis=1)
        start = np.stack([placements[name].start for name in SEGMENTS])
        shift = np.stack([placements[name].position for name in SEGMENTS], axis=1) - np.einsum(
            "tsij,sj->tsi", linear, start
        )
        affine = torch.tensor(np.concatenate([linear, shift[..., None]], axis=-1), dtype=torch.float32)
        weights = torch.tensor(self.rest.weights, dtype=torch.float32)
        homogeneous = torch.tensor(np.concatenate([points, np.ones((len(points), 1))], axis=1), dtype=torch.float32)
        moved = torch.empty((len(affine), len(points), 3))
        for first in range(0, len(affine), 40):
            part = affine[first : first + 40]
            blended = (weights @ part.permute(1, 0, 2, 3).reshape(len(SEGMENTS), -1)).reshape(
                len(points), len(part), 3, 4
            )
            moved[first : first + 40] = torch.einsum("ntij,nj->tni", blended, homogeneous)
        return moved.numpy()
