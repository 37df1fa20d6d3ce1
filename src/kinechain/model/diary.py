"""The diary of a runner: pain and training, day by day, in a TOML file that a person can read and write.

[[entry]]
date = 2026-03-14
pain = 2
distance_km = 8.0
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kinechain.errors import DiaryInvalid

#: Numeric rating scale of pain, 0 none, 10 the worst that can be imagined.
Pain = Annotated[float, Field(ge=0, le=10)]
_TABLE = "[[entry]]"


class DiaryEntry(BaseModel):
    """One day, or one run of it.

    Parameters
    ----------
    date : of the run
    pain : worst pain during and after it, 0…10
    pain_next_morning : on rising the day after, 0…10
    limp : whether the running or walking was limping
    distance_km, minutes : of the run
    pace : of its fastest part, such as "4:30/km"
    exercises : ids of the exercises that were done
    assessment : path of an `assessment.json` made that day, relative to the diary
    note : free text, never read by a rule
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    date: dt.date
    pain: Pain | None = None
    pain_next_morning: Pain | None = None
    limp: bool | None = None
    distance_km: float | None = Field(default=None, ge=0, le=330)
    minutes: float | None = Field(default=None, ge=0, le=2880)
    pace: str | None = Field(default=None, pattern=r"^\d{1,2}:[0-5]\d(/km)?$")
    exercises: tuple[str, ...] = ()
    assessment: str | None = Field(default=None, min_length=1, max_length=1000)
    note: str | None = Field(default=None, min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")

    @model_validator(mode="after")
    def _says_something(self) -> DiaryEntry:
        if not self.model_dump(exclude={"date"}, exclude_defaults=True):
            raise ValueError("only a date: nothing was noted")
        return self

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

    @property
    def last(self) -> dt.date | None:
        """Date of the last entry."""
        return self.entries[-1].date if self.entries else None

    def days(self, until: dt.date, days: int) -> tuple[DiaryEntry, ...]:
        """Return the entries of the `days` days that end with `until`."""
        first = until - dt.timedelta(days=days - 1)
        return tuple(entry for entry in self.entries if first <= entry.date <= until)


def parse_diary(text: str, path: Path) -> Diary:
    """Return the diary of a file's text.

    Raises
    ------
    DiaryInvalid
        Where it is no TOML, or an entry has an unknown key or an impossible value; names the entry and its line.
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise DiaryInvalid(path=path, reason=error) from error
    tables = document.pop("entry", [])
    if document or not isinstance(tables, list):
        raise DiaryInvalid(path=path, reason=f"{next(iter(document), 'entry')}: only {_TABLE}")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.split("#")[0].strip() == _TABLE]
    entries = [_entry(table, path, lines[n] if n < len(lines) else 0) for n, table in enumerate(tables)]
    return Diary(tuple(sorted(entries, key=lambda entry: entry.date)))


def _entry(table: object, path: Path, line: int) -> DiaryEntry:
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


def runs(diary: Diary) -> Iterator[tuple[dt.date, float]]:
    """Yield date and distance [km] of each day with a run; two runs of a day count together."""
    by_day: dict[dt.date, float] = {}
    for entry in diary.entries:
        if entry.distance_km:
            by_day[entry.date] = by_day.get(entry.date, 0.0) + entry.distance_km
    yield from by_day.items()
