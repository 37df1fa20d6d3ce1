"""Properties of the judgement that must hold for any runner."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain import glossary
from kinechain.chain import Judgement, find, judge
from kinechain.chain.evidence import strength
from kinechain.chain.network import ChainNetwork
from kinechain.knowledge.chain import chain_graph, read_chain
from kinechain.model.assessment import Contrast, Measurement, MethodError
from kinechain.model.athlete import Athlete
from kinechain.model.field_test import FieldTest
from kinechain.text import Text

BAND = SimpleNamespace(mean=10.0, sd=4.0, sex="male", population=Text(ja="男性13人", en="13 men"))
MAN = Athlete(sex="male")
LINK_OF = {
    (indicator.name, indicator.direction): node.id
    for node in chain_graph().nodes.values()
    for indicator in node.indicators
    if indicator.direction in ("+", "-")
}
ORIGIN = {
    (indicator.name, indicator.direction): indicator.derives_from or indicator.name
    for node in chain_graph().nodes.values()
    for indicator in node.indicators
}
FEW = settings(max_examples=12)
rows = st.sampled_from(sorted(LINK_OF))
devs = st.floats(-4, 4)


def measured(name: str, side: str, value: float, error: float = 0.5, clip: str = "c1", **more: Any) -> Measurement:
    side = "both" if glossary.quantity(name).sides == "both" else side
    return Measurement(
        id=f"{clip}.{name}.{side}", clip=clip, name=name, side=side, value=value, low=value - error, high=value + error,
        unit=glossary.quantity(name).unit, n_strides=8,
        method_error=MethodError(**({"bias": 0.0, "sd": error, "source": "test"} | more)),
    )  # fmt: skip


def judged(*measurements: Measurement, intake: dict[str, object] | None = None, tests=(), contrasts=()) -> Judgement:  # type: ignore[no-untyped-def]
    findings = find(measurements, MAN, 3.5, lambda *_: BAND)
    return judge(findings, measurements, intake or {}, tuple(tests), tuple(contrasts))


def posterior(judgement: Judgement, id_: str) -> float:
    return next(h.posterior for h in judgement.hypotheses if h.id == id_)


def variable(link: str, side: str = "right") -> str:
    return f"{link}_{side}" if chain_graph().nodes[link].sided else link


@FEW
@given(row=rows, a=devs, b=devs)
def test_worsening_a_measurement_never_lowers_its_link(row: tuple[str, str], a: float, b: float) -> None:
    name, direction = row
    sign = 1 if direction == "+" else -1
    low, high = sorted((a, b))
    better = judged(measured(name, "right", 10 + sign * low * 4))
    worse = judged(measured(name, "right", 10 + sign * high * 4))
    assert posterior(worse, variable(LINK_OF[row])) >= posterior(better, variable(LINK_OF[row])) - 1e-9


@FEW
@given(row=rows, z=devs, error=st.floats(0.1, 6), factor=st.floats(1, 5))
def test_more_error_never_raises_certainty(row: tuple[str, str], z: float, error: float, factor: float) -> None:
    prior = posterior(judged(), variable(LINK_OF[row]))
    sharp = posterior(judged(measured(row[0], "right", 10 + 4 * z, error)), variable(LINK_OF[row])) - prior
    blurred = posterior(judged(measured(row[0], "right", 10 + 4 * z, factor * error)), variable(LINK_OF[row])) - prior
    assert abs(blurred) <= abs(sharp) + 1e-9
    assert sharp * blurred >= 0 or math.isclose(abs(blurred), 0, abs_tol=1e-9)


@FEW
@given(
    rows=st.lists(st.tuples(rows, st.floats(1.2, 4)), min_size=1, max_size=4, unique_by=lambda pair: ORIGIN[pair[0]])
)
def test_removing_evidence_for_moves_towards_the_prior(rows: list[tuple[tuple[str, str], float]]) -> None:
    made = [measured(name, "right", 10 + 4 * z * (1 if sign == "+" else -1)) for (name, sign), z in rows]
    link = variable(LINK_OF[rows[0][0]])
    whole, without, prior = (posterior(judged(*part), link) for part in (made, made[1:], []))
    assert prior - 1e-9 <= without < whole


def test_two_pieces_of_evidence_say_more_than_one() -> None:
    one = judged(measured("shank_angle_ms_deg", "right", 18.0))
    two = judged(measured("shank_angle_ms_deg", "right", 18.0), measured("knee_over_toe_ms_ratio", "right", 18.0))
    again = judged(
        measured("shank_angle_ms_deg", "right", 18.0), measured("shank_angle_ms_deg", "right", 18.0, clip="c2")
    )
    assert posterior(two, "C3_right") > posterior(one, "C3_right") > posterior(judged(), "C3_right")
    assert posterior(again, "C3_right") == pytest.approx(posterior(one, "C3_right"))


OTHER = {"left": "right", "right": "left", "both": "both"}


@FEW
@given(z=st.lists(devs, min_size=6, max_size=6), reach=st.floats(2, 14), side=st.sampled_from(["left", "right"]))
def test_mirroring_swaps_sides_and_order_does_not_matter(z: list[float], reach: float, side: str) -> None:
    names = ("shank_angle_ms_deg", "thigh_angle_to_deg", "rearward_drift_ratio")
    placed = [(name, leg) for name in names for leg in ("left", "right")]
    made = [measured(name, leg, 10 + 4 * d) for (name, leg), d in zip(placed, z, strict=True)]
    turned = [measured(name, OTHER[leg], 10 + 4 * d) for (name, leg), d in zip(placed, z, strict=True)]
    test = FieldTest(name="knee_to_wall_cm", side="left", value=reach)
    here = judged(*made, intake={"side": side, "trigger": "pace"}, tests=[test])
    shuffled = judged(*made[::-1], intake={"trigger": "pace", "side": side}, tests=[test])
    there = judged(
        *turned, intake={"side": OTHER[side], "trigger": "pace"}, tests=[test.model_copy(update={"side": "right"})]
    )
    assert (shuffled == here) is True
    swapped = {
        h.id.replace("left", "RIGHT").replace("right", "left").replace("RIGHT", "right"): h for h in there.hypotheses
    }
    for h in here.hypotheses:
        assert swapped[h.id].posterior == pytest.approx(h.posterior, abs=1e-9)
        assert swapped[h.id].contribution == pytest.approx(h.contribution, abs=1e-9)
    assert there.conclusion.cannot_tell == here.conclusion.cannot_tell


@FEW
@given(a=st.floats(-8, 8), b=st.floats(-8, 8))
def test_strength_rises_and_vanishes_at_the_edge_of_the_band(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert strength(low) <= strength(high)
    assert strength(1.0) == 0


def test_shares_are_given_only_with_a_complaint_and_stay_below_one() -> None:
    made = (measured("shank_angle_ms_deg", "right", 20.0), measured("ankle_dorsiflexion_peak_deg", "right", 16.0))
    assert all(h.contribution is None for h in judged(*made).hypotheses)
    shares = {h.id: h.contribution for h in judged(*made, intake={"side": "right"}).hypotheses}
    assert 0 < math.fsum(s for s in shares.values() if s is not None) < 1
    assert shares["C3_right"] > shares["C3_left"] == 0  # type: ignore[operator]
    alone = judged(intake={"side": "right"})
    assert all(h.contribution == 0 for h in alone.hypotheses)
    assert alone.conclusion.cannot_tell


def test_a_rival_of_which_nothing_is_known_takes_no_share_from_a_measured_link() -> None:
    quiet = [measured(name, leg, 10.0) for name in ("shank_angle_ms_deg", "recovery_lag_ratio") for leg in OTHER]
    upright = measured("trunk_lean_deg", "both", -2.0)
    ranked = judged(*quiet, upright, intake={"side": "both"}).hypotheses
    shares = {h.id: h.contribution for h in ranked}
    assert ranked[0].link == "C2"
    assert shares["rival_capacity"] == shares["rival_training_spike"] == shares["rival_previous_strain"] == 0
    asked = judged(*quiet, upright, intake={"side": "both", "keeps_coming_back": True}).hypotheses
    assert next(h.contribution for h in asked if h.id == "rival_capacity") > 0  # type: ignore[operator]


def test_nothing_known_asks_for_a_clip() -> None:
    judgement = judged()
    assert judgement.conclusion.primary is None
    assert judgement.conclusion.next_step.ja.startswith("次に")
    c10 = next(h for h in judgement.hypotheses if h.id == "C10_left")
    assert c10.missing == ("finding.heel_off_pct.left", "test.knee_to_wall_cm.left")
    c11 = next(h for h in judgement.hypotheses if h.id == "C11")
    assert "contrast.fatigue" in c11.missing
    assert "intake.cramps_late" in c11.missing


def test_unclear_finding_says_nothing_and_is_listed_as_missing() -> None:
    made = measured("shank_angle_ms_deg", "right", 30.0).model_copy(update={"method_error": None})
    judgement = judged(made)
    c3 = next(h for h in judgement.hypotheses if h.id == "C3_right")
    assert c3.posterior == pytest.approx(posterior(judged(), "C3_right"))
    assert "finding.c1.shank_angle_ms_deg.right" in c3.missing
    assert "判断できません" in c3.text.ja


def test_sentences_follow_the_posterior() -> None:
    made = (measured("shank_angle_ms_deg", "right", 22.0), measured("knee_over_toe_ms_ratio", "right", 20.0))
    told = {h.id: h.text for h in judged(*made, measured("shank_angle_ms_deg", "left", 8.0)).hypotheses}
    assert told["C3_right"].en.startswith("On the right side, the knee may")
    assert "支持されていません" in told["C3_left"].ja


def test_contrasts_speak_for_late_breakdown_and_for_pace() -> None:
    def contrast(kind: str, verdict: str, value: float) -> Contrast:
        return Contrast(
            id=f"contrast.{kind}", kind=kind, name="shank_angle_ms_deg", side="right", a=20.0, b=20.0 + value,
            value=value, low=value - 1, high=value + 1, unit="deg", sdc=1.0, verdict=verdict,
        )  # fmt: skip

    base = judged()
    assert posterior(judged(contrasts=[contrast("fatigue", "real", 6)]), "C11") > posterior(base, "C11")
    assert posterior(judged(contrasts=[contrast("fatigue", "none", 0)]), "C11") < posterior(base, "C11")
    assert posterior(judged(contrasts=[contrast("pace", "real", 6)]), "C3_right") > posterior(base, "C3_right")
    assert posterior(judged(contrasts=[contrast("pace", "unclear", 6)]), "C3_right") == posterior(base, "C3_right")
    left = judged(contrasts=[contrast("side", "real", -6)])
    assert posterior(left, "C3_left") > posterior(left, "C3_right")


def test_wrong_test_values_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown field test"):
        judged(tests=[FieldTest(name="knee_to_moon_cm", side="left", value=3.0)])
    with pytest.raises(ValueError, match="is none of"):
        judged(tests=[FieldTest(name="rolloff_class", side="left", value="small_toe")])
    with pytest.raises(ValueError, match="not a number"):
        judged(tests=[FieldTest(name="knee_to_wall_cm", side="left", value="short")])


def test_network_tables_are_noisy_or_with_inhibition() -> None:
    text = """
[nodes.C11]
link = "C11"
sided = false
prior = 0.2
grade = "B"
source = "test"
population = "test"
label = { ja = "a", en = "a" }
text = { ja = "a", en = "a" }
next = { ja = "a", en = "a" }
indicators = []
"""
    second = text.replace("[nodes.C11]", "[nodes.rival_capacity]").replace('link = "C11"', 'link = "rival"')
    edge = (
        '[[edges]]\ncause = "C11"\neffect = "rival_capacity"\nsign = "+"\nstrength = 0.5\ngrade = "B"\nsource = "t"\n'
    )
    known = {"C11": math.inf}
    helps = ChainNetwork(read_chain(text + second + edge)).posteriors(known)
    holds = ChainNetwork(read_chain(text + second + edge.replace('"+"', '"-"'))).posteriors(known)
    assert helps["rival_capacity"] == pytest.approx(1 - 0.8 * 0.5)
    assert holds["rival_capacity"] == pytest.approx(0.2 * 0.5)
