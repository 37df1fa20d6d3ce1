"""The answer, the chain and the evidence behind it, ready to be laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kinechain import glossary
from kinechain.model.assessment import Assessment, Curve, Finding, Hypothesis, Measurement, SideOrBoth
from kinechain.report.chain_diagram import Chip, Node, chain_drawing, fit
from kinechain.report.clip_names import clip_names
from kinechain.report.knowledge_texts import edges, node_label
from kinechain.report.labels import Labels
from kinechain.report.load_evidence import LoadClue, load_clues
from kinechain.report.marks import Dot, interval_mark
from kinechain.report.numbers import display_of, given
from kinechain.report.rows import Picture, RowMaker
from kinechain.report.states import LINKS, WATCH_FROM, State, by_link, side_of, state_of
from kinechain.report.words import Words
from kinechain.text import Language

_INSTANT = re.compile(r"_(ic|ms|to|peak|excursion)(?=_)")


@dataclass(frozen=True)
class Judged:
    """One finding: its name, the dot on the grey band, and what the band is."""

    label: str
    verdict: str
    mark: Markup | None
    corrected: bool
    population: str
    speed: str | None


@dataclass(frozen=True)
class EvidenceCurve:
    """A curve over its reference band."""

    label: str
    svg: Markup
    has_reference: bool


@dataclass(frozen=True)
class Evidence:
    """All that is known about one hypothesis."""

    target: str
    label: str
    rival: bool
    state: State
    percent: str
    text: str
    grade: str
    supporting: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    pictures: tuple[Picture, ...]
    findings: tuple[Judged, ...]
    loads: tuple[LoadClue, ...]
    curves: tuple[EvidenceCurve, ...]


class EvidenceMaker:
    """Makes answer, chain and evidence of an assessment in one language."""

    def __init__(
        self, assessment: Assessment, maker: RowMaker, labels: Labels, language: Language, words: Words
    ) -> None:
        self._a = assessment
        self._maker = maker
        self._labels = labels
        self._language: Language = language
        self._words = words
        self._measurement = assessment.judged_numbers()
        self._finding = {f.id: f for f in assessment.findings}

    @property
    def primary(self) -> Hypothesis | None:
        """The hypothesis that the conclusion names, unless it cannot be told."""
        if self._a.conclusion.cannot_tell:
            return None
        return next((h for h in self._a.hypotheses if h.id == self._a.conclusion.primary), None)

    def answer(self) -> tuple[str, str] | None:
        """Return the two sentences of the answer; None where nothing was reasoned about."""
        if not self._a.hypotheses:
            return None
        primary = self.primary
        first = self._words["answer"]["cannot_tell"] if primary is None else primary.text[self._language]
        return first, self._a.conclusion.next_step[self._language]

    def answer_picture(self) -> tuple[str, Picture] | None:
        """Return the label and the frame of the primary hypothesis' strongest measurement."""
        primary = self.primary
        for measurement in [] if primary is None else self._pictured(primary):
            picture = self._maker.picture(measurement)
            if picture.source is not None:
                return glossary.quantity(measurement.name).label[self._language], picture
        return None

    def chain(self) -> Markup | None:
        """Return the drawing of the chain; None where nothing was reasoned about."""
        links = by_link(self._a.hypotheses)
        if not links:
            return None
        nodes = [self._node(link, links.get(link, {})) for link in LINKS if link != "C11" or link in links]
        legend = {key: self._words["chain"][key] for key in ("marked", "watch", "within", "unclear", "contradicted")}
        side = self._a.intake.get("side")
        sides: list[SideOrBoth] = ["left", "right"] if side == "both" else [s for s in _SIDES if s == side]
        chips = [Chip(s, self._side_word(s), "unclear", None) for s in sides]
        complaint = (self._words["chain"]["complaint"], chips)
        return chain_drawing(nodes, edges(), complaint, legend, self._words["chain"]["alt"])

    def evidence(self, curves: Mapping[str, Markup]) -> tuple[Evidence, ...]:
        """Return the evidence of every hypothesis that is worth it, the primary one first, the likeliest next."""
        shown = sorted(self._shown(), key=lambda h: (h != self.primary, -h.posterior, h.id))
        return tuple(self._evidence(h, curves) for h in shown)

    def _shown(self) -> tuple[Hypothesis, ...]:
        return tuple(h for h in self._a.hypotheses if h.posterior >= WATCH_FROM or h == self.primary)

    def _evidence(self, h: Hypothesis, curves: Mapping[str, Markup]) -> Evidence:
        findings = [self._finding[i] for i in (*h.evidence_for, *h.against) if i in self._finding]
        pictures = (self._maker.picture(m) for m in self._pictured(h))
        return Evidence(
            target=target_of(h),
            label=self._labels.hypothesis(h),
            rival=h.link not in LINKS,
            state=state_of(h),
            percent=about(h.posterior),
            text=h.text[self._language],
            grade=self._words["grade"][h.grade],
            supporting=self._labels.evidence_list(h.evidence_for),
            against=self._labels.evidence_list(h.against),
            missing=self._labels.evidence_list(h.missing),
            pictures=tuple(p for p in pictures if p.source is not None),
            findings=tuple(self._judged(f) for f in findings),
            loads=load_clues(self._a, h, self._labels, self._maker, self._words),
            curves=self._curves(findings, curves),
        )

    def _pictured(self, h: Hypothesis) -> list[Measurement]:
        """Return the measurements of the evidence for a hypothesis that have a frame, the strongest first."""
        findings = [self._finding[i] for i in h.evidence_for if i in self._finding]
        ranked = [f.measurement for f in sorted(findings, key=lambda f: -abs(f.z or 0.0))]
        named = [i for i in h.evidence_for if i in self._measurement]
        found = (self._measurement[i] for i in dict.fromkeys([*ranked, *named]))
        return [m for m in found if m.frame is not None]

    def _judged(self, finding: Finding) -> Judged:
        m = self._measurement[finding.measurement]
        speed = finding.band.speed_mps
        return Judged(
            label=self._labels.measurement(m),
            verdict=self._words["verdict"][finding.verdict],
            mark=self._mark(m, finding),
            corrected=m.method_error is not None,
            population=finding.band.population[self._language],
            speed=None if speed is None else given(round(speed, 1)),
        )

    def _mark(self, m: Measurement, finding: Finding) -> Markup | None:
        """Return the value as it was judged, over the reference band."""
        if not isinstance(m.value, float):
            return None
        display = display_of(m.name)
        factor = float(display.factor)
        low, high = (m.value if m.low is None else m.low, m.value if m.high is None else m.high)
        dot = Dot(m.side, m.value * factor, low * factor, high * factor)
        band = (finding.band.low * factor, finding.band.high * factor)
        return interval_mark((dot,), display.least_span, self._words["unit"][display.unit], band)

    def _curves(self, findings: list[Finding], drawn: Mapping[str, Markup]) -> tuple[EvidenceCurve, ...]:
        wanted = dict.fromkeys(
            (self._measurement[f.measurement].clip, _INSTANT.sub("", self._measurement[f.measurement].name))
            for f in findings
        )
        made = []
        for clip, name in wanted:
            curves = tuple(c for c in self._a.curves if (c.clip, c.name) == (clip, name))
            if curves and f"{clip}.{name}" in drawn:
                svg = drawn[f"{clip}.{name}"]
                made.append(EvidenceCurve(self._curve_label(clip, name), svg, _referenced(curves)))
        return tuple(made)

    def _curve_label(self, clip: str, name: str) -> str:
        label = glossary.quantity(name).label[self._language]
        if len({c.clip for c in self._a.curves if c.name == name}) < 2:
            return label
        return self._words["not_judged"]["side_only"].format(label=label, side=clip_names(self._a.clips)[clip])

    def _node(self, link: str, sides: Mapping[SideOrBoth, Hypothesis]) -> Node:
        if "both" in sides and len(sides) == 1:
            wanted: tuple[SideOrBoth, ...] = ("both",)
        else:
            wanted = ("left", "right")
        shown = {h.id for h in self._shown()}
        chips = []
        for side in wanted:
            h = sides.get(side) or sides.get("both")
            state: State = "unclear" if h is None else state_of(h)
            word = self._words["chain"][f"chip_{state}"]
            text = word if side == "both" else f"{self._words['chain'][f'chip_{side}']} {word}"
            chips.append(Chip(side, text, state, target_of(h) if h is not None and h.id in shown else None))
        lines = fit(node_label(link, self._language) or link, link)
        return Node(link, lines, tuple(chips), contradicted=any(h.grade == "X" for h in sides.values()))

    def _side_word(self, side: SideOrBoth) -> str:
        letter = "" if side == "both" else " L" if side == "left" else " R"
        word = self._words["side"][side]
        return f"{word}{letter}" if self._language == "ja" else word


_SIDES: tuple[SideOrBoth, ...] = ("left", "right")


def target_of(hypothesis: Hypothesis) -> str:
    """Return the id of the evidence of a hypothesis on the page."""
    side = side_of(hypothesis)
    stem = hypothesis.link if hypothesis.link in LINKS else hypothesis.id.replace("_", "-")
    return f"link-{stem}-{side}" if side != "both" else f"link-{stem}"


def about(probability: float) -> str:
    """Return a probability in steps of 5 %, rounded down so that no more is claimed than is known; at least 5."""
    return str(max(5, 5 * int(Decimal(repr(probability)) * 20)))


def _referenced(curves: tuple[Curve, ...]) -> bool:
    return curves[0].reference_low is not None
