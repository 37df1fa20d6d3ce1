"""Contrasts within one runner: sizes, intervals and verdicts from measurements whose errors are known."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain import glossary
from kinechain.chain.contrasts import ContrastClip, averaged, contrasts, difference, verdict
from kinechain.model.assessment import Clip, Contrast, Measurement

SHANK, LEAN = "shank_angle_ms_deg", "trunk_lean_deg"


def measured(
    value: float, side: str = "right", *, name: str = SHANK, half: float | None = 0.5, sd: float | None = 1.0,
    clip: str = "c", sdc: float | None = None,
) -> Measurement:  # fmt: skip
    return Measurement.model_validate(
        {
            "id": f"{clip}.{name}.{side}", "clip": clip, "name": name, "side": side, "value": value, "sdc": sdc,
            "low": None if half is None else value - half, "high": None if half is None else value + half,
            "unit": glossary.quantity(name).unit, "n_strides": 10,
            "method_error": None if sd is None else {"bias": -3.0, "sd": sd, "source": "test"},
        }
    )  # fmt: skip


def clip(
    number: int, speed: float | None, left: float, right: float, *, view: str = "side_right", **about: object
) -> ContrastClip:
    name = f"clip{number}"
    part = Clip.model_validate(
        {
            "id": name, "file": f"{name}.mp4", "sha256": "0", "view": view, "view_confidence": 1.0, "fps": 120.0,
            "time_scale": 1.0, "duration_s": 10.0, "frames": 1200, "width_px": 1, "height_px": 1,
            "segments": [{"start_s": 0.0, "end_s": 10.0}], "n_strides": {"left": 10, "right": 10},
            "quality": dict.fromkeys(
                ("person_found_ratio", "leg_swaps_repaired", "spikes_repaired", "foot_out_of_picture_ratio",
                 "leg_points_unusable_ratio"), 0),
            **{key: value for key, value in about.items() if key in ("condition", "shoe", "surface")},
        }
    )  # fmt: skip
    sd = about.get("sd", 1.0)
    rows = tuple(
        measured(value, side, clip=name, sd=sd if isinstance(sd, float) else None)
        for side, value in (("left", left), ("right", right))
    )
    return ContrastClip(part, speed, rows)


def no_band(_name: str, _speed: float) -> None:
    return None


def of_kind(found: tuple[Contrast, ...], kind: str) -> dict[str, Contrast]:
    return {c.side: c for c in found if c.kind == kind}


def test_a_difference_joins_both_errors() -> None:
    found = difference(measured(20.0, half=0.3, sd=1.5), measured(26.0, half=0.4, sd=2.0))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((6.0, 5.5, 6.5))
    assert found.sdc == pytest.approx(math.hypot(0.5, 1.96 * 2.5))


def test_a_stated_sdc_wins_over_the_method_error() -> None:
    sdc = 1.96 * math.sqrt(2) * 1.5
    by_error, by_sdc = (difference(m, m) for m in (measured(20.0, sd=1.5), measured(20.0, sd=None, sdc=sdc)))
    assert by_error is not None
    assert by_sdc is not None
    assert by_sdc.sdc == pytest.approx(by_error.sdc)


@pytest.mark.parametrize(
    ("change", "sd", "same", "expected"),
    [
        (5.0, 1.0, True, "real"),
        (2.0, 1.0, True, "none"),
        (5.0, None, True, "unclear"),
        (0.5, None, True, "none"),
        (0.5, None, False, "unclear"),
    ],
)
def test_verdicts(change: float, sd: float | None, same: bool, expected: str) -> None:
    found = difference(measured(20.0, sd=sd), measured(20.0 + change, sd=sd))
    assert found is not None
    assert verdict(found, same_set_up=same) == expected


def test_a_class_has_no_difference() -> None:
    strike = measured(1.0).model_copy(update={"value": "rearfoot"})
    assert difference(strike, measured(1.0)) is None


def test_both_side_views_cancel_what_near_and_far_leg_differ_by() -> None:
    """The far leg reads 4 degrees more in each view; the runner's right leg really has 6 more."""
    from_right = clip(1, 3.0, left=20.0 + 4.0, right=26.0, view="side_right")
    from_left = clip(2, 3.0, left=20.0, right=26.0 + 4.0, view="side_left")
    (alone,) = of_kind(contrasts((from_right,), no_band), "side").values()
    (both,) = of_kind(contrasts((from_right, from_left), no_band), "side").values()
    assert alone.value == pytest.approx(2.0)
    assert both.value == pytest.approx(6.0)
    assert both.clips == ("clip1", "clip2")
    assert both.verdict == "real"
    assert both.sdc is not None
    assert alone.sdc is not None
    assert both.sdc == pytest.approx(alone.sdc / math.sqrt(2))


def test_views_at_other_speeds_are_not_joined() -> None:
    found = contrasts((clip(1, 3.0, 20, 26), clip(2, 4.0, 20, 26, view="side_left")), no_band)
    assert [c.clips for c in found] == [("clip1",), ("clip2",)]


def bands(name: str, speed: float) -> SimpleNamespace:
    """Reference runners whose shank tips forward by 2 degrees for every m/s."""
    assert name == SHANK
    return SimpleNamespace(mean=20.0 + 2.0 * speed, sd=1.0, sex="male", population=None)


@pytest.mark.parametrize(("change", "expected"), [(2.0, "none"), (4.0, "none"), (12.0, "real"), (-12.0, "real")])
def test_a_change_with_pace_is_held_against_the_reference_runners(change: float, expected: str) -> None:
    clips = (clip(1, 3.0, 20, 20), clip(2, 4.0, 20 + change, 20 + change))
    found = of_kind(contrasts(clips, bands), "pace")
    assert {side: c.verdict for side, c in found.items()} == {"left": expected, "right": expected}
    assert found["right"].value == pytest.approx(change)
    assert found["right"].reference_change == pytest.approx(2.0)


def test_less_change_than_the_reference_runners_is_no_real_one() -> None:
    """They change by 2 · 5 = 10 degrees, the runner by 3: far less, but nothing that grows with the pace."""
    (found, _) = of_kind(contrasts((clip(1, 3.0, 20, 20), clip(2, 8.0, 23, 23)), bands), "pace").values()
    assert found.verdict == "none"


def test_without_a_band_a_change_with_pace_cannot_be_told() -> None:
    found = of_kind(contrasts((clip(1, 3.0, 20, 20), clip(2, 4.0, 40, 40)), no_band), "pace")
    assert {c.verdict for c in found.values()} == {"unclear"}


def test_the_slowest_and_the_fastest_are_compared_once() -> None:
    clips = tuple(clip(n, speed, 20 + speed, 20 + speed) for n, speed in enumerate((4.0, 3.0, 5.0, 3.5)))
    found = [c for c in contrasts(clips, no_band) if c.kind == "pace"]
    assert {c.clips for c in found} == {("clip1", "clip2")}
    assert {c.side for c in found} == {"left", "right"}


def up_to_4_8(name: str, speed: float) -> SimpleNamespace | None:
    return bands(name, speed) if 2.2 <= speed <= 4.8 else None


def test_paces_are_compared_as_far_as_the_reference_runners_reach_too() -> None:
    """Of five paces the fastest two are beyond them: what a pace does to anybody is not known there."""
    clips = tuple(clip(n, speed, 20, 20 + 6 * speed) for n, speed in enumerate((2.56, 3.17, 4.44, 5.56, 7.69)))
    found = {(c.clips, c.side): c for c in contrasts(clips, up_to_4_8) if c.kind == "pace"}
    assert {clips for clips, _ in found} == {("clip0", "clip2"), ("clip0", "clip4")}
    within = found[("clip0", "clip2"), "right"]
    assert within.value == pytest.approx(6 * (4.44 - 2.56))
    assert within.reference_change == pytest.approx(2 * (4.44 - 2.56))
    assert (within.verdict, found[("clip0", "clip2"), "left"].verdict) == ("real", "none")
    whole = found[("clip0", "clip4"), "right"]
    assert (whole.value, whole.verdict) == (pytest.approx(6 * (7.69 - 2.56)), "unclear")


def test_beyond_the_reference_runners_the_slowest_and_the_fastest_are_all_there_is() -> None:
    clips = tuple(clip(n, speed, 20, 40) for n, speed in enumerate((5.0, 6.0, 7.0)))
    found = of_kind(contrasts(clips, up_to_4_8), "pace")
    assert {c.clips for c in found.values()} == {("clip0", "clip2")}
    assert {c.verdict for c in found.values()} == {"unclear"}


def test_a_quantity_that_the_widest_pair_does_not_tell_is_compared_where_it_is_told() -> None:
    slow, mid, fast = (clip(n, speed, 20, 20 + speed) for n, speed in enumerate((2.5, 3.5, 4.5)))
    blind = ContrastClip(fast.clip, fast.speed_mps, fast.measurements[:1])
    found = of_kind(contrasts((slow, mid, blind), up_to_4_8), "pace")
    assert {side: c.clips for side, c in found.items()} == {"left": ("clip0", "clip2"), "right": ("clip0", "clip1")}


def test_a_leg_is_compared_in_the_view_where_it_is_near() -> None:
    clips = (
        clip(1, 3.0, 20, 20, condition="fresh"),
        clip(2, 3.0, 25, 26, condition="tired"),
        clip(3, 3.0, 20, 20, condition="fresh", view="side_left"),
        clip(4, 3.05, 27, 28, condition="tired", view="side_left"),
    )
    found = of_kind(contrasts(clips, no_band), "fatigue")
    assert found["right"].clips == ("clip1", "clip2")
    assert found["left"].clips == ("clip3", "clip4")
    assert found["left"].value == pytest.approx(7.0)


def test_fresh_and_tired_at_other_paces_are_not_compared() -> None:
    clips = (clip(1, 3.0, 20, 20, condition="fresh"), clip(2, 3.3, 25, 26, condition="tired"))
    assert not of_kind(contrasts(clips, no_band), "fatigue")
    unknown = (clip(1, None, 20, 20, condition="fresh"), clip(2, None, 25, 26, condition="tired"))
    assert not of_kind(contrasts(unknown, no_band), "fatigue")


def test_shoes_are_compared_in_the_order_of_filming() -> None:
    found = of_kind(contrasts((clip(1, 3.0, 20, 20, shoe="A"), clip(2, 3.0, 26, 21, shoe="B")), no_band), "shoe")
    assert (found["left"].value, found["left"].verdict) == (pytest.approx(6.0), "real")
    assert found["right"].verdict == "none"


def test_the_mean_of_two_differences_is_between_them() -> None:
    one, two = difference(measured(20), measured(24)), difference(measured(20), measured(26))
    assert one is not None
    assert two is not None
    assert averaged(one, two).value == pytest.approx(5.0)


@given(a=st.floats(-50, 50), b=st.floats(-50, 50), sd=st.floats(0.01, 5))
def test_the_other_way_round_the_sign_turns_and_nothing_else(a: float, b: float, sd: float) -> None:
    there, back = (difference(measured(x, sd=sd), measured(y, sd=sd)) for x, y in ((a, b), (b, a)))
    assert there is not None
    assert back is not None
    assert back.value == -there.value
    assert back.sdc == there.sdc
    assert verdict(back, same_set_up=True) == verdict(there, same_set_up=True)


def test_no_difference_is_claimed_in_one_of_twenty() -> None:
    """Two clips of a runner who does not change, 4000 times: scatter of strides and of the method as stated."""
    rng = np.random.default_rng(7)
    sd, sem = 1.3, 0.4
    claimed = sum(
        found is not None and verdict(found, same_set_up=True) == "real"
        for a, b in rng.normal(25.0, math.hypot(sd, sem), size=(4000, 2))
        for found in [difference(measured(a, half=1.96 * sem, sd=sd), measured(b, half=1.96 * sem, sd=sd))]
    )
    assert 0.035 < claimed / 4000 < 0.065
