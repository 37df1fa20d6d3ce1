"""Filming the analytic runner: body points in metres become the pose Dataset that a perfect estimator would give.

    pose = film(running(3.5), frame_times(120.0, 6.0), Camera(facing=-1, noise_px=2.0))
    pose = hidden(pose, ("left_heel", "left_toe"), when)

`film_points` films any other body, such as that of `squatting`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from analytic_runner import FOOT, SHANK, THIGH, TRUNK, Array, Points, Runner, knee_between, points, rotated
from kinechain.model.pose import Flag, make_pose
from kinechain.model.skeleton import KEYPOINTS


@dataclass(frozen=True)
class Camera:
    """A fixed camera square to the runner's plane.

    Parameters
    ----------
    px_per_m : scale of the picture
    facing : +1 the runner runs to the right of the picture, −1 to the left
    overground : the runner crosses the picture; otherwise a treadmill holds the hip in its middle
    breadth_m : distance of the shoulders across the picture, left shoulder on the left (0.06 in a side view)
    noise_px : standard deviation of white noise on every point
    """

    px_per_m: float = 350.0
    facing: int = 1
    overground: bool = False
    breadth_m: float = 0.06
    noise_px: float = 0.0
    seed: int = 0


def frame_times(fps: float, duration_s: float, jitter_share: float = 0.0, seed: int = 0) -> Array:
    """Return frame times [s]; `jitter_share` of the interval is their random unevenness."""
    times = np.arange(round(fps * duration_s)) / fps
    shift = np.random.default_rng(seed).uniform(-0.5, 0.5, len(times)) * jitter_share / fps
    return np.asarray(times + shift - shift[0])


def film(runner: Runner, time_s: Array, camera: Camera = Camera()) -> xr.Dataset:
    """Film a runner: the pose Dataset that a perfect estimator would give."""
    path = np.zeros((len(time_s), 2))
    path[:, 0] = runner.speed_mps * time_s if camera.overground else 0.0
    moved = {name: xy + path for name, xy in points(runner, time_s).items()}
    return film_points(moved, time_s, runner.height_m, camera)


def film_points(body: Points, time_s: Array, height_m: float, camera: Camera) -> xr.Dataset:
    """Film any body given by hips, legs and shoulders [m]; head and arms are hung on."""
    full = dict(body)
    middle = (body["left_shoulder"] + body["right_shoulder"]) / 2
    for name in set(KEYPOINTS) - set(body):
        if name.endswith("elbow"):
            offset = (0.1, -0.12)
        elif name.endswith(("wrist", "pinky", "index", "thumb")):
            offset = (0.25, -0.15)
        else:
            offset = (0.1 if name == "nose" or name.startswith("mouth") else 0.0, 0.13 * height_m)
        full[name] = middle + np.array(offset)
    position = np.stack([full[name] for name in KEYPOINTS], axis=1) * [camera.facing, -1.0]
    for i, name in enumerate(KEYPOINTS):
        if name.endswith("shoulder"):
            position[:, i, 0] += camera.breadth_m / 2 * (-1 if name.startswith("left") else 1)
    width = (np.ptp(position[..., 0]) + 1.2) * camera.px_per_m
    size = round(float(width)), round(2.2 * camera.px_per_m)
    position = (position - [position[..., 0].min() - 0.6, -2.1]) * camera.px_per_m
    position += camera.noise_px * np.random.default_rng(camera.seed).standard_normal(position.shape)
    confidence = np.full(position.shape[:2], 0.95)
    return make_pose(time_s, KEYPOINTS, position, confidence, image_size=size, source="analytic runner")


def hidden(pose: xr.Dataset, names: tuple[str, ...], when: NDArray[np.bool_]) -> xr.Dataset:
    """Return the pose with some points out of the picture in the frames `when`."""
    changed = pose.copy(deep=True)
    chosen = np.isin(changed["keypoint"].values, names)
    mask = when[:, None] & chosen[None, :]
    changed["position"].values[mask] = np.nan
    changed["flag"].values[mask] = Flag.OUT_OF_PICTURE
    return changed


def squatting(time_s: Array, depth_m: float = 0.35, sway_m: float = 0.25, period_s: float = 1.6) -> Points:
    """Return a person 1.75 m tall who squats on flat feet (`depth_m` 0: stands still)."""
    down = (1 - np.cos(2 * np.pi * time_s / period_s)) / 2
    hip = np.stack([-sway_m * down * (depth_m > 0), 0.93 - depth_m * down], axis=1)
    found: Points = {}
    for side, shift in (("left", 0.02), ("right", -0.02)):
        foot = {n: np.tile([FOOT[n][0] - 0.05 + shift, FOOT[n][1]], (len(time_s), 1)) for n in ("ankle", "heel", "toe")}
        knee = knee_between(hip, foot["ankle"], THIGH * 1.75, SHANK * 1.75)
        found |= {f"{side}_{name}": xy for name, xy in {"hip": hip, "knee": knee, **foot}.items()}
    shoulder = hip + rotated((0.0, TRUNK * 1.75), -30.0 * down)
    return found | {"left_shoulder": shoulder, "right_shoulder": shoulder}
