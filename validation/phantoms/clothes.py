"""Regions of the body's surface: what is skin, hair, shirt, shorts, sock; and what the shoe hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.model.skeleton import SIDES
from phantoms.body import SEGMENTS, Figure

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outfit:
    """The dressed surface at rest.

    Parameters
    ----------
    points : at rest, cloth lifted off the skin, shape (n, 3) [m]
    faces : triangles that are seen
    colours : per triangle, 0 … 255
    """

    points: Array
    faces: NDArray[np.intp]
    colours: NDArray[np.uint8]


#: How far cloth and hair stand off the skin [m].
LIFT_M = {"shorts": 0.012, "shirt": 0.008, "hair": 0.012, "sock": 0.003}


def point_normals(points: Array, faces: NDArray[np.intp]) -> Array:
    """Return unit normals at the points, shape (n, 3)."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for i in range(faces.shape[1]):
        np.add.at(total, faces[:, i], normal)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def dress(figure: Figure) -> Outfit:
    """Return the surface of a figure with its clothes on."""
    rest, look = figure.rest, figure.look
    part = rest.weights.argmax(axis=1)

    def within(*names: str) -> NDArray[np.bool_]:
        return np.isin(part, [SEGMENTS.index(name) for name in names])

    def share_along(top: str, bottom: str) -> Array:
        start, end = rest.heads[top], rest.heads[bottom]
        line = end - start
        return np.asarray((rest.points - start) @ line / (line @ line))

    height = rest.points[:, 1]
    waist = figure.hips_rest[1] + 0.105
    thighs = np.zeros(len(part), dtype=bool)
    sleeves, socks = thighs.copy(), thighs.copy()
    for side in SIDES:
        end = side[0].upper()
        thighs |= within(f"{side}_thigh") & (share_along(f"upperleg01.{end}", f"lowerleg01.{end}") < look.shorts_length)
        sleeves |= within(f"{side}_upperarm") & (share_along(f"upperarm01.{end}", f"lowerarm01.{end}") < look.sleeve)
        socks |= within(f"{side}_shank") & (share_along(f"lowerleg01.{end}", f"foot.{end}") > 0.86)
    neck = rest.heads["neck01"]
    collar = height < neck[1] + 0.015 + 0.25 * (rest.points[:, 0] < neck[0]) * 0.1
    torso = within("pelvis", "spine04", "spine03", "trunk") & collar
    head = rest.heads["head"]
    crown = height.max()
    line = head[1] + (crown - head[1]) * np.clip(0.42 + 2.4 * (rest.points[:, 0] - head[0]), 0.02, 0.86)
    regions = {
        "shorts": (torso & (height < waist)) | thighs,
        "shirt": (torso & (height >= waist)) | sleeves,
        "hair": within("head") & (height > line),
        "sock": socks | within("left_foot", "right_foot"),
    }
    lift = np.zeros(len(part))
    for name, mask in regions.items():
        lift[mask] = LIFT_M[name]
    points = rest.points + point_normals(rest.points, rest.faces) * lift[:, None] / figure.girth
    hidden = within("left_foot", "right_foot")
    quads = rest.faces[~hidden[rest.faces].all(axis=1)]
    names = np.zeros(len(part), dtype=np.intp)
    for index, name in enumerate(regions, start=1):
        names[regions[name]] = index
    lowest = np.sort(names[quads], axis=1)[:, 1]  # a quadrilateral takes the region of most of its corners
    palette = np.array([look.skin, *(getattr(look, name) for name in regions)], dtype=np.uint8)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return Outfit(points, faces, np.tile(palette[lowest], (2, 1)))
