"""Key pictures: one frame around the runner with the skeleton and, where asked for, one angle drawn in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import OutputNotWritable
from kinechain.model.frames import Image
from kinechain.model.skeleton import Side
from kinechain.video.drawing import (
    BLACK,
    SIDE_COLOURS,
    WHITE,
    Bodies,
    Colour,
    Point,
    blur_face,
    dashes,
    draw_body,
    draw_disc,
    draw_label,
    draw_lines,
    runner_height_px,
)

#: Free room around the runner as a share of the runner's height.
_MARGIN_RATIO = 0.12
#: A runner whose hips stay within this share of the height runs on a belt: the crop stands still.
_STAYS_RATIO = 0.5


@dataclass(frozen=True)
class Crop:
    """A rectangle of the clip's picture [px]: x0 ≤ x < x1, y0 ≤ y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    def of(self, image: Image) -> Image:
        """Return that part of the image, without a copy."""
        return image[self.y0 : self.y1, self.x0 : self.x1]


@dataclass(frozen=True)
class AngleMark:
    """An angle to draw: from a reference direction to a segment of the body, around a vertex.

    Parameters
    ----------
    vertex_px : x, y
        Where the two directions meet [px of the clip].
    reference_px : x, y
        Any point on the reference line, seen from the vertex [px of the clip].
    segment_px : x, y
        The other end of the segment [px of the clip].
    value_deg : float
        The number to write beside the arc; its sign is the caller's.
    side : "left" | "right" | None
        Side whose colour the arc takes; None for the trunk.
    """

    vertex_px: Point
    reference_px: Point
    segment_px: Point
    value_deg: float
    side: Side | None = None

    @classmethod
    def against_vertical(
        cls, vertex_px: Point, segment_px: Point, value_deg: float, side: Side | None = None, *, lean_deg: float = 0.0
    ) -> Self:
        """Return the angle of a segment against the vertical through its vertex, on the segment's side (up or down).

        `lean_deg` is how far the true vertical leans to the right in the picture.
        """
        up = -1 if segment_px[1] < vertex_px[1] else 1
        lean = math.radians(lean_deg)
        vertical = (vertex_px[0] - up * math.sin(lean), vertex_px[1] + up * math.cos(lean))
        return cls(vertex_px, vertical, segment_px, value_deg, side)

    @classmethod
    def of_joint(
        cls, upper_px: Point, joint_px: Point, lower_px: Point, value_deg: float, side: Side | None = None
    ) -> Self:
        """Return the bend of a joint: from the straight continuation of the upper segment to the lower one."""
        straight = (2 * joint_px[0] - upper_px[0], 2 * joint_px[1] - upper_px[1])
        return cls(joint_px, straight, lower_px, value_deg, side)


@dataclass(frozen=True)
class GapMark:
    """A distance to draw: from a line through two points to a third one.

    Parameters
    ----------
    from_px, to_px : x, y
        Two points of the line [px of the clip].
    point_px : x, y
        The point beside it [px of the clip].
    side : "left" | "right" | None
        Side whose colour the gap takes.
    """

    from_px: Point
    to_px: Point
    point_px: Point
    side: Side | None = None


def runner_crop(pose: xr.Dataset, frame_index: int | None = None) -> Crop:
    """Return the rectangle around the runner, of the same size for the whole clip.

    A runner on a belt gets one place for all frames. One who passes through the picture is followed: the rectangle is
    centred on the hips in frame `frame_index` (or on their usual place without it). It never leaves the picture.

    Raises
    ------
    ValueError
        Where no frame has both hips.
    """
    width, height = int(pose.attrs["image_width_px"]), int(pose.attrs["image_height_px"])
    position = pose["position"].values
    hips = pose["position"].sel(keypoint=["left_hip", "right_hip"]).values.mean(axis=1)
    seen = np.isfinite(hips).all(axis=1)
    if not seen.any():
        raise ValueError("no frame of the pose has both hips")
    tall = runner_height_px(pose)
    around = position[seen] - hips[seen][:, np.newaxis]
    low, high = np.nanpercentile(around, 0.5, axis=(0, 1)), np.nanpercentile(around, 99.5, axis=(0, 1))
    spread = np.ptp(np.percentile(hips[seen], (5, 95), axis=0), axis=0)
    if (spread < _STAYS_RATIO * tall).all() or frame_index is None:
        centre, slack = np.median(hips[seen], axis=0), np.minimum(spread / 2, _STAYS_RATIO * tall / 2)
    else:
        centre, slack = hips[np.flatnonzero(seen)[np.abs(np.flatnonzero(seen) - frame_index).argmin()]], np.zeros(2)
    size = np.minimum(np.ceil(high - low + 2 * slack + 2 * _MARGIN_RATIO * tall), (width, height)).astype(int)
    corner = np.round(centre + (low + high) / 2 - size / 2).astype(int)
    x0, y0 = (int(v) for v in np.clip(corner, 0, np.array([width, height]) - size))
    return Crop(x0, y0, x0 + int(size[0]), y0 + int(size[1]))


def key_picture(
    image: Image,
    pose: xr.Dataset,
    frame_index: int,
    *,
    angle: AngleMark | None = None,
    gap: GapMark | None = None,
    crop: Crop | None = None,
    height_px: int = 720,
    hide_face: bool = False,
) -> Image:
    """Return the part of a frame around the runner with the skeleton and one angle drawn in; `image` stays as it is.

    Parameters
    ----------
    image : shape (height, width, 3)
        The frame, upright RGB, at the size of the clip.
    pose : pose Dataset
    frame_index : int
    angle : AngleMark, optional
    gap : GapMark, optional
    crop : Crop, optional
        `runner_crop(pose, frame_index)` if not given.
    height_px : int
        Height of the result [px].
    hide_face : bool
        Whether the face is made unrecognisable.
    """
    crop = crop or runner_crop(pose, frame_index)
    part = crop.of(image)
    scale = height_px / part.shape[0]
    size = (round(part.shape[1] * scale), height_px)
    resized = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    picture: Image = np.array(resized, dtype=np.uint8)  # never the caller's own memory
    body = Bodies(pose.isel(time=[frame_index]), scale, (crop.x0, crop.y0))[0]
    if hide_face:
        blur_face(picture, body)
    draw_body(picture, body)
    if angle is not None:
        _draw_angle(picture, angle, crop, scale, body.line_px)
    if gap is not None:
        _draw_gap(picture, gap, crop, scale, body.line_px)
    return picture


def save_jpeg(image: Image, path: Path, quality: int = 88) -> None:
    """Write an RGB image as JPEG.

    Raises
    ------
    OutputNotWritable
        Where `path` cannot be written.
    """
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputNotWritable(path=path) from error


def _draw_angle(picture: Image, angle: AngleMark, crop: Crop, scale: float, line_px: float) -> None:
    vertex, reference, segment = (
        (np.asarray(point) - (crop.x0, crop.y0)) * scale
        for point in (angle.vertex_px, angle.reference_px, angle.segment_px)
    )
    colour = BLACK if angle.side is None else SIDE_COLOURS[angle.side]
    length = max(float(np.hypot(*(segment - vertex))), 14 * line_px)
    directions = [(end - vertex) / max(float(np.hypot(*(end - vertex))), 1e-9) for end in (reference, segment)]
    start, end = (tuple(point.tolist()) for point in (vertex, vertex + 1.05 * length * directions[0]))
    draw_lines(picture, [(start, end)], WHITE, line_px + 1)
    draw_lines(picture, dashes(start, end, 3 * line_px, 2 * line_px), BLACK, max(2.0, 0.5 * line_px))
    first, last = (math.degrees(math.atan2(d[1], d[0])) for d in directions)
    turn = (last - first + 180) % 360 - 180
    radius = 0.62 * length
    steps = np.radians(np.linspace(first, first + turn, 2 + round(abs(turn))))
    arc = vertex + radius * np.stack([np.cos(steps), np.sin(steps)], axis=1)
    _tint(picture, np.concatenate([vertex[np.newaxis], arc]), colour)
    draw_lines(picture, [arc], WHITE, 0.9 * line_px + 2)
    draw_lines(picture, [arc], colour, 0.9 * line_px)
    draw_disc(picture, (vertex[0], vertex[1]), 1.6 * line_px, WHITE)
    draw_disc(picture, (vertex[0], vertex[1]), 1.2 * line_px, BLACK)
    # the number stands beside the reference line, on the side away from the segment
    at = math.radians(first - math.copysign(12.0, turn))
    place = vertex + max(1.05 * length, 28 * line_px) * np.array([math.cos(at), math.sin(at)])
    _draw_value(picture, angle.value_deg, (float(place[0]), float(place[1])), colour)


def _draw_gap(picture: Image, gap: GapMark, crop: Crop, scale: float, line_px: float) -> None:
    start, end, point = (
        (np.asarray(place) - (crop.x0, crop.y0)) * scale for place in (gap.from_px, gap.to_px, gap.point_px)
    )
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    foot = start + along * float((point - start) @ along)
    first, last, near, beside = ((float(x), float(y)) for x, y in (start, end, foot, point))
    colour = BLACK if gap.side is None else SIDE_COLOURS[gap.side]
    draw_lines(picture, [(first, last)], WHITE, line_px + 1)
    draw_lines(picture, dashes(first, last, 3 * line_px, 2 * line_px), BLACK, max(2.0, 0.5 * line_px))
    draw_lines(picture, [(near, beside)], WHITE, 0.9 * line_px + 2)
    draw_lines(picture, [(near, beside)], colour, 0.9 * line_px)
    draw_disc(picture, beside, 1.6 * line_px, WHITE)
    draw_disc(picture, beside, 1.2 * line_px, BLACK)


def _tint(picture: Image, area: NDArray[np.float64], colour: Colour) -> None:
    """Tint the inside of a closed line, shape (m, 2) [px], in place, so that small angles are seen too."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(area).astype(np.int32)], 255)
    inside = mask > 0
    picture[inside] = (0.65 * picture[inside] + 0.35 * np.array(colour)).astype(np.uint8)


def _draw_value(picture: Image, value_deg: float, centre: Point, colour: Colour) -> None:
    """Write the whole degrees and a degree sign on a white plate with a coloured rim, inside the picture."""
    text = str(round(value_deg))
    height = 0.03 * picture.shape[0]
    half_width, half_height = 0.5 * height * (0.85 * len(text) + 1.3), 0.9 * height
    x = float(np.clip(centre[0], half_width + 2, picture.shape[1] - half_width - 3))
    y = float(np.clip(centre[1], half_height + 2, picture.shape[0] - half_height - 3))
    low, high = (round(x - half_width), round(y - half_height)), (round(x + half_width), round(y + half_height))
    cv2.rectangle(picture, low, high, WHITE, cv2.FILLED)
    cv2.rectangle(picture, low, high, colour, 2, cv2.LINE_AA)
    draw_label(picture, text, (x - 0.2 * height, y), height, BLACK)
    draw_disc(picture, (x + half_width - 0.42 * height, y - 0.42 * height), 0.16 * height, BLACK, height / 11)
