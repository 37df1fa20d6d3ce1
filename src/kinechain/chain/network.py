"""The Bayesian network of the chain on pyAgrum: tables from edge weights, inference, shares of the complaint.

Every node is binary (normal, deviates). A node deviates by itself with probability `prior`, or because of a deviating
cause, each alone with probability `strength` (noisy-OR); a cause of sign "-" lets only 1 − strength of it through:

    P(deviates | causes) = [1 − (1 − prior) · Π₊ (1 − strength)] · Π₋ (1 − strength),   over the causes that deviate.
"""

from __future__ import annotations

import importlib
import itertools
import math
import warnings
from collections.abc import Mapping
from typing import Any

from kinechain.chain.evidence import MOST_AGAINST, MOST_FOR
from kinechain.chain.variables import side_of, variables_of
from kinechain.knowledge.chain import ChainGraph, Edge, Node

NORMAL, DEVIATES = 0, 1
DIGITS = 10

with warnings.catch_warnings():
    # The binding's types carry no module name, which Python reports; as an error it would end the process.
    warnings.simplefilter("ignore", DeprecationWarning)
    gum: Any = importlib.import_module("pyagrum")


class ChainNetwork:
    """The chain of both legs as a Bayesian network.

    Parameters
    ----------
    graph : nodes and edges; a sided node becomes one variable for each leg, `<id>_left` and `<id>_right`
    """

    def __init__(self, graph: ChainGraph) -> None:
        self.nodes: dict[str, Node] = {}
        for node in graph.nodes.values():
            for variable in variables_of(node):
                self.nodes[variable] = node
        self.causes: dict[str, list[tuple[str, Edge]]] = {variable: [] for variable in self.nodes}
        for edge in graph.edges:
            for effect in variables_of(graph.nodes[edge.effect]):
                self.causes[effect].append((_same_side(graph.nodes[edge.cause], effect), edge))
        self._net = self._build()

    def posteriors(self, log_ratios: Mapping[str, float]) -> dict[str, float]:
        """Return P(deviates) of every variable.

        Parameters
        ----------
        log_ratios
            Natural logarithm of the likelihood ratio (deviates over normal) of all evidence on a variable; −inf and
            +inf state what is known for certain.
        """
        engine = self._engine(log_ratios)
        engine.makeInference()
        return {variable: _deviates(engine, variable) for variable in self.nodes}

    def shares(self, log_ratios: Mapping[str, float], complaints: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the complaint that begins at each link and rival; the rest of 1 stays unexplained.

        The complaint is handed back along the edges. What reaches a variable is divided between its own beginning
        (its prior) and its causes, each with strength × how much more probable findings, tests and answers make it that
        the cause deviates than in anyone. The complaint itself is left out of that: it would raise a cause of which
        nothing is known as soon as another is ruled out, and such a cause explains nothing. Where only one leg hurts,
        a cause explains only by what it deviates more than on the other leg.

        Parameters
        ----------
        log_ratios : as in `posteriors`, complaints included
        complaints : ln ratio of the complaint variables alone
        """
        now, anyone = self.posteriors(log_ratios), self.posteriors({})
        seen = self.posteriors({name: ratio for name, ratio in log_ratios.items() if name not in complaints})
        more = {variable: max(0.0, seen[variable] - anyone[variable]) for variable in self.nodes}
        sore = [variable for variable, ratio in complaints.items() if ratio > 0]
        excess = {
            variable: self._excess(variable, more, one_sided=len(sore) == 1) if node.is_hypothesis else now[variable]
            for variable, node in self.nodes.items()
        }
        credit = dict.fromkeys(self.nodes, 0.0) | dict.fromkeys(sore, 1 / max(1, len(sore)))
        for variable in reversed(self._order()):
            self._hand_back(variable, excess, credit)
        return {variable: credit[variable] for variable, node in self.nodes.items() if node.is_hypothesis}

    def _excess(self, variable: str, more: Mapping[str, float], *, one_sided: bool) -> float:
        side = side_of(variable, self.nodes[variable])
        if not one_sided or side == "both":
            return more[variable]
        other = f"{self.nodes[variable].id}_{'right' if side == 'left' else 'left'}"
        return max(0.0, more[variable] - more[other])

    def _hand_back(self, variable: str, excess: Mapping[str, float], credit: dict[str, float]) -> None:
        parts = {cause: edge.strength * excess[cause] for cause, edge in self.causes[variable] if edge.sign == "+"}
        whole = math.fsum((self.nodes[variable].prior, *parts.values()))
        for cause, part in parts.items():
            credit[cause] += credit[variable] * part / whole
        credit[variable] *= self.nodes[variable].prior / whole

    def gain(self, log_ratios: Mapping[str, float], variable: str, weight: float, candidates: tuple[str, ...]) -> float:
        """Return the information [bit] about which candidates deviate that an observation of `variable` would bring.

        Parameters
        ----------
        variable : the link that is observed
        weight : of the observation, as of an indicator
        candidates : variables among which the answer lies, at most a few
        """
        engine = self._engine(log_ratios)
        joint = sorted({variable, *candidates})
        engine.addJointTarget(set(joint))
        engine.makeInference()
        table = engine.jointPosterior(set(joint))
        seen = _observation(weight)
        states = [dict(zip(joint, values, strict=True)) for values in itertools.product((0, 1), repeat=len(joint))]
        both: dict[tuple[tuple[int, ...], bool], float] = {}
        for state in states:
            key = tuple(state[candidate] for candidate in candidates)
            for positive, chance in ((True, seen[state[variable]]), (False, 1 - seen[state[variable]])):
                both[key, positive] = both.get((key, positive), 0.0) + float(table[state]) * chance
        return _mutual_information(both)

    def _build(self) -> Any:
        net = gum.BayesNet("chain")
        for variable in self.nodes:
            net.add(gum.LabelizedVariable(variable, variable, ["normal", "deviates"]))
        for effect, causes in self.causes.items():
            for cause, _ in causes:
                net.addArc(cause, effect)
        for effect, node in self.nodes.items():
            self._fill(net, effect, node.prior)
        return net

    def _fill(self, net: Any, effect: str, prior: float) -> None:
        causes = self.causes[effect]
        for states in itertools.product((NORMAL, DEVIATES), repeat=len(causes)):
            stays, passes = 1 - prior, 1.0
            for state, (_, edge) in zip(states, causes, strict=True):
                if state == DEVIATES and edge.sign == "+":
                    stays *= 1 - edge.strength
                elif state == DEVIATES:
                    passes *= 1 - edge.strength
            p = (1 - stays) * passes
            net.cpt(effect)[{cause: s for s, (cause, _) in zip(states, causes, strict=True)}] = [1 - p, p]

    def _engine(self, log_ratios: Mapping[str, float]) -> Any:
        engine = gum.LazyPropagation(self._net)
        engine.setNumberOfThreads(1)
        for variable in sorted(log_ratios):
            if log_ratios[variable] != 0:
                engine.addEvidence(variable, _likelihood(log_ratios[variable]))
        return engine

    def _order(self) -> list[str]:
        return [self._net.variable(number).name() for number in self._net.topologicalOrder()]


def _same_side(cause: Node, effect: str) -> str:
    return f"{cause.id}_{effect.rsplit('_', 1)[1]}" if cause.sided else cause.id


def _deviates(engine: Any, variable: str) -> float:
    # The engine adds in an order of its own; the last digits differ from run to run.
    return round(min(1.0, max(0.0, float(engine.posterior(variable)[DEVIATES]))), DIGITS)


def _likelihood(log_ratio: float) -> list[float]:
    """Likelihood of normal and deviates, the larger one 1."""
    return [math.exp(min(0.0, -log_ratio)), math.exp(min(0.0, log_ratio))]


def _observation(weight: float) -> tuple[float, float]:
    """Chance of a positive observation where the link is normal and where it deviates."""
    for_, against = math.exp(MOST_FOR * weight), math.exp(-MOST_AGAINST * weight)
    false_positive = (1 - against) / (for_ - against)
    return false_positive, for_ * false_positive


def _mutual_information(both: Mapping[tuple[tuple[int, ...], bool], float]) -> float:
    left: dict[tuple[int, ...], float] = {}
    right: dict[bool, float] = {}
    for (key, positive), p in both.items():
        left[key] = left.get(key, 0.0) + p
        right[positive] = right.get(positive, 0.0) + p
    terms = (p * math.log2(p / (left[key] * right[positive])) for (key, positive), p in both.items() if p > 0)
    return round(max(0.0, math.fsum(terms)), DIGITS)
