"""From points to segments: each measured for itself, repair within each, cautions once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from analytic_camera import Camera, film, frame_times
from analytic_runner import Runner, running
from kinechain.errors import NoRunning, SlowMotionLikely
from kinechain.model.assessment import Clip, Segment
from kinechain.model.athlete import Athlete
from kinechain.model.frames import ClipInfo
from kinechain.model.pose import Flag, load_pose, save_pose, with_scene_shift
from kinechain.pipeline.clip import MeasuredClip, measure_seen
from kinechain.pipeline.clip_quality import likely_factor
from kinechain.pipeline.reasoning import best_of_view
from kinechain.pipeline.seeing import ClipRequest, SeenClip
from kinechain.pipeline.segments import boxes, long_enough, repair_stretches, seen_frames
from kinechain.pose.repair import repair
from kinechain.settings import Protocol

PROTOCOL = Protocol()
FPS = 60.0


def filmed(*runners: Runner, seconds: float = 5.0, noise_px: float = 0.5) -> xr.Dataset:
    """Film runners one after the other, as a clip with cuts."""
    times = frame_times(FPS, seconds)
    parts = [film(runner, times, Camera(noise_px=noise_px, seed=i)) for i, runner in enumerate(runners)]
    whole = xr.concat([p.assign_coords(time=p.time + i * seconds) for i, p in enumerate(parts)], dim="time")
    return whole.assign_attrs(parts[0].attrs)


def seen(pose: xr.Dataset, segments: tuple[Segment, ...] = (), **more: object) -> SeenClip:
    time_s = pose["time"].values
    info = ClipInfo(Path("clip.mp4"), 1280, 720, time_s, 0, 1.0, "h264")
    whole = (Segment(start_s=float(time_s[0]), end_s=float(time_s[-1])),)
    return SeenClip(info, None, pose, segments or whole, "0" * 64, **more)  # type: ignore[arg-type]


def measured(clip: SeenClip, athlete: Athlete | None = None, **request: object) -> tuple[MeasuredClip, ...]:
    wanted = ClipRequest(Path("clip.mp4"), **request)  # type: ignore[arg-type]
    return measure_seen(clip, wanted, athlete or Athlete(height_cm=175), PROTOCOL, "clip1")


def value(clip: MeasuredClip, name: str, side: str = "both") -> float:
    (found,) = (m.value for m in clip.gait.measurements if (m.name, m.side) == (name, side))
    assert isinstance(found, float), (name, side)
    return found


def codes(clip: MeasuredClip) -> set[str]:
    return {caution.code for caution in clip.cautions}


SLOW, FAST = running(3.0), running(4.5)
TWO = (Segment(start_s=0.0, end_s=5.0 - 1 / FPS), Segment(start_s=5.0, end_s=10.0 - 1 / FPS))


def test_each_segment_is_measured_for_itself() -> None:
    slow, fast = measured(seen(filmed(SLOW, FAST), TWO))
    assert (slow.id, fast.id) == ("clip1.1", "clip1.2")
    assert value(slow, "cadence_spm") == pytest.approx(120 / SLOW.stride_s, abs=1.0)
    assert value(fast, "cadence_spm") == pytest.approx(120 / FAST.stride_s, abs=1.0)
    assert slow.part.segments == TWO[:1]
    assert max(e.time_s for e in slow.gait.events) < 5.0 <= min(e.time_s for e in fast.gait.events)
    assert "several_segments" in codes(slow)
    assert "several_segments" not in codes(fast)


def test_a_segment_without_running_is_left_out() -> None:
    pose = filmed(SLOW, FAST)
    still = pose["position"].values.copy()
    still[300:] = still[300]
    clip = seen(pose.assign(position=(pose["position"].dims, still)), TWO)
    (slow,) = measured(clip)
    assert slow.id == "clip1.1"
    assert "segments_left_out" in codes(slow)


def test_no_segment_shows_running() -> None:
    pose = filmed(SLOW, FAST)
    still = np.broadcast_to(pose["position"].values[:1], pose["position"].shape)
    with pytest.raises(NoRunning):
        measured(seen(pose.assign(position=(pose["position"].dims, still.copy())), TWO))


def test_one_stated_speed_for_segments_run_at_others() -> None:
    slow, _ = measured(seen(filmed(SLOW, FAST), TWO), speed_mps=3.0)
    assert "segments_at_other_speeds" in codes(slow)
    alike, _ = measured(seen(filmed(SLOW, SLOW), TWO), speed_mps=3.0)
    assert "segments_at_other_speeds" not in codes(alike)


def test_duplicates_are_left_out_of_time() -> None:
    """Every sixth picture is shown twice, and the next one is lost, as screen recorders do."""
    truth = filmed(SLOW, seconds=8.0)
    n = truth.sizes["time"]
    repeated = np.zeros(n, dtype=bool)
    repeated[3::6] = True
    source = np.where(repeated, np.arange(n) - 1, np.arange(n))
    doubled = truth.isel(time=source).assign_coords(time=truth["time"])
    (with_them,) = measured(seen(doubled))
    (clip,) = measured(seen(doubled, repeated=repeated))
    (reference,) = measured(seen(truth))
    assert clip.part.quality.duplicated_frames_ratio == pytest.approx(1 / 6, abs=0.01)
    assert "duplicated_frames" in codes(clip)
    assert "variable_frame_rate" not in codes(clip)
    assert clip.part.n_strides == reference.part.n_strides
    assert all(event.confidence == 1 for event in clip.gait.events)
    for side in ("left", "right"):
        true = value(reference, "contact_time_s", side)
        assert value(clip, "contact_time_s", side) == pytest.approx(true, abs=0.004)
    assert "duplicated_frames" not in codes(with_them)


def test_repair_does_not_look_across_a_cut() -> None:
    pose = filmed(SLOW, FAST)
    stretches = (slice(0, 300), slice(300, 600))
    whole = repair_stretches(pose, stretches, np.ones(600, dtype=bool), PROTOCOL.repair)
    for stretch in stretches:
        alone = repair(pose.isel(time=stretch), PROTOCOL.repair)
        assert np.array_equal(whole["position"].values[stretch], alone["position"].values, equal_nan=True)
        assert np.array_equal(whole["flag"].values[stretch], alone["flag"].values)
    assert "s)" in whole.attrs["log"].splitlines()[-1]
    assert whole["time"].equals(pose["time"])


def test_an_undisturbed_clip_is_repaired_as_before() -> None:
    pose = filmed(SLOW)
    whole = repair_stretches(pose, (slice(0, 300),), np.ones(300, dtype=bool), PROTOCOL.repair)
    assert whole.identical(repair(pose, PROTOCOL.repair))


def test_a_duplicate_takes_the_points_of_its_original() -> None:
    pose = filmed(SLOW)
    distinct = np.ones(300, dtype=bool)
    distinct[[0, 50, 51, 299]] = True, False, False, False
    whole = repair_stretches(pose, (slice(0, 300),), distinct, PROTOCOL.repair)
    position = whole["position"].values
    assert np.array_equal(position[50], position[49], equal_nan=True)
    assert np.array_equal(position[51], position[49], equal_nan=True)
    assert np.array_equal(position[299], position[298], equal_nan=True)


@pytest.mark.parametrize("stretches", [(), (slice(0, 1),), (slice(10, 12), slice(299, 300))])
def test_stretches_may_be_short_or_none(stretches: tuple[slice, ...]) -> None:
    whole = repair_stretches(filmed(SLOW), stretches, np.ones(300, dtype=bool), PROTOCOL.repair)
    assert whole.sizes["time"] == 300


def test_segments_last_or_the_whole_clip_counts() -> None:
    time_s = np.arange(120) / 30
    assert long_enough((slice(0, 20), slice(40, 120)), time_s, 1.0) == (Segment(start_s=40 / 30, end_s=119 / 30),)
    assert long_enough((slice(0, 20),), time_s, 1.0) == (Segment(start_s=0.0, end_s=119 / 30),)


def test_where_the_runner_is() -> None:
    pose = filmed(SLOW)
    gone = pose["flag"].values.copy()
    gone[100:120] = Flag.ABSENT
    away = np.where((gone == Flag.ABSENT)[:, :, None], np.nan, pose["position"].values)
    pose = pose.assign(flag=(pose["flag"].dims, gone), raw_position=(pose["raw_position"].dims, away))
    assert np.flatnonzero(~seen_frames(pose)).tolist() == list(range(100, 120))
    box = boxes(pose)
    assert np.isnan(box[110]).all()
    assert (box[0, :2] < box[0, 2:]).all()


@pytest.mark.parametrize("kind", ["pan", "shake"])
def test_a_moving_camera_is_taken_out(kind: str) -> None:
    still = filmed(SLOW, seconds=8.0, noise_px=0.3)
    t = still["time"].values
    path = (
        np.stack([260.0 * np.sin(2 * np.pi * t / 7), 0 * t], axis=1)
        if kind == "pan"
        else np.stack([14 * np.sin(11 * t) + 5 * np.sin(23 * t), 9 * np.cos(17 * t)], axis=1)
    )
    moved = still.assign(position=still["position"] - xr.DataArray(path, dims=("time", "space")))
    (reference,) = measured(seen(still))
    (clip,) = measured(seen(with_scene_shift(moved, path - path[0])))
    assert "camera_moves" in codes(clip)
    for name in ("cadence_spm", "vertical_oscillation_m"):
        assert value(clip, name) == pytest.approx(value(reference, name), rel=1e-3)
    for side in ("left", "right"):
        for name in ("contact_time_s", "overstride_ic_ratio", "trailing_limb_angle_to_deg"):
            assert value(clip, name, side) == pytest.approx(value(reference, name, side), rel=1e-3, abs=1e-4)


def test_a_camera_that_was_not_followed_is_told() -> None:
    pose = filmed(SLOW)
    lost = np.zeros(300, dtype=bool)
    lost[:200] = True
    (clip,) = measured(seen(pose, camera_lost=lost))
    assert "camera_not_followed" in codes(clip)


def test_the_shift_is_kept_in_the_file(tmp_path: Path) -> None:
    pose = with_scene_shift(filmed(SLOW), np.random.default_rng(0).normal(size=(300, 2)))
    save_pose(pose, tmp_path / "pose.nc")
    assert load_pose(tmp_path / "pose.nc")["scene_shift"].equals(pose["scene_shift"])
    with pytest.raises(ValueError, match="scene_shift"):
        with_scene_shift(pose, np.full((300, 2), np.nan))


def slower(pose: xr.Dataset, factor: float) -> xr.Dataset:
    return pose.assign_coords(time=pose["time"] * factor).assign_attrs(fps=pose.attrs["fps"] / factor)


def test_slow_motion_within_reach_is_told_with_its_factor() -> None:
    pose = slower(filmed(running(3.5), seconds=8.0), 2.0)
    (clip,) = measured(seen(pose))
    (told,) = (c for c in clip.cautions if c.code == "step_rate_of_other_speed")
    assert "--slow-motion 2" in told.message.en


def test_slow_motion_beyond_reach_is_refused_with_its_factor() -> None:
    pose = slower(film(running(3.5), frame_times(120.0, 8.0), Camera(noise_px=0.5)), 4.0)
    with pytest.raises(SlowMotionLikely) as refusal:
        measured(seen(pose))
    assert refusal.value.details["factor"] == 4.0
    with pytest.raises(NoRunning):
        measured(seen(pose), slow_motion=1.0)  # the user insists


@pytest.mark.parametrize(
    ("cadence", "factor"), [(42.0, 4.0), (85.0, 2.0), (21.0, 8.0), (330.0, 0.5), (170.0, None), (60.0, 4.0)]
)
def test_likely_factor(cadence: float, factor: float | None) -> None:
    if factor is None:
        assert likely_factor(cadence, PROTOCOL) is None
    else:
        assert likely_factor(cadence, PROTOCOL) == factor


def test_what_the_camera_recorded_against_what_is_stated() -> None:
    pose = filmed(SLOW)
    clip = seen(pose)
    recorded = replace(clip, info=replace(clip.info, recorded_time_scale=4.0, time_scale=4.0))
    assert "slow_motion_recorded" in codes(measured(recorded)[0])
    against = replace(clip, info=replace(clip.info, recorded_time_scale=4.0, time_scale=8.0))
    assert "slow_motion_contradicted" in codes(measured(against, slow_motion=8.0)[0])
    agreed = replace(clip, info=replace(clip.info, recorded_time_scale=4.0, time_scale=4.0))
    assert not codes(measured(agreed, slow_motion=4.0)[0]) & {"slow_motion_contradicted", "slow_motion_recorded"}


def test_the_clip_with_the_most_strides_of_each_view_is_weighed() -> None:
    slow, fast = measured(seen(filmed(SLOW, FAST), TWO))
    few: Clip = slow.part
    many = fast.part.model_copy(update={"n_strides": few.n_strides.model_copy(update={"left": 30})})
    other = few.model_copy(update={"id": "clip2", "view": "rear"})
    assert [clip.id for clip in best_of_view([few, many, other])] == ["clip1.2", "clip2"]
    assert [clip.id for clip in best_of_view([few, few.model_copy(update={"id": "later"})])] == ["clip1.1"]
