"""RTMPose on onnxruntime: geometry, decoding and mapping by a stand-in network whose answer is known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from pose_doubles import ArrayFrames, BrightSpot
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.errors import EstimatorNotInstalled, ModelUnfit
from kinechain.model.skeleton import EXTRA_POINTS, KEYPOINTS
from kinechain.pose.estimator import PoseEstimator, estimate_clip
from kinechain.pose.importers.names import HALPE_26
from kinechain.pose.rtmpose import Crop, RtmPose, decoded, network_input, to_skeleton

NETWORK = Path(__file__).with_name("bright_spots.onnx")
INPUT = (192, 256)
needs_runtime = pytest.mark.skipif(
    importlib.util.find_spec("onnxruntime") is None, reason="onnxruntime is not installed (extra rtmpose)"
)


def spots(red: tuple[int, int], green: tuple[int, int], blue: tuple[int, int]) -> np.ndarray:
    """Return a black picture with one bright spot a colour at (x, y)."""
    image = np.zeros((480, 360, 3), np.uint8)
    for channel, (x, y) in enumerate((red, green, blue)):
        image[y - 3 : y + 4, x - 3 : x + 4, channel] = 255
    return image


@pytest.fixture
def person() -> np.ndarray:
    return spots((180, 120), (150, 260), (200, 400))


# --- geometry and decoding, without a network -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(192, 256), (288, 384)])
@pytest.mark.parametrize("box", [(10, 20, 110, 420), (0, 0, 500, 100), (-40, 5, 60, 130)])
def test_a_crop_holds_its_box_with_the_padding_and_the_aspect(size: tuple[int, int], box: tuple[int, ...]) -> None:
    crop = Crop.around(np.array(box, float), size)
    assert crop.size[0] / crop.size[1] == pytest.approx(size[0] / size[1])
    assert crop.size[0] >= 1.25 * (box[2] - box[0]) - 1e-9
    assert crop.size[1] >= 1.25 * (box[3] - box[1]) - 1e-9
    assert min(crop.size[0] / (box[2] - box[0]), crop.size[1] / (box[3] - box[1])) == pytest.approx(1.25)
    corners = np.array([[0, 0], size]) @ crop.to_image(size)[:, :2].T + crop.to_image(size)[:, 2]
    np.testing.assert_allclose(corners.mean(axis=0), [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])


def test_the_input_is_rgb_normalised_by_imagenet_and_black_outside_of_the_picture() -> None:
    image = np.full((100, 100, 3), (200, 100, 50), np.uint8)
    tensor = network_input(image, Crop.around(np.array([0.0, 0, 100, 100]), INPUT), INPUT)
    assert tensor.shape == (1, 3, 256, 192)
    assert tensor.dtype == np.float32
    np.testing.assert_allclose(
        tensor[0, :, 128, 96], [(200 - 123.675) / 58.395, (100 - 116.28) / 57.12, (50 - 103.53) / 57.375], rtol=1e-5
    )
    np.testing.assert_allclose(tensor[0, :, 1, 1], [-123.675 / 58.395, -116.28 / 57.12, -103.53 / 57.375], rtol=1e-5)


def test_the_highest_bins_are_the_point_and_the_lower_peak_its_score() -> None:
    x, y = np.zeros((26, 384)), np.zeros((26, 512))
    x[3, 101], y[3, 300] = 0.9, 0.6
    x[4, 7], y[4, 9] = 3.0, 2.0
    x[5], y[5, 1] = -1.0, np.nan
    points, score = decoded(x, y, INPUT)
    np.testing.assert_allclose(points[3], [50.5, 150.0])
    np.testing.assert_allclose(score[3:6], [0.6, 1.0, 0.0])


def test_all_26_points_go_to_their_names() -> None:
    points = np.arange(52.0).reshape(26, 2)
    position, confidence = to_skeleton(points, np.linspace(0, 1, 26))
    names = RtmPose.keypoints
    assert names == (*KEYPOINTS, *EXTRA_POINTS)
    for name in ("nose", "left_hip", "right_knee", "left_heel", "right_heel", "left_big_toe", "right_small_toe"):
        np.testing.assert_array_equal(position[names.index(name)], points[HALPE_26.index(name)])
    np.testing.assert_array_equal(position[names.index("right_toe")], points[HALPE_26.index("right_big_toe")])
    unknown = [i for i, name in enumerate(names) if name.endswith(("pinky", "thumb", "eye_inner"))]
    assert np.isnan(position[unknown]).all()
    assert not confidence[unknown].any()


# --- with the stand-in network ----------------------------------------------------------------------------------------


@needs_runtime
def test_each_colour_is_found_where_it_is(person: np.ndarray) -> None:
    """Point k answers to colour k mod 3, so this pins colours, axes, aspect and names at once."""
    found = RtmPose(NETWORK).estimate(person)
    assert found is not None
    where = [(180, 120), (150, 260), (200, 400)]
    for name in ("left_hip", "right_hip", "left_knee", "right_ankle", "left_heel", "right_big_toe", "left_small_toe"):
        position = found.position[RtmPose.keypoints.index(name)]
        np.testing.assert_allclose(position, where[HALPE_26.index(name) % 3], atol=5)  # the spot is 7 px wide
    assert found.world_position is None


@needs_runtime
def test_the_next_frame_looks_around_the_last_points(person: np.ndarray) -> None:
    estimator = RtmPose(NETWORK)
    first = estimator.estimate(person)
    bystander = person.copy()
    bystander[10:17, 340:347] = 255  # brighter in all colours, far outside of the runner's box
    again = estimator.estimate(bystander)
    assert first is not None
    assert again is not None
    np.testing.assert_allclose(again.position, first.position, atol=5, equal_nan=True)


@needs_runtime
def test_an_expected_place_wins(person: np.ndarray) -> None:
    class Here:
        box = (120.0, 90.0, 230.0, 430.0)

    image = person.copy()
    image[10:17, 10:17] = 255
    found = RtmPose(NETWORK).estimate(image, Here())
    assert found is not None
    np.testing.assert_allclose(found.position[KEYPOINTS.index("right_hip")], (180, 120), atol=6)


@needs_runtime
def test_nobody_is_found_in_an_empty_picture_and_the_finder_is_asked_again(person: np.ndarray) -> None:
    finder = BrightSpot()
    estimator: PoseEstimator = RtmPose(NETWORK, finder)
    estimator.start()
    assert finder.started == 1
    assert estimator.estimate(np.zeros_like(person)) is None
    alone = RtmPose(NETWORK)
    first = alone.estimate(person)
    assert alone.estimate(np.zeros_like(person)) is None
    again = alone.estimate(person)
    alone.start()
    anew = alone.estimate(person)
    for other in (again, anew):
        assert first is not None
        assert other is not None
        np.testing.assert_array_equal(other.position, first.position)


@needs_runtime
def test_a_clip_gets_a_pose_with_big_and_small_toes(person: np.ndarray) -> None:
    pose = estimate_clip(ArrayFrames([person] * 4), RtmPose(NETWORK))
    assert pose["keypoint"].values.tolist() == [*KEYPOINTS, *EXTRA_POINTS]
    assert np.isfinite(pose["position"].sel(keypoint="left_small_toe")).all()
    assert pose.attrs["source"] == "RTMPose Halpe-26 (onnxruntime)"


@needs_runtime
def test_its_hash_is_that_of_the_file() -> None:
    hashes = RtmPose(NETWORK, BrightSpot()).model_sha256
    assert set(hashes) == {"bright_spots.onnx", "none"}
    assert len(hashes["bright_spots.onnx"]) == 64


@needs_runtime
@pytest.mark.parametrize("content", [None, b"", b"not a network", b"\x08\x08" * 400])
def test_another_file_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnfit):
        RtmPose(path)


@needs_runtime
def test_a_damaged_network_is_refused_or_works(tmp_path: Path) -> None:
    whole = NETWORK.read_bytes()
    for cut in range(50, len(whole), 97):
        path = tmp_path / f"{cut}.onnx"
        path.write_bytes(whole[:cut])
        with pytest.raises(ModelUnfit):
            RtmPose(path)


def test_without_the_runtime_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EstimatorNotInstalled) as caught:
        RtmPose(NETWORK)
    assert "kinechain[rtmpose]" in caught.value.advice.en
    assert caught.value.exit_status == 35


@pytest.mark.parametrize("options", [["--estimator", "rtmpose"], ["--model", "a.onnx"]])
def test_estimator_and_model_belong_together(options: list[str], tmp_path: Path, demo_clip: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["measure", str(demo_clip), "--out", str(out), *options])
    assert result.exit_code == 41
    assert not out.exists()
