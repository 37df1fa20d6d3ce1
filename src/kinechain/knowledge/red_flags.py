"""The red-flag gate: which answers stop training advice, and how soon a doctor should look.

A gate names no disease: it says that this tool cannot judge the answers, and where to go. Rows stand in
`knowledge/red_flags.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kinechain.knowledge.intake import Question, questions
from kinechain.knowledge.toml_rows import at, check_rows, knowledge_text, parse_toml
from kinechain.text import Text

FILE = "red_flags.toml"
UNANSWERED = "unanswered"

Urgency = Literal["now", "same_day", "days"]
#: Most urgent first.
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)


@dataclass(frozen=True)
class Gate:
    """A reason to give no training advice.

    Parameters
    ----------
    id : row of `red_flags.toml`, or "unanswered"
    urgency : how soon a doctor should look; None where questions are open
    message : what the runner reads
    questions : keys of the answers that led here, or of the open questions, in the order of asking
    """

    id: str
    urgency: Urgency | None
    message: Text
    questions: tuple[str, ...]


class Trigger(BaseModel):
    """Met when every condition of `all` and, where given, at least one of `any` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urgency: Urgency
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Trigger:
        if not self.all and not self.any:
            raise ValueError("a trigger needs a condition")
        return self

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition it reads."""
        return (*self.all, *self.any)

    def met(self, intake: Mapping[str, object]) -> bool:
        """Whether the answers meet it."""
        one_of = not self.any or any(_holds(condition, intake) for condition in self.any)
        return one_of and all(_holds(condition, intake) for condition in self.all)


class RedFlag(BaseModel):
    """One gate: its triggers and where they come from ("recall" in the source = unverified)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    triggers: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition of every trigger, once, in their order."""
        return tuple(dict.fromkeys(name for trigger in self.triggers for name in trigger.conditions))

    def urgency(self, intake: Mapping[str, object]) -> Urgency | None:
        """Return the urgency of the most urgent trigger that is met, or None."""
        met = [trigger.urgency for trigger in self.triggers if trigger.met(intake)]
        return min(met, key=URGENCIES.index, default=None)


@dataclass(frozen=True)
class RedFlags:
    """All gates, and the words for them (`message` has the placeholder `{urgency}`)."""

    gates: dict[str, RedFlag]
    message: Text
    unanswered: Text
    urgency: dict[Urgency, Text]

    def message_for(self, urgency: Urgency) -> Text:
        """Return what the runner reads at an urgency."""
        words = self.urgency[urgency]
        return Text(ja=self.message.ja.format(urgency=words.ja), en=self.message.en.format(urgency=words.en))


def parse_red_flags(text: str, asked: Mapping[str, Question]) -> RedFlags:
    """Return the gates of a TOML text.

    Parameters
    ----------
    text
        Content of `red_flags.toml`.
    asked
        Questions of the intake; a condition must be one of them, and each red-flag question must be a condition.

    Raises
    ------
    ValueError
        Names file, line and row of what is wrong.
    """
    tables = parse_toml(FILE, text)
    gates = check_rows(FILE, text, tables.pop("gate", None), RedFlag, under=("gate",))
    words = check_rows(FILE, text, tables.pop("urgency", None), Text, under=("urgency",), named=False)
    texts = check_rows(FILE, text, tables, Text, named=False)
    if set(words) != set(URGENCIES):
        raise at(FILE, text, ("urgency",), f"needs exactly {', '.join(URGENCIES)}")
    if set(texts) != {"message", UNANSWERED}:
        raise at(FILE, text, ("message",), f"needs exactly the texts message and {UNANSWERED}")
    for row in gates.values():
        for condition in row.conditions:
            if not _askable(condition, asked):
                raise at(FILE, text, ("gate", row.id, "triggers"), f"{condition!r} is no answer of the intake")
    used = {condition for row in gates.values() for condition in row.conditions}
    idle = [key for key, question in asked.items() if question.group == "red_flag" and key not in used]
    if idle:
        raise at(FILE, text, ("gate",), f"no gate uses {', '.join(idle)}")
    return RedFlags(gates, texts["message"], texts[UNANSWERED], {name: words[name] for name in URGENCIES})


@cache
def red_flags() -> RedFlags:
    """Return the gates that ship with the package."""
    return parse_red_flags(knowledge_text(FILE), questions())


def gates(intake: Mapping[str, object]) -> tuple[Gate, ...]:
    """Return the gates that the answers meet, most urgent first.

    With no positive answer, red-flag questions that have no clear yes or no make the one gate "unanswered". A positive
    answer counts whether or not the other questions are answered.

    Parameters
    ----------
    intake
        Answers by key; yes/no as bool or "yes"/"no". Anything else counts as no answer.
    """
    flags = red_flags()
    met: list[Gate] = []
    for row in flags.gates.values():
        urgency = row.urgency(intake)
        if urgency is not None:
            asked = dict.fromkeys(name.partition("=")[0] for name in row.conditions if _holds(name, intake))
            met.append(Gate(row.id, urgency, flags.message_for(urgency), tuple(asked)))
    if met:
        return tuple(sorted(met, key=lambda gate: URGENCIES.index(gate.urgency or "days")))
    still_open = tuple(
        key for key, question in questions().items() if question.group == "red_flag" and _yes(intake.get(key)) is None
    )
    return (Gate(UNANSWERED, None, flags.unanswered, still_open),) if still_open else ()


def _yes(value: object) -> bool | None:
    """Return a yes/no answer as bool, None where it is neither."""
    if isinstance(value, bool):
        return value
    return {"yes": True, "no": False}.get(value) if isinstance(value, str) else None


def _holds(condition: str, intake: Mapping[str, object]) -> bool:
    key, equals, choice = condition.partition("=")
    answer = intake.get(key)
    return answer == choice if equals else _yes(answer) is True


def _askable(condition: str, asked: Mapping[str, Question]) -> bool:
    key, equals, choice = condition.partition("=")
    question = asked.get(key)
    if question is None:
        return False
    return choice in (question.choices or {}) if equals else question.kind == "yes_no"
