"""From which side the camera sees the runner, and how far from square it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import ViewContradicted, ViewDiagonal, ViewUnsupported
from kinechain.model.assessment import View
from kinechain.model.pose import track
from kinechain.model.skeleton import SIDES

Array = NDArray[np.float64]

_NAMES = ("nose", *(f"{side}_{p}" for side in SIDES for p in ("ear", "shoulder", "hip", "heel", "toe")))


@dataclass(frozen=True)
class ViewParameters:
    """Limits of the view.

    Shoulder width is that ÷ trunk length in the picture: on the reference clips 0.0–0.25 from the side, 0.6–0.8 from
    the rear.

    Parameters
    ----------
    side_below : median shoulder width below which the view is one from the side
    clear_margin : distance from that limit at which the width alone is sure
    square_breadth : mean shoulder width where the shoulders are seen square (0.72 and 0.69 on the two rear clips)
    caution_from_deg : from this angle of the camera off square the numbers of a side view carry a caution [deg]
    caution_side_from_deg : the same where the angle is known sharply, from points at the joint centres [deg]
    caution_frontal_from_deg : the same of a rear or front view, where it is known more sharply and matters more [deg]
    refuse_from_deg : from this angle a clip counts as diagonal and is refused unless the user states its view [deg]
    """

    side_below: float = 0.42
    clear_margin: float = 0.15
    square_breadth: float = 0.70
    caution_from_deg: float = 20.0
    caution_side_from_deg: float = 12.0
    caution_frontal_from_deg: float = 4.0
    refuse_from_deg: float = 30.0


@dataclass(frozen=True)
class ViewDecision:
    """What the camera sees.

    Parameters
    ----------
    view : side_left, side_right, rear or front
    confidence : 0…1
    facing : direction of running in a side view (+1 right, −1 left in the picture), 0 from the rear or the front
    yaw_deg : how far the camera stands off the square view, 0…45 [deg]; None where it cannot be told. Good to about
        10° (docs, decision record 0013)
    diagonal : whether the camera stands between the views, so far that angles in its picture cannot be trusted
    """

    view: View
    confidence: float
    facing: int
    yaw_deg: float | None = None
    diagonal: bool = False


@dataclass(frozen=True)
class _Body:
    """Paths of the points that tell the view, shape (n, 2) [px], and in metres where the estimator gives them."""

    points: dict[str, Array]
    metres: dict[str, Array] | None

    @property
    def trunk(self) -> Array:
        """Trunk length, shape (n,) [px]."""
        p = self.points
        middle = p["left_shoulder"] + p["right_shoulder"] - p["left_hip"] - p["right_hip"]
        length = np.linalg.norm(middle / 2, axis=1)
        return np.where(length > 0, length, np.nan)


def detect_view(pose: xr.Dataset, parameters: ViewParameters = ViewParameters()) -> ViewDecision:
    """Decide the view from the body itself.

    Side or not: the width of the shoulders. Which side: where nose and toes point (a runner who faces left in the
    picture shows the camera the left side). Rear or front: a vote of the order of left and right over time, of the
    depth of nose and toes where the estimator gives metres, and of the ground, which under the runner flows towards a
    camera behind and away from one in front. Where the maker of the pose knows the view (markers projected by a camera
    of our own), that is the view. Without shoulders only the feet speak, and the side is hardly sure.
    """
    known = _FACING_OF.get(pose.attrs["view"])
    if known is not None:
        return ViewDecision(pose.attrs["view"], 1.0, known)
    body = _body(pose)
    width = (body.points["left_shoulder"][:, 0] - body.points["right_shoulder"][:, 0]) / body.trunk
    breadth = _median(np.abs(width))
    if not np.isfinite(breadth):
        feet = _median(np.concatenate(_feet(body)))
        return ViewDecision("side_right", 0.1, 1) if feet > 0 else ViewDecision("side_left", 0.0, -1)
    from_side = _off_side_deg(body, width, parameters)
    diagonal = parameters.refuse_from_deg < from_side < 90 - parameters.refuse_from_deg
    yaw = min(from_side, 90 - from_side)
    clear = min(1.0, abs(parameters.side_below - breadth) / parameters.clear_margin)
    if breadth < parameters.side_below:
        pointing = _pointing(body)
        facing = 1 if _median(pointing) > 0 else -1
        agreement = float(np.nanmean(np.sign(pointing) == facing))
        view: View = "side_right" if facing > 0 else "side_left"
        return ViewDecision(view, clear * max(0.0, 2 * agreement - 1), facing, yaw, diagonal)
    votes = _front_votes(body, width, pose["time"].values)
    front = float(np.mean(votes))
    return ViewDecision("front" if front > 0 else "rear", clear * abs(front), 0, yaw, diagonal)


_FACING_OF: dict[str, int] = {"side_left": -1, "side_right": 1, "rear": 0, "front": 0}


def _body(pose: xr.Dataset) -> _Body:
    points = {name: track(pose, name) for name in _NAMES}
    if "world_position" not in pose:
        return _Body(points, None)
    metres = {name: track(pose, name, "world_position") for name in _NAMES}
    return _Body(points, metres if np.isfinite(metres["left_hip"]).any() else None)


def _off_side_deg(body: _Body, width: Array, parameters: ViewParameters) -> float:
    """Return the camera's direction off a square side view, 0 (side) … 90 (rear, front) [deg].

    The mean width of the shoulders over the clip, in which the turning of the trunk falls out; joined with the
    direction of shoulders and hips in the estimator's metres where it gives them.
    """
    share = float(abs(np.nanmean(width))) / parameters.square_breadth
    in_picture = float(np.degrees(np.arcsin(min(1.0, share))))
    if body.metres is None:
        return in_picture
    across = np.zeros(2)
    for joint in ("shoulder", "hip"):
        line = (body.metres[f"right_{joint}"] - body.metres[f"left_{joint}"])[:, [0, 2]]
        across += np.nanmean(line / np.linalg.norm(line, axis=1, keepdims=True), axis=0)
    in_metres = float(np.degrees(np.arctan2(abs(across[0]), abs(across[1]))))
    return (in_picture + in_metres) / 2


def _feet(body: _Body) -> list[Array]:
    return [body.points[f"{side}_toe"][:, 0] - body.points[f"{side}_heel"][:, 0] for side in SIDES]


def _pointing(body: _Body) -> Array:
    p = body.points
    nose = p["nose"][:, 0] - (p["left_ear"][:, 0] + p["right_ear"][:, 0]) / 2
    directions = np.stack([nose, *_feet(body)])
    seen = np.isfinite(directions).any(axis=0)
    return np.asarray(np.nanmedian(directions[:, seen], axis=0) / body.trunk[seen])


def _front_votes(body: _Body, width: Array, time_s: Array) -> list[float]:
    """Return the witnesses of rear (−1) against front (+1)."""
    votes = [float(np.nanmean(np.sign(width)))]
    if body.metres is not None:
        m = body.metres
        nose = (m["nose"] - (m["left_ear"] + m["right_ear"]) / 2)[:, 2]
        toes = [(m[f"{side}_toe"] - m[f"{side}_heel"])[:, 2] for side in SIDES]
        votes += [-float(np.nanmean(np.sign(depth))) for depth in (nose, np.concatenate(toes))]
    flow = _ground_flow(body, time_s)
    return [*votes, -flow] if np.isfinite(flow) else votes


def _ground_flow(body: _Body, time_s: Array) -> float:
    """Return how the ground moves under the runner, −1 (away from the camera) … +1 (towards it); NaN unknown.

    It is the clearly lower foot's movement down the picture, the runner's own taken off. Needs no labels of left and
    right and holds for a belt as for a road, as long as the lens is above the ground.
    """
    if len(time_s) < 8:
        return float("nan")
    p = body.points
    hips = ((p["left_hip"] + p["right_hip"]) / 2)[:, 1]
    toes = np.stack([p[f"{side}_toe"][:, 1] for side in SIDES], axis=1)
    trunk = _median(body.trunk)
    known = np.isfinite(hips)
    if known.sum() < 8:
        return float("nan")
    drift = np.polyval(np.polyfit(time_s[known] - time_s[0], hips[known], 1), time_s - time_s[0])
    toes = (toes - drift[:, None]) / trunk
    lower = np.where(np.isfinite(toes).all(axis=1), np.argmax(np.nan_to_num(toes), axis=1), 0)
    clear = np.abs(toes[:, 0] - toes[:, 1]) > 0.15
    speed = np.gradient(toes, time_s, axis=0)[np.arange(len(toes)), lower]
    flow = _median(speed[clear])
    return float(np.clip(flow / 0.5, -1.0, 1.0))


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def settle_view(seen: ViewDecision, stated: View | None) -> ViewDecision:
    """Join the view that is seen with the one that the user stated; the user decides where the picture is unclear.

    Raises
    ------
    ViewDiagonal
        Where the camera stands between side and rear or front, and the user states no view.
    ViewUnsupported
        Where the view is one that cannot be measured.
    ViewContradicted
        Where the user states a view and the picture clearly shows another one.
    """
    if stated is None:
        if seen.diagonal:
            raise ViewDiagonal(yaw=seen.yaw_deg, view=seen.view)
        return seen
    if stated == "foot_medial":
        raise ViewUnsupported(view=stated)
    if stated != seen.view and seen.confidence >= 0.5:
        raise ViewContradicted(stated=stated, seen=seen.view)
    facing = {"side_right": 1, "side_left": -1}.get(stated, 0)
    return ViewDecision(stated, 1.0, facing, seen.yaw_deg, seen.diagonal)
