"""Real clips, from the side and the rear: cadence, contacts, sides, and what is flagged."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.analysis import GaitAnalysis, GaitParameters, Known, analyse
from kinechain.gait.view import ViewDecision, detect_view, settle_view
from kinechain.model.assessment import Assessment
from kinechain.model.athlete import Athlete
from kinechain.pipeline.assess import assemble, provenance
from kinechain.pipeline.clip import measure_clip
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import estimate_clip
from kinechain.pose.repair import repair
from kinechain.pose.weights import WeightFiles
from kinechain.settings import Protocol
from kinechain.video.reader import open_clip
from possible_angles import impossible_angles

pytestmark = [pytest.mark.weights, pytest.mark.shared]


def measured(path: Path, weights: WeightFiles) -> Assessment:
    protocol, watch = Protocol(), Stopwatch()
    estimator = BlazePose(weights, protocol.estimator)
    (clip,) = measure_clip(ClipRequest(path), Athlete(), lambda: estimator, protocol, lambda *_: None, watch)
    return assemble((clip,), Athlete(), {}, clip.gait.measurements, provenance((clip,), protocol, watch))


@pytest.fixture(scope="module")
def fast(shared_data: Path, weights: WeightFiles) -> Assessment:
    return measured(shared_data / "video" / "side_treadmill_5p10mps.mp4", weights)


@pytest.fixture(scope="module")
def low(shared_data: Path, weights: WeightFiles) -> Assessment:
    return measured(shared_data / "video" / "side_treadmill_60fps.mp4", weights)


@pytest.fixture(scope="module")
def away(shared_data: Path, weights: WeightFiles) -> tuple[ViewDecision, GaitAnalysis]:
    """The runner who runs away from the camera, while still large enough."""
    frames = open_clip(shared_data / "video" / "rear_overground.mp4", 1.0)
    pose = repair(estimate_clip(frames, BlazePose(weights, Protocol().estimator), least_share=0.0))
    near = pose.sel(time=slice(0.0, 4.3))
    view = settle_view(detect_view(near), None)
    return view, analyse(near, view, Known(), {}, GaitParameters(), clip="away")


def contacts(assessment: Assessment) -> list[str]:
    return [event.side for event in assessment.events if event.kind == "initial_contact"]


def test_fast_treadmill(fast: Assessment) -> None:
    assert fast.clips[0].view == "side_left"
    assert fast.measurement("cadence_spm", "both").value == pytest.approx(183, abs=2)
    assert len(contacts(fast)) >= 18


def test_low_camera(low: Assessment) -> None:
    assert low.clips[0].view == "side_right"
    assert low.measurement("cadence_spm", "both").value == pytest.approx(167, abs=2)
    flagged = [e for e in low.events if e.kind == "initial_contact" and e.reason == "foot_out_of_picture"]
    assert len(flagged) >= 5  # the leading shoe leaves the picture at many contacts
    assert any(caution.code == "foot_out_of_picture" for caution in low.cautions)


@pytest.mark.parametrize("clip", ["fast", "low"])
def test_no_angle_leaves_what_a_runner_can_do(clip: str, request: pytest.FixtureRequest) -> None:
    assert not impossible_angles(request.getfixturevalue(clip).measurements)


@pytest.mark.parametrize("clip", ["fast", "low"])
def test_sides_alternate_without_a_gap(clip: str, request: pytest.FixtureRequest) -> None:
    assessment: Assessment = request.getfixturevalue(clip)
    sides = contacts(assessment)
    assert all(a != b for a, b in pairwise(sides))
    times = [event.time_s for event in assessment.events if event.kind == "initial_contact"]
    assert np.ptp(np.diff(times)) < 0.25 * np.mean(np.diff(times))


def test_lengths_need_metres(fast: Assessment) -> None:
    for name, side in (("speed_mps", "both"), ("vertical_oscillation_m", "both"), ("stride_length_m", "left")):
        measurement = fast.measurement(name, side)
        assert measurement.value is None
        assert "height" in measurement.missing_because.en


def test_running_away_from_the_camera(away: tuple[ViewDecision, GaitAnalysis]) -> None:
    view, gait = away
    assert view.view == "rear"
    assert not view.diagonal
    assert 120 / gait.rhythm.stride_s == pytest.approx(164.5, abs=2)  # counted by hand
    sides = [event.side for event in gait.events.of("initial_contact")]
    assert len(sides) >= 10
    assert all(a != b for a, b in pairwise(sides))
    values = {(m.name, m.side): m for m in gait.measurements}
    for side in ("left", "right"):
        adduction = values["femoral_adduction_ms_deg", side]
        assert -8 < adduction.value < 15
        assert adduction.high - adduction.low > 2  # 30 frames/s and few strides: a wide interval
        assert values["contact_time_s", side].value is None
