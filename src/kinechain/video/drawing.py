"""Draw the body on a picture: one visual language for the overlay video and the key pictures.

Left is blue and solid, right vermilion and dashed, the trunk black; everything has a thin white outline. The side
away from the camera is thinner. Colours are RGB; coordinates are pixels of the picture drawn on, x right, y down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.frames import Image
from kinechain.model.pose import Flag
from kinechain.model.skeleton import KEYPOINTS, SIDES, TRUNK_LINKS, Side, other

Colour = tuple[int, int, int]
Point = tuple[float, float]
Line = Sequence[Point] | NDArray[np.float64]

#: Okabe–Ito colours, safe for colour-blind eyes and in grey print.
SIDE_COLOURS: dict[Side, Colour] = {"left": (0x00, 0x72, 0xB2), "right": (0xD5, 0x5E, 0x00)}
SIDE_LETTERS: dict[Side, str] = {"left": "L", "right": "R"}
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

_LEG_LINKS = (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"))
_ARM_LINKS = (("shoulder", "elbow"), ("elbow", "wrist"))
_FOOT = ("heel", "toe", "ankle")
_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
HEAD = tuple(name for name in KEYPOINTS if name == "nose" or "eye" in name or "ear" in name or "mouth" in name)

#: Binary digits behind the point of the coordinates given to OpenCV: lines move smoothly from frame to frame.
_SHIFT = 3
_ONE = 1 << _SHIFT
_VIEWS_WITH_FAR_SIDE: dict[str, Side] = {"side_left": "right", "side_right": "left"}


@dataclass(frozen=True)
class Body:
    """The points of one frame, ready to draw.

    Parameters
    ----------
    points : dict of (x, y)
        Usable points [px of the picture drawn on].
    repaired : frozenset of str
        Points that were put right from their neighbours or from the other leg.
    head : ndarray, shape (m, 2)
        Every head point that the estimator gave, usable or not [px]; for hiding the face.
    line_px : float
        Width of the near leg's lines.
    far : "left" | "right" | None
        The side away from the camera, if there is one.
    """

    points: dict[str, Point]
    repaired: frozenset[str] = frozenset()
    head: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    line_px: float = 4.0
    far: Side | None = None

    def middle(self, name: str) -> Point | None:
        """Return the middle between the left and the right point called `name`, None where one is missing."""
        left, right = self.points.get(f"left_{name}"), self.points.get(f"right_{name}")
        if left is None or right is None:
            return None
        return (left[0] + right[0]) / 2, (left[1] + right[1]) / 2

    def foot(self, side: Side) -> list[Point]:
        """Return the usable points of one foot."""
        return [self.points[f"{side}_{name}"] for name in _FOOT if f"{side}_{name}" in self.points]


class Bodies:
    """The bodies of all frames of a pose, placed on a picture that was cropped and scaled.

    Parameters
    ----------
    pose : pose Dataset
    scale : float
        Picture pixels for one pixel of the clip.
    origin_px : x, y
        Point of the clip at the picture's upper left corner [px of the clip].
    """

    def __init__(self, pose: xr.Dataset, scale: float = 1.0, origin_px: Point = (0.0, 0.0)) -> None:
        self._names = [str(name) for name in pose["keypoint"].values]
        self._position = (pose["position"].values - np.asarray(origin_px)) * scale
        self._usable = np.isfinite(self._position).all(axis=2) & (pose["flag"].values < Flag.OUT_OF_PICTURE)
        self._repaired = self._usable & np.isin(pose["flag"].values, (Flag.SWAPPED, Flag.SPIKE))
        head = [index for index, name in enumerate(self._names) if name in HEAD]
        self._head = (pose["raw_position"].values[:, head] - np.asarray(origin_px)) * scale
        self._far = _VIEWS_WITH_FAR_SIDE.get(str(pose.attrs["view"]))
        self._line_px = line_width(runner_height_px(pose) * scale)

    def __len__(self) -> int:
        return len(self._position)

    def __getitem__(self, frame_index: int) -> Body:
        positions = self._position[frame_index].tolist()
        usable, repaired = self._usable[frame_index].tolist(), self._repaired[frame_index].tolist()
        head = self._head[frame_index]
        return Body(
            points={n: (p[0], p[1]) for n, p, ok in zip(self._names, positions, usable, strict=True) if ok},
            repaired=frozenset(n for n, was in zip(self._names, repaired, strict=True) if was),
            head=head[np.isfinite(head).all(axis=1)],
            line_px=self._line_px,
            far=self._far,
        )


def runner_height_px(pose: xr.Dataset) -> float:
    """Return how tall the runner usually is in the picture, head to foot [px]; 0 where nobody is seen."""
    y = pose["position"].values[..., 1]
    seen = np.isfinite(y).any(axis=1)
    if not seen.any():
        return 0.0
    return float(np.median(np.nanmax(y[seen], axis=1) - np.nanmin(y[seen], axis=1)))


def line_width(height_px: float) -> float:
    """Return the width of a leg's line for a runner of this height [px]."""
    return float(np.clip(height_px / 160, 2.0, 6.0))


def draw_body(image: Image, body: Body) -> None:
    """Draw the skeleton onto `image`, in place: far side, trunk, near side, repaired points, letters."""
    far: Side = body.far or "left"
    order: tuple[Side, Side] = (far, other(far))
    _draw_limbs(image, body, order[0])
    _draw_trunk(image, body)
    _draw_limbs(image, body, order[1])
    for name in body.repaired:
        _draw_repaired(image, body, name)
    for side in order:
        _draw_letter(image, body, side)


def draw_lines(image: Image, lines: Sequence[Line], colour: Colour, width_px: float) -> None:
    """Draw open lines in place, each through the same number of points [px]."""
    if len(lines):
        fixed = np.rint(np.asarray(lines, dtype=np.float64) * _ONE).astype(np.int32)
        cv2.polylines(image, list(fixed), False, colour, max(1, round(width_px)), _edge(colour), _SHIFT)


def _edge(colour: Colour) -> int:
    """Return the kind of edge: smooth, but plain for the white outline below, which takes a third of the time."""
    return cv2.LINE_8 if colour == WHITE else cv2.LINE_AA


def draw_disc(image: Image, centre: Point, radius_px: float, colour: Colour, width_px: float | None = None) -> None:
    """Draw a filled circle, or a ring of `width_px`, in place."""
    fixed = (round(centre[0] * _ONE), round(centre[1] * _ONE))
    thickness = cv2.FILLED if width_px is None else max(1, round(width_px))
    cv2.circle(image, fixed, round(radius_px * _ONE), colour, thickness, _edge(colour), _SHIFT)


def dashes(start: Point, end: Point, dash_px: float, gap_px: float) -> list[Line]:
    """Cut a straight line [px] into dashes; it starts and ends with a dash."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    count = max(1, round((math.hypot(dx, dy) + gap_px) / (dash_px + gap_px)))
    whole = count * dash_px + (count - 1) * gap_px
    begins = [number * (dash_px + gap_px) / whole for number in range(count)]
    ends = [begin + dash_px / whole for begin in begins]
    return [((x + a * dx, y + a * dy), (x + b * dx, y + b * dy)) for a, b in zip(begins, ends, strict=True)]


def draw_label(image: Image, text: str, centre: Point, height_px: float, colour: Colour) -> None:
    """Write digits or one letter around a centre, in place."""
    scale = height_px / 21.0  # capital height of the font at scale 1
    thickness = max(1, round(height_px / 7))
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
    at = (round(centre[0] - width / 2), round(centre[1] + height / 2))
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thickness, cv2.LINE_AA)


def _links(body: Body, side: Side, links: Iterable[tuple[str, str]]) -> list[tuple[Point, Point]]:
    named = ((f"{side}_{a}", f"{side}_{b}") for a, b in links)
    return [(body.points[a], body.points[b]) for a, b in named if a in body.points and b in body.points]


def _draw_limbs(image: Image, body: Body, side: Side) -> None:
    thin = 0.6 if side == body.far else 1.0
    for links, width in ((_ARM_LINKS, 0.7 * thin * body.line_px), (_LEG_LINKS, thin * body.line_px)):
        lines = _links(body, side, links)
        draw_lines(image, lines, WHITE, width + 2)
        cut = [dash for line in lines for dash in dashes(*line, 2.6 * width, 2.2 * width)] if side == "right" else lines
        draw_lines(image, cut, SIDE_COLOURS[side], width)
    radius = 0.95 * thin * body.line_px
    for name in _JOINTS:
        point = body.points.get(f"{side}_{name}")
        if point is not None:
            draw_disc(image, point, radius + 1, WHITE)
            draw_disc(image, point, radius, SIDE_COLOURS[side])


def _draw_trunk(image: Image, body: Body) -> None:
    lines = [line for side in SIDES for line in _links(body, side, (("shoulder", "hip"),))]
    lines += [(body.points[a], body.points[b]) for a, b in TRUNK_LINKS if {a, b} <= body.points.keys()]
    neck, head = body.middle("shoulder"), body.middle("ear")
    if neck is not None and head is not None:
        lines.append((neck, head))
    draw_lines(image, lines, WHITE, 0.7 * body.line_px + 2)
    draw_lines(image, lines, BLACK, 0.7 * body.line_px)


def _draw_repaired(image: Image, body: Body, name: str) -> None:
    x, y = body.points[name]
    half = 2.2 * body.line_px
    square = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    closed = [*square, square[0]]
    draw_lines(image, [closed], WHITE, 3)
    draw_lines(image, [closed], BLACK, 1)


def _draw_letter(image: Image, body: Body, side: Side) -> None:
    """Write L or R beside the lower leg, on the side of the calf."""
    knee, ankle = body.points.get(f"{side}_knee"), body.points.get(f"{side}_ankle")
    if knee is None or ankle is None:
        return
    heel, toe = body.points.get(f"{side}_heel"), body.points.get(f"{side}_toe")
    shank = np.subtract(ankle, knee)
    across = np.array([-shank[1], shank[0]]) / max(float(np.hypot(*shank)), 1e-9)
    if heel is not None and toe is not None and float(across @ np.subtract(heel, toe)) < 0:
        across = -across
    radius = 2.6 * body.line_px
    x, y = np.asarray(knee) + 0.55 * shank + across * 2.1 * radius
    draw_disc(image, (x, y), radius + 1, WHITE)
    draw_disc(image, (x, y), radius, SIDE_COLOURS[side])
    draw_label(image, SIDE_LETTERS[side], (x, y), 1.15 * radius, WHITE)


def blur_face(image: Image, body: Body) -> None:
    """Make the face unrecognisable, in place: coarse blocks within a disc around all head points."""
    if len(body.head) == 0:
        return
    centre = body.head.mean(axis=0)
    shoulders, hips = body.middle("shoulder"), body.middle("hip")
    trunk = float(np.hypot(*np.subtract(shoulders, hips))) if shoulders and hips else 0.0
    spread = float(np.hypot(*(body.head - centre).T).max())
    radius = max(1.6 * spread, 0.28 * trunk, 3 * body.line_px)
    x0, y0 = np.maximum(np.floor(centre - radius).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(centre + radius).astype(int) + 1, (image.shape[1], image.shape[0]))
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0:y1, x0:x1]
    coarse = cv2.resize(part, (4, 4), interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(coarse, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(part.shape[:2], np.uint8)
    fixed = (round(float(centre[0] - x0) * _ONE), round(float(centre[1] - y0) * _ONE))
    cv2.circle(mask, fixed, round(radius * _ONE), 255, cv2.FILLED, cv2.LINE_8, _SHIFT)
    part[mask > 0] = blocks[mask > 0]
