"""What every estimator must do, and what BlazePose does on the clip that ships with the package."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pose_doubles import ArrayFrames, BrightSpot

from kinechain.errors import InternalError, NoPerson
from kinechain.model.pose import Flag, track
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.blazepose_geometry import Region, anchors, cut_out, letterbox, people, refined
from kinechain.pose.estimator import PoseEstimator, estimate_clip
from kinechain.pose.repair import repair
from kinechain.pose.weights import SHA256, WeightFiles

N_DEMO = 60


def clip_images(path: Path) -> Iterator[np.ndarray]:
    """Yield the RGB images of a clip (OpenCV: the video room is not this room's business)."""
    video = cv2.VideoCapture(str(path))
    try:
        while True:
            there, image = video.read()
            if not there:
                return
            yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    finally:
        video.release()


class EstimatorContract:
    """Every estimator passes these; a subclass gives `estimator` and `person`, an image with somebody in it."""

    def test_has_a_name_and_the_hashes_of_its_weights(self, estimator: PoseEstimator) -> None:
        assert estimator.name
        assert estimator.model_sha256
        assert all(len(value) == 64 for value in estimator.model_sha256.values())

    def test_finds_a_person(self, estimator: PoseEstimator, person: np.ndarray) -> None:
        estimator.start()
        found = estimator.estimate(person)
        assert found is not None
        assert found.position.shape == (33, 2)
        assert np.isfinite(found.position).all()
        assert found.confidence.shape == (33,)
        assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
        assert found.world_position is None or found.world_position.shape == (33, 3)

    def test_finds_nobody_in_an_empty_picture(self, estimator: PoseEstimator, person: np.ndarray) -> None:
        estimator.start()
        assert estimator.estimate(np.zeros_like(person)) is None

    def test_loses_and_finds_again(self, estimator: PoseEstimator, person: np.ndarray) -> None:
        estimator.start()
        first = estimator.estimate(person)
        assert estimator.estimate(np.zeros_like(person)) is None
        again = estimator.estimate(person)
        assert first is not None
        assert again is not None
        np.testing.assert_array_equal(again.position, first.position)

    def test_forgets_at_start(self, estimator: PoseEstimator, person: np.ndarray) -> None:
        estimator.start()
        first = estimator.estimate(person)
        estimator.estimate(np.roll(person, 15, axis=1))
        estimator.start()
        again = estimator.estimate(person)
        assert first is not None
        assert again is not None
        np.testing.assert_array_equal(again.position, first.position)

    def test_leaves_the_image_alone(self, estimator: PoseEstimator, person: np.ndarray) -> None:
        before = person.copy()
        estimator.start()
        estimator.estimate(person)
        np.testing.assert_array_equal(person, before)


class TestBrightSpot(EstimatorContract):
    @pytest.fixture
    def estimator(self) -> PoseEstimator:
        return BrightSpot()

    @pytest.fixture
    def person(self) -> np.ndarray:
        image = np.zeros((40, 30, 3), np.uint8)
        image[12, 7] = 255
        return image


@pytest.fixture(scope="module")
def blazepose(weights: WeightFiles) -> BlazePose:
    return BlazePose(weights)


@pytest.fixture(scope="module")
def demo_images(demo_clip: Path) -> list[np.ndarray]:
    return list(islice(clip_images(demo_clip), N_DEMO))


@pytest.mark.weights
class TestBlazePose(EstimatorContract):
    @pytest.fixture
    def estimator(self, blazepose: BlazePose) -> PoseEstimator:
        return blazepose

    @pytest.fixture
    def person(self, demo_images: list[np.ndarray]) -> np.ndarray:
        return demo_images[0]

    def test_names_the_weights_in_use(self, blazepose: BlazePose) -> None:
        assert set(blazepose.model_sha256) == set(SHA256)

    def test_leaves_opencvs_threads_as_they_were(self, blazepose: BlazePose, person: np.ndarray) -> None:
        before = cv2.getNumThreads()
        blazepose.estimate(person)
        assert cv2.getNumThreads() == before

    def test_finds_the_leg_joints_of_the_demo_runner(
        self, blazepose: BlazePose, demo_images: list[np.ndarray], demo_truth: dict[str, Any]
    ) -> None:
        pose = repair(estimate_clip(ArrayFrames(demo_images), blazepose))
        assert pose.sizes["time"] == N_DEMO
        for rig, point in (("upperleg01", "hip"), ("lowerleg01", "knee"), ("foot", "ankle"), ("toe1-1", "toe")):
            for letter, side in (("L", "left"), ("R", "right")):
                truth = np.array(demo_truth["joints_px"][f"{rig}.{letter}"])[:N_DEMO]
                away = track(pose, f"{side}_{point}") - truth
                offset = np.median(away, axis=0)
                rest = np.linalg.norm(away - offset, axis=1)
                assert np.linalg.norm(offset) < 35, (side, point)
                assert np.sqrt(np.mean(rest**2)) < 18, (side, point)
                assert np.percentile(rest, 95) < 32, (side, point)

    def test_sees_the_far_leg_of_the_demo_runner(self, blazepose: BlazePose, demo_images: list[np.ndarray]) -> None:
        pose = repair(estimate_clip(ArrayFrames(demo_images[:20]), blazepose))
        legs = [name for name in KEYPOINTS if name.split("_")[-1] in ("hip", "knee", "ankle", "heel", "toe")]
        assert (pose["flag"].sel(keypoint=legs) < Flag.OUT_OF_PICTURE).all()


class TestEstimateClip:
    @staticmethod
    def frames(*bright: bool) -> ArrayFrames:
        stack = []
        for number, there in enumerate(bright):
            image = np.zeros((40, 30, 3), np.uint8)
            if there:
                image[10, 2 + number] = 255
            stack.append(image)
        return ArrayFrames(stack)

    def test_keeps_order_times_and_gaps(self) -> None:
        pose = estimate_clip(self.frames(True, False, True), BrightSpot())
        np.testing.assert_array_equal(track(pose, "nose")[:, 0], [2, np.nan, 4])
        np.testing.assert_allclose(pose["time"], [0, 1 / 60, 2 / 60])
        assert (pose["flag"][1] == Flag.ABSENT).all()
        assert (pose.attrs["image_width_px"], pose.attrs["image_height_px"]) == (30, 40)
        assert pose.attrs["source"] == "bright spot"

    def test_starts_the_estimator_once_and_reports_every_frame(self) -> None:
        estimator, seen = BrightSpot(), []
        estimate_clip(self.frames(True, True, True), estimator, lambda done, n: seen.append((done, n)))
        assert estimator.started == 1
        assert seen == [(1, 3), (2, 3), (3, 3)]

    def test_raises_where_a_person_is_rare(self) -> None:
        with pytest.raises(NoPerson) as caught:
            estimate_clip(self.frames(True, *[False] * 5), BrightSpot())
        assert caught.value.details == {"frames": 6, "found": 1}

    def test_accepts_exactly_the_least_share(self) -> None:
        pose = estimate_clip(self.frames(True, *[False] * 4), BrightSpot())
        assert int((pose["flag"][:, 0] == Flag.SEEN).sum()) == 1

    def test_raises_where_nobody_is_there_whatever_the_share(self) -> None:
        with pytest.raises(NoPerson):
            estimate_clip(self.frames(False, False), BrightSpot(), least_share=0.0)

    @pytest.mark.parametrize("announced", [2, 4])
    def test_raises_where_images_and_times_do_not_fit(self, announced: int) -> None:
        frames = ArrayFrames(self.frames(True, True, True).stack, announced=announced)
        with pytest.raises(InternalError):
            estimate_clip(frames, BrightSpot())


class TestGeometry:
    def test_anchors(self) -> None:
        centres = anchors()
        assert centres.shape == (2254, 2)
        assert ((centres > 0) & (centres < 1)).all()
        np.testing.assert_allclose(centres[0], 0.5 / 28)
        np.testing.assert_allclose(centres[2], [1.5 / 28, 0.5 / 28])  # two in a cell, x runs first
        np.testing.assert_allclose(centres[-1], 6.5 / 7)
        np.testing.assert_allclose(centres.mean(axis=0), 0.5, atol=1e-6)

    def test_region_of_an_upright_body(self) -> None:
        region = Region.around(np.array([100.0, 200.0]), np.array([100.0, 120.0]))
        assert region.angle == pytest.approx(0.0)
        assert region.side == pytest.approx(200.0)
        np.testing.assert_allclose(region.to_image() @ [128, 128, 1], [100, 200], atol=1e-4)
        np.testing.assert_allclose(region.to_image() @ [0, 0, 1], [0, 100], atol=1e-4)

    @pytest.mark.parametrize("degrees", [-170, -90, -10, 35, 90, 180])
    def test_region_turns_with_the_body(self, degrees: float) -> None:
        up = np.array([np.sin(np.deg2rad(degrees)), -np.cos(np.deg2rad(degrees))])
        region = Region.around(np.array([300.0, 300.0]), 300 + 100 * up)
        assert np.cos(region.angle - np.deg2rad(degrees)) == pytest.approx(1.0)
        top = region.to_image() @ [128, 0, 1]
        np.testing.assert_allclose(top, 300 + 125 * up, atol=1e-3)

    @pytest.mark.parametrize("point", [(100.0, 200.0), (np.nan, 0.0)])
    def test_region_without_extent_is_not_usable(self, point: tuple[float, float]) -> None:
        assert not Region.around(np.array([100.0, 200.0]), np.array(point)).usable

    def test_letterbox_centres_the_picture(self) -> None:
        tensor, side, offset = letterbox(np.full((400, 200, 3), 255, np.uint8))
        assert tensor.shape == (1, 224, 224, 3)
        assert (side, offset.tolist()) == (400.0, [100.0, 0.0])
        assert tensor[0, 112, 112, 0] == 1.0
        assert tensor[0, 112, 20, 0] == -1.0

    def test_cut_out_finds_the_middle_of_the_region(self) -> None:
        image = np.zeros((300, 300, 3), np.uint8)
        image[140:161, 90:111] = 255
        patch = cut_out(image, Region((100.0, 150.0), 200.0, 0.7))
        assert patch.shape == (1, 256, 256, 3)
        assert patch[0, 128, 128, 0] == 1.0
        assert patch[0, 10, 10, 0] == 0.0

    def test_people_merges_boxes_that_overlap_and_sorts_by_score(self) -> None:
        numbers, logits = np.zeros((3, 12), np.float32), np.array([1.0, 3.0, 2.0], np.float32)
        numbers[:, 2:4] = 22.4
        numbers[:, 4:6] = [[0, 0], [0, 0], [2.24, 0]]
        centres = np.array([[0.2, 0.2], [0.7, 0.7], [0.71, 0.7]], np.float32)
        found = people(numbers, logits, centres, 224.0, np.zeros(2), 0.5)
        assert [round(one.score, 3) for one in found] == [0.953, 0.731]
        weight = np.array([0.9526, 0.8808])
        x = (weight @ [0.7 * 224, 0.71 * 224 + 2.24]) / weight.sum()
        np.testing.assert_allclose(found[0].keypoints[0], [x, 0.7 * 224], rtol=1e-4)

    def test_people_finds_nobody_under_the_least_score(self) -> None:
        none = people(
            np.zeros((2, 12), np.float32), np.full(2, -1, np.float32), np.zeros((2, 2), np.float32), 1, np.zeros(2), 0.5
        )
        assert none == []

    def test_refined_follows_a_peak_and_ignores_a_flat_map(self) -> None:
        points = np.full((39, 2), 100.0)
        heat = np.full((64, 64, 39), -20.0, np.float32)
        heat[26, 24, 0] = 20.0
        result = refined(points, heat)
        np.testing.assert_allclose(result[0], [24 * 4, 26 * 4], atol=1e-3)
        np.testing.assert_array_equal(result[1:], points[1:])

    def test_refined_leaves_points_outside_of_the_map(self) -> None:
        points = np.full((39, 2), -30.0)
        np.testing.assert_array_equal(refined(points, np.full((64, 64, 39), 20.0, np.float32)), points)
