"""The kinetic chain as a graph: links, rival explanations, edges, and what speaks for each of them.

The rows stand in `chain.toml` beside this module; what their fields mean is said at its top. A wrong row, a missing
source or a cycle is an error that names the file and the line.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache, partial
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kinechain import glossary
from kinechain.knowledge.toml_rows import KeyPath, Row, at, check_list, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Grade, QuantityName
from kinechain.model.athlete import Sex
from kinechain.text import Text

FILE = "chain.toml"

Source = Annotated[str, Field(min_length=1)]
Weight = Annotated[float, Field(gt=0, le=1)]
Ratio = Annotated[float, Field(gt=0)]
Link = Literal["C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "rival", "load", "complaint"]
NumberDirection = Literal["+", "-"]
#: The error for a place in the file and a reason.
Wrong = Callable[[KeyPath, str], ValueError]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Indicator(_Row):
    """A measurement that speaks for or against a link.

    Parameters
    ----------
    name : measurement of the glossary
    direction : sign of the deviating value, "±" for both; None for a class
    classes : likelihood ratio of each class, None for a number
    weight : how much it says, 0…1
    action : what has to be filmed to see it
    contradicted : published work finds the opposite sign
    derives_from : indicators of a node with the same entry are read off the same thing and count once
    """

    name: QuantityName
    weight: Weight
    action: str
    source: Source
    direction: Literal["+", "-", "±"] | None = None
    classes: dict[str, Ratio] | None = None
    contradicted: bool = False
    derives_from: str | None = None

    @model_validator(mode="after")
    def _number_or_class(self) -> Self:
        known = glossary.quantity(self.name).classes
        if set(self.classes or {}) != set(known or {}):
            raise ValueError(f"indicator {self.name}: classes must be those of the glossary")
        if (self.direction is None) == (known is None):
            raise ValueError(f"indicator {self.name}: a number has a direction, a class has none")
        return self


class Node(_Row):
    """A link of the chain, a rival explanation, the load, or the complaint; binary: normal or deviates.

    Parameters
    ----------
    next : what to film or test once this is the answer
    next_action : the action that `next` asks for, where it is one; once it is done, `next` would ask for nothing new
    """

    id: str
    link: Link
    sided: bool
    prior: float = Field(gt=0, lt=0.5)
    grade: Grade
    source: Source
    population: Source
    label: Text
    text: Text
    next: Text
    next_action: str | None = None
    indicators: tuple[Indicator, ...]

    @property
    def is_hypothesis(self) -> bool:
        """Whether it is a link or a rival, not the load or the complaint."""
        return self.link not in ("load", "complaint")


class Edge(_Row):
    """A cause that makes its effect deviate with probability `strength` when it acts alone ("-": holds it back)."""

    cause: str
    effect: str
    sign: NumberDirection
    strength: float = Field(gt=0, lt=1)
    grade: Grade
    source: Source
    contradicted: bool = False

    @model_validator(mode="after")
    def _contradicted_is_graded_and_weak(self) -> Self:
        if self.contradicted != (self.grade == "X"):
            raise ValueError("grade X and contradicted = true come together")
        if self.contradicted and self.strength > 0.2:
            raise ValueError("a contradicted edge is weak: strength at most 0.2")
        return self


class FieldTestRule(_Row):
    """How the result of a field test speaks for a node."""

    name: str
    node: str
    weight: Weight
    source: Source
    direction: NumberDirection | None = None
    cut: float | None = None
    scale: float | None = Field(default=None, gt=0)
    norm: str | None = None
    asymmetry: float | None = Field(default=None, gt=0)
    asymmetry_scale: float | None = Field(default=None, gt=0)
    classes: dict[str, Ratio] | None = None
    contradicted: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        cut = (self.direction, self.cut, self.scale)
        if any(part is None for part in cut) and any(part is not None for part in cut):
            raise ValueError(f"test {self.name}: direction, cut and scale come together")
        if (self.asymmetry is None) != (self.asymmetry_scale is None):
            raise ValueError(f"test {self.name}: asymmetry and asymmetry_scale come together")
        if (self.classes is not None) == (self.cut is not None or self.asymmetry is not None):
            raise ValueError(f"test {self.name}: either classes or a cut or asymmetry")
        return self


def _lower_keys(value: object) -> object:
    return {str(key).lower(): ratio for key, ratio in value.items()} if isinstance(value, dict) else value


class Step(_Row):
    """Likelihood ratio at and above a limit."""

    start: float = Field(alias="from")
    ratio: Ratio


class IntakeRule(_Row):
    """How an answer of the intake speaks for a node; yes and no are the answers "true" and "false"."""

    key: str
    node: str
    source: Source
    answers: Annotated[dict[str, Ratio], BeforeValidator(_lower_keys)] | None = None
    steps: tuple[Step, ...] | None = None

    @model_validator(mode="after")
    def _answers_or_steps(self) -> Self:
        if (self.answers is None) == (self.steps is None):
            raise ValueError(f"intake {self.key}: either answers or steps")
        return self


class Norm(_Row):
    """A norm by age and sex: the value from each age on."""

    ages: tuple[float, ...]
    male: tuple[float, ...]
    female: tuple[float, ...]
    source: Source

    def value(self, age_y: float, sex: Sex) -> float:
        """Return the norm at an age; below the first age that of the first."""
        values = self.male if sex == "male" else self.female
        return [v for age, v in zip(self.ages, values, strict=True) if age <= max(age_y, self.ages[0])][-1]


class Action(_Row):
    """A clip to film or a test to do."""

    kind: Literal["clip", "test"]
    text: Text


class ChainGraph(_Row):
    """Everything in `chain.toml`; edges run from cause to effect and form no cycle."""

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    tests: tuple[FieldTestRule, ...]
    intake: tuple[IntakeRule, ...]
    norms: dict[str, Norm]
    actions: dict[str, Action]
    sentences: dict[str, Text]


MOST_CAUSES = 6


@cache
def chain_graph() -> ChainGraph:
    """Return the chain that ships with the package."""
    return read_chain(knowledge_text(FILE))


def read_chain(text: str, file: str = FILE) -> ChainGraph:
    """Read a chain from the text of a TOML file.

    Raises
    ------
    ValueError
        Where a row is wrong, has no source, names an unknown node or action, where a node has more than six causes, or
        where the edges form a cycle; names `file` and line.
    """
    data = parse_toml(file, text)

    def tables(name: str, row: type[Row], *, named: bool = False) -> dict[str, Row]:
        return check_rows(file, text, data.get(name, {}), row, under=(name,), named=named)

    def array(name: str, row: type[Row]) -> tuple[Row, ...]:
        return check_list(file, text, data.get(name, []), row, name)

    graph = ChainGraph(
        nodes=tables("nodes", Node, named=True),
        edges=array("edges", Edge),
        tests=array("tests", FieldTestRule),
        intake=array("intake", IntakeRule),
        norms=tables("norms", Norm),
        actions=tables("actions", Action),
        sentences=tables("sentences", Text),
    )
    wrong = partial(at, file, text)
    _check_names(graph, wrong)
    _check_edges(graph, wrong)
    _check_acyclic(graph, wrong)
    return graph


def _check_names(graph: ChainGraph, wrong: Wrong) -> None:
    for id_, node in graph.nodes.items():
        if node.next_action is not None and node.next_action not in graph.actions:
            raise wrong(("nodes", id_, "next_action"), f"unknown action {node.next_action!r}")
        for indicator in node.indicators:
            if indicator.action not in graph.actions:
                raise wrong(("nodes", id_, "indicators"), f"unknown action {indicator.action!r}")
    for n, test in enumerate(graph.tests):
        if test.node not in graph.nodes or test.name not in graph.actions:
            raise wrong(("tests", n), f"unknown node {test.node!r} or action {test.name!r}")
        if test.norm is not None and test.norm not in graph.norms:
            raise wrong(("tests", n, "norm"), f"unknown norm {test.norm!r}")
    for n, rule in enumerate(graph.intake):
        if rule.node not in graph.nodes:
            raise wrong(("intake", n, "node"), f"unknown node {rule.node!r}")


def _check_edges(graph: ChainGraph, wrong: Wrong) -> None:
    causes: dict[str, set[str]] = {}
    for n, edge in enumerate(graph.edges):
        place = ("edges", n)
        for end in (edge.cause, edge.effect):
            if end not in graph.nodes:
                raise wrong(place, f"unknown node {end!r}")
        if graph.nodes[edge.cause].sided and not graph.nodes[edge.effect].sided:
            raise wrong(place, f"{edge.cause} has sides and its effect {edge.effect} has none")
        known = causes.setdefault(edge.effect, set())
        if edge.cause in known:
            raise wrong(place, f"{edge.cause} → {edge.effect} stands twice")
        known.add(edge.cause)
        if len(known) > MOST_CAUSES:
            raise wrong(place, f"{edge.effect} has more than {MOST_CAUSES} causes")


def _check_acyclic(graph: ChainGraph, wrong: Wrong) -> None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in graph.edges:
        sorter.add(edge.effect, edge.cause)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        pairs = list(itertools.pairwise(cycle))
        last = max(n for n, edge in enumerate(graph.edges) if (edge.cause, edge.effect) in pairs)
        raise wrong(("edges", last), f"the edges form a cycle: {' → '.join(cycle)}") from error
