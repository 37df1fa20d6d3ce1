"""Joint centres: the correction moves with the picture, keeps what is missing, and knows its bounds."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from analytic_camera import Camera, film, frame_times, hidden
from analytic_runner import running
from kinechain.model.pose import Flag
from kinechain.pose.joint_centres import MOST_OFFSET, POINTS, body_frame, shipped_model, to_joint_centres

LEGS = [f"{side}_{point}" for side in ("left", "right") for point in POINTS]


def filmed(facing: int = 1, **changes: float) -> xr.Dataset:
    return film(running(3.5), frame_times(60.0, 3.0), Camera(facing=facing, **changes))


def moves(pose: xr.Dataset, view: str) -> xr.DataArray:
    return to_joint_centres(pose, view)["position"] - pose["position"]  # type: ignore[arg-type]


def mirrored(pose: xr.Dataset) -> xr.Dataset:
    """Return the pose of the mirrored clip: left and right change their names with their places."""
    names = [
        name.replace("left", "X").replace("right", "left").replace("X", "right") for name in pose["keypoint"].values
    ]
    flipped = pose.copy(deep=True)
    for variable in ("position", "raw_position"):
        values = pose[variable].sel(keypoint=names).values.copy()
        values[..., 0] = pose.attrs["image_width_px"] - values[..., 0]
        flipped[variable] = (pose[variable].dims, values)
    return flipped


def test_points_move_but_never_far() -> None:
    pose = filmed()
    distance = np.linalg.norm(moves(pose, "side_right").sel(keypoint=LEGS).values, axis=2)
    frame = body_frame(pose, "side_right")
    assert frame is not None
    assert distance.max() > 1.0
    assert (distance <= MOST_OFFSET * frame.scale[:, None] + 1e-6).all()


def test_nothing_but_legs_and_shoulders_moves() -> None:
    pose = filmed()
    rest = [name for name in pose["keypoint"].values if name not in LEGS]
    assert (moves(pose, "side_right").sel(keypoint=rest) == 0).all()
    after = to_joint_centres(pose, "side_right")
    np.testing.assert_array_equal(after["raw_position"], pose["raw_position"])


def test_mirroring_the_clip_swaps_the_sides() -> None:
    pose = filmed()
    there = to_joint_centres(mirrored(pose), "side_left")
    back = mirrored(to_joint_centres(pose, "side_right"))
    np.testing.assert_allclose(there["position"], back["position"], atol=1e-6)


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_a_larger_picture_is_moved_alike(factor: float) -> None:
    small, large = filmed(px_per_m=300.0), filmed(px_per_m=300.0 * factor)
    np.testing.assert_allclose(
        moves(large, "side_right").values, factor * moves(small, "side_right").values, atol=1e-6 * factor
    )


def test_the_place_in_the_picture_does_not_matter() -> None:
    pose = filmed()
    shifted = pose.copy(deep=True)
    for variable in ("position", "raw_position"):
        shifted[variable] = pose[variable] + np.array([37.0, -12.0])
    np.testing.assert_allclose(moves(shifted, "side_right").values, moves(pose, "side_right").values, atol=1e-6)


def test_missing_points_stay_missing_and_the_others_move_as_before() -> None:
    pose = filmed()
    when = np.zeros(pose.sizes["time"], dtype=bool)
    when[20:40] = True
    after = to_joint_centres(hidden(pose, ("left_toe",), when), "side_right")
    assert np.isnan(after["position"].sel(keypoint="left_toe").values[when]).all()
    assert np.isfinite(after["position"].sel(keypoint="left_heel").values).all()
    assert (after["flag"].sel(keypoint="left_toe").values[when] >= Flag.OUT_OF_PICTURE).all()


@pytest.mark.parametrize("view", ["rear", "front", "foot_medial"])
def test_other_views_are_left_alone(view: str) -> None:
    pose = filmed()
    assert to_joint_centres(pose, view) is pose  # type: ignore[arg-type]


def test_a_pose_far_from_any_runner_is_not_thrown_about() -> None:
    random = np.random.default_rng(0)
    wild = random.normal(0, 5, (40, 2, 6, 2))
    offsets = shipped_model().offsets(wild)
    assert np.isfinite(offsets).all()
    assert (np.linalg.norm(offsets, axis=-1) <= MOST_OFFSET + 1e-9).all()


def test_a_runner_who_is_never_seen_is_left_alone() -> None:
    pose = filmed()
    gone = pose.copy(deep=True)
    for variable in ("position", "raw_position"):
        gone[variable] = pose[variable] * np.nan
    gone["flag"] = gone["flag"] * 0 + Flag.ABSENT
    assert to_joint_centres(gone, "side_right") is gone
