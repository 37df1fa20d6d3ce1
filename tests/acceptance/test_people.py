"""Two real people side by side: both found, the runner chosen, the other one on request, nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.model.assessment import read_assessment
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.following import Followed, follow
from kinechain.pose.weights import WeightFiles
from kinechain.video.reader import open_clip
from kinechain.video.writer import VideoWriter

pytestmark = [pytest.mark.weights, pytest.mark.shared]

HEIGHT, FPS = 360, 30.0


def resampled(path: Path, seconds: float, height: int) -> Iterator[np.ndarray]:
    """Yield the images of a clip at 30 frames/s and another height."""
    frames = open_clip(path, 1.0)
    wanted = np.searchsorted(frames.info.time_s, np.arange(round(seconds * FPS)) / FPS - 1e-3)
    for index, image in enumerate(frames.images()):
        if index in wanted:
            width = round(image.shape[1] * height / image.shape[0])
            yield cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        if index >= wanted[-1]:
            return


def side_by_side(path: Path, left: Path, right: Path, seconds: float) -> Path:
    pairs = zip(resampled(left, seconds, HEIGHT), resampled(right, seconds, HEIGHT), strict=True)
    with VideoWriter(path, FPS, crf=20) as writer:
        for index, pair in enumerate(pairs):
            writer.write(np.hstack(pair), index / FPS)
    return path


def hips_x(followed: Followed) -> np.ndarray:
    hips = followed.pose["raw_position"].sel(keypoint=["left_hip", "right_hip"], space="x")
    return np.asarray(hips.mean("keypoint").values)


@pytest.fixture(scope="module")
def two_runners(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner at 183 steps/min from the left and one at 167 from the right."""
    folder = shared_data / "video"
    return side_by_side(
        tmp_path_factory.mktemp("two") / "two.mp4",
        folder / "side_treadmill_5p10mps.mp4",
        folder / "side_treadmill_60fps.mp4",
        2.6,
    )


def test_the_larger_runner_is_measured_and_the_reader_is_told(two_runners: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["assess", str(two_runners), "--out", str(out), "--lang", "en"])
    assert result.exit_code == 0, result.output
    assessment = read_assessment(out / "assessment.json")
    assert assessment.clips[0].view == "side_left"
    told = next(caution for caution in assessment.cautions if caution.code == "several_people")
    assert "2 people" in told.message.en
    assert "Person 1" in told.message.en
    cadence = next(m.value for m in assessment.measurements if m.name == "cadence_spm")
    assert cadence == pytest.approx(184, abs=4)
    shown = cv2.imread(str(out / "frames" / "people.jpg"))
    assert shown.shape[0] == HEIGHT
    assert "data:image/jpeg" in (out / "report.en.html").read_text(encoding="utf-8")


def test_the_other_runner_is_measured_on_request(two_runners: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["measure", str(two_runners), "--person", "2", "--out", str(out)])
    assert result.exit_code == 0, result.output
    tables = json.loads((out / "measure.json").read_text(encoding="utf-8"))
    assert tables["clips"][0]["view"] == "side_right"
    cadence = next(row["value"] for row in tables["measurements"] if row["name"] == "cadence_spm")
    assert cadence == pytest.approx(168, abs=4)


def test_a_number_that_nobody_has_leaves_nothing(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "video"
    two_runners = side_by_side(
        tmp_path / "two.mp4", folder / "side_treadmill_5p10mps.mp4", folder / "side_treadmill_60fps.mp4", seconds=1.1
    )
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["assess", str(two_runners), "--person", "7", "--out", str(out), "--lang", "en"])
    assert result.exit_code == 28
    assert "2 found" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["two.mp4"]


def test_a_runner_is_chosen_over_a_walker(shared_data: Path, weights: WeightFiles, tmp_path: Path) -> None:
    folder = shared_data / "video"
    clip = side_by_side(
        tmp_path / "both.mp4", folder / "walking_side.mp4", folder / "side_treadmill_60fps.mp4", seconds=1.6
    )
    followed = follow(open_clip(clip, 1.0), BlazePose(weights))
    assert followed.people is not None
    assert len(followed.people.candidates) == 2
    walker, runner = followed.people.candidates
    assert followed.people.chosen == 2
    assert runner.radius < walker.radius
    assert runner.lift > 1.5 * walker.lift
    width = round(1768 / 554 * HEIGHT)
    assert (hips_x(followed) > width).all()


def test_a_small_runner_far_away_is_found(shared_data: Path, weights: WeightFiles, tmp_path: Path) -> None:
    clip = tmp_path / "small.mp4"
    small = resampled(shared_data / "video" / "side_treadmill_5p10mps.mp4", 1.2, 270)
    with VideoWriter(clip, FPS, crf=20) as writer:
        for index, image in enumerate(small):
            canvas = np.full((1080, 1920, 3), 128, np.uint8)
            canvas[500:770, 1200 : 1200 + image.shape[1]] = image
            writer.write(canvas, index / FPS)
    followed = follow(open_clip(clip, 1.0), BlazePose(weights))
    x = hips_x(followed)
    assert np.isfinite(x).mean() > 0.9
    assert np.nanmin(x) > 1200
    assert np.nanmax(x) < 1680
