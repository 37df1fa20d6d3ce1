"""The picture behind each number: which frame shows a measurement, and which angle is drawn into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinechain.gait.measure import INSTANT_OF
from kinechain.model.assessment import Measurement, SideOrBoth
from kinechain.model.frames import Image
from kinechain.model.pose import track
from kinechain.model.skeleton import SIDES, Side
from kinechain.pipeline.clip import MeasuredClip
from kinechain.video.picture import AngleMark, Crop, GapMark, key_picture

Point = tuple[float, float]


@dataclass(frozen=True)
class KeyPicture:
    """A measurement's picture: the stride nearest to the mean, at the instant of the measurement."""

    measurement: Measurement
    frame_index: int
    value: float

    @property
    def file(self) -> str:
        """Name of the picture, relative to the output folder."""
        return f"frames/{self.measurement.clip}_{self.measurement.name}_{self.measurement.side}.jpg"


#: A class is shown by the number that it rests on.
_SHOWN_BY = {"strike_class": "foot_inclination_ic_deg"}


def choose(clip: MeasuredClip) -> tuple[KeyPicture, ...]:
    """Choose a frame for every measurement that has an instant and a value."""
    pictures: list[KeyPicture] = []
    for measurement in clip.gait.measurements:
        instant = INSTANT_OF.get(measurement.name)
        if instant is None or measurement.value is None:
            continue
        rows = clip.gait.table.rows if measurement.side == "both" else clip.gait.table.of(measurement.side)
        values = rows[_SHOWN_BY.get(measurement.name, measurement.name)].to_numpy(dtype=np.float64)
        times = rows[instant].to_numpy(dtype=np.float64)
        distance = np.where(np.isfinite(times), np.abs(values - np.nanmean(values)), np.nan)
        if np.isfinite(distance).any():
            nearest = int(np.nanargmin(distance))
            frame = int(np.argmin(np.abs(clip.seen.info.time_s - times[nearest])))
            pictures.append(KeyPicture(measurement, frame, float(values[nearest])))
    return tuple(pictures)


def with_pictures(measurements: Iterable[Measurement], pictures: Iterable[KeyPicture]) -> tuple[Measurement, ...]:
    """Return the measurements with the files of their pictures named."""
    files = {picture.measurement.id: picture.file for picture in pictures}
    return tuple(m.model_copy(update={"frame": files.get(m.id)}) for m in measurements)


def draw(picture: KeyPicture, image: Image, clip: MeasuredClip, crop: Crop | None, *, hide_face: bool) -> Image:
    """Return the runner cut out of a frame, with skeleton and angle drawn in."""
    mark = angle_mark(picture, clip.seen.pose, clip.view.facing)
    gap = gap_mark(picture, clip.seen.pose)
    return key_picture(image, clip.seen.pose, picture.frame_index, angle=mark, gap=gap, crop=crop, hide_face=hide_face)


def gap_mark(picture: KeyPicture, pose: xr.Dataset) -> GapMark | None:
    """Return the distance to draw into a picture; None where the measurement is no distance or a point is not seen."""
    if picture.measurement.name not in _BESIDE_LINE:
        return None
    points = _Points(pose, picture.frame_index, picture.measurement.side)
    start, end, beside = (points[name] for name in _BESIDE_LINE[picture.measurement.name])
    mark = GapMark(start, end, beside, points.side)
    return mark if np.isfinite((mark.from_px, mark.to_px, mark.point_px)).all() else None


def angle_mark(picture: KeyPicture, pose: xr.Dataset, facing: int) -> AngleMark | None:
    """Return the angle to draw into a picture; None where the measurement is no angle or a point is not seen.

    Parameters
    ----------
    facing : +1 running to the right of the picture, −1 to the left
    """
    points = _Points(pose, picture.frame_index, picture.measurement.side)
    lean = float(pose.attrs.get("upright_lean_deg", 0.0))
    mark = _mark(picture.measurement.name, points, picture.value, facing, lean)
    if mark is None or not np.isfinite((mark.vertex_px, mark.reference_px, mark.segment_px)).all():
        return None
    return mark


class _Points:
    """Points of one frame [px]; of both sides together their middle."""

    def __init__(self, pose: xr.Dataset, frame_index: int, side: SideOrBoth) -> None:
        self._pose = pose
        self._frame = frame_index
        self.side: Side | None = None if side == "both" else side

    def __getitem__(self, name: str) -> Point:
        sides = SIDES if self.side is None else (self.side,)
        x, y = np.mean([track(self._pose, f"{side}_{name}")[self._frame] for side in sides], axis=0)
        return float(x), float(y)

    @property
    def sign_of_midline(self) -> int:
        """Return +1 where the midline lies to the right of this leg in the picture, −1 where it lies to the left."""
        left, right = (track(self._pose, f"{side}_hip")[self._frame, 0] for side in SIDES)
        return 1 if (self.side == "left") == bool(right > left) else -1


#: Segments against the vertical: vertex, other end.
_AGAINST_VERTICAL = {
    "shank_angle_ic_deg": ("ankle", "knee"),
    "shank_angle_ms_deg": ("ankle", "knee"),
    "thigh_angle_to_deg": ("hip", "knee"),
    "trailing_limb_angle_to_deg": ("hip", "toe"),
    "trunk_lean_deg": ("hip", "shoulder"),
}
#: Segments seen from behind or in front against the runner's own upright: vertex, other end.
_AGAINST_PLUMB = {"femoral_adduction_ms_deg": ("hip", "knee")}
#: Points beside a line of the body: two points of the line, the point.
_BESIDE_LINE = {"knee_medial_shift_ms_ratio": ("hip", "ankle", "knee")}
#: Joints: upper, middle, lower point.
_JOINTS = {
    "knee_flexion_ic_deg": ("hip", "knee", "ankle"),
    "knee_flexion_peak_deg": ("hip", "knee", "ankle"),
    "hip_flexion_ic_deg": ("shoulder", "hip", "knee"),
}
#: Segments against a direction of the body that is not drawn otherwise: vertex, other end, sign of the turn.
_AGAINST_BODY = {
    "foot_inclination_ic_deg": ("heel", "toe", 1),
    "strike_class": ("heel", "toe", 1),
    "ankle_dorsiflexion_peak_deg": ("ankle", "knee", -1),
}


def _mark(name: str, at: _Points, value: float, facing: int, lean_deg: float) -> AngleMark | None:
    if name in _AGAINST_VERTICAL:
        vertex, end = _AGAINST_VERTICAL[name]
        return AngleMark.against_vertical(at[vertex], at[end], value, at.side, lean_deg=lean_deg)
    if name in _AGAINST_PLUMB:
        vertex, end = _AGAINST_PLUMB[name]
        return _from_reference(at[vertex], at[end], value, at.sign_of_midline, at.side)
    if name in _JOINTS:
        upper, joint, lower = _JOINTS[name]
        return AngleMark.of_joint(at[upper], at[joint], at[lower], value, at.side)
    if name in _AGAINST_BODY:
        vertex, end, sign = _AGAINST_BODY[name]
        return _from_reference(at[vertex], at[end], value, sign * facing, at.side)
    return None


def _from_reference(vertex: Point, end: Point, value: float, sign: int, side: Side | None) -> AngleMark:
    """Return a mark whose reference lies `value` degrees from the segment: the flat sole, or what is upright.

    `sign` is +1 where the reference is reached by turning the segment with the clock in the picture (y down).
    """
    turn = np.radians(value * sign)
    dx, dy = end[0] - vertex[0], end[1] - vertex[1]
    reference = (
        vertex[0] + dx * np.cos(turn) - dy * np.sin(turn),
        vertex[1] + dx * np.sin(turn) + dy * np.cos(turn),
    )
    return AngleMark(vertex, (float(reference[0]), float(reference[1])), end, value, side)
