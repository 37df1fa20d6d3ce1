"""Pain monitoring: what a diary says about the next step, by the rules of `knowledge/monitoring.toml`.

One set of rules for the re-test (seen from the last entry) and for the plan (each of its weeks).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.intake import questions
from kinechain.knowledge.red_flags import gates
from kinechain.knowledge.toml_rows import at, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Grade
from kinechain.model.comparison import StepKind
from kinechain.model.diary import WEEK, Diary, DiaryEntry
from kinechain.text import Text

FILE = "monitoring.toml"
#: Weeks that are looked at: the one that ends, and two before it.
_WEEKS = 3
Source = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    grade: Grade
    source: Source


class Limit(_Row):
    """A number of the rules."""

    value: float = Field(gt=0)


class Rule(_Row):
    """What may be seen in a diary, and the step that follows; a stop goes through the gate of its red flag."""

    step: StepKind
    text: Text
    red_flag: str | None = None

    @model_validator(mode="after")
    def _stops_by_a_gate(self) -> Rule:
        if (self.step == "stop") != (self.red_flag is not None):
            raise ValueError("a rule that stops, and no other, names its red flag")
        return self


@dataclass(frozen=True)
class Monitoring:
    """All limits and rules, the rules in the order of the file."""

    limits: Mapping[str, float]
    rules: Mapping[str, Rule]

    def green(self, *, strained: bool) -> float:
        """Return the pain up to which the plan moves on."""
        return self.limits["green_after_strain_nrs" if strained else "green_nrs"]


@dataclass(frozen=True)
class Seen:
    """A rule that holds, with its sentence filled in."""

    rule: Rule
    text: Text

    @property
    def texts(self) -> tuple[Text, ...]:
        """What was seen, and at a stop what its gate says."""
        flag = self.rule.red_flag
        return (self.text,) if flag is None else (self.text, *(gate.message for gate in gates({flag: True})))


@cache
def monitoring() -> Monitoring:
    """Return the limits and rules that ship with the package.

    Raises
    ------
    ValueError
        Names file, line and row of what is wrong.
    """
    text = knowledge_text(FILE)
    tables = parse_toml(FILE, text)
    limits = check_rows(FILE, text, tables.get("limit"), Limit, under=("limit",))
    rules = check_rows(FILE, text, tables.get("rule"), Rule, under=("rule",))
    for rule in rules.values():
        if rule.red_flag is not None and rule.red_flag not in questions():
            raise at(FILE, text, ("rule", rule.id, "red_flag"), f"{rule.red_flag!r} is no question of the intake")
    if set(rules) != set(_HOLDS):
        raise at(FILE, text, ("rule",), f"needs exactly {', '.join(_HOLDS)}")
    return Monitoring({name: limit.value for name, limit in limits.items()}, rules)


def had_strain(intake: Mapping[str, object]) -> bool:
    """Whether the calf was strained before; then less pain is allowed."""
    return intake.get("previous_calf_strain") in (True, "yes")


def monitored(diary: Diary, last: dt.date, *, strained: bool, today: dt.date | None = None) -> tuple[Seen, ...]:
    """Return what the week that ends with a day says about the next step, the most careful step first.

    Parameters
    ----------
    diary : of everything, or of one exercise; entries after `last` are not read
    last : last day of the week
    strained : whether the calf was strained before
    today : the day it is looked at; the next morning of that day is not missed yet. Default: `last`

    Returns
    -------
    tuple of Seen
        Empty where the diary has no entry up to `last`.
    """
    course = _Course.of(diary, last, today or last, monitoring(), strained=strained)
    if not course.entries:
        return ()
    filled = {"pain": number(course.worst[0]), "limit": number(course.limit)}
    return tuple(
        Seen(rule, rule.text.format(**filled)) for name, rule in monitoring().rules.items() if _HOLDS[name](course)
    )


def number(value: float | None) -> str:
    """Return a number without a needless decimal, a dash where there is none."""
    if value is None:
        return "–"
    return str(round(value)) if math.isclose(value, round(value)) else f"{value:.1f}"


@dataclass(frozen=True)
class _Course:
    """A diary up to a day, as the rules look at it.

    Parameters
    ----------
    entries : up to the last day, each with its next morning
    weeks : the entries of the last weeks, the newest first
    worst : worst pain of each of these weeks, None where none was noted
    usual : the usual next morning before the last week, None where none was noted
    """

    entries: tuple[DiaryEntry, ...]
    weeks: tuple[tuple[DiaryEntry, ...], ...]
    worst: tuple[float | None, ...]
    usual: float | None
    today: dt.date
    limits: Mapping[str, float]
    limit: float
    strained: bool

    @classmethod
    def of(cls, diary: Diary, last: dt.date, today: dt.date, known: Monitoring, *, strained: bool) -> _Course:
        told = Diary(tuple(entry for entry in diary.entries if entry.date <= last)).with_mornings()
        weeks = tuple(told.week(last - dt.timedelta(days=WEEK * ago)) for ago in range(_WEEKS))
        worst = tuple(max((e.worst for e in week if e.worst is not None), default=None) for week in weeks)
        before = last - dt.timedelta(days=WEEK)
        mornings = [e.pain_next_morning for e in told.entries if e.date <= before and e.pain_next_morning is not None]
        usual = median(mornings) if mornings else None
        return cls(told.entries, weeks, worst, usual, today, known.limits, known.green(strained=strained), strained)

    @property
    def above(self) -> bool:
        """Whether the week had more pain than moves on."""
        return self.worst[0] is not None and self.worst[0] > self.limit

    @property
    def rises(self) -> bool:
        """Whether each of the last two weeks was worse than the one before it."""
        return all(self.rose(new, old) for new, old in pairwise(self.worst))

    def rose(self, new: float | None, old: float | None) -> bool:
        """Whether one pain is more than another; not where one of them is unknown."""
        return new is not None and old is not None and new >= old + self.limits["rise_nrs"]

    def base(self, entry: DiaryEntry) -> float | None:
        """Return what a next morning is set against: the pain before, else the usual morning before this week."""
        return self.usual if entry.pain_before is None else entry.pain_before


def _red(course: _Course) -> bool:
    return course.worst[0] is not None and course.worst[0] > course.limits["stop_above_nrs"]


def _limp(course: _Course) -> bool:
    return any(entry.limp for entry in course.weeks[0])


def _not_settling(course: _Course) -> bool:
    """Whether pain above the limit has lasted for two weeks, never within it, and is no less than at first."""
    noted = [pain for pain in course.worst if pain is not None]
    if course.worst[0] is None or course.worst[-1] is None or min(noted) <= course.limit:
        return False
    days = [e.date for week in course.weeks for e in week if e.worst is not None and e.worst > course.limit]
    lasted = (max(days) - min(days)).days >= course.limits["settling_days"]
    return lasted and not course.rose(course.worst[-1], course.worst[0])


def _morning(course: _Course) -> bool:
    return any(course.rose(entry.pain_next_morning, course.base(entry)) for entry in course.weeks[0])


def _spike(course: _Course) -> bool:
    """Whether the last run was longer than the longest of the month before allows."""
    runs = list(Diary(course.entries).runs())
    if len(runs) < 2:
        return False
    day, distance = runs[-1]
    earlier = [km for date, km in runs[:-1] if (day - date).days <= course.limits["spike_days"]]
    return bool(earlier) and distance > course.limits["spike_ratio"] * max(earlier)


def _not_noted(course: _Course) -> bool:
    return course.worst[0] is None or any(_lacks(course, entry) for entry in course.weeks[0] if entry.was_done)


def _lacks(course: _Course, entry: DiaryEntry) -> bool:
    """Whether pain during something, or the next morning once it is over, cannot be told."""
    morning = entry.pain_next_morning is None or course.base(entry) is None
    return entry.pain_during is None or (morning and entry.date < course.today)


_HOLDS: dict[str, Callable[[_Course], bool]] = {
    "red": _red,
    "limp": _limp,
    "rising": lambda course: course.above and course.rises,
    "not_settling": _not_settling,
    "strain": lambda course: course.above and course.strained,
    "morning": _morning,
    "amber_rising": lambda course: course.above and course.rose(*course.worst[:2]),
    "spike": _spike,
    "amber": lambda course: course.above and not course.strained,
    "green_rising": lambda course: not course.above and course.rises,
    "not_noted": _not_noted,
    "green": lambda course: course.worst[0] is not None and not course.above,
}


def stops(diary: Diary, last_days: Iterable[dt.date], *, strained: bool) -> dict[str, Seen]:
    """Return what stopped in any of the weeks that end with these days, by the red flag that it answers with yes."""
    found: dict[str, Seen] = {}
    for last in last_days:
        for seen in monitored(diary, last, strained=strained):
            if seen.rule.red_flag is not None:
                found.setdefault(seen.rule.red_flag, seen)
    return found
