"""Properties that gait keeps whatever the runner: mirrors, clocks, scales, noise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from gait_runs import KIND, analysed, by_name, filmed, numbers, widths
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytic_camera import Camera, film, frame_times
from analytic_runner import Runner, running, running_leg
from kinechain.gait.analysis import Known
from kinechain.model.skeleton import SIDES, other

few = settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def runners(draw: st.DrawFn) -> Runner:
    """Any plausible runner whose legs differ."""
    speed = draw(st.floats(2.5, 4.5))
    legs = [
        running_leg(
            speed,
            landing_deg=draw(st.floats(4.0, 18.0)),  # with a flat foot the leg does not reach at 4.5 m/s
            knee_deg=draw(st.floats(48.0, 54.0)),
            late_share=draw(st.floats(0.0, 0.03)),
        )
        for _ in SIDES
    ]
    return running(speed, left=legs[0], right=legs[1], step_share=draw(st.floats(0.48, 0.52)))


def _swapped(name: str) -> str:
    for a, b in (("left", "right"), ("right", "left")):
        if a in name:
            return name.replace(a, b)
    return name


def mirrored(pose: xr.Dataset) -> xr.Dataset:
    """Return what a mirror shows: x turned round, left and right exchanged."""
    names = [_swapped(str(name)) for name in pose["keypoint"].values]
    turned = pose.copy(deep=True)
    turned["position"].values[..., 0] = pose.attrs["image_width_px"] - turned["position"].values[..., 0]
    return turned.assign_coords(keypoint=names)


def same(a: dict, b: dict, rel: float = 1e-6, absolute: float = 1e-6) -> None:
    assert a.keys() == b.keys()
    for key, value in a.items():
        assert b[key] == pytest.approx(value, rel=rel, abs=absolute), key


@few
@given(runner=runners(), facing=st.sampled_from([1, -1]))
def test_a_mirror_swaps_the_sides_and_nothing_else(runner, facing):
    pose = film(runner, frame_times(100, 4), Camera(facing=facing, noise_px=0.5))
    seen, turned = analysed(pose), analysed(mirrored(pose))
    expected = {(name, _swapped(side)): value for (name, side), value in numbers(seen).items()}
    same(expected, numbers(turned))
    for side in SIDES:
        for kind in KIND:
            assert turned.events.times_s(kind, other(side)) == pytest.approx(seen.events.times_s(kind, side))
        assert by_name(turned)["strike_class", other(side)].value == by_name(seen)["strike_class", side].value


@few
@given(runner=runners(), shift_s=st.floats(-100.0, 1000.0))
def test_a_time_shift_moves_only_the_events(runner, shift_s):
    pose = film(runner, frame_times(100, 4))
    later = pose.assign_coords(time=pose["time"].values + shift_s)
    before, after = analysed(pose), analysed(later)
    same(numbers(before), numbers(after), 1e-4, 1e-4)
    for kind in KIND:
        assert after.events.times_s(kind) == pytest.approx(before.events.times_s(kind) + shift_s, abs=1e-5)
    assert len(after.table.rows) == len(before.table.rows)


@few
@given(
    runner=runners(), factor=st.floats(0.3, 4.0), known=st.sampled_from([Known(height_m=1.75), Known(speed_mps=3.3)])
)
def test_a_larger_picture_changes_no_measurement(runner, factor, known):
    pose = film(runner, frame_times(100, 4))
    larger = pose.copy(deep=True)
    larger["position"].values[:] *= factor
    before, after = analysed(pose, known), analysed(larger, known)
    same(numbers(before), numbers(after), 1e-6, 1e-6)
    assert after.scale.metres_per_px == pytest.approx(before.scale.metres_per_px / factor)
    assert after.table.rows["stride_time_s"].to_numpy() == pytest.approx(before.table.rows["stride_time_s"].to_numpy())


@few
@given(runner=runners(), x=st.floats(-2000.0, 2000.0), y=st.floats(-1000.0, 1000.0))
def test_the_place_in_the_picture_does_not_matter(runner, x, y):
    pose = film(runner, frame_times(100, 4))
    moved = pose.copy(deep=True)
    moved["position"].values[:] += np.array([x, y])
    same(numbers(analysed(pose)), numbers(analysed(moved)), 1e-5, 1e-5)


@few
@given(runner=runners(), seed=st.integers(0, 100))
def test_events_alternate_and_intervals_hold_their_value(runner, seed):
    analysis = analysed(film(runner, frame_times(100, 5), Camera(noise_px=1.5, seed=seed)))
    for side in SIDES:
        kinds = [event.kind for event in analysis.events if event.side == side]
        assert all(a != b for a, b in pairwise(kinds))
    contacts = [event.side for event in analysis.events.of("initial_contact")]
    assert all(a != b for a, b in pairwise(contacts))
    for measured in analysis.measurements:
        if measured.low is not None and measured.high is not None:
            assert measured.low < measured.value < measured.high


@pytest.mark.parametrize("stretch", [0.85, 1.15])
def test_stretched_time_scales_times(stretch):
    # Slow motion that nobody stated: every time grows, every length stays. The low-pass keeps its cut-off in Hz, hence
    # the tolerance.
    runner = running(3.5)
    pose = film(runner, frame_times(120, 6))
    slow = pose.assign_coords(time=pose["time"].values * stretch).assign_attrs(fps=120 / stretch)
    before, after = numbers(analysed(pose)), numbers(analysed(slow))
    for name, power in (("cadence_spm", -1), ("speed_mps", -1), ("vertical_oscillation_m", 0)):
        assert after[name, "both"] == pytest.approx(before[name, "both"] * stretch**power, rel=0.015), name
    for side in SIDES:
        for name, power in (
            ("contact_time_s", 1),
            ("flight_time_s", 1),
            ("duty_factor_ratio", 0),
            ("stride_length_m", 0),
        ):
            assert after[name, side] == pytest.approx(before[name, side] * stretch**power, rel=0.03, abs=0.006), name
        for name in ("knee_flexion_peak_deg", "shank_angle_ms_deg"):
            assert after[name, side] == pytest.approx(before[name, side], abs=1.0), name


@pytest.mark.parametrize("side", SIDES)
def test_a_longer_clip_gives_more_strides_and_narrower_intervals(side):
    runner = running(3.5)
    clips = [filmed(runner, 120.0, seconds, Camera(noise_px=2.0)) for seconds in (3.0, 6.0, 12.0)]
    strides = [len(clip.table.of(side)) for clip in clips]
    assert strides == pytest.approx([seconds / runner.stride_s - 1 for seconds in (3.0, 6.0, 12.0)], abs=1.01)
    width = [widths(clip) for clip in clips]
    for name in ("knee_flexion_peak_deg", "shank_angle_ms_deg", "trailing_limb_angle_to_deg"):
        assert width[0][name, side] > width[2][name, side], name
        assert by_name(clips[2])[name, side].n_strides == strides[2]


def test_more_noise_never_narrows_an_interval():
    # White noise of 1, 3 and 6 px (3, 9 and 17 mm), mean width over 5 fixed seeds.
    runner = running(3.5)
    levels = []
    for noise in (1.0, 3.0, 6.0):
        runs = [widths(filmed(runner, 120.0, 6.0, Camera(noise_px=noise, seed=seed))) for seed in range(5)]
        levels.append({key: float(np.mean([run[key] for run in runs])) for key in runs[0]})
    little, some, much = levels
    assert len(little) >= 40
    for key in little:
        assert little[key] <= some[key] * 1.05, key
        assert some[key] <= much[key] * 1.05, key
        if key[0] not in ("speed_mps", "stride_length_m", "vertical_oscillation_m"):  # those are as wide as their scale
            assert much[key] > 1.5 * little[key], key


def test_intervals_hold_what_the_noise_does():
    # The interval speaks of noise between strides: over 20 noisy clips its 95 % must hold the mean of all of them.
    runner = running(3.5)
    runs = [by_name(filmed(runner, 120.0, 5.0, Camera(noise_px=3.0, seed=100 + seed))) for seed in range(20)]
    for name in ("knee_flexion_peak_deg", "shank_angle_ms_deg", "thigh_angle_to_deg", "rearward_drift_ratio"):
        for side in SIDES:
            centre = float(np.mean([run[name, side].value for run in runs]))
            held = sum(run[name, side].low <= centre <= run[name, side].high for run in runs)
            assert held >= 16, (name, side)
