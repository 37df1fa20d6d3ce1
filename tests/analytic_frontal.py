"""The analytic runner in three dimensions, filmed from anywhere: known adduction, step width and events.

The sagittal motion is that of `analytic_runner`; sideways the hips stand apart, each knee lies beside its hip by the
tangent of the adduction, and each foot keeps its lane. Model frame: x in the direction of running, y up, z to the
runner's right, metres.

    pose = film_around(FrontalRunner(), frame_times(60.0, 6.0), RoundCamera(azimuth_deg=0.0))
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from analytic_runner import SHANK, THIGH, Array, Points, Runner, points, running
from kinechain.model.pose import Flag, make_pose
from kinechain.model.skeleton import EXTRA_POINTS, KEYPOINTS, SIDES, Side, other


@dataclass(frozen=True)
class FrontalRunner:
    """A runner and what is seen of the gait from behind.

    Parameters
    ----------
    left_adduction_deg, right_adduction_deg : thigh against the vertical in the frontal plane, all the time [deg]
    step_width_ratio : distance of the two feet's lanes ÷ leg length; negative: they cross
    hip_breadth_m, shoulder_breadth_m : distance of left and right joint [m]
    left_lead_s, right_lead_s : the big toe leaves the ground this long before the little toe; negative: after it [s]
    """

    gait: Runner = field(default_factory=lambda: running(3.5))
    left_adduction_deg: float = 4.0
    right_adduction_deg: float = 9.0
    step_width_ratio: float = 0.08
    hip_breadth_m: float = 0.17
    shoulder_breadth_m: float = 0.36
    left_lead_s: float = 0.0
    right_lead_s: float = 0.0

    @property
    def leg_m(self) -> float:
        return (THIGH + SHANK) * self.gait.height_m

    def adduction_deg(self, side: Side) -> float:
        return self.left_adduction_deg if side == "left" else self.right_adduction_deg


@dataclass(frozen=True)
class RoundCamera:
    """A pinhole camera that looks at the runner from any direction.

    Parameters
    ----------
    azimuth_deg : 0 behind, 90 on the runner's right, 180 in front, 270 on the left
    distance_m, height_m : of the lens from the hips at the clip's middle, and above the ground
    overground : the runner runs on; otherwise a belt holds the hips in their place
    roll_deg : the camera turned about its axis, + the picture's content turns with the clock
    metres : whether the estimator's own metres are given
    """

    azimuth_deg: float = 0.0
    distance_m: float = 5.0
    height_m: float = 1.0
    overground: bool = False
    roll_deg: float = 0.0
    noise_px: float = 0.0
    metres: bool = True
    focal_px: float = 1500.0


def solid_points(runner: FrontalRunner, time_s: Array) -> Points:
    """Return every point of `KEYPOINTS`, each (n, 3) [m]."""
    flat = points(runner.gait, time_s)
    body: Points = {}
    for side in SIDES:
        out = 1.0 if side == "right" else -1.0
        hip_z = out * runner.hip_breadth_m / 2
        drop = (flat[f"{side}_hip"] - flat[f"{side}_knee"])[:, 1]
        lane = out * runner.step_width_ratio * runner.leg_m / 2
        knee_z = hip_z - out * np.tan(np.radians(runner.adduction_deg(side))) * drop
        across = {"hip": hip_z, "knee": knee_z, "shoulder": out * runner.shoulder_breadth_m / 2}
        for name in ("hip", "knee", "ankle", "heel", "toe", "shoulder"):
            xy = flat[f"{side}_{name}"]
            body[f"{side}_{name}"] = np.column_stack([xy, np.broadcast_to(across.get(name, lane), len(xy))])
    middle = (body["left_shoulder"] + body["right_shoulder"]) / 2
    for name in set(KEYPOINTS) - set(body):
        out = 1.0 if "right" in name else -1.0 if "left" in name else 0.0
        if name.endswith(("elbow", "wrist", "pinky", "index", "thumb")):
            offset = (0.1, -0.25, out * 0.25)
        else:
            ahead = 0.1 if name == "nose" or "mouth" in name or "eye" in name else 0.0
            offset = (ahead, 0.22, out * 0.07)
        body[name] = middle + np.array(offset)
    return body


#: Big toe from little toe: how far apart, and how fast the one rises that has left the ground while the other has not.
TOES_APART_M, TOE_RISE_MPS = 0.08, 1.0


def two_toes(runner: FrontalRunner, time_s: Array) -> Points:
    """Return big and little toe of both feet, each (n, 3) [m]: the one that leaves first rises at an even speed.

    From toe-off on the foot keeps its roll, and turns back before it lands.
    """
    body = solid_points(runner, time_s)
    found: Points = {}
    for side in SIDES:
        out = 1.0 if side == "right" else -1.0
        lead_s = runner.left_lead_s if side == "left" else runner.right_lead_s
        since = np.mod(time_s - runner.gait.contact_at_s(side), runner.gait.stride_s) - runner.gait.leg(side).contact_s
        rolled = TOE_RISE_MPS * np.clip(since + abs(lead_s), 0.0, abs(lead_s)) * np.clip(3.0 - 10.0 * since, 0.0, 1.0)
        for name, across, first in (("big_toe", -0.5, lead_s > 0), ("small_toe", 0.5, lead_s < 0)):
            rise = np.stack([0 * rolled, rolled * first, np.full_like(rolled, across * out * TOES_APART_M)], axis=1)
            found[f"{side}_{name}"] = body[f"{side}_toe"] + rise
    return found


def film_around(
    runner: FrontalRunner, time_s: Array, camera: RoundCamera = RoundCamera(), *, toes: bool = False
) -> xr.Dataset:
    """Film the runner: the pose Dataset that a perfect estimator would give, with two toes a foot if wanted."""
    names = (*KEYPOINTS, *EXTRA_POINTS) if toes else KEYPOINTS
    solid = solid_points(runner, time_s) | (two_toes(runner, time_s) if toes else {})
    body = np.stack([solid[name] for name in names], axis=1)
    hips = body[:, [KEYPOINTS.index("left_hip"), KEYPOINTS.index("right_hip")]].mean(axis=1, keepdims=True)
    turn = np.radians(camera.azimuth_deg)
    view, right = np.array([np.cos(turn), -np.sin(turn)]), np.array([np.sin(turn), np.cos(turn)])

    def in_camera(solid: Array) -> Array:
        """Return x to the picture's right, y down, z away from the camera."""
        ground = solid[..., [0, 2]]
        return np.stack([ground @ right, -solid[..., 1], ground @ view], axis=-1)

    moved = body.copy()
    if camera.overground:
        moved[..., 0] += runner.gait.speed_mps * (time_s - time_s.mean())[:, None]
    seen = in_camera(moved) + np.array([0.0, camera.height_m, camera.distance_m])
    picture = camera.focal_px * seen[..., :2] / seen[..., 2:]
    roll = np.radians(camera.roll_deg)
    picture = picture @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    picture += camera.noise_px * np.random.default_rng(0).standard_normal(picture.shape)
    low, high = picture.min(axis=(0, 1)) - 100, picture.max(axis=(0, 1)) + 100
    return make_pose(
        time_s,
        names,
        picture - low,
        np.full(picture.shape[:2], 0.95),
        image_size=(round(float((high - low)[0])), round(float((high - low)[1]))),
        source="analytic runner",
        world_position=in_camera(body - hips) if camera.metres else None,
    )


def mirrored(pose: xr.Dataset) -> xr.Dataset:
    """Return the pose as the mirrored clip would give it: x → width − x, left and right exchanged."""
    swapped = [_swapped_name(name) for name in pose["keypoint"].values.tolist()]
    result = pose.sel(keypoint=swapped).assign_coords(keypoint=pose["keypoint"].values).copy(deep=True)
    for variable in ("position", "raw_position"):
        result[variable].loc[{"space": "x"}] = pose.attrs["image_width_px"] - result[variable].sel(space="x")
    if "world_position" in result:
        result["world_position"].values[..., 0] *= -1
    return result


def flipped(pose: xr.Dataset, when: np.ndarray) -> xr.Dataset:
    """Return the pose with the whole body's left and right exchanged in the frames `when`."""
    swapped = pose.sel(keypoint=[_swapped_name(name) for name in pose["keypoint"].values.tolist()])
    result = pose.copy(deep=True)
    for variable in result.data_vars:
        result[variable].values[when] = swapped[variable].values[when]
    return result


def taken_out(pose: xr.Dataset, names: tuple[str, ...]) -> xr.Dataset:
    """Return the pose without some points."""
    result = pose.copy(deep=True)
    chosen = np.isin(result["keypoint"].values, names)
    result["position"].values[:, chosen] = np.nan
    result["flag"].values[:, chosen] = Flag.GUESSED
    return result


def _swapped_name(name: str) -> str:
    for side in SIDES:
        if side in name:
            return name.replace(side, other(side))
    return name


def knee_shift_ratio(runner: FrontalRunner, side: Side) -> float:
    """Return the knee's distance from the hip–ankle line at the lowest point of the hips ÷ leg length, + medial."""
    time_s = np.linspace(0.0, runner.gait.stride_s, 2000) + runner.gait.contact_at_s(side)
    body = solid_points(runner, time_s)
    height = sum(body[f"{s}_hip"][:, 1] for s in SIDES)
    stance = time_s - time_s[0] < runner.gait.leg(side).contact_s
    at = int(np.argmin(np.where(stance, height, np.inf)))
    hip, knee, ankle = (body[f"{side}_{name}"][at, 1:] for name in ("hip", "knee", "ankle"))
    on_line = hip[1] + (ankle - hip)[1] * (hip - knee)[0] / (hip - ankle)[0]
    inwards = (on_line - knee[1]) * (1.0 if side == "right" else -1.0)
    return float(inwards * (hip - ankle)[0] / np.linalg.norm(hip - ankle) / runner.leg_m)


def symmetric(adduction_deg: float = 6.0, **changes: float) -> FrontalRunner:
    """Return a runner whose legs are alike."""
    return replace(
        FrontalRunner(left_adduction_deg=adduction_deg, right_adduction_deg=adduction_deg),
        **changes,  # type: ignore[arg-type]
    )
