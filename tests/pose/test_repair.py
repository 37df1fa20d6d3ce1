"""Repair: exchanged legs come back, jumps go, honest points stay, whatever the frame rate."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pose_doubles import BELOW_HIP, LEG_INDEX, SIZE, as_pose, knee_crossings, runner, with_legs_exchanged

from kinechain.model.pose import Flag, make_pose, validate_pose
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.repair import leg_length_px, repair
from kinechain.signal.despike import DespikeParameters, despike, fill

RATES = (24, 30, 60, 120, 240)
LEG_PX = 400.0


def flash(t: np.ndarray, x: np.ndarray, seed: int, longest_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Exchange legs for one frame to `longest_s` around about two thirds of the crossings; return also the frames."""
    rng = np.random.default_rng(seed)
    fps, frames = 1 / np.median(np.diff(t)), np.zeros(len(t), bool)
    result = x
    for crossing in knee_crossings(x):
        if rng.random() < 0.67:
            run = int(rng.integers(1, max(2, round(longest_s * fps)) + 1))
            first = int(crossing - rng.integers(0, run + 1))
            here = np.arange(first, min(first + run, len(t) - 2))
            result = with_legs_exchanged(result, here, first=int(rng.integers(0, 3)))
            frames[here] = True
    return result, frames


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seed", range(4))
def test_exchanged_legs_come_back(fps: int, seed: int) -> None:
    t, x = runner(fps, 4.0)
    x = x + np.random.default_rng(seed).normal(0, 2, x.shape)
    wrong, frames = flash(t, x, seed, 0.1)
    assert frames.sum() >= 3
    before = np.linalg.norm(wrong - x, axis=2)[:, BELOW_HIP].max(axis=1)
    assert (before[frames] > 0.1 * LEG_PX).mean() > 0.95  # the flashes are real
    after = np.linalg.norm(repair(as_pose(t, wrong))["position"].values - x, axis=2)[:, BELOW_HIP].max(axis=1)
    assert (after[frames] < 0.04 * LEG_PX).mean() >= 0.95
    assert (after[~frames] < 0.04 * LEG_PX).all()


@pytest.mark.parametrize("fps", RATES)
def test_a_clean_runner_is_left_alone(fps: int) -> None:
    t, x = runner(fps)
    pose = as_pose(t, x + np.random.default_rng(1).normal(0, 1.5, x.shape))
    result = repair(pose)
    assert (result["flag"] == Flag.SEEN).all()
    np.testing.assert_allclose(result["position"], pose["position"], rtol=0, atol=1e-9)


def test_the_exchanged_points_are_flagged_and_carry_their_confidence() -> None:
    t, x = runner(60)
    frame = int(knee_crossings(x)[2])
    confidence = np.full(x.shape[:2], 0.9)
    confidence[frame, LEG_INDEX["left"][2]] = 0.4  # what the estimator calls left here is the right ankle
    wrong = with_legs_exchanged(x, np.array([frame]))
    pose = as_pose(t, wrong, confidence)
    result = repair(pose)
    for side in ("left", "right"):
        flags = result["flag"].values[frame, LEG_INDEX[side]]
        assert flags.tolist() == [Flag.SPIKE] + [Flag.SWAPPED] * 4
    assert result["confidence"].values[frame, LEG_INDEX["right"][2]] == 0.4
    assert (result["flag"].values[frame + 1] == Flag.SEEN).all()
    xr.testing.assert_identical(result["raw_position"], pose["raw_position"])
    assert "exchanged back in 1 frames" in result.attrs["log"]
    assert (pose["flag"] == Flag.SEEN).all()  # the pose given is not touched


@pytest.mark.parametrize("fps", [60, 120, 240])
def test_a_single_jump_is_replaced(fps: int) -> None:
    t, x = runner(fps)
    wrong, toe = x.copy(), KEYPOINTS.index("right_toe")
    wrong[[40, 90], toe] += [70.0, -60.0]
    result = repair(as_pose(t, wrong))
    assert np.argwhere(result["flag"].values).tolist() == [[40, toe], [90, toe]]
    assert result["flag"].values[40, toe] == Flag.SPIKE
    assert np.linalg.norm(result["position"].values[[40, 90], toe] - x[[40, 90], toe], axis=1).max() < 0.04 * LEG_PX


def test_at_30_hz_only_gross_jumps_are_replaced() -> None:
    t, x = runner(30)
    wrong, toe = x.copy(), KEYPOINTS.index("right_toe")
    wrong[20, toe] += 25.0
    wrong[50, toe] += 120.0
    result = repair(as_pose(t, wrong))
    assert np.argwhere(result["flag"].values).tolist() == [[50, toe]]
    assert np.linalg.norm(result["position"].values[50, toe] - x[50, toe]) < 0.1 * LEG_PX


@pytest.mark.parametrize("fps", [30, 60, 120])
@pytest.mark.parametrize("run", [1, 2])
def test_a_foot_drawn_onto_the_other_is_brought_back(fps: int, run: int) -> None:
    t, x = runner(fps)
    frames = knee_crossings(x)[2] + np.arange(run)
    wrong = x.copy()
    for point in (2, 3, 4):  # the left foot onto the right one
        wrong[frames, LEG_INDEX["left"][point]] = x[frames, LEG_INDEX["right"][point]] + 4
    result = repair(as_pose(t, wrong))
    feet = LEG_INDEX["left"][2:]
    assert (result["flag"].values[frames][:, feet] == Flag.SPIKE).all()
    assert (result["flag"].values[frames][:, LEG_INDEX["right"][2:]] == Flag.SEEN).all()
    away = np.linalg.norm(result["position"].values - x, axis=2)[frames][:, feet]
    assert away.max() < 0.12 * LEG_PX
    assert np.linalg.norm(wrong - x, axis=2)[frames][:, feet].mean() > 0.4 * LEG_PX


def test_points_at_and_beyond_the_edge_are_out_of_the_picture() -> None:
    t, x = runner(60)
    right_most = x[:, LEG_INDEX["left"][4], 0].max()
    width = int(right_most - 20)
    result = repair(as_pose(t, x, size=(width, SIZE[1])))
    toe = LEG_INDEX["left"][4]
    out = result["flag"].values[:, toe] == Flag.OUT_OF_PICTURE
    strip = 0.03 * leg_length_px(result)
    np.testing.assert_array_equal(out, x[:, toe, 0] > width - strip)
    assert 0 < out.sum() < len(t) / 2
    assert np.isnan(result["position"].values[out, toe]).all()
    assert (result["flag"].values[:, LEG_INDEX["left"][:2]] == Flag.SEEN).all()


def test_a_guess_is_taken_out_and_a_hidden_far_leg_is_not() -> None:
    t, x = runner(60)
    confidence = np.full(x.shape[:2], 0.9)
    confidence[:, LEG_INDEX["left"]] = 0.05
    elbow = KEYPOINTS.index("left_elbow")
    confidence[10:20, elbow] = 0.003
    result = repair(as_pose(t, x, confidence))
    guessed = result["flag"].values == Flag.GUESSED
    assert np.argwhere(guessed).tolist() == [[frame, elbow] for frame in range(10, 20)]
    assert np.isnan(result["position"].values[guessed]).all()


def test_frames_without_a_person_stay_empty() -> None:
    t, x = runner(60)
    x[30:45] = np.nan
    x[60] = np.nan
    result = repair(as_pose(t, x))
    absent = result["flag"].values == Flag.ABSENT
    assert absent.all(axis=1).nonzero()[0].tolist() == [*range(30, 45), 60]
    assert (result["flag"].values[~absent] == Flag.SEEN).all()


def test_a_subset_without_legs_is_only_taken_out() -> None:
    t = np.arange(10) / 30
    pose = make_pose(
        t, ("nose",), np.full((10, 1, 2), 50.0), np.full((10, 1), 0.001), image_size=(100, 100), source="x"
    )
    assert (repair(pose)["flag"] == Flag.GUESSED).all()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_very_short_poses(n: int) -> None:
    t, x = runner(60)
    assert repair(as_pose(t[:n], x[:n])).sizes["time"] == n


@settings(max_examples=25)
@given(st.data())
def test_never_raises_and_stays_valid(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n = data.draw(st.integers(1, 60))
    t = np.cumsum(rng.uniform(0.002, 0.2, n))
    x = rng.normal(400, data.draw(st.sampled_from([0.0, 5.0, 400.0])), (n, 33, 2))
    x[rng.random((n, 33)) < data.draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    pose = as_pose(t, x, rng.random((n, 33)))
    result = repair(pose)
    validate_pose(result)
    xr.testing.assert_identical(result["raw_position"], pose["raw_position"])


def disturbed(fps: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    t, x = runner(fps, 2.0)
    rng = np.random.default_rng(seed)
    x, _ = flash(t, x + rng.normal(0, 2, x.shape), seed, 0.05)
    x[rng.integers(5, len(t) - 5, 4), rng.choice(BELOW_HIP, 4)] += 80.0
    return t, x


@settings(max_examples=15)
@given(
    fps=st.sampled_from([30, 60, 120]),
    seed=st.integers(0, 1000),
    scale=st.sampled_from([0.25, 0.5, 2.0]),
    shift=st.tuples(st.integers(-64, 64), st.integers(-64, 64)),
)
def test_moving_and_scaling_the_picture_does_the_same_to_the_result(
    fps: int, seed: int, scale: float, shift: tuple[int, int]
) -> None:
    t, x = disturbed(fps, seed)
    wide = (10_000, 10_000)  # nothing comes near the edge, which does not scale along
    one = repair(as_pose(t, x + 1000, size=wide))
    other = repair(as_pose(t, scale * (x + 1000) + np.array(shift), size=wide))
    np.testing.assert_array_equal(one["flag"], other["flag"])
    np.testing.assert_allclose(scale * one["position"] + np.array(shift), other["position"], atol=1e-6)


@settings(max_examples=15)
@given(fps=st.sampled_from([30, 60, 120]), seed=st.integers(0, 1000))
def test_mirroring_exchanges_the_sides_of_the_result(fps: int, seed: int) -> None:
    t, x = disturbed(fps, seed)
    swap = [KEYPOINTS.index(_other_name(name)) for name in KEYPOINTS]
    mirrored = x[:, swap].copy()
    mirrored[:, :, 0] = SIZE[0] - mirrored[:, :, 0]
    one, other = repair(as_pose(t, x)), repair(as_pose(t, mirrored))
    np.testing.assert_array_equal(one["flag"].values[:, swap], other["flag"])
    back = other["position"].values.copy()
    back[:, :, 0] = SIZE[0] - back[:, :, 0]
    np.testing.assert_allclose(one["position"].values[:, swap], back, atol=1e-6)


def _other_name(name: str) -> str:
    return "_".join({"left": "right", "right": "left"}.get(part, part) for part in name.split("_"))


def test_leg_length_does_not_depend_on_repair() -> None:
    t, x = disturbed(60, 3)
    pose = as_pose(t, x)
    assert leg_length_px(pose) == pytest.approx(LEG_PX, rel=0.02)
    assert leg_length_px(repair(pose)) == leg_length_px(pose)


class TestDespike:
    PARAMETERS = DespikeParameters(threshold=1.0, gross_threshold=5.0)

    def test_jumps_of_an_uneven_clock(self) -> None:
        t = np.cumsum(np.random.default_rng(0).uniform(0.006, 0.011, 200))
        track = np.column_stack([100 * t, 30 * t])
        wrong = track.copy()
        wrong[[50, 51, 120]] += 8.0
        clean, jumps = despike(t, wrong, self.PARAMETERS)
        assert np.flatnonzero(jumps).tolist() == [50, 51, 120]
        np.testing.assert_allclose(clean, track, atol=1e-9)

    def test_missing_samples_stay_missing_and_cut_the_track(self) -> None:
        t = np.arange(100) / 120
        track = np.column_stack([t, t])
        track[40:60] = np.nan
        track[60:] += 50.0  # another place after the gap is no jump
        clean, jumps = despike(t, track, self.PARAMETERS)
        assert not jumps.any()
        np.testing.assert_array_equal(clean, track)

    def test_noise_everywhere_is_not_taken_for_jumps(self) -> None:
        t = np.arange(200) / 120
        track = np.random.default_rng(0).normal(0, 30, (200, 2))
        _, jumps = despike(t, track, self.PARAMETERS)
        assert jumps.mean() <= self.PARAMETERS.largest_share

    def test_fill_does_not_extrapolate(self) -> None:
        t = np.arange(5.0)
        track = np.column_stack([t, 2 * t])
        filled = fill(t, track, np.array([True, False, True, False, True]))
        np.testing.assert_allclose(filled[1:4], track[1:4])
        assert np.isnan(filled[[0, 4]]).all()
