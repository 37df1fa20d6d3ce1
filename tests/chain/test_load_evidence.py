"""Loads in the chain: a load beyond its band raises its link, one whose error is too large does nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_contrasts import clip, no_band
from test_judge_properties import judged, measured, posterior

from kinechain import glossary
from kinechain.chain.contrasts import ContrastClip
from kinechain.chain.load_contrasts import load_contrasts
from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.load_tables import ContrastError, load_contrast_error
from kinechain.model.assessment import Contrast, Load
from kinechain.model.skeleton import SIDES, Side, other

#: The loads of the chain, their link, and the sign of the deviating value.
LOADS = {
    "achilles_force_peak_bw": ("C5", 1),
    "soleus_length_change_ratio": ("C5", 1),
    "hip_absorption_share": ("C2", -1),
    "ankle_push_off_share": ("C8", 1),
}
ACHILLES = "achilles_force_peak_bw"
#: The band of the judge's tests: 10 ± 4.
MEAN, SD = 10.0, 4.0
FEW = settings(max_examples=5)
loads = st.sampled_from(sorted(LOADS))
sides = st.sampled_from(SIDES)


def test_every_load_of_the_chain_is_tested() -> None:
    rows = {
        row.name: (node.id, 1 if row.direction == "+" else -1)
        for node in chain_graph().nodes.values()
        for row in node.indicators
        if glossary.quantity(row.name).group == "load"
    }
    assert rows == LOADS


@FEW
@given(name=loads, side=sides, z=st.floats(1.5, 4))
def test_a_load_beyond_its_band_raises_its_link_on_its_leg_alone(name: str, side: Side, z: float) -> None:
    link, sign = LOADS[name]
    here = judged(measured(name, side, MEAN + sign * z * SD))
    without = judged()
    rises = {leg: posterior(here, f"{link}_{leg}") - posterior(without, f"{link}_{leg}") for leg in SIDES}
    assert rises[side] > 0.01
    assert abs(rises[other(side)]) < 0.05 * rises[side]  # only by way of what the legs share, such as fatigue
    mirrored = judged(measured(name, other(side), MEAN + sign * z * SD))
    for hypothesis in here.hypotheses:
        twin = hypothesis.id.replace("left", "L").replace("right", "left").replace("L", "right")
        assert posterior(mirrored, twin) == pytest.approx(hypothesis.posterior)


@FEW
@given(name=loads, z=st.floats(-4, 4), error=st.floats(1.05, 5))
def test_a_load_whose_error_is_larger_than_runners_differ_does_nothing(name: str, z: float, error: float) -> None:
    link, _ = LOADS[name]
    drowned = judged(measured(name, "right", MEAN + z * SD, error=1.96 * SD * error))
    nothing = judged()
    assert [h.posterior for h in drowned.hypotheses] == [h.posterior for h in nothing.hypotheses]
    told = next(h for h in drowned.hypotheses if h.id == f"{link}_right")
    assert f"finding.c1.{name}.right" in told.missing
    assert not any(name in id_ for id_ in (*told.evidence_for, *told.against))


def test_a_measurement_of_gait_with_such_an_error_still_says_a_little() -> None:
    vague = judged(measured("shank_angle_ms_deg", "right", 30.0, error=1.96 * SD * 1.5))
    assert posterior(vague, "C3_right") > posterior(judged(), "C3_right")


@FEW
@given(angle=st.floats(1.2, 4), stretch=st.floats(1.2, 4))
def test_what_is_read_off_one_angle_counts_once(angle: float, stretch: float) -> None:
    dorsiflexion = measured("ankle_dorsiflexion_peak_deg", "right", MEAN + angle * SD)
    length = measured("soleus_length_change_ratio", "right", MEAN + stretch * SD)
    both, one, two = (
        posterior(judged(*rows), "C5_right") for rows in ((dorsiflexion, length), (dorsiflexion,), (length,))
    )
    assert both == pytest.approx(max(one, two))


def test_force_and_foot_strike_count_once_but_add_to_the_angle() -> None:
    angle = measured("ankle_dorsiflexion_peak_deg", "right", 18.0)
    force = measured(ACHILLES, "right", 24.0)
    assert posterior(judged(angle, force), "C5_right") > posterior(judged(angle), "C5_right")
    origins = {row.name: row.derives_from for row in chain_graph().nodes["C5"].indicators}
    assert origins[ACHILLES] == origins["strike_class"] != origins["ankle_dorsiflexion_peak_deg"]


# --- contrasts -------------------------------------------------------------------------------------------------------


def relative(sd: float) -> Callable[[str, str], ContrastError | None]:
    return lambda name, _kind: ContrastError(sd, relative=True) if name == ACHILLES else None


def with_achilles(one: ContrastClip, left: float, right: float) -> ContrastClip:
    told = tuple(
        Load(
            id=f"{one.clip.id}.{ACHILLES}.{side}", name=ACHILLES, side=side, clip=one.clip.id, value=value,
            low=0.8 * value, high=1.2 * value, unit="BW", model="test",
        ).as_measurement(error_known=True)
        for side, value in zip(SIDES, (left, right), strict=True)
    )  # fmt: skip
    return replace(one, measurements=told)


def side_of_clip(left: float, right: float, sd: float = 0.05) -> Contrast:
    found = load_contrasts((with_achilles(clip(1, 3.5, 20, 20), left, right),), relative(sd), no_band)
    assert len(found) == 1
    return found[0]


def test_a_ratio_of_legs_carries_the_error_of_the_ratio_not_of_the_legs() -> None:
    found = side_of_clip(5.0, 6.0)
    assert found.kind == "side"
    assert found.value == pytest.approx(1.0)
    assert found.sdc == pytest.approx(1.96 * 0.05 * math.hypot(5.0, 6.0) / math.sqrt(2))
    assert found.verdict == "real"
    assert side_of_clip(5.0, 6.0, sd=0.1).verdict == "none"


@FEW
@given(ratio=st.floats(1.15, 1.6), sd=st.floats(0.01, 0.05))
def test_a_real_ratio_raises_the_link_of_the_leg_with_more_and_mirrors(ratio: float, sd: float) -> None:
    right, left = side_of_clip(5.0, 5.0 * ratio, sd), side_of_clip(5.0 * ratio, 5.0, sd)
    assert (right.verdict, right.sdc) == (left.verdict, pytest.approx(left.sdc))
    one, mirrored, none = judged(contrasts=[right]), judged(contrasts=[left]), judged()
    assert right.verdict == "real"
    assert posterior(one, "C5_right") > posterior(none, "C5_right") + 0.01
    assert posterior(one, "C5_left") == pytest.approx(posterior(none, "C5_left"), abs=0.005)
    assert posterior(mirrored, "C5_left") == pytest.approx(posterior(one, "C5_right"))


def test_a_ratio_within_its_error_does_nothing_and_one_without_error_is_not_made() -> None:
    small = side_of_clip(6.0, 6.1)
    assert small.verdict == "none"
    assert [h.posterior for h in judged(contrasts=[small]).hypotheses] == [h.posterior for h in judged().hypotheses]
    one = with_achilles(clip(1, 3.5, 20, 20), 5.0, 6.0)
    assert load_contrasts((one,), lambda *_: None, no_band) == ()


def test_two_side_views_do_not_halve_the_error_of_the_models() -> None:
    both = (
        with_achilles(clip(1, 3.5, 20, 20, view="side_left"), 5.0, 6.0),
        with_achilles(clip(2, 3.5, 20, 20, view="side_right"), 5.0, 6.0),
    )
    found = [row for row in load_contrasts(both, relative(0.05), no_band) if row.kind == "side"]
    assert [row.clips for row in found] == [("clip1",), ("clip2",)]
    assert [row.sdc for row in found] == pytest.approx([side_of_clip(5.0, 6.0).sdc] * 2)
    once = posterior(judged(contrasts=found[:1]), "C5_right")
    assert posterior(judged(contrasts=found), "C5_right") == pytest.approx(once)


def test_clips_at_two_paces_are_compared_leg_by_leg() -> None:
    pair = (with_achilles(clip(1, 3.0, 20, 20), 5.0, 5.0), with_achilles(clip(2, 4.0, 20, 20), 5.5, 8.0))
    found = {row.side: row for row in load_contrasts(pair, relative(0.05), no_band) if row.kind == "pace"}
    assert found["right"].value == pytest.approx(3.0)
    assert found["right"].verdict == "unclear"  # without reference runners nobody knows what the pace does to anybody
    assert set(found) == {"left", "right"}


@pytest.mark.parametrize("name", sorted(LOADS))
@pytest.mark.parametrize("kind", ["side", "pace"])
def test_every_load_of_the_chain_has_a_measured_error_of_its_differences(name: str, kind: str) -> None:
    error = load_contrast_error(name, kind)  # type: ignore[arg-type]
    assert error is not None
    assert error.relative is not name.endswith("_share")
    assert 0.02 < error.sd < 0.2
    assert load_contrast_error("leg_stiffness_knpm", "side") is None
