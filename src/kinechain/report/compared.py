"""Differences within one runner and estimated loads, as rows of plain tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from markupsafe import Markup

from kinechain import glossary
from kinechain.model.assessment import Assessment, Contrast, Load, SideOrBoth, View
from kinechain.model.comparison import Comparison
from kinechain.report.clip_names import clip_names
from kinechain.report.load_figure import (
    FORCES,
    RATIO_OF,
    SHARES,
    Ratio,
    dots_of,
    load_bars,
    measured_ratio,
    ratio_of,
    top_of,
)
from kinechain.report.numbers import digits, display_of, round_interval, two_digit_step
from kinechain.report.rows import RowMaker
from kinechain.report.words import Words, words_in
from kinechain.text import Language

_VERDICTS = ("real", "none", "unclear")
_KINDS: tuple[str, ...] = get_args(Contrast.model_fields["kind"].annotation)


@dataclass(frozen=True)
class DifferenceRow:
    """One difference: value ± error, the two values it lies between, smallest detectable change, verdict."""

    label: str
    value: str
    missing: bool
    from_to: str | None
    sdc: str
    reference: str | None
    verdict: str
    verdict_key: str


@dataclass(frozen=True)
class DifferenceKind:
    """The differences of one kind between the same clips, and which way they are taken; one clip is not named."""

    label: str
    direction: str
    clips: str
    rows: tuple[DifferenceRow, ...]


@dataclass(frozen=True)
class LoadCell:
    """The load on one leg, or on both together; `because` where it is missing and the reason is known."""

    side: SideOrBoth
    text: str
    missing: bool
    because: str | None = None


@dataclass(frozen=True)
class LoadRow:
    """One load with the models that gave it."""

    label: str
    models: tuple[str, ...]
    cells: tuple[LoadCell, ...]

    @property
    def nothing(self) -> LoadCell | None:
        """The cell that stands for all where all are missing for the same reason."""
        first = self.cells[0]
        same = first.missing and all(c.missing and c.because == first.because for c in self.cells)
        return first if same and first.because is not None else None


@dataclass(frozen=True)
class LoadBars:
    """One load in the figure: right ÷ left in words, the drawing, and the drawing in words."""

    label: str
    ratio: str | None
    svg: Markup
    alt: str


@dataclass(frozen=True)
class ClipLoads:
    """The loads of one clip; no forces or shares to draw where none could be told."""

    file: str
    view: View
    forces: tuple[LoadBars, ...]
    shares: tuple[LoadBars, ...]
    rows: tuple[LoadRow, ...]


def change_rows(comparison: Comparison, after: Assessment, language: Language) -> tuple[DifferenceRow, ...]:
    """Return what changed from one assessment to another, what is beyond its error first."""
    changes = sorted(comparison.changes, key=lambda change: _VERDICTS.index(change.verdict))
    shown, words = after.model_copy(update={"contrasts": tuple(changes)}), words_in(language)
    kinds = ComparedMaker(shown, RowMaker(shown, lambda _: None, language, words), language, words).contrasts()
    return tuple(row for kind in kinds for row in kind.rows)


class ComparedMaker:
    """Makes the tables of differences and loads of an assessment in one language."""

    def __init__(self, assessment: Assessment, maker: RowMaker, language: Language, words: Words) -> None:
        self._a = assessment
        self._maker = maker
        self._language: Language = language
        self._words = words

    def contrasts(self) -> tuple[DifferenceKind, ...]:
        """Return the differences kind by kind; nothing where there are none."""
        names = clip_names(self._a.clips)
        found: dict[tuple[str, tuple[str, ...]], list[Contrast]] = {}
        for kind in _KINDS:
            for c in self._a.contrasts:
                if c.kind == kind:
                    found.setdefault((kind, c.clips if len(names) > 1 and kind != "time" else ()), []).append(c)
        return tuple(
            DifferenceKind(
                self._words["contrast"][kind],
                self._words["difference_of"][kind],
                (self._words["page"]["list_separator"] if kind == "side" else " → ").join(
                    names[clip] for clip in clips
                ),
                tuple(self._difference(c) for c in contrasts),
            )
            for (kind, clips), contrasts in found.items()
        )

    def loads(self) -> tuple[ClipLoads, ...]:
        """Return the loads clip by clip; nothing where there are none."""
        names = clip_names(self._a.clips)
        of_clip = {clip.id: [load for load in self._a.loads if load.clip == clip.id] for clip in self._a.clips}
        return tuple(
            ClipLoads(
                names[clip.id],
                clip.view,
                self._bars(of_clip[clip.id], FORCES, with_ratio=True),
                self._bars(of_clip[clip.id], SHARES, with_ratio=False),
                self._load_rows(of_clip[clip.id]),
            )
            for clip in self._a.clips
            if of_clip[clip.id]
        )

    def _bars(self, loads: Iterable[Load], names: tuple[str, ...], *, with_ratio: bool) -> tuple[LoadBars, ...]:
        """Return the drawings of the loads of these names that were told, all on one axis."""
        found = {name: {load.side: load for load in loads if load.name == name} for name in names}
        dots = {name: dots_of(by_side, float(display_of(name).factor)) for name, by_side in found.items()}
        top = top_of(dots.values())
        words = self._words
        return tuple(
            LoadBars(
                label=self._label(name),
                ratio=self._ratio(name, found[name]) if with_ratio else None,
                svg=load_bars(dots[name], top, words["unit"][display_of(name).unit]),
                alt=words["measured"]["mark_alt"].format(
                    label=self._label(name),
                    values=words["page"]["list_separator"].join(
                        f"{words['side'][dot.side]} {self._load(found[name], dot.side).text}" for dot in dots[name]
                    ),
                ),
            )
            for name in names
            if dots[name]
        )

    def _ratio(self, name: str, by_side: dict[SideOrBoth, Load]) -> str | None:
        ratio = self._measured_ratio(name, by_side) or ratio_of(by_side.get("left"), by_side.get("right"))
        if ratio is None:
            return None
        text = self._words["load"]["ratio_told"] if ratio.told else self._words["load"]["ratio_unclear"]
        # a second decimal where an end would otherwise round to the 1 that it leaves out
        decimals = 2 if ratio.told and 1.0 in (round(ratio.low, 1), round(ratio.high, 1)) else 1
        value, low, high = (f"{number:.{decimals}f}" for number in (ratio.value, ratio.low, ratio.high))
        return text.format(value=value, low=low, high=high)

    def _measured_ratio(self, name: str, by_side: dict[SideOrBoth, Load]) -> Ratio | None:
        """Return right ÷ left with its own error, where that was measured."""
        clips, wanted = {(load.clip,) for load in by_side.values()}, RATIO_OF.get(name, name)
        found = (c for c in self._a.contrasts if c.kind == "side" and c.name == wanted and c.clips in clips)
        return next((ratio for ratio in map(measured_ratio, found) if ratio is not None), None)

    def _difference(self, c: Contrast) -> DifferenceRow:
        label = self._label(c.name)
        if c.side != "both":
            label = self._words["not_judged"]["side_only"].format(label=label, side=self._words["side"][c.side])
        if c.value is None:
            value = self._words["measured"]["missing"]
        else:
            plus = "+" if c.value > 0 else ""
            value = f"{plus}{self._maker.amount(c.name, c.value, c.low, c.high)}"
        return DifferenceRow(
            label=label,
            value=value,
            missing=c.value is None,
            from_to=self._from_to(c),
            sdc=self._sdc(c),
            reference=self._reference(c),
            verdict=self._verdict(c),
            verdict_key=c.verdict,
        )

    def _verdict(self, c: Contrast) -> str:
        """Return the verdict; a change with pace beyond its error may still be what pace does to anybody."""
        beyond = c.value is not None and c.sdc is not None and abs(c.value) > c.sdc
        if c.kind == "pace" and c.verdict == "none" and beyond:
            return self._words["difference"]["usual_change"]
        return self._words["difference_verdict"][c.verdict]

    def _reference(self, c: Contrast) -> str | None:
        if c.reference_change is None:
            return None
        plus = "+" if c.reference_change > 0 else ""
        value = f"{plus}{self._maker.amount(c.name, c.reference_change, None, None)}"
        return self._words["difference"]["reference_change"].format(value=value)

    def _from_to(self, c: Contrast) -> str | None:
        """Return the two values, as fine as the error of their difference allows."""
        if c.a is None or c.b is None or c.value is None:
            return None
        display = display_of(c.name)
        around = (None, None) if c.low is None or c.high is None else (c.low - c.value, c.high - c.value)

        def written(value: float) -> str:
            low, high = (None if end is None else value + end for end in around)
            return round_interval(value, low, high, display).value

        pair = self._words["difference"]["from_to"].format(a=written(c.a), b=written(c.b))
        return self._maker.with_unit(pair, c.name)

    def _sdc(self, c: Contrast) -> str:
        if c.sdc is None:
            return self._words["difference"]["sdc_unknown"]
        display = display_of(c.name)
        shown = Decimal(repr(c.sdc)) * display.factor
        return self._maker.with_unit(digits(shown, two_digit_step(shown, display.finest)), c.name)

    def _load_rows(self, loads: Iterable[Load]) -> tuple[LoadRow, ...]:
        found: dict[tuple[str, bool], dict[SideOrBoth, Load]] = {}
        for load in loads:
            found.setdefault((load.name, load.side == "both"), {})[load.side] = load
        return tuple(
            LoadRow(
                self._label(name),
                tuple(dict.fromkeys(load.model for load in by_side.values() if load.model)),
                tuple(self._load(by_side, side) for side in (_BOTH if both else _LEGS)),
            )
            for (name, both), by_side in found.items()
        )

    def _load(self, by_side: dict[SideOrBoth, Load], side: SideOrBoth) -> LoadCell:
        load = by_side.get(side)
        if load is None or load.value is None:
            because = None if load is None or load.missing_because is None else load.missing_because[self._language]
            return LoadCell(side, self._words["load"]["missing"], missing=True, because=because)
        return LoadCell(side, self._maker.amount(load.name, load.value, load.low, load.high), missing=False)

    def _label(self, name: str) -> str:
        return glossary.quantity(name).label[self._language]


_BOTH: tuple[SideOrBoth, ...] = ("both",)
_LEGS: tuple[SideOrBoth, ...] = ("left", "right")
