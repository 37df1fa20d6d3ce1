"""The diary of a runner: what was run and trained, and the pain before, during, after and the next morning.

A TOML file that a person can read and write, one table for a run, an exercise or a day of rest:

    [[entry]]
    date = 2026-03-14
    distance_km = 8.0
    pain_before = 1          # of 10; what was not noted is left out
    pain_during = 2

    [[entry]]
    date = 2026-03-14
    exercise = "bent_knee_calf_raise"
    sets = 3
    pain_during = 2

    [[entry]]                # noted the day after, for everything of that day
    date = 2026-03-14
    pain_next_morning = 1
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kinechain.errors import DiaryInvalid, DiaryOldForm

#: Numeric rating scale of pain, 0 none, 10 the worst that can be imagined.
Pain = Annotated[float, Field(ge=0, le=10)]
#: What an entry is about.
EntryKind = Literal["run", "exercise", "pain"]
WEEK = 7
_TABLE = "[[entry]]"
#: Keys of two forms that were written before there was this one.
_OLD_KEYS = ("pain", "exercises")
_OLD_TABLE = "done"


class DiaryEntry(BaseModel):
    """A run, an exercise, or a day without either.

    Parameters
    ----------
    date : of what was done
    exercise : id of the exercise, such as "hip_hinge"
    sets : of the exercise, both sides of it counting as one; 0 where it was left out
    distance_km, minutes : of the run
    pace : of its fastest part, such as "4:30/km"
    pain_before, pain_during, pain_after : worst pain, 0…10; None where it was not noted
    pain_next_morning : on rising the day after, 0…10; noted once, it counts for everything done that day
    limp : whether the running or walking was limping
    assessment : path of an `assessment.json` made that day, relative to the diary
    note : free text, never read by a rule
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    date: dt.date
    exercise: str | None = Field(default=None, min_length=1, max_length=100)
    sets: int | None = Field(default=None, ge=0, le=50)
    distance_km: float | None = Field(default=None, ge=0, le=330)
    minutes: float | None = Field(default=None, ge=0, le=2880)
    pace: str | None = Field(default=None, pattern=r"^\d{1,2}:[0-5]\d(/km)?$")
    pain_before: Pain | None = None
    pain_during: Pain | None = None
    pain_after: Pain | None = None
    pain_next_morning: Pain | None = None
    limp: bool | None = None
    assessment: str | None = Field(default=None, min_length=1, max_length=1000)
    note: str | None = Field(default=None, min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")

    @model_validator(mode="after")
    def _one_thing(self) -> DiaryEntry:
        if all(value is None for name, value in self if name != "date"):
            raise ValueError("only a date: nothing was noted")
        if (self.exercise is None) != (self.sets is None):
            raise ValueError("an exercise and its sets come together")
        if self.exercise is not None and self._is_run:
            raise ValueError("a run and an exercise are two entries, each with its own pain")
        return self

    @property
    def _is_run(self) -> bool:
        return any(said is not None for said in (self.distance_km, self.minutes, self.pace))

    @property
    def kind(self) -> EntryKind:
        """What the entry is about; "pain" where nothing was done."""
        if self.exercise is not None:
            return "exercise"
        return "run" if self._is_run else "pain"

    @property
    def was_done(self) -> bool:
        """Whether a run or at least one set was done."""
        return self.kind == "run" or bool(self.sets)

    @property
    def worst(self) -> float | None:
        """Highest pain that was noted at any time, None where none was."""
        noted = (self.pain_before, self.pain_during, self.pain_after, self.pain_next_morning)
        return max((pain for pain in noted if pain is not None), default=None)

    def to_toml(self) -> str:
        """Return the entry as a table of the file."""
        rows = self.model_dump(exclude_defaults=True)
        return "\n".join([_TABLE, *(f"{key} = {_toml(value)}" for key, value in rows.items())]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Diary:
    """The entries in order of their dates; of one day in the order of the file."""

    entries: tuple[DiaryEntry, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(sorted(self.entries, key=lambda entry: entry.date)))

    @property
    def first(self) -> dt.date | None:
        """Date of the first entry."""
        return self.entries[0].date if self.entries else None

    @property
    def last(self) -> dt.date | None:
        """Date of the last entry."""
        return self.entries[-1].date if self.entries else None

    def between(self, first: dt.date, last: dt.date) -> Diary:
        """Return the entries of the days from `first` to `last`, both included."""
        return Diary(tuple(entry for entry in self.entries if first <= entry.date <= last))

    def week(self, last: dt.date) -> tuple[DiaryEntry, ...]:
        """Return the entries of the seven days that end with `last`."""
        return self.between(last - dt.timedelta(days=WEEK - 1), last).entries

    def of(self, exercise: str) -> Diary:
        """Return the entries of one exercise."""
        return Diary(tuple(entry for entry in self.entries if entry.exercise == exercise))

    def with_mornings(self) -> Diary:
        """Return the diary with the pain of a next morning at everything done the day before; the worst counts."""
        noted: dict[dt.date, float] = {}
        for entry in self.entries:
            if entry.pain_next_morning is not None:
                noted[entry.date] = max(noted.get(entry.date, 0.0), entry.pain_next_morning)
        return Diary(
            tuple(
                entry.model_copy(update={"pain_next_morning": noted[entry.date]})
                if entry.pain_next_morning is None and entry.date in noted
                else entry
                for entry in self.entries
            )
        )

    def runs(self) -> Iterator[tuple[dt.date, float]]:
        """Yield date and distance [km] of each day with a run; two runs of a day count together."""
        by_day: dict[dt.date, float] = {}
        for entry in self.entries:
            if entry.distance_km:
                by_day[entry.date] = by_day.get(entry.date, 0.0) + entry.distance_km
        yield from by_day.items()


def parse_diary(text: str, path: Path) -> Diary:
    """Return the diary of a file's text.

    Raises
    ------
    DiaryOldForm
        Where it has the tables or keys of an earlier form, or is JSON.
    DiaryInvalid
        Where it is no TOML, or an entry has an unknown key or an impossible value; names the entry and its line.
    """
    if path.suffix.lower() == ".json" or text.lstrip().startswith("{"):
        raise DiaryOldForm(path=path, what="JSON")
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise DiaryInvalid(path=path, reason=error) from error
    tables = document.pop("entry", [])
    if _OLD_TABLE in document:
        raise DiaryOldForm(path=path, what=f"[[{_OLD_TABLE}]]")
    if document or not isinstance(tables, list):
        raise DiaryInvalid(path=path, reason=f"{next(iter(document), 'entry')}: only {_TABLE}")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.split("#")[0].strip() == _TABLE]
    return Diary(tuple(_entry(table, path, lines[n] if n < len(lines) else 0) for n, table in enumerate(tables)))


def _entry(table: object, path: Path, line: int) -> DiaryEntry:
    old = next((key for key in _OLD_KEYS if isinstance(table, dict) and key in table), None)
    if old is not None:
        raise DiaryOldForm(path=path, what=f"{old} (line {line})")
    try:
        return DiaryEntry.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "entry"
        raise DiaryInvalid(path=path, reason=f"line {line}: {key}: {first['msg']}") from error


def read_diary(path: Path) -> Diary:
    """Read a diary.

    Raises
    ------
    DiaryInvalid
        Where it is missing, or as of `parse_diary`.
    """
    try:
        return parse_diary(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise DiaryInvalid(path=path, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise DiaryInvalid(path=path, reason="UTF-8") from error
