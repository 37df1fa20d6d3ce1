"""Points made elsewhere: each format against the runner that it was made from, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from kinechain.errors import (
    EmptyFile,
    FileMissing,
    KinechainError,
    PointsFileInvalid,
    PointsFileTooLarge,
    PointsFormatUnknown,
    PointsMissing,
    PointsRateUnknown,
)
from kinechain.gait.view import detect_view
from kinechain.model.pose import Flag
from kinechain.model.skeleton import KEYPOINTS, LEG, SIDES
from kinechain.pose.importers import About, is_points, raw, read_points
from kinechain.pose.importers.markers import hip_centres
from kinechain.pose.importers.names import BODY_25, HALPE_26
from kinechain.pose.importers.rigid import carried
from point_files import (
    FPS,
    filmed,
    landmarks,
    openpose_folder,
    openpose_person,
    trc_text,
    with_toes,
    write_markers,
)

LEGS = [f"{side}_{point}" for side in SIDES for point in LEG]


@pytest.fixture(scope="module")
def pose() -> xr.Dataset:
    return filmed(0.75)


@pytest.fixture(scope="module")
def points(pose: xr.Dataset) -> dict[str, np.ndarray]:
    return with_toes(pose)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def same_shape(found: xr.Dataset, pose: xr.Dataset, factor: float = 1.0, atol: float = 1e-6) -> None:
    """Check that the legs are those of `pose`, scaled, wherever the picture was laid around them."""
    a, b = (p["position"].sel(keypoint=LEGS).values for p in (found, pose))
    np.testing.assert_allclose(a - a[0, 0], factor * (b - b[0, 0]), atol=atol)
    np.testing.assert_allclose(found["time"], pose["time"], atol=1e-9)


# --- .trc -------------------------------------------------------------------------------------------------------------


def test_sports2d_in_pixels_that_its_header_calls_metres(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    path = written(tmp_path / "a.trc", trc_text(points, pose["time"].values, unit="m"))
    found = read_points(path)
    np.testing.assert_allclose(
        found["position"].sel(keypoint=LEGS), pose["position"].sel(keypoint=LEGS), atol=1e-6
    )  # y down: the picture itself
    assert "metres_per_px" not in found.attrs
    assert found.attrs["fps"] == pytest.approx(FPS)
    assert {"left_big_toe", "right_small_toe"} <= set(found["keypoint"].values)


@pytest.mark.parametrize(("unit", "per_px"), [("mm", 2.0), ("m", 0.002)])
def test_metres_with_y_up_become_a_picture_of_known_scale(
    unit: str, per_px: float, tmp_path: Path, pose: xr.Dataset, points: dict
) -> None:
    up = {name: np.stack([per_px * xy[:, 0], per_px * (900 - xy[:, 1])], axis=1) for name, xy in points.items()}
    found = read_points(written(tmp_path / "a.trc", trc_text(up, pose["time"].values, unit=unit)))
    same_shape(found, pose)
    assert found.attrs["metres_per_px"] == pytest.approx(0.002)
    position = found["position"].values
    assert np.nanmin(position) > 0
    assert np.nanmax(position[..., 0]) < found.attrs["image_width_px"]
    assert np.nanmax(position[..., 1]) < found.attrs["image_height_px"]


def test_blazepose_names_are_known_too(tmp_path: Path, pose: xr.Dataset) -> None:
    names = [n for n in KEYPOINTS if not n.startswith("mouth")]
    points = {n: pose["position"].sel(keypoint=n).values for n in names}
    found = read_points(written(tmp_path / "a.trc", trc_text(points, pose["time"].values, names=names)))
    same_shape(found, pose)
    assert found.attrs["absent_points"] == "mouth_left mouth_right"


@pytest.mark.parametrize("up_axis", [1, 2])
@pytest.mark.parametrize("forward_sign", [1, -1])
def test_three_dimensions_are_looked_at_from_the_runners_right(
    up_axis: int, forward_sign: int, tmp_path: Path, pose: xr.Dataset, points: dict
) -> None:
    """A Pose2Sim file: whatever the axes are, the runner faces right in the picture."""
    n = len(pose["time"])
    markers = {}
    for name, xy in points.items():
        side = 1 if name.startswith("right") else -1 if name.startswith("left") else 0
        x, up, right = (xy[:, 0] - 300) / 350, (700 - xy[:, 1]) / 350, np.full(n, 0.1 * side)
        xyz = np.zeros((n, 3))
        xyz[:, 0] = forward_sign * x
        xyz[:, up_axis] = up
        xyz[:, 3 - up_axis] = right * forward_sign * (1 if up_axis == 1 else -1)
        markers[name] = xyz
    path = write_markers(tmp_path / "a.c3d", {n: m for n, m in markers.items() if n in KEYPOINTS}, unit="m")
    found = read_points(path)
    same_shape(found, pose, 500 / 350, atol=1e-3)
    assert detect_view(found).view == "side_right"
    assert found.attrs["metres_per_px"] == pytest.approx(0.002)
    if up_axis == 1:  # every reading of a C3D starts a process
        return
    mirrored = read_points(path, About(view="side_left"))
    assert detect_view(mirrored).facing == -1
    rear = read_points(path, About(view="rear"))
    hips = [rear["position"].sel(keypoint=f"{side}_hip", space="x").values for side in SIDES]
    assert np.median(hips[1] - hips[0]) == pytest.approx(100, abs=1)  # the runner's right is on the right


def test_negative_times_begin_at_zero(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    found = read_points(written(tmp_path / "a.trc", trc_text(points, pose["time"].values - 3.0)))
    np.testing.assert_allclose(found["time"], pose["time"], atol=1e-9)


def test_a_trc_without_times_uses_its_rate_and_a_stated_rate_wins(tmp_path: Path, points: dict) -> None:
    path = written(tmp_path / "a.trc", trc_text(points, np.zeros(len(points["nose"]))))
    assert read_points(path).attrs["fps"] == pytest.approx(FPS)
    assert read_points(path, About(fps=60.0)).attrs["fps"] == pytest.approx(60.0)
    assert read_points(path, About(fps=60.0), slow_motion=4.0).attrs["fps"] == pytest.approx(240.0)


def broken_trc(text: str, how: str) -> str:
    lines = text.split("\n")
    if how == "header only":
        return "\n".join(lines[:3])
    if how == "unit":
        lines[2] = lines[2].replace("\tm\t", "\tfurlong\t")
    if how == "count":
        lines[2] = lines[2].replace("\t26\t", "\t25\t")
    if how == "doubled":
        lines[3] = lines[3].replace("RKnee", "LKnee")
    if how == "time":
        lines[9], lines[10] = lines[10], lines[9]
    if how == "no time":
        cells = lines[8].split("\t")
        lines[8] = "\t".join([cells[0], "soon", *cells[2:]])
    if how == "columns":
        lines[8] += "\t1\t2\t3"
    if how == "no frames":
        lines = lines[:5]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("header only", "header"),
        ("unit", "furlong"),
        ("count", "NumMarkers"),
        ("doubled", "twice"),
        ("time", "does not rise"),
        ("no time", "no time"),
        ("columns", "columns"),
        ("no frames", "no frames"),
    ],
)
def test_a_damaged_trc_says_what_is_wrong(how: str, says: str, tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    path = written(tmp_path / "a.trc", broken_trc(trc_text(points, pose["time"].values), how))
    with pytest.raises(PointsFileInvalid, match=says) as caught:
        read_points(path)
    assert caught.value.exit_status == 18


def test_numbers_that_are_no_positions_are_missing(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    text = trc_text(points, pose["time"].values).split("\n")
    for line, value in ((7, "NaN"), (9, "1e300"), (11, ""), (13, "inf")):
        cells = text[line].split("\t")
        cells[2 + 3 * HALPE_26.index("left_knee")] = value
        text[line] = "\t".join(cells)
    found = read_points(written(tmp_path / "a.trc", "\n".join(text)))
    knee = found["flag"].sel(keypoint="left_knee").values
    assert np.flatnonzero(knee == Flag.ABSENT).tolist() == [2, 4, 6, 8]


# --- OpenPose ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [BODY_25, HALPE_26], ids=["body_25", "halpe_26"])
def test_openpose_folder(names: tuple[str, ...], tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    folder = openpose_folder(
        tmp_path / "json", [[openpose_person(points, i, names)] for i in range(len(pose["time"]))], first=7
    )
    assert is_points(folder)
    found = read_points(folder, About(fps=FPS))
    np.testing.assert_allclose(found["position"].sel(keypoint=LEGS), pose["position"].sel(keypoint=LEGS), atol=1e-6)
    np.testing.assert_allclose(found["position"].sel(keypoint="left_small_toe"), points["left_small_toe"], atol=1e-6)
    assert float(found["confidence"].sel(keypoint="left_hip").min()) == pytest.approx(0.9)
    with pytest.raises(PointsRateUnknown, match="frames a second"):
        read_points(folder)


def test_missing_frame_numbers_are_gaps_and_empty_frames_absent(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    frames = [[] if i == 20 else [openpose_person(points, i)] for i in range(len(pose["time"]))]
    folder = openpose_folder(tmp_path / "json", frames)
    for lost in (30, 31):
        (folder / f"clip_{lost:012d}_keypoints.json").unlink()
    found = read_points(folder, About(fps=FPS))
    assert found.sizes["time"] == len(frames) - 2
    assert np.diff(found["time"].values).max() == pytest.approx(3 / FPS)
    assert (found["flag"].isel(time=20) == Flag.ABSENT).all()


def test_of_several_people_the_largest_and_longest_is_taken(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    small = {name: 0.3 * xy + np.array([5.0, 400.0]) for name, xy in points.items()}
    frames = []
    for i in range(len(pose["time"])):
        both = [openpose_person(points, i), openpose_person(small, i)]
        frames.append(both if i % 2 else both[::-1])
    document = {"frames": [{"people": people} for people in frames], "fps": FPS}
    found = read_points(written(tmp_path / "a.json", json.dumps(document)))
    np.testing.assert_allclose(found["position"].sel(keypoint=LEGS), pose["position"].sel(keypoint=LEGS), atol=1e-6)
    assert found.attrs["people_in_file"] == 2


def test_points_without_feet_are_refused_and_named(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    coco = HALPE_26[:17]
    frames = [{"people": [openpose_person(points, i, coco)]} for i in range(len(pose["time"]))]
    with pytest.raises(PointsMissing, match="left_heel, left_toe, right_heel, right_toe"):
        read_points(written(tmp_path / "a.json", json.dumps(frames)), About(fps=FPS))


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"people": [{"pose_keypoints_2d": [1.0, 2.0]}]}, PointsFileInvalid),
        ({"people": [{"pose_keypoints_2d": [1.0, 2.0, 0.5] * 7}]}, PointsFileInvalid),
        ({"people": [{"pose_keypoints_2d": "many"}]}, PointsFileInvalid),
        ({"people": "nobody"}, PointsFileInvalid),
        ({"people": []}, PointsFileInvalid),
        ({"hello": "world"}, PointsFormatUnknown),
        ([1, 2, 3], PointsFormatUnknown),
        ([], PointsFormatUnknown),
        (3, PointsFormatUnknown),
    ],
)
def test_other_json_is_refused(document: object, error: type[KinechainError], tmp_path: Path) -> None:
    with pytest.raises(error):
        read_points(written(tmp_path / "a.json", json.dumps(document)), About(fps=30))


# --- MediaPipe --------------------------------------------------------------------------------------------------------


def layouts(pose: xr.Dataset, *, share: bool) -> dict[str, object]:
    n = len(pose["time"])
    frames = [landmarks(pose, i, share=share) for i in range(n)]
    size = {"width": pose.attrs["image_width_px"], "height": pose.attrs["image_height_px"]}
    as_lists = [[[p["x"], p["y"], p["z"], p["visibility"]] for p in frame] for frame in frames]
    return {
        "named": {"fps": FPS, **size, "frames": [{"pose_landmarks": frame} for frame in frames]},
        "people": {"fps": FPS, **size, "frames": [{"pose_landmarks": [frame]} for frame in frames]},
        "protobuf": {"fps": FPS, **size, "frames": [{"pose_landmarks": {"landmark": frame}} for frame in frames]},
        "lists": {"fps": FPS, **size, "frames": as_lists},
        "tasks": {"fps": FPS, **size, "pose_landmarks": frames},
    }


@pytest.mark.parametrize("layout", ["named", "people", "protobuf", "lists", "tasks"])
@pytest.mark.parametrize("share", [True, False])
def test_mediapipe_layouts(layout: str, share: bool, tmp_path: Path, pose: xr.Dataset) -> None:
    found = read_points(written(tmp_path / "a.json", json.dumps(layouts(pose, share=share)[layout])))
    np.testing.assert_allclose(found["position"], pose["position"], atol=1e-6)
    assert found.attrs["absent_points"] == ""


def test_shares_of_a_picture_need_its_size(tmp_path: Path, pose: xr.Dataset) -> None:
    frames = [
        {"timestamp_ms": 1000 * float(pose["time"][i]), "landmarks": landmarks(pose, i, share=True)}
        for i in range(len(pose["time"]))
    ]
    path = written(tmp_path / "a.json", json.dumps(frames))
    with pytest.raises(PointsFileInvalid, match="--picture-size"):
        read_points(path)
    size = (pose.attrs["image_width_px"], pose.attrs["image_height_px"])
    found = read_points(path, About(image_size=size))
    np.testing.assert_allclose(found["position"], pose["position"], atol=1e-6)
    np.testing.assert_allclose(found["time"], pose["time"], atol=1e-9)


# --- C3D --------------------------------------------------------------------------------------------------------------


def plug_in_gait(points: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return markers in mm of a runner towards +y, z up, whose side view is that of `points`.

    The pelvis is 240 mm wide and level, its front so far ahead that the regression puts the hips where they are.
    """
    n = len(points["nose"])

    def lab(xy: np.ndarray, right: float) -> np.ndarray:
        return np.stack([np.full(n, right), 2 * (xy[:, 0] - 300), 2 * (800 - xy[:, 1])], axis=1)

    markers: dict[str, np.ndarray] = {}
    for side, s, out in (("left", "L", -1), ("right", "R", 1)):
        hip = (points["left_hip"] + points["right_hip"]) / 2
        markers |= {
            f"Anna:{s}ASI": lab(hip + np.array([19.145, -41.45]), 120.0 * out),
            f"Anna:{s}PSI": lab(hip + np.array([-40.0, -41.45]), 45.0 * out),
            f"Anna:{s}KNE": lab(points[f"{side}_knee"], 150.0 * out),
            f"Anna:{s}ANK": lab(points[f"{side}_ankle"], 130.0 * out),
            f"Anna:{s}HEE": lab(points[f"{side}_heel"], 90.0 * out),
            f"Anna:{s}TOE": lab((points[f"{side}_toe"] + 0.2 * points[f"{side}_heel"]) / 1.2, 90.0 * out),
        }
    return markers


def test_plug_in_gait_markers(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    found = read_points(write_markers(tmp_path / "a.c3d", plug_in_gait(points)))
    below = [name for name in LEGS if not name.endswith("hip")]
    a, b = (p["position"].sel(keypoint=below).values for p in (found, pose))
    np.testing.assert_allclose(a - a[0, 0], b - b[0, 0], atol=1e-3)
    hip = found["position"].sel(keypoint="left_hip") - found["position"].sel(keypoint="left_knee")
    true = pose["position"].sel(keypoint="left_hip") - pose["position"].sel(keypoint="left_knee")
    assert float(np.abs(hip - true).max()) < 2.5  # the model's hips differ by some mm in height, the pelvis is level
    assert found.attrs["source"] == "markers of a C3D file (plug_in_gait)"
    assert "left_shoulder" in found.attrs["absent_points"]


def test_hip_centres_lie_where_the_regression_says() -> None:
    """A pelvis 240 mm wide and 160 mm deep, level, facing +x with z up: by hand from the published coefficients."""
    left, right, psis = np.array([[0.0, 120, 900]]), np.array([[0.0, -120, 900]]), np.array([[-160.0, 0, 900]])
    hips = hip_centres(left, right, psis)
    np.testing.assert_allclose(hips["right_hip"], [[-0.24 * 160 - 9.9, -(0.33 * 240 + 7.3), 900 - 0.30 * 240 - 10.9]])
    np.testing.assert_allclose(hips["left_hip"] * [1, -1, 1], hips["right_hip"])


def test_a_cluster_carries_a_point_though_markers_are_lost_or_mistaken() -> None:
    rng = np.random.default_rng(3)
    reference = rng.uniform(-60, 60, (4, 3))
    point = np.array([10.0, -200.0, 5.0])
    angle = np.linspace(0, 2, 50)
    turn = np.zeros((50, 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
    turn[:, 0, 1], turn[:, 1, 0], turn[:, 2, 2] = -np.sin(angle), np.sin(angle), 1.0
    shift = np.stack([300 * angle, 0 * angle, 50 * angle], axis=1)
    moving = np.einsum("nij,mj->nmi", turn, reference) + shift[:, None]
    true = np.einsum("nij,j->ni", turn, point) + shift
    moving[5, 2] = np.nan
    moving[9, 1] += 400.0
    moving[12, :2] = np.nan
    found = carried(reference, point, moving, 20.0)
    good = np.arange(50) != 12
    np.testing.assert_allclose(found[good], true[good], atol=1e-6)
    assert np.isnan(found[12]).all()


def test_a_cluster_marker_set_needs_its_standing_trial(tmp_path: Path, points: dict) -> None:
    markers = {name.replace("Anna:", ""): xyz for name, xyz in plug_in_gait(points).items()}
    names = {"ASI": "ASIS", "PSI": "PSIS", "HEE": "Heel.Bottom"}
    trial = {f"{n[0]}.{names[n[1:]]}": xyz for n, xyz in markers.items() if n[1:] in names}
    for s in "LR":
        trial |= {f"{s}.MT1": markers[f"{s}TOE"], f"{s}.MT5": markers[f"{s}TOE"]}
    path = write_markers(tmp_path / "run.c3d", trial)
    with pytest.raises(PointsMissing, match="left_knee, left_ankle, right_knee, right_ankle") as caught:
        read_points(path)
    assert "static" in caught.value.advice.en


def test_rbds_markers_from_their_standing_trial(shared_data: Path) -> None:
    found = read_points(shared_data / "lab" / "rbds" / "RBDS012" / "RBDS012runT35.c3d")
    position = found["position"].sel(keypoint=LEGS)
    assert float(np.isfinite(position).all("space").mean()) > 0.99
    for side in SIDES:
        knee = found["position"].sel(keypoint=f"{side}_knee")
        thigh = np.linalg.norm(knee - found["position"].sel(keypoint=f"{side}_hip"), axis=1) * 0.002
        shank = np.linalg.norm(knee - found["position"].sel(keypoint=f"{side}_ankle"), axis=1) * 0.002
        assert 0.33 < np.median(thigh) < 0.48
        assert 0.36 < np.median(shank) < 0.50
        assert np.quantile(shank, 0.75) - np.quantile(shank, 0.25) < 0.02  # a shank keeps its length
    assert "RBDS012static.c3d" in found.attrs["log"]


# --- any file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.trc", "a.c3d", "a.json"])
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"\x00" * 4096, PointsFormatUnknown),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 600, PointsFormatUnknown),
        (b"PathFileType", PointsFileInvalid),
        (b"\x02\x50" + b"\x00" * 600, PointsFileInvalid),
        (b"{", PointsFileInvalid),
        (b"[" * 100_000, PointsFileInvalid),
        (b"[NaN, Infinity]", PointsFormatUnknown),
    ],
)
def test_foreign_content_under_any_name(name: str, content: bytes, error: type[KinechainError], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert is_points(path)
    with pytest.raises(error):
        read_points(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_points(tmp_path / "gone.trc")


def test_only_files_of_points_are_for_the_importers(tmp_path: Path) -> None:
    assert not is_points(tmp_path)
    assert not is_points(tmp_path / "clip.mp4")
    assert is_points(tmp_path / "CLIP.TRC")


def test_content_wins_over_the_suffix(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    path = written(tmp_path / "a.json", trc_text(points, pose["time"].values))
    assert "trc" in read_points(path).attrs["source"]


@pytest.mark.parametrize(("field", "value"), [("bytes", 100), ("frames", 10), ("duration_s", 0.5)])
def test_what_is_too_large_is_refused(
    field: str, value: float, tmp_path: Path, pose: xr.Dataset, points: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.trc", trc_text(points, pose["time"].values))
    object.__setattr__(raw.LIMITS, field, value)
    try:
        with pytest.raises(PointsFileTooLarge):
            read_points(path)
    finally:
        object.__setattr__(raw.LIMITS, field, getattr(raw.Limits(), field))


def test_a_frame_number_far_away_does_not_fill_the_memory(tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    folder = openpose_folder(tmp_path / "json", [[openpose_person(points, i)] for i in range(len(pose["time"]))])
    (folder / "clip_999999999999_keypoints.json").write_text(json.dumps({"people": [openpose_person(points, 0)]}))
    with pytest.raises(PointsFileTooLarge):
        read_points(folder, About(fps=FPS))


@pytest.mark.parametrize("fps", [0.0, -5.0, float("nan"), float("inf"), 1e9])
def test_an_impossible_rate_is_refused(fps: float, tmp_path: Path, pose: xr.Dataset, points: dict) -> None:
    path = written(tmp_path / "a.trc", trc_text(points, np.zeros(len(pose["time"])), rate=fps))
    with pytest.raises((PointsFileInvalid, PointsRateUnknown)):
        read_points(path)
