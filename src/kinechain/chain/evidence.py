"""Evidence: what each finding, answer, test and contrast says about a variable, as a likelihood ratio.

A number enters as u, its distance from the middle of the reference band towards the deviating side in SD of the band.
ln ratio = weight · reliability · strength(u): 0 at the edge of the band (u = 1), positive beyond, negative and smaller
inside and on the other side. The reliability, sd² ⁄ (sd² + sem² + method sd²), lets an inexact value say less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from kinechain import glossary
from kinechain.chain.findings import standard_error
from kinechain.chain.variables import side_of, variables_of
from kinechain.knowledge.chain import ChainGraph, FieldTestRule, Indicator, IntakeRule, Node
from kinechain.knowledge.field_tests import field_tests
from kinechain.model.assessment import Contrast, Finding, Measurement, SideOrBoth
from kinechain.model.athlete import Sex
from kinechain.model.field_test import FieldTest
from kinechain.model.skeleton import SIDES

#: Largest ln ratio of a number for a link, and against it, at weight 1 (ours: ratios of 6 and 0.55).
MOST_FOR = 1.8
MOST_AGAINST = 0.6
SIDES_OR_BOTH: tuple[SideOrBoth, ...] = (*SIDES, "both")
SEXES: tuple[Sex, ...] = get_args(Sex)
_FOR_WIDTH_SD = 1.3
_AGAINST_WIDTH_SD = 1.0


@dataclass(frozen=True)
class EvidenceParameters:
    """How much tests and contrasts say (all ours).

    Parameters
    ----------
    test_gain : a field test against an indicator of the same weight, since it looks at the link itself
    at_cut_sd : u of a test result at its cut
    fatigue_real, fatigue_none : ratio for C11 of a change, or none, between fresh and tired
    pace_real : ratio for a link whose indicator grows with the pace
    side_real : ratio for a link of the leg whose indicator is worse
    """

    test_gain: float = 2.0
    at_cut_sd: float = 1.5
    fatigue_real: float = 2.0
    fatigue_none: float = 0.8
    pace_real: float = 2.5
    side_real: float = 1.5


@dataclass(frozen=True)
class Evidence:
    """What one observation says about one variable.

    Parameters
    ----------
    id : of the finding, measurement, contrast, test or answer
    variable : of the network
    topic : what was observed: a quantity of a leg, a test, an answer
    log_ratio : ln of the likelihood ratio, deviates over normal
    counted_with : observations with the same entry count once: of one topic (the same quantity in two clips), or of
        quantities that are read off the same thing; "" stands for the topic
    """

    id: str
    variable: str
    topic: str
    log_ratio: float
    counted_with: str = ""


@dataclass(frozen=True)
class Known:
    """All that is known about a runner."""

    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    intake: Mapping[str, object]
    tests: tuple[FieldTest, ...]
    contrasts: tuple[Contrast, ...]


def collect(graph: ChainGraph, known: Known, parameters: EvidenceParameters) -> tuple[Evidence, ...]:
    """Return what everything that is known says about links and rivals, in an order of its own.

    Raises
    ------
    ValueError
        Where a finding names an unknown measurement, or a test is unknown or has an impossible value.
    """
    found = [
        *_from_numbers(graph, known),
        *_from_classes(graph, known),
        *_from_tests(graph, known, parameters),
        *_from_intake(graph, known.intake),
        *_from_contrasts(graph, known.contrasts, parameters),
    ]
    return tuple(sorted(found, key=lambda evidence: (evidence.variable, evidence.topic, evidence.id)))


def combined(evidence: tuple[Evidence, ...]) -> dict[str, float]:
    """Return the ln ratio of all evidence on each variable; what counts once gives its strongest for and against."""
    topics: dict[tuple[str, str], list[float]] = {}
    for item in evidence:
        topics.setdefault((item.variable, item.counted_with or item.topic), []).append(item.log_ratio)
    ratios: dict[str, list[float]] = {}
    for (variable, _), values in topics.items():
        ratios.setdefault(variable, []).append(max(0.0, *values) + min(0.0, *values))
    return {variable: math.fsum(values) for variable, values in ratios.items()}


def strength(u: float) -> float:
    """Return the ln ratio at weight 1 of a value `u` SD towards the deviating side; rises with u, 0 at u = 1."""
    if u >= 1:
        return MOST_FOR * math.tanh((u - 1) / _FOR_WIDTH_SD)
    return MOST_AGAINST * math.tanh((u - 1) / _AGAINST_WIDTH_SD)


def complaint_sides(intake: Mapping[str, object]) -> tuple[SideOrBoth, bool] | None:
    """Return the leg of the complaint and whether it was stated; None where there is no complaint."""
    for side in SIDES_OR_BOTH:
        if intake.get("side") == side:
            return side, True
    stated = any(intake.get(key) is not None for key in ("place", "trigger", "onset"))
    return ("both", False) if stated else None


def answer(intake: Mapping[str, object], key: str) -> object:
    """Return an answer of the intake, or one that follows from others (`longest_run_ratio`); None where not known."""
    if key != "longest_run_ratio":
        return intake.get(key)
    longest, last = intake.get("longest_run_30d_km"), intake.get("last_run_km")
    if isinstance(longest, int | float) and isinstance(last, int | float) and longest > 0:
        return last / longest
    return None


def _from_numbers(graph: ChainGraph, known: Known) -> Iterator[Evidence]:
    by_id = {measurement.id: measurement for measurement in known.measurements}
    for finding in known.findings:
        measurement = by_id.get(finding.measurement)
        if measurement is None:
            raise ValueError(f"finding {finding.id} rests on unknown measurement {finding.measurement!r}")
        if finding.z is None or finding.verdict == "unclear":
            continue
        reliability = _reliability(finding, measurement)
        for node, indicator in _indicators(graph, measurement.name):
            if indicator.direction is not None:
                u = _towards(indicator, finding.z / math.sqrt(reliability))
                value = indicator.weight * reliability * strength(u) * _share_of_side(node, measurement.side)
                for variable in variables_of(node, measurement.side):
                    yield _seen(finding.id, variable, indicator, measurement.side, value)


def _from_classes(graph: ChainGraph, known: Known) -> Iterator[Evidence]:
    for measurement in known.measurements:
        if not isinstance(measurement.value, str):
            continue
        for node, indicator in _indicators(graph, measurement.name):
            ratio = (indicator.classes or {})[measurement.value]
            value = indicator.weight * math.log(ratio) * _share_of_side(node, measurement.side)
            for variable in variables_of(node, measurement.side):
                yield _seen(measurement.id, variable, indicator, measurement.side, value)


def _seen(id_: str, variable: str, indicator: Indicator, side: SideOrBoth, log_ratio: float) -> Evidence:
    """Return what one value of an indicator says."""
    origin = indicator.derives_from or indicator.name
    return Evidence(id_, variable, f"{indicator.name}.{side}", log_ratio, f"{origin}.{side}")


def _reliability(finding: Finding, measurement: Measurement) -> float:
    sd = (finding.band.high - finding.band.low) / 2
    error = standard_error(measurement)
    return sd**2 / (sd**2 + error**2) if sd > 0 else 1.0


def _towards(indicator: Indicator, z: float) -> float:
    return abs(z) if indicator.direction == "±" else z if indicator.direction == "+" else -z


def _share_of_side(node: Node, side: SideOrBoth) -> float:
    """Each leg gives half of what is said about a node without sides."""
    return 0.5 if not node.sided and side != "both" else 1.0


def _indicators(graph: ChainGraph, name: str) -> Iterator[tuple[Node, Indicator]]:
    for node in graph.nodes.values():
        for indicator in node.indicators:
            if indicator.name == name:
                yield node, indicator


def _from_tests(graph: ChainGraph, known: Known, parameters: EvidenceParameters) -> Iterator[Evidence]:
    for test in known.tests:
        if test.name not in field_tests():
            raise ValueError(f"{test.id}: unknown field test; known are {', '.join(field_tests())}")
    for rule in graph.tests:
        node = graph.nodes[rule.node]
        for test in known.tests:
            if test.name != rule.name:
                continue
            for leg in SIDES if test.side == "both" else (test.side,):
                value = _test_log_ratio(rule, graph, test, leg, known, parameters) * _share_of_side(node, leg)
                for variable in variables_of(node, leg):
                    yield Evidence(test.id, variable, f"test.{rule.name}.{leg}", value)


def _test_log_ratio(
    rule: FieldTestRule,
    graph: ChainGraph,
    test: FieldTest,
    leg: SideOrBoth,
    known: Known,
    parameters: EvidenceParameters,
) -> float:
    if rule.classes is not None:
        if test.value not in rule.classes:
            raise ValueError(f"{test.id}: {test.value!r} is none of {', '.join(rule.classes)}")
        return rule.weight * math.log(rule.classes[str(test.value)])
    if isinstance(test.value, str):
        raise ValueError(f"{test.id}: {test.value!r} is not a number")
    said = 0.0
    if rule.cut is not None and rule.scale is not None:
        said += strength(_beyond_cut(rule, rule.cut, rule.scale, graph, test.value, known.intake, parameters))
    if rule.asymmetry is not None and rule.asymmetry_scale is not None:
        others = [t.value for t in known.tests if t.name == test.name and t.side not in (leg, "both")]
        best = max((v for v in others if not isinstance(v, str)), default=0.0)
        if best > 0:
            u = parameters.at_cut_sd + ((best - test.value) / best - rule.asymmetry) / rule.asymmetry_scale
            said += max(0.0, strength(u))
    return rule.weight * parameters.test_gain * said


def _beyond_cut(
    rule: FieldTestRule,
    cut: float,
    scale: float,
    graph: ChainGraph,
    value: float,
    intake: Mapping[str, object],
    parameters: EvidenceParameters,
) -> float:
    sign = 1 if rule.direction == "+" else -1
    age = intake.get("age_y")
    sex = next((sex for sex in SEXES if sex == intake.get("sex")), None)
    if rule.norm is not None and isinstance(age, int | float) and sex is not None:
        return sign * (value - graph.norms[rule.norm].value(float(age), sex)) / scale
    return parameters.at_cut_sd + sign * (value - cut) / scale


def _from_intake(graph: ChainGraph, intake: Mapping[str, object]) -> Iterator[Evidence]:
    complaint = complaint_sides(intake)
    side: SideOrBoth = complaint[0] if complaint else "both"
    for rule in graph.intake:
        value = answer(intake, rule.key)
        if value is None:
            continue
        log_ratio = math.log(_ratio(rule, value))
        for variable in variables_of(graph.nodes[rule.node], side):
            yield Evidence(f"intake.{rule.key}", variable, rule.key, log_ratio)


def _ratio(rule: IntakeRule, value: object) -> float:
    if rule.answers is not None:
        return rule.answers.get(str(value).lower(), 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"intake {rule.key}: {value!r} is not a number")
    reached = [step.ratio for step in rule.steps or () if value >= step.start]
    return reached[-1] if reached else 1.0


def _from_contrasts(
    graph: ChainGraph, contrasts: tuple[Contrast, ...], parameters: EvidenceParameters
) -> Iterator[Evidence]:
    for contrast in contrasts:
        if contrast.value is None or contrast.verdict == "unclear":
            continue
        worse = [
            node
            for node, indicator in _indicators(graph, contrast.name)
            if indicator.direction in ("+", "-") and not indicator.contradicted
        ]
        for node in worse:
            yield from _contrast(graph, node, contrast, contrast.value, parameters)


def _contrast(
    graph: ChainGraph, node: Node, contrast: Contrast, value: float, parameters: EvidenceParameters
) -> Iterator[Evidence]:
    indicator = next(row for row in node.indicators if row.name == contrast.name)
    rises = _towards(indicator, value) > 0
    topic = f"{contrast.kind}.{contrast.name}.{contrast.side}"
    once = f"{contrast.kind}.{indicator.derives_from or contrast.name}.{contrast.side}"
    if contrast.kind == "fatigue":
        if contrast.verdict == "none":
            topic = once = "fatigue.none"  # of one pair of clips: many quantities that stay are no more than one answer
        ratio = parameters.fatigue_none if contrast.verdict == "none" else parameters.fatigue_real if rises else 1.0
        for variable in variables_of(graph.nodes["C11"]):
            yield Evidence(contrast.id, variable, topic, math.log(ratio), once)
    elif contrast.verdict == "real" and contrast.kind == "pace" and rises:
        for variable in variables_of(node, contrast.side):
            yield Evidence(contrast.id, variable, topic, math.log(parameters.pace_real), once)
    elif contrast.verdict == "real" and contrast.kind == "side" and node.sided:
        for variable in variables_of(node, "right" if rises else "left"):
            yield Evidence(contrast.id, variable, topic, math.log(parameters.side_real), once)


def missing(graph: ChainGraph, node: Node, variable: str, known: Known, seen: frozenset[str]) -> tuple[str, ...]:
    """Return the ids of what would bear on a variable and is not known or not clear.

    An indicator that was never measured appears as `finding.<name>.<side>`, a test as `test.<name>.<side>`, an answer
    as `intake.<key>`, the tired clip as `contrast.fatigue`.

    Parameters
    ----------
    seen : topics that have evidence on this variable
    """
    side = side_of(variable, node)
    ids: list[str] = []
    for indicator in node.indicators:
        for leg in _legs(indicator.name, side):
            if f"{indicator.name}.{leg}" not in seen:
                ids += _unclear(indicator.name, leg, known) or [f"finding.{indicator.name}.{leg}"]
    for name in dict.fromkeys(rule.name for rule in graph.tests if rule.node == node.id):
        ids += [f"test.{name}.{leg}" for leg in SIDES if side in (leg, "both") and f"test.{name}.{leg}" not in seen]
    for key in dict.fromkeys(rule.key for rule in graph.intake if rule.node == node.id):
        if answer(known.intake, key) is None:
            ids.append(f"intake.{key}")
    if node.id == "C11" and not any(topic.startswith("fatigue.") for topic in seen):
        ids.append("contrast.fatigue")
    return tuple(ids)


def _legs(name: str, side: SideOrBoth) -> tuple[SideOrBoth, ...]:
    if glossary.quantity(name).sides == "both":
        return ("both",)
    return SIDES if side == "both" else (side,)


def _unclear(name: str, side: SideOrBoth, known: Known) -> list[str]:
    ids = {m.id for m in known.measurements if m.name == name and m.side == side}
    return sorted(finding.id for finding in known.findings if finding.measurement in ids)
