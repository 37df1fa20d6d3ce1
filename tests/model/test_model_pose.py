"""The pose Dataset: valid when made, the same after a round trip through its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from kinechain.errors import PoseFileInvalid
from kinechain.model.pose import Flag, load_pose, logged, make_pose, save_pose, track, validate_pose
from kinechain.model.skeleton import KEYPOINTS, LEG, SIDES, TRUNK_LINKS, other

POINTS = ("left_hip", "left_knee", "left_ankle")
TIME_S = np.array([0.0, 0.02, 0.05, 0.06])


def pose(**changes: object) -> xr.Dataset:
    position = np.arange(24, dtype=float).reshape(4, 3, 2)
    position[2, 1] = np.nan
    values: dict[str, object] = {
        "time_s": TIME_S,
        "keypoints": POINTS,
        "position": position,
        "confidence": np.full((4, 3), 0.8),
        "image_size": (640, 480),
        "source": "test",
    }
    return make_pose(**(values | changes))  # type: ignore[arg-type]


def test_a_new_pose_knows_what_is_absent():
    made = pose()
    assert made["flag"].values[2, 1] == Flag.ABSENT
    assert made["confidence"].values[2, 1] == 0.0
    assert (np.delete(made["flag"].values.ravel(), 7) == Flag.SEEN).all()
    assert made["position"].equals(made["raw_position"])
    assert made.attrs["fps"] == pytest.approx(1 / 0.02)
    assert made.attrs["image_width_px"] == 640
    assert made.attrs["frame"] == "image"
    assert made.attrs["space_unit"] == "px"


def test_track_is_the_path_of_one_point():
    assert track(pose(), "left_ankle")[0] == pytest.approx([4.0, 5.0])
    assert track(pose(), "left_knee", "raw_position").shape == (4, 2)
    with pytest.raises(KeyError):
        track(pose(), "tail")


def test_a_pose_with_world_points_keeps_them():
    world = np.random.default_rng(0).normal(size=(4, 3, 3))
    assert pose(world_position=world)["world_position"].values == pytest.approx(world)
    assert "world_position" not in pose()


def test_raw_and_used_positions_are_apart():
    made = pose()
    made["position"].values[0] = 99.0
    assert made["raw_position"].values[0].max() < 99.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"time_s": TIME_S[::-1].copy()}, "rise"),
        ({"time_s": np.array([0.0, 0.1, 0.1, 0.2])}, "rise"),
        ({"confidence": np.full((4, 3), 1.2)}, "confidence"),
        ({"confidence": np.full((4, 3), np.nan)}, "confidence"),
        ({"confidence": np.full((4, 3), -0.1)}, "confidence"),
        ({"keypoints": POINTS[:2]}, "size|length"),
        ({"time_s": TIME_S[:3]}, "size|length"),
    ],
)
def test_values_that_do_not_fit_are_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        pose(**changes)


@pytest.mark.parametrize("name", ["position", "raw_position", "confidence", "flag"])
def test_a_missing_variable_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is missing"):
        validate_pose(pose().drop_vars(name))


@pytest.mark.parametrize("name", ["frame", "space_unit", "view", "source", "image_width_px", "fps", "log"])
def test_a_missing_attribute_is_refused(name):
    bare = pose()
    del bare.attrs[name]
    with pytest.raises(ValueError, match=name):
        validate_pose(bare)


def test_wrong_dims_are_refused():
    with pytest.raises(ValueError, match="dims"):
        validate_pose(pose().transpose("keypoint", "time", "space"))


def test_an_unusable_point_has_no_position():
    made = pose()
    made["flag"].values[0, 0] = Flag.GUESSED
    with pytest.raises(ValueError, match="not usable"):
        validate_pose(made)
    made["flag"].values[0, 0] = Flag.SPIKE
    assert validate_pose(made) is made


def test_the_log_grows():
    made = pose()
    grown = logged(made, "legs put right")
    assert grown.attrs["log"].splitlines() == ["estimated with test", "legs put right"]
    assert made.attrs["log"] == "estimated with test"


@pytest.mark.parametrize("with_world", [False, True])
def test_file_round_trip(tmp_path: Path, with_world: bool):
    world = np.random.default_rng(0).normal(size=(4, 3, 3)) if with_world else None
    made = logged(pose(world_position=world, source="日本語"), "a line")
    path = tmp_path / "pose.nc"
    save_pose(made, path)
    read = load_pose(path)
    xr.testing.assert_identical(read.drop_attrs(), made.drop_attrs())
    assert dict(read.attrs) == dict(made.attrs)
    assert read["flag"].dtype == np.int8
    path.unlink()  # the reader holds no file open
    assert float(read["position"].sum()) == pytest.approx(float(made["position"].sum()))


def test_a_whole_skeleton_survives(tmp_path: Path):
    n = 50
    values = np.random.default_rng(1).normal(size=(n, 33, 2))
    made = make_pose(
        np.cumsum(np.random.default_rng(2).uniform(0.01, 0.03, n)),
        KEYPOINTS,
        values,
        np.full((n, 33), 0.5),
        image_size=(1, 1),
        source="s",
    )
    save_pose(made, tmp_path / "p.nc")
    assert tuple(load_pose(tmp_path / "p.nc")["keypoint"].values) == KEYPOINTS


@pytest.mark.parametrize("content", [None, b"", b"not a pose", b"CDF\x01" + bytes(64)])
def test_other_files_are_refused(tmp_path: Path, content: bytes | None):
    path = tmp_path / "pose.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PoseFileInvalid):
        load_pose(path)


def test_a_foreign_netcdf_is_refused(tmp_path: Path):
    path = tmp_path / "other.nc"
    xr.Dataset({"t": ("x", [1.0, 2.0])}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(PoseFileInvalid, match="position is missing"):
        load_pose(path)


def test_skeleton_names_are_33_and_drawn_links_exist():
    assert len(KEYPOINTS) == len(set(KEYPOINTS)) == 33
    assert [other(side) for side in SIDES] == ["right", "left"]
    for side in SIDES:
        assert {f"{side}_{point}" for point in LEG} <= set(KEYPOINTS)
    assert {point for link in TRUNK_LINKS for point in link} <= set(KEYPOINTS)
    assert [KEYPOINTS[i] for i in (27, 28, 29, 30, 31, 32)] == [
        "left_ankle", "right_ankle", "left_heel", "right_heel", "left_toe", "right_toe",
    ]  # fmt: skip
