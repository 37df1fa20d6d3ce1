"""Texts of the knowledge that the page prints: intake questions, gates, links of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.intake import questions
from kinechain.knowledge.red_flags import UNANSWERED, URGENCIES, red_flags
from kinechain.text import Language


def intake_label(key: str, language: Language) -> str | None:
    """Return the question of an intake key, or None where there is none."""
    question = questions().get(key)
    return None if question is None else question.label[language]


def intake_answer(key: str, value: object, words: Mapping[str, str], language: Language) -> str | None:
    """Return an answer in words; `words` holds yes and no. None where there is no answer."""
    question = questions().get(key)
    if question is None or value is None:
        return None
    if question.kind == "yes_no":
        return words["yes" if value in (True, "yes") else "no"]
    if question.choices is not None:
        choice = question.choices.get(str(value))
        return None if choice is None else choice[language]
    number = f"{value:g}" if isinstance(value, float | int) else str(value)
    return f"{number} {question.unit}" if question.unit else number


def red_flag_questions(language: Language) -> tuple[tuple[str, str], ...]:
    """Return key and question of every red flag, in the order of asking."""
    return tuple((key, q.label[language]) for key, q in questions().items() if q.group == "red_flag")


def raised_flags(intake: Mapping[str, object], language: Language) -> tuple[str, ...]:
    """Return the red-flag questions that were answered yes."""
    return tuple(label for key, label in red_flag_questions(language) if intake.get(key) in (True, "yes"))


def gate_message(gate: str, intake: Mapping[str, object], language: Language) -> str | None:
    """Return what a runner reads at a gate, with how soon a doctor should look; None where the gate is unknown.

    The urgency is that of the most urgent trigger that the answers meet. Where they meet none (an assessment without
    its answers), it is the most urgent of the gate.
    """
    flags = red_flags()
    if gate == UNANSWERED:
        return flags.unanswered[language]
    if gate not in flags.gates:
        return None
    row = flags.gates[gate]
    most_urgent = min((trigger.urgency for trigger in row.triggers), key=URGENCIES.index)
    return flags.message_for(row.urgency(intake) or most_urgent)[language]


def node_label(node: str, language: Language) -> str | None:
    """Return what a link or a rival of the chain is called, or None where it is unknown."""
    row = chain_graph().nodes.get(node)
    return None if row is None else row.label[language]


def exercise_name(exercise: str, language: Language) -> str | None:
    """Return what an exercise is called, or None where it is unknown."""
    row = exercises().get(exercise)
    return None if row is None else row.name[language]


@cache
def edges() -> Mapping[tuple[str, str], bool]:
    """Return whether published work speaks against each edge (cause, effect); load counts as the complaint."""
    return {
        (edge.cause, "complaint" if edge.effect == "load" else edge.effect): edge.contradicted
        for edge in chain_graph().edges
    }
