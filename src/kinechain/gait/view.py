"""From which side the camera sees the runner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import ViewContradicted, ViewUnsupported
from kinechain.model.assessment import View
from kinechain.model.pose import track


@dataclass(frozen=True)
class ViewParameters:
    """Limits on shoulder width ÷ trunk length in the picture (median over the clip).

    Seen on the reference clips: side views 0.1–0.3, rear and front views 0.6–0.9.
    """

    side_below: float = 0.42
    clear_margin: float = 0.15


@dataclass(frozen=True)
class ViewDecision:
    """The view, how sure (0…1), and the direction of running in a side view (+1 right, −1 left in the picture)."""

    view: View
    confidence: float
    facing: int


def detect_view(pose: xr.Dataset, parameters: ViewParameters = ViewParameters()) -> ViewDecision:
    """Decide the view from the body itself: shoulder width, where the nose and the toes point.

    A runner who faces left in the picture shows the camera the left side of the body. Where the maker of the pose
    knows the view (markers projected by a camera of our own), that is the view. Without shoulders only the feet speak,
    and the side is hardly sure.
    """
    known = _FACING_OF.get(pose.attrs["view"])
    if known is not None:
        return ViewDecision(pose.attrs["view"], 1.0, known)
    shoulders = track(pose, "left_shoulder"), track(pose, "right_shoulder")
    hips = track(pose, "left_hip"), track(pose, "right_hip")
    trunk = np.linalg.norm((shoulders[0] + shoulders[1] - hips[0] - hips[1]) / 2, axis=1)
    trunk = np.where(trunk > 0, trunk, np.nan)
    width = (shoulders[0][:, 0] - shoulders[1][:, 0]) / trunk
    breadth = _median(np.abs(width))
    if not np.isfinite(breadth):
        feet = _median(np.concatenate(_feet(pose)))
        return ViewDecision("side_right", 0.1, 1) if feet > 0 else ViewDecision("side_left", 0.0, -1)
    if breadth < parameters.side_below:
        pointing = _pointing(pose, trunk)
        facing = 1 if _median(pointing) > 0 else -1
        agreement = float(np.nanmean(np.sign(pointing) == facing))
        clear = min(1.0, (parameters.side_below - breadth) / parameters.clear_margin)
        return ViewDecision("side_right" if facing > 0 else "side_left", clear * max(0.0, 2 * agreement - 1), facing)
    clear = min(1.0, (breadth - parameters.side_below) / parameters.clear_margin)
    return ViewDecision("front" if _median(width) > 0 else "rear", clear, 0)


_FACING_OF: dict[str, int] = {"side_left": -1, "side_right": 1, "rear": 0, "front": 0}


def _feet(pose: xr.Dataset) -> list[NDArray[np.float64]]:
    return [track(pose, f"{side}_toe")[:, 0] - track(pose, f"{side}_heel")[:, 0] for side in ("left", "right")]


def _pointing(pose: xr.Dataset, trunk: NDArray[np.float64]) -> NDArray[np.float64]:
    nose = track(pose, "nose")[:, 0] - (track(pose, "left_ear")[:, 0] + track(pose, "right_ear")[:, 0]) / 2
    directions = np.stack([nose, *_feet(pose)])
    seen = np.isfinite(directions).any(axis=0)
    return np.asarray(np.nanmedian(directions[:, seen], axis=0) / trunk[seen])


def _median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def settle_view(seen: ViewDecision, stated: View | None) -> ViewDecision:
    """Join the view that is seen with the one that the user stated; the user decides where the picture is unclear.

    Raises
    ------
    ViewUnsupported
        Where the clip is not a side view.
    ViewContradicted
        Where the user states a side and the picture clearly shows the other one.
    """
    if stated is None:
        if seen.facing == 0:
            raise ViewUnsupported(view=seen.view)
        return seen
    if stated not in ("side_left", "side_right"):
        raise ViewUnsupported(view=stated)
    if stated != seen.view and seen.confidence >= 0.5:
        raise ViewContradicted(stated=stated, seen=seen.view)
    return ViewDecision(stated, 1.0, 1 if stated == "side_right" else -1)
