"""The picture of a fault: the frame that it names, with the body drawn in, and the face hidden where asked for."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr

from analytic_exerciser import Times, film, hinge
from kinechain.knowledge.exercises import exercises
from kinechain.model.exercise_check import ExerciseCheck, FaultSeen
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pipeline.exercise_check import check_pose
from kinechain.pipeline.exercise_pictures import draw_faults, picture_name
from kinechain.video.reader import VideoFrames, open_clip
from video_clips import make_clip

TIMES = Times(n=2)
SIZE = (2000, 1300)
FRAMES = (3, 17)


@pytest.fixture(scope="module")
def pose() -> xr.Dataset:
    seen, n = film(hinge(TIMES), "side_right"), len(TIMES.time_s)
    position = np.stack([seen.get(name, np.full((n, 2), np.nan)) for name in KEYPOINTS], axis=1)
    confidence = np.isfinite(position).all(axis=2).astype(float)
    return make_pose(TIMES.time_s, KEYPOINTS, position, confidence, image_size=SIZE, source="analytic")


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> VideoFrames:
    """A clip whose frame number is its grey, with a chequered pattern that a hidden face loses."""
    chequered = 12 * (np.indices((SIZE[1], SIZE[0])) // 8).sum(axis=0) % 24
    images = [np.repeat((8 * number + chequered)[..., np.newaxis], 3, axis=2).astype(np.uint8) for number in range(20)]
    return open_clip(make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", images))


@pytest.fixture(scope="module")
def check(pose: xr.Dataset) -> ExerciseCheck:
    row = exercises()["hip_hinge"].fault("knee_bends")
    at = [
        FaultSeen(id=row.id, by=row.by, side="right", frame=frame, value=40, threshold=25, unit="deg", cue=row.cue)
        for frame in (*FRAMES, FRAMES[0])
    ]
    return check_pose(pose, "hip_hinge").model_copy(update={"faults": tuple(at)})


def drawn(frames: VideoFrames, pose: xr.Dataset, check: ExerciseCheck, folder: Path, *, hide_face: bool) -> list:
    folder.mkdir()
    draw_faults(frames, pose, check, folder, hide_face=hide_face)
    assert sorted(path.name for path in (folder / "frames").iterdir()) == ["frame_17.jpg", "frame_3.jpg"]
    return [cv2.imread(str(folder / picture_name(frame))).astype(float) for frame in FRAMES]


def test_each_fault_has_the_frame_that_it_names(frames, pose, check, tmp_path: Path) -> None:
    for frame, picture in zip(FRAMES, drawn(frames, pose, check, tmp_path / "out", hide_face=False), strict=True):
        assert picture.shape[0] == 720
        assert np.median(picture) == pytest.approx(8 * frame + 12, abs=8), "the grey of this frame and of no other"
        coloured = np.ptp(picture, axis=2) > 60
        assert 0.001 < coloured.mean() < 0.2, "both legs are drawn in colour"


def test_a_face_is_hidden_where_the_runner_wants_it(frames, pose, check, tmp_path: Path) -> None:
    shown = drawn(frames, pose, check, tmp_path / "shown", hide_face=False)[0]
    hidden = drawn(frames, pose, check, tmp_path / "hidden", hide_face=True)[0]
    changed = np.abs(shown - hidden).max(axis=2) > 6
    assert changed.any()
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.max() < 0.6 * shown.shape[0], "at the head alone"


def test_without_a_fault_there_is_no_picture(frames, pose, tmp_path: Path) -> None:
    draw_faults(frames, pose, check_pose(pose, "hip_hinge"), tmp_path, hide_face=False)
    assert list(tmp_path.iterdir()) == []
