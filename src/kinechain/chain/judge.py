"""The judgement: how probable it is that each link deviates, how much of the complaint it explains, what to do next."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from kinechain.chain.evidence import (
    Evidence,
    EvidenceParameters,
    Known,
    collect,
    combined,
    complaint_sides,
    missing,
)
from kinechain.chain.network import ChainNetwork
from kinechain.chain.next_step import next_action, open_actions
from kinechain.chain.variables import side_of, variables_of
from kinechain.knowledge.chain import ChainGraph, Node, chain_graph
from kinechain.model.assessment import Conclusion, Contrast, Finding, Hypothesis, Measurement
from kinechain.model.field_test import FieldTest
from kinechain.text import Text

_LEG: dict[str, Text] = {
    "left": Text(ja="左脚", en="left"),
    "right": Text(ja="右脚", en="right"),
    "both": Text(ja="", en=""),
}
_PREFIX: dict[str, Text] = {
    "left": Text(ja="左脚の", en="Left leg: "),
    "right": Text(ja="右脚の", en="Right leg: "),
    "both": Text(ja="", en=""),
}


@dataclass(frozen=True)
class JudgeParameters:
    """When evidence is listed and when an answer may be given (all ours).

    Parameters
    ----------
    listed_for, listed_against : likelihood ratios beyond which evidence is listed
    least_posterior : of the primary hypothesis
    least_lead : of its share of the complaint (or its posterior, without a complaint) over the next one that may be
        the answer, as a part of its own
    least_share : of the complaint that the primary hypothesis explains
    silent_leg_ratio : likelihood ratio of a complaint for a leg that is not named
    unstated_leg_ratio : the same for both legs where the complaint has no side
    candidates : hypotheses among which the next step shall decide
    """

    listed_for: float = 1.15
    listed_against: float = 0.87
    least_posterior: float = 0.5
    least_lead: float = 0.1
    least_share: float = 0.02
    silent_leg_ratio: float = 0.3
    unstated_leg_ratio: float = 3.0
    candidates: int = 3
    evidence: EvidenceParameters = field(default_factory=EvidenceParameters)


@dataclass(frozen=True)
class Judgement:
    """Every hypothesis, the most telling first, and the answer."""

    hypotheses: tuple[Hypothesis, ...]
    conclusion: Conclusion


@cache
def _shipped_network() -> ChainNetwork:
    return ChainNetwork(chain_graph())


def judge(
    findings: tuple[Finding, ...],
    measurements: tuple[Measurement, ...],
    intake: Mapping[str, object],
    tests: tuple[FieldTest, ...],
    contrasts: tuple[Contrast, ...] = (),
    parameters: JudgeParameters | None = None,
) -> Judgement:
    """Weigh all that is known about a runner on the kinetic chain.

    Parameters
    ----------
    findings : measurements against their bands; those that are unclear say nothing
    measurements : what the findings rest on, and classes such as the roll-off
    intake : answers by key, plus `age_y` and `sex` of the athlete where known
    tests, contrasts : field tests, and differences within the runner

    Raises
    ------
    ValueError
        Where a finding rests on an unknown measurement, or a test is unknown or has an impossible value.
    """
    parameters = parameters or JudgeParameters()
    graph, network = chain_graph(), _shipped_network()
    known = Known(findings, measurements, intake, tests, contrasts)
    evidence = collect(graph, known, parameters.evidence)
    complaints = _complaints(graph, intake, parameters)
    ratios = combined(evidence) | complaints
    posteriors = network.posteriors(ratios)
    shares = network.shares(ratios, complaints) if complaints else {}
    hypotheses = tuple(
        _hypothesis(variable, node, posteriors[variable], shares.get(variable), evidence, known, parameters)
        for variable, node in network.nodes.items()
        if node.is_hypothesis
    )
    ranked = tuple(sorted(hypotheses, key=lambda h: (-_score(h), -h.posterior, h.id)))
    primary = _primary(ranked, network, parameters)
    step = None if primary is None else _step_after(network.nodes[primary], graph, evidence, known)
    if step is None:
        candidates = tuple(hypothesis.id for hypothesis in ranked[: parameters.candidates])
        action = next_action(graph, network, ratios, candidates, evidence, known)
        nothing_open = graph.sentences["enough_unknown" if primary is None else "enough_known"]
        step = graph.actions[action].text if action else nothing_open
    return Judgement(ranked, Conclusion(primary=primary, cannot_tell=primary is None, next_step=step))


def _step_after(node: Node, graph: ChainGraph, evidence: tuple[Evidence, ...], known: Known) -> Text | None:
    """Return the step that follows from an answer, None where it has been taken."""
    if node.next_action is None or node.next_action in open_actions(graph, evidence, known):
        return node.next
    return None


def _complaints(graph: ChainGraph, intake: Mapping[str, object], parameters: JudgeParameters) -> dict[str, float]:
    """Ln ratio of the complaint variables: stated, not named, or without a side."""
    complaint = complaint_sides(intake)
    if complaint is None:
        return {}
    side, stated = complaint
    node = graph.nodes["complaint"]
    if not stated:
        return dict.fromkeys(variables_of(node), math.log(parameters.unstated_leg_ratio))
    quiet = dict.fromkeys(variables_of(node), math.log(parameters.silent_leg_ratio))
    return quiet | dict.fromkeys(variables_of(node, side), math.inf)


def _hypothesis(
    variable: str,
    node: Node,
    posterior: float,
    share: float | None,
    evidence: tuple[Evidence, ...],
    known: Known,
    parameters: JudgeParameters,
) -> Hypothesis:
    own = [item for item in evidence if item.variable == variable]
    speaks_for = _ids(own, lambda ratio: ratio > math.log(parameters.listed_for))
    against = _ids(own, lambda ratio: ratio < math.log(parameters.listed_against))
    return Hypothesis(
        id=variable,
        link=node.link,
        posterior=posterior,
        contribution=share,
        grade=node.grade,
        evidence_for=speaks_for,
        against=against,
        missing=missing(chain_graph(), node, variable, known, frozenset(item.topic for item in own)),
        text=_sentence(variable, node, posterior, speaks_for, against, parameters),
    )


def _ids(own: list[Evidence], keep: Callable[[float], bool]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.id for item in own if keep(item.log_ratio)))


def _sentence(
    variable: str,
    node: Node,
    posterior: float,
    speaks_for: tuple[str, ...],
    against: tuple[str, ...],
    parameters: JudgeParameters,
) -> Text:
    side = side_of(variable, node)
    if posterior >= parameters.least_posterior:
        return _filled(node.text, side=_LEG[side])
    sentences = chain_graph().sentences
    row = sentences["unsupported" if against and not speaks_for else "open"]
    return _filled(row, side=_PREFIX[side], label=node.label)


def _filled(text: Text, **values: Text) -> Text:
    ja = text.ja.format(**{key: value.ja for key, value in values.items()})
    en = text.en.format(**{key: value.en for key, value in values.items()})
    return Text(ja=ja, en=en[:1].upper() + en[1:])


def _score(hypothesis: Hypothesis) -> float:
    return hypothesis.posterior if hypothesis.contribution is None else hypothesis.contribution


def _observed(hypothesis: Hypothesis) -> bool:
    """Whether something was seen or tested that speaks for it; answers alone are enough for rivals only."""
    return any(hypothesis.link == "rival" or not id_.startswith("intake.") for id_ in hypothesis.evidence_for)


def _primary(ranked: tuple[Hypothesis, ...], network: ChainNetwork, parameters: JudgeParameters) -> str | None:
    """Return the first hypothesis that probably deviates, if it leads the next one of another link clearly."""
    possible = [h for h in ranked if h.posterior >= parameters.least_posterior and _observed(h)]
    if not possible:
        return None
    first = possible[0]
    others = [_score(h) for h in possible if network.nodes[h.id] is not network.nodes[first.id]]
    leads = _score(first) - max(others, default=0.0) >= parameters.least_lead * _score(first)
    return first.id if leads and _score(first) >= parameters.least_share else None
