"""Which links deviate by truth, and how large a fault is beside what can be detected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kinechain.chain.variables import side_of, variables_of
from kinechain.knowledge.chain import ChainGraph, Indicator, Node
from kinechain.model.assessment import Measurement
from reasoning.bands import BandOf

#: Likelihood ratio from which a class speaks for a rival.
TELLING_RATIO = 2.0
#: True or measured numbers by name and side.
Numbers = Mapping[tuple[str, str], float]


class Deviation(NamedTuple):
    """How a link stands by truth.

    Parameters
    ----------
    detectable : the true value of one of its indicators lies outside of the band (1 SD) to the deviating side, and
        farther from the band's middle than the smallest detectable change: the link deviates
    outside : it lies outside of the band, detectable or not
    """

    detectable: bool
    outside: bool


def numbers_of(truth: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the true numbers of a clip."""
    rows = truth["measurements"]
    return {(row["name"], row["side"]): row["value"] for row in rows if isinstance(row["value"], float)}


def classes_of(truth: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the true classes of a clip."""
    rows = truth["measurements"]
    return {(row["name"], row["side"]): row["value"] for row in rows if isinstance(row["value"], str)}


def detectable(measurements: tuple[Measurement, ...]) -> dict[tuple[str, str], float]:
    """Return the smallest detectable changes that the product prints for a clip; without a value there is none."""
    return {(m.name, m.side): m.sdc for m in measurements if m.sdc is not None and isinstance(m.value, float)}


def deviating(
    graph: ChainGraph, truth: Mapping[str, Any], measurements: tuple[Measurement, ...], bands: BandOf
) -> dict[str, Deviation]:
    """Return for each link (and leg) and rival that the clip can show whether it deviates by truth.

    Indicators that published work contradicts do not count. A rival that is seen by a class alone deviates where the
    true class speaks for it.

    Parameters
    ----------
    truth : of the clip
    measurements : what the product says of the clip
    bands : by which the runner is judged
    """
    true, sdc, classes = numbers_of(truth), detectable(measurements), classes_of(truth)
    found: dict[str, Deviation] = {}
    for node in (node for node in graph.nodes.values() if node.is_hypothesis):
        for variable in variables_of(node):
            beyond = list(_beyond(node, variable, true, sdc, bands, truth["speed_mps"]))
            if node.link == "rival":
                beyond += _by_class(node, classes)
            if beyond:
                found[variable] = Deviation(*(any(column) for column in zip(*beyond, strict=True)))
    return found


def _beyond(
    node: Node, variable: str, true: Numbers, sdc: Numbers, bands: BandOf, speed_mps: float
) -> Iterator[Deviation]:
    for indicator, key in _seen(node, side_of(variable, node), sdc):
        band = bands(indicator.name, speed_mps)
        if band is not None and key in true:
            off = _towards(indicator, true[key] - band.mean)
            yield Deviation(detectable=off > max(sdc[key], band.sd), outside=off > band.sd)


def _by_class(node: Node, classes: Mapping[tuple[str, str], str]) -> list[Deviation]:
    ratios = [
        indicator.classes[value]
        for indicator in node.indicators
        for (name, _), value in classes.items()
        if indicator.classes is not None and name == indicator.name
    ]
    return [Deviation(*[max(ratios) > TELLING_RATIO] * 2)] if ratios else []


def size_sdc(node: Node, side: str, faulted: Numbers, plain: Numbers, sdc: Numbers) -> float | None:
    """Return how far a fault moves its link, in smallest detectable changes: the largest of its indicators.

    Parameters
    ----------
    faulted, plain : true numbers with the fault and of the same runner at the same pace without it
    """
    changes = [
        _towards(indicator, faulted[key] - plain[key]) / sdc[key]
        for indicator, key in _seen(node, side, sdc)
        if key in faulted and key in plain
    ]
    return max(changes, default=None)


def _seen(node: Node, side: str, sdc: Numbers) -> Iterator[tuple[Indicator, tuple[str, str]]]:
    for indicator in node.indicators:
        if indicator.direction is not None and not indicator.contradicted:
            for leg in ("left", "right", "both") if side == "both" else (side, "both"):
                if (indicator.name, leg) in sdc:
                    yield indicator, (indicator.name, leg)


def _towards(indicator: Indicator, difference: float) -> float:
    return abs(difference) if indicator.direction == "±" else difference if indicator.direction == "+" else -difference
