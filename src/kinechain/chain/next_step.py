"""What to film or test next: the action whose result would tell most about which candidate it is."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kinechain.chain.evidence import Evidence, Known
from kinechain.chain.network import ChainNetwork
from kinechain.chain.variables import variables_of
from kinechain.knowledge.chain import ChainGraph

#: Weight of a tired clip for C11, as of an indicator; a field test counts this much more than its weight (ours).
TIRED_WEIGHT = 0.7
TEST_GAIN = 1.5
LEAST_GAIN_BIT = 1e-3


def next_action(
    graph: ChainGraph,
    network: ChainNetwork,
    log_ratios: Mapping[str, float],
    candidates: tuple[str, ...],
    evidence: tuple[Evidence, ...],
    known: Known,
) -> str | None:
    """Return the action with the largest expected information about the candidates, None where none tells anything.

    The information is the mutual information [bit] between the candidates' states and a positive or negative result,
    added up over the links that the action shows. Clips that were filmed and tests that were done are left out.
    """
    gains = {
        action: math.fsum(network.gain(log_ratios, variable, weight, candidates) for variable, weight in shown.items())
        for action, shown in open_actions(graph, evidence, known).items()
    }
    best = max(sorted(gains), key=lambda action: gains[action], default=None)
    return best if best is not None and gains[best] >= LEAST_GAIN_BIT else None


def open_actions(graph: ChainGraph, evidence: tuple[Evidence, ...], known: Known) -> dict[str, dict[str, float]]:
    """Return the clips not yet filmed and the tests not yet done: the variables that each would show, and how well."""
    shown: dict[str, dict[str, float]] = {}
    filmed = {measurement.name for measurement in known.measurements if measurement.value is not None}
    rows = [(node, indicator) for node in graph.nodes.values() for indicator in node.indicators]
    for node, indicator in rows:
        for variable in variables_of(node):
            _add(shown, indicator.action, variable, indicator.weight)
    for action in {indicator.action for _, indicator in rows if indicator.name in filmed}:
        del shown[action]
    done = {(item.variable, item.id.split(".")[1]) for item in evidence if item.id.startswith("test.")}
    for rule in graph.tests:
        for variable in variables_of(graph.nodes[rule.node]):
            if (variable, rule.name) not in done:
                _add(shown, rule.name, variable, TEST_GAIN * rule.weight)
    if not any(contrast.kind == "fatigue" for contrast in known.contrasts):
        _add(shown, "tired_clip", "C11", TIRED_WEIGHT)
    return shown


def _add(shown: dict[str, dict[str, float]], action: str, variable: str, weight: float) -> None:
    row = shown.setdefault(action, {})
    row[variable] = min(1.0, row.get(variable, 0.0) + weight)
