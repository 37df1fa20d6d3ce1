"""Rows of the page: one quantity with the cells of its legs, ready to be laid out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kinechain import glossary
from kinechain.model.assessment import Assessment, Measurement, SideOrBoth, View
from kinechain.report.marks import Dot, interval_mark
from kinechain.report.numbers import NBSP, Display, display_of, round_bias, round_interval
from kinechain.report.pictures import Pictures
from kinechain.report.words import Words
from kinechain.text import Language

#: Key measurements in the order of a step; what is not here stands in the table only.
GROUPS: dict[str, tuple[str, ...]] = {
    "time_space": (
        "cadence_spm",
        "contact_time_s",
        "flight_time_s",
        "speed_mps",
        "stride_length_m",
        "vertical_oscillation_m",
    ),
    "landing": ("strike_class", "overstride_ic_ratio", "shank_angle_ic_deg", "knee_flexion_ic_deg"),
    "stance": ("shank_angle_ms_deg", "knee_flexion_peak_deg", "ankle_dorsiflexion_peak_deg", "trunk_lean_deg"),
    "push_off": ("thigh_angle_to_deg", "rearward_drift_ratio", "recovery_lag_ratio"),
    "frontal": (
        "pelvic_drop_peak_deg",
        "femoral_adduction_ms_deg",
        "knee_medial_shift_ms_ratio",
        "step_width_ratio",
        "heel_eversion_peak_deg",
        "heel_eversion_excursion_deg",
        "step_width_ratio",
        "foot_progression_deg",
        "rolloff_class",
    ),
}
#: Groups that a view should show: where nothing of them could be measured, the page says so.
_SIDE_GROUPS = frozenset({"time_space", "landing", "stance", "push_off"})
_FRONTAL_GROUPS = frozenset({"time_space", "frontal"})
_EXPECTED: dict[View, frozenset[str]] = {
    "side_left": _SIDE_GROUPS,
    "side_right": _SIDE_GROUPS,
    "rear": _FRONTAL_GROUPS,
    "front": _FRONTAL_GROUPS,
    "foot_medial": frozenset(),
}
_SIDES: tuple[SideOrBoth, ...] = ("left", "right", "both")


@dataclass(frozen=True)
class Picture:
    """The frame that shows a value; `source` is None where its file is missing."""

    side: SideOrBoth
    source: str | None
    caption: str
    alt: str


@dataclass(frozen=True)
class Cell:
    """The value of one leg, or of both together."""

    side: SideOrBoth
    text: str
    notes: tuple[str, ...]
    missing: bool
    n_strides: int


@dataclass(frozen=True)
class Row:
    """One quantity of one clip."""

    name: str
    label: str
    definition: str
    sign: str | None
    basis: str | None
    cells: tuple[Cell, ...]
    known_error: str | None
    mark: Markup | None
    mark_alt: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Group:
    """Key measurements that belong together; no rows where nothing could be measured."""

    key: str
    rows: tuple[Row, ...]

    @property
    def pictured(self) -> tuple[Row, ...]:
        """The rows that have pictures."""
        return tuple(row for row in self.rows if row.pictures)


@dataclass(frozen=True)
class Reason:
    """Why quantities could not be judged, and which."""

    text: str
    labels: tuple[str, ...]


class RowMaker:
    """Makes the rows of an assessment in one language."""

    def __init__(self, assessment: Assessment, pictures: Pictures, language: Language, words: Words) -> None:
        self._assessment = assessment
        self._pictures = pictures
        self._language: Language = language
        self._words = words

    def groups(self, clip: str) -> tuple[Group, ...]:
        """Return the key measurements of a clip; a group that its view cannot show only where there is any of it."""
        rows = {row.name: row for row in self.rows(clip)}
        groups = [Group(key, tuple(rows[name] for name in names if name in rows)) for key, names in GROUPS.items()]
        expected = _EXPECTED[next(c.view for c in self._assessment.clips if c.id == clip)]
        return tuple(group for group in groups if group.rows or group.key in expected)

    def rows(self, clip: str) -> tuple[Row, ...]:
        """Return every quantity of a clip that has a value for at least one leg, in the order of the glossary."""
        found = self._by_name(m for m in self._assessment.measurements if m.clip == clip)
        return tuple(self._row(name, ms) for name, ms in found.items() if any(m.value is not None for m in ms))

    def reasons(self, clip: str) -> tuple[Reason, ...]:
        """Return what could not be judged, gathered under the reasons."""
        found = self._by_name(m for m in self._assessment.measurements if m.clip == clip)
        labels: dict[str, list[str]] = {}
        for name, measurements in found.items():
            label = glossary.quantity(name).label[self._language]
            missing = [m for m in measurements if m.missing_because is not None]
            texts = {m.id: m.missing_because[self._language] for m in missing if m.missing_because is not None}
            for text in dict.fromkeys(texts.values()):
                sides = [m.side for m in missing if texts[m.id] == text]
                whole = len(sides) == len(measurements)
                labels.setdefault(text, []).append(label if whole else self._with_sides(label, sides))
        return tuple(Reason(text, tuple(found_labels)) for text, found_labels in labels.items())

    def value_text(self, measurement: Measurement) -> str | None:
        """Return the value with its error and unit, or None where it is missing."""
        quantity, value = glossary.quantity(measurement.name), measurement.value
        if value is None:
            return None
        if isinstance(value, str):
            classes = quantity.classes or {}
            return classes[value][self._language] if value in classes else value
        return self.amount(measurement.name, value, measurement.low, measurement.high)

    def amount(self, name: str, value: float, low: float | None, high: float | None) -> str:
        """Return a number of the quantity called `name` with its error and unit."""
        return self.with_unit(round_interval(value, low, high, display_of(name)).text, name)

    def with_unit(self, text: str, name: str) -> str:
        """Return digits with the unit in which the quantity called `name` is shown."""
        unit = self._words["unit"][display_of(name).unit]
        return f"{text}{unit}" if unit == "°" else f"{text}{NBSP}{unit}"

    def picture(self, measurement: Measurement) -> Picture:
        """Return the frame of one measurement."""
        label = glossary.quantity(measurement.name).label[self._language]
        return self._picture(measurement, label, self.value_text(measurement) or self._words["measured"]["missing"])

    def _by_name(self, measurements: Iterable[Measurement]) -> dict[str, tuple[Measurement, ...]]:
        found: dict[str, list[Measurement]] = {}
        for measurement in measurements:
            found.setdefault(measurement.name, []).append(measurement)
        return {
            name: tuple(sorted(found[name], key=lambda m: _SIDES.index(m.side)))
            for name in glossary.quantities()
            if name in found
        }

    def _row(self, name: str, measurements: tuple[Measurement, ...]) -> Row:
        quantity, display = glossary.quantity(name), display_of(name)
        cells = tuple(self._cell(m) for m in measurements)
        error = next((m.method_error for m in measurements if m.method_error is not None), None)
        known = None if error is None else self.with_unit(round_bias(error.bias, error.sd, display), name)
        label = quantity.label[self._language]
        values = self._words["page"]["list_separator"].join(f"{self._side(c.side)} {c.text}" for c in cells)
        return Row(
            name=name,
            label=label,
            definition=quantity.definition[self._language],
            sign=quantity.sign[self._language] if quantity.sign else None,
            basis=self._basis(name),
            cells=cells,
            known_error=known,
            mark=_mark(measurements, display, self._words["unit"][display.unit]),
            mark_alt=self._words["measured"]["mark_alt"].format(label=label, values=values),
            pictures=tuple(
                self._picture(m, label, c.text) for m, c in zip(measurements, cells, strict=True) if m.frame is not None
            ),
        )

    def _cell(self, measurement: Measurement) -> Cell:
        words = self._words["measured"]
        text, notes = self.value_text(measurement), []
        if isinstance(measurement.value, float):
            rounded = round_interval(measurement.value, measurement.low, measurement.high, display_of(measurement.name))
            notes += [words["no_error"]] if rounded.error is None else []
            notes += [words["within_error"]] if rounded.within_error else []
        return Cell(measurement.side, text or words["missing"], tuple(notes), text is None, measurement.n_strides)

    def _picture(self, measurement: Measurement, label: str, value: str) -> Picture:
        words, side = self._words["measured"], self._side(measurement.side)
        source = self._pictures(measurement.frame or "")
        alt = words["picture_alt"].format(label=label, side=side, value=value)
        if source is None:
            caption = words["picture_missing"].format(side=side)
        else:
            caption = value if measurement.side == "both" else f"{side} {value}"
        return Picture(measurement.side, source, caption, alt)

    def _basis(self, name: str) -> str | None:
        if not name.endswith("_ratio"):
            return self._words["basis"]["stance"] if name == "heel_off_pct" else None
        return self._words["basis"]["stride" if name == "duty_factor_ratio" else "leg"]

    def _with_sides(self, label: str, sides: list[SideOrBoth]) -> str:
        joined = self._words["page"]["list_separator"].join(self._words["side"][side] for side in sides)
        return self._words["not_judged"]["side_only"].format(label=label, side=joined)

    def _side(self, side: SideOrBoth) -> str:
        return self._words["side"][side]


def _mark(measurements: tuple[Measurement, ...], display: Display, unit: str) -> Markup | None:
    factor = float(display.factor)
    dots = tuple(
        Dot(m.side, m.value * factor, m.low * factor, m.high * factor)
        for m in measurements
        if isinstance(m.value, float) and m.low is not None and m.high is not None
    )
    return interval_mark(dots, display.least_span, unit) if dots else None
