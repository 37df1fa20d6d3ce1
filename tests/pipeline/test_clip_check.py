"""A quick look at a clip: what it says of one that is good, and of ones that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinechain.pipeline.clip_check import check_clip
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import PoseEstimator
from kinechain.pose.weights import WeightFiles
from kinechain.settings import Protocol
from kinechain.video.reader import open_clip


def no_estimator() -> PoseEstimator:
    raise AssertionError("nothing to be looked at")


@pytest.mark.parametrize(("first", "last", "every"), [(0, 10, 1), (150, 180, 3), (395, 403, 2)])
def test_a_part_of_a_clip_shows_the_same_pictures(demo_clip: Path, first: int, last: int, every: int) -> None:
    whole = open_clip(demo_clip)
    part = whole.part(first, last, every)
    expected = [image for index, image in enumerate(whole.images()) if index in range(first, last, every)]
    shown = list(part.images())
    assert len(shown) == len(expected) == part.info.n_frames
    assert all(np.array_equal(one, other) for one, other in zip(shown, expected, strict=True))
    np.testing.assert_allclose(part.info.time_s, whole.info.time_s[first:last:every] - whole.info.time_s[first])


@pytest.mark.weights
def test_a_good_clip_can_be_used(demo_clip: Path, demo_truth: dict[str, Any], weights: WeightFiles) -> None:
    check = check_clip(ClipRequest(demo_clip), lambda: BlazePose(weights), Protocol(), lambda *_: None)
    assert (check.usable, check.problem, check.view) == (True, None, "side_right")
    assert check.fps == pytest.approx(60, abs=0.1)
    assert check.whole_body_ratio == 1.0
    assert {one.code for one in check.cautions} == {"low_frame_rate"}, "of the clip, not of the part looked at"
    assert check.cadence_spm == pytest.approx(_cadence_spm(demo_truth), rel=0.03)


def _cadence_spm(truth: dict[str, Any]) -> float:
    contacts = sorted(event["initial_contact_s"] for event in truth["grf_events"])
    return float(60 / np.median(np.diff(contacts)))


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), (b"no video at all" * 50, "not_a_video")])
def test_a_file_that_cannot_be_read_is_a_result(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    check = check_clip(ClipRequest(tmp_path / "x.mp4"), no_estimator, Protocol(), lambda *_: None)
    assert not check.usable
    assert check.problem is not None
    assert check.problem.code == code


def test_a_missing_file_is_a_result(tmp_path: Path) -> None:
    check = check_clip(ClipRequest(tmp_path / "x.mp4"), no_estimator, Protocol(), lambda *_: None)
    assert check.problem is not None
    assert check.problem.code == "file_missing"
