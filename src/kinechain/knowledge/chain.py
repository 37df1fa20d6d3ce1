"""The kinetic chain as a graph: links, rival explanations, edges, and what speaks for each of them.

The rows stand in `chain.toml` beside this module; what their fields mean is said at its top. A wrong row, a missing
source or a cycle is an error that names the file and the line.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from kinechain import glossary
from kinechain.model.assessment import Grade, QuantityName
from kinechain.model.athlete import Sex
from kinechain.text import Text

FILE = "knowledge/chain.toml"

Source = Annotated[str, Field(min_length=1)]
Weight = Annotated[float, Field(gt=0, le=1)]
Ratio = Annotated[float, Field(gt=0)]
Link = Literal["C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "rival", "load", "complaint"]
NumberDirection = Literal["+", "-"]
Row = TypeVar("Row", bound=BaseModel)


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
    """

    name: QuantityName
    weight: Weight
    action: str
    source: Source
    direction: Literal["+", "-", "±"] | None = None
    classes: dict[str, Ratio] | None = None
    contradicted: bool = False

    @model_validator(mode="after")
    def _number_or_class(self) -> Self:
        known = glossary.quantity(self.name).classes
        if set(self.classes or {}) != set(known or {}):
            raise ValueError(f"indicator {self.name}: classes must be those of the glossary")
        if (self.direction is None) == (known is None):
            raise ValueError(f"indicator {self.name}: a number has a direction, a class has none")
        return self


class Node(_Row):
    """A link of the chain, a rival explanation, the load, or the complaint; binary: normal or deviates."""

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
    text = resources.files("kinechain.knowledge").joinpath("chain.toml").read_text(encoding="utf-8")
    return read_chain(text)


def read_chain(text: str, file: str = FILE) -> ChainGraph:
    """Read a chain from the text of a TOML file.

    Raises
    ------
    ValueError
        Where a row is wrong, has no source, names an unknown node or action, where a node has more than six causes, or
        where the edges form a cycle; names `file` and line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}") from error
    rows = _Lines(text, file)
    graph = ChainGraph(
        nodes={id_: rows.parse(Node, {"id": id_, **row}, f"nodes.{id_}") for id_, row in data["nodes"].items()},
        edges=tuple(rows.parse(Edge, row, "edges", n) for n, row in enumerate(data.get("edges", []))),
        tests=tuple(rows.parse(FieldTestRule, row, "tests", n) for n, row in enumerate(data.get("tests", []))),
        intake=tuple(rows.parse(IntakeRule, row, "intake", n) for n, row in enumerate(data.get("intake", []))),
        norms={id_: rows.parse(Norm, row, f"norms.{id_}") for id_, row in data.get("norms", {}).items()},
        actions={id_: rows.parse(Action, row, f"actions.{id_}") for id_, row in data.get("actions", {}).items()},
        sentences={id_: rows.parse(Text, row, f"sentences.{id_}") for id_, row in data.get("sentences", {}).items()},
    )
    _check_names(graph, rows)
    _check_edges(graph, rows)
    _check_acyclic(graph, rows)
    return graph


class _Lines:
    """Where each row stands in the file."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file

    def place(self, table: str, index: int | None = None) -> str:
        """Return file and line of a table's header; `index` counts the rows of an array of tables."""
        brackets = r"\[\[{}\]\]" if index is not None else r"\[{}\]"
        header = re.compile(r"\s*" + brackets.format(re.escape(table)))
        found = [number for number, line in enumerate(self._lines, start=1) if header.match(line)]
        return f"{self._file}, line {found[index or 0]}" if len(found) > (index or 0) else self._file

    def parse(self, kind: type[Row], row: Any, table: str, index: int | None = None) -> Row:
        try:
            return kind.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or table
            raise ValueError(f"{self.place(table, index)}: {where}: {first['msg']}") from error


def _check_names(graph: ChainGraph, rows: _Lines) -> None:
    for id_, node in graph.nodes.items():
        for indicator in node.indicators:
            if indicator.action not in graph.actions:
                raise ValueError(f"{rows.place(f'nodes.{id_}')}: unknown action {indicator.action!r}")
    for n, test in enumerate(graph.tests):
        if test.node not in graph.nodes or test.name not in graph.actions:
            raise ValueError(f"{rows.place('tests', n)}: unknown node {test.node!r} or action {test.name!r}")
        if test.norm is not None and test.norm not in graph.norms:
            raise ValueError(f"{rows.place('tests', n)}: unknown norm {test.norm!r}")
    for n, rule in enumerate(graph.intake):
        if rule.node not in graph.nodes:
            raise ValueError(f"{rows.place('intake', n)}: unknown node {rule.node!r}")


def _check_edges(graph: ChainGraph, rows: _Lines) -> None:
    causes: dict[str, set[str]] = {}
    for n, edge in enumerate(graph.edges):
        place = rows.place("edges", n)
        for end in (edge.cause, edge.effect):
            if end not in graph.nodes:
                raise ValueError(f"{place}: unknown node {end!r}")
        if graph.nodes[edge.cause].sided and not graph.nodes[edge.effect].sided:
            raise ValueError(f"{place}: {edge.cause} has sides and its effect {edge.effect} has none")
        known = causes.setdefault(edge.effect, set())
        if edge.cause in known:
            raise ValueError(f"{place}: {edge.cause} → {edge.effect} stands twice")
        known.add(edge.cause)
        if len(known) > MOST_CAUSES:
            raise ValueError(f"{place}: {edge.effect} has more than {MOST_CAUSES} causes")


def _check_acyclic(graph: ChainGraph, rows: _Lines) -> None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in graph.edges:
        sorter.add(edge.effect, edge.cause)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        pairs = list(itertools.pairwise(cycle))
        last = max(n for n, edge in enumerate(graph.edges) if (edge.cause, edge.effect) in pairs)
        raise ValueError(f"{rows.place('edges', last)}: the edges form a cycle: {' → '.join(cycle)}") from error
