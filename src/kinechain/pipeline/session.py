"""A session file: the runner, the answers, any number of clips and field tests, read from one TOML file.

What cannot be understood (an unknown key, a wrong type) ends the reading with the line it stands on. What is understood
but impossible (a pace nobody runs, an answer out of range, a file that is not there) is left out and named.
"""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kinechain.errors import SessionInvalid
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.field_tests import field_tests
from kinechain.knowledge.intake import check_intake, questions
from kinechain.knowledge.test_plan import plan_rows
from kinechain.knowledge.toml_rows import line_of
from kinechain.model.assessment import Caution, Condition, FieldTest, SideOrBoth, Surface, View
from kinechain.model.athlete import Athlete
from kinechain.model.event_correction import EventCorrection
from kinechain.model.frames import FilePart
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.importers import About

#: Speeds at which people run [m/s]; sprinters reach 12.4.
SPEEDS_MPS = (1.0, 13.0)
#: Share by which a stated speed and a stated pace of the same clip may differ (rounding of the pace).
STATED_AGREEMENT = 0.03
_PACE = re.compile(r"\s*(\d{1,2}):([0-5]\d)\s*(?:/\s*km)?\s*")
_TABLES = ("date", "athlete", "intake", "clip", "test", "event")

Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True)
class SessionClip:
    """One clip of a session: what to read, and under which conditions it was filmed."""

    id: str
    request: ClipRequest
    condition: Condition | None = None
    surface: Surface | None = None
    shoe: str | None = None


@dataclass(frozen=True)
class Session:
    """Everything a session file says; `date` is the day of filming, `cautions` name what could not be used."""

    athlete: Athlete = field(default_factory=Athlete)
    intake: Mapping[str, object] = field(default_factory=dict)
    clips: tuple[SessionClip, ...] = ()
    tests: tuple[FieldTest, ...] = ()
    cautions: tuple[Caution, ...] = ()
    date: datetime.date | None = None
    corrections: tuple[EventCorrection, ...] = ()


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ClipRow(_Row):
    """One `[[clip]]`."""

    path: str = Field(min_length=1)
    view: View | Literal["auto"] = "auto"
    speed_mps: float | None = None
    pace: str | None = Field(default=None, pattern=_PACE.pattern)
    condition: Condition | None = None
    surface: Surface | None = None
    shoe: str | None = Field(default=None, min_length=1, max_length=80)
    slow_motion: float | None = Field(default=None, ge=0.1, le=40)
    person: int | None = Field(default=None, ge=1)
    fps: float | None = Field(default=None, gt=0, le=10_000)
    from_s: float = Field(default=0.0, ge=0)
    to_s: float = Field(default=math.inf, gt=0, allow_inf_nan=True)

    @model_validator(mode="after")
    def _forwards(self) -> ClipRow:
        if not self.from_s < self.to_s:
            raise ValueError("to_s: after from_s")
        return self


class ResultRow(_Row):
    """One `[[test]]`."""

    name: str
    side: SideOrBoth
    value: float | str

    @model_validator(mode="after")
    def _known(self) -> ResultRow:
        row = field_tests().get(self.name)
        if row is None:
            raise ValueError(f"unknown test {self.name!r}; known are {', '.join(field_tests())}")
        if row.classes is not None and self.value not in row.classes:
            raise ValueError(f"value: one of {', '.join(row.classes)}")
        if row.classes is None and isinstance(self.value, str):
            raise ValueError("value: a number")
        return self


def read_session(path: Path) -> Session:
    """Read a session file; paths in it are relative to it.

    Raises
    ------
    SessionInvalid
        Where it is missing, is no TOML, has no clip, an unknown key or a wrong type; names line and key.
    """
    text, document = _document(path)
    return session_of(document, path, text)


def session_of(document: Mapping[str, object], path: Path, text: str = "") -> Session:
    """Return what the tables of a session file say.

    Parameters
    ----------
    document : tables by name
    path : where they come from, or would lie: paths of clips are relative to its folder
    text : of the file, to name lines

    Raises
    ------
    SessionInvalid
        Where there is no clip, an unknown key or a wrong type; names line and key.
    """
    unknown = next((name for name in document if name not in _TABLES), None)
    if unknown is not None:
        line = line_of(text, (unknown,))
        raise SessionInvalid(path=path, reason=f"line {line}: {unknown}: only {', '.join(_TABLES)}")
    reader = _Reader(path, text)
    date = reader.date(document.get("date"))
    athlete = reader.table("athlete", document.get("athlete", {}), Athlete)
    intake, cautions = reader.intake(document.get("intake", {}))
    rows = reader.rows("clip", document.get("clip", []), ClipRow)
    if not rows:
        raise SessionInvalid(path=path, reason="[[clip]]")
    tests, left_out = _tests(reader.rows("test", document.get("test", []), ResultRow))
    clips = []
    for number, row in enumerate(rows, start=1):
        clip, said = _clip(f"clip{number}", row, path.parent)
        clips.append(clip)
        cautions += said
    every = (*cautions, *left_out, *contradictions(intake))
    corrections = reader.rows("event", document.get("event", []), EventCorrection)
    return Session(athlete, intake, tuple(clips), tests, every, date, corrections)


def speed_of_pace(text: str) -> float:
    """Return the speed [m/s] of a pace such as "4:30/km"; ValueError where it is none."""
    match = _PACE.fullmatch(text)
    seconds = 0 if match is None else 60 * int(match[1]) + int(match[2])
    if not seconds:
        raise ValueError(text)
    return 1000.0 / seconds


def contradictions(intake: Mapping[str, object]) -> tuple[Caution, ...]:
    """Return the answers that cannot both be true, as cautions."""
    return tuple(caution(code) for code, contradicts in _CONTRADICTIONS.items() if contradicts(intake))


def _number(intake: Mapping[str, object], key: str, missing: float) -> float:
    value = intake.get(key)
    return float(value) if isinstance(value, int | float) else missing


def _both_but_one(intake: Mapping[str, object]) -> bool:
    return intake.get("side") == "both" and intake.get("one_side_only") is True


def _helps_but_does_not(intake: Mapping[str, object]) -> bool:
    return intake.get("running_less_helps") == "yes" and intake.get("rf_two_weeks_no_change") is True


def _longer_than_the_month(intake: Mapping[str, object]) -> bool:
    """Whether the longest run of 30 days is longer than all runs of a month, doubled for an uneven month."""
    month = _number(intake, "weekly_km", float("inf")) * 30 / 7
    return _number(intake, "longest_run_30d_km", 0.0) > 2 * month


_CONTRADICTIONS: dict[str, Callable[[Mapping[str, object]], bool]] = {
    "intake_both_but_one_side": _both_but_one,
    "intake_helps_but_no_change": _helps_but_does_not,
    "intake_longest_over_month": _longer_than_the_month,
}


def _document(path: Path) -> tuple[str, dict[str, object]]:
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise SessionInvalid(path=path, reason=error.strerror or error) from error
    except ValueError as error:
        raise SessionInvalid(path=path, reason=error) from error
    return text, document


@dataclass(frozen=True)
class _Reader:
    """Checks the tables of one file; every refusal names file, line and key."""

    path: Path
    text: str

    def refuse(self, where: tuple[str | int, ...], reason: object) -> SessionInvalid:
        name = ".".join(step for step in where if isinstance(step, str))
        return SessionInvalid(path=self.path, reason=f"line {line_of(self.text, where)}: {name}: {reason}")

    def date(self, value: object) -> datetime.date | None:
        """Return the day of filming, None where it is not stated."""
        if value is None:
            return None
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise self.refuse(("date",), "YYYY-MM-DD")
        if value > datetime.date.today():
            raise self.refuse(("date",), f"≤ {datetime.date.today()}")
        return value

    def table(self, name: str, table: object, row: type[Row], where: tuple[str | int, ...] = ()) -> Row:
        where = where or (name,)
        if not isinstance(table, dict):
            raise self.refuse(where, f"[{name}]")
        try:
            return row.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            raise self.refuse(
                (*where, *map(str, first["loc"][:1])), first["msg"].removeprefix("Value error, ")
            ) from error

    def rows(self, name: str, tables: object, row: type[Row]) -> tuple[Row, ...]:
        if not isinstance(tables, list):
            raise self.refuse((name,), f"[[{name}]]")
        return tuple(self.table(name, table, row, (name, number)) for number, table in enumerate(tables))

    def intake(self, table: object) -> tuple[dict[str, object], list[Caution]]:
        """Return the answers that are possible, and a caution for each that is not."""
        if not isinstance(table, dict):
            raise self.refuse(("intake",), "[intake]")
        answers: dict[str, object] = {}
        cautions: list[Caution] = []
        for key, answer in table.items():
            try:
                answers |= check_intake({key: answer})
            except ValueError as error:
                if key not in questions():
                    raise self.refuse(("intake", key), error) from error
                cautions.append(caution("intake_answer_left_out", key=key, answer=answer))
        return answers, cautions


def _clip(clip_id: str, row: ClipRow, folder: Path) -> tuple[SessionClip, list[Caution]]:
    cautions: list[Caution] = []
    stated = row.speed_mps
    if row.pace is not None:
        try:
            of_pace = speed_of_pace(row.pace)
        except ValueError:
            of_pace = 0.0
        if stated is not None and abs(stated - of_pace) > STATED_AGREEMENT * stated:
            cautions.append(caution("pace_and_speed_differ", clip_id, speed_mps=stated, pace=row.pace))
            stated = None
        else:
            stated = of_pace
    if stated is not None and not SPEEDS_MPS[0] <= stated <= SPEEDS_MPS[1]:
        cautions.append(caution("pace_impossible", clip_id, speed_mps=stated))
        stated = None
    request = ClipRequest(
        path=folder / Path(row.path).expanduser(),
        view=None if row.view == "auto" else row.view,
        speed_mps=stated,
        slow_motion=row.slow_motion,
        person=row.person,
        points=About(row.fps),
        part=FilePart(row.from_s, row.to_s),
    )
    return SessionClip(clip_id, request, row.condition, row.surface, row.shoe), cautions


def _tests(rows: tuple[ResultRow, ...]) -> tuple[tuple[FieldTest, ...], list[Caution]]:
    """Return the results that are possible; of a test done twice on a leg the last one."""
    results: dict[tuple[str, str], FieldTest] = {}
    cautions: list[Caution] = []
    for row in rows:
        limits = plan_rows().limits(row.name)
        if limits and isinstance(row.value, float) and not limits[0] <= row.value <= limits[1]:
            cautions.append(caution("test_value_impossible", name=row.name, value=row.value))
            continue
        if (row.name, row.side) in results:
            cautions.append(caution("test_twice", name=row.name, side=row.side))
        results[row.name, row.side] = FieldTest(name=row.name, side=row.side, value=row.value)
    return tuple(results.values()), cautions


def one_of_each(
    clips: tuple[SessionClip, ...], sha256_of: Callable[[Path], str]
) -> Iterator[tuple[SessionClip, str] | Caution]:
    """Yield each clip whose file is there and new, with its SHA-256; of the others the caution that names them.

    Parts of one file are clips of their own where they do not overlap.
    """
    known: dict[str, list[SessionClip]] = {}
    for clip in clips:
        path, part = clip.request.path, clip.request.part
        if not path.exists():
            yield caution("clip_missing", clip.id, file=path.name)
            continue
        sha256 = sha256_of(path)
        before = next((one for one in known.get(sha256, ()) if one.request.part.overlaps(part)), None)
        if before is None:
            known.setdefault(sha256, []).append(clip)
            yield clip, sha256
        elif before.request.part == part:
            yield caution("clip_twice", clip.id, file=path.name, other=before.request.path.name)
        else:
            yield caution("clip_parts_overlap", clip.id, file=path.name, other=before.id)
