"""What to do this week: the gates that stop the plan, or the exercises with their drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kinechain.knowledge.exercises import STEP_RATE_PRACTICE, Dose, Fault
from kinechain.knowledge.exercises import exercises as exercise_rows
from kinechain.knowledge.red_flags import UNANSWERED
from kinechain.model.assessment import Assessment, Exercise, Hypothesis
from kinechain.report.drawing import drawing
from kinechain.report.knowledge_texts import (
    gate_message,
    raised_flags,
    red_flag_questions,
)
from kinechain.report.labels import Labels
from kinechain.report.numbers import given
from kinechain.report.pictures import embedded
from kinechain.report.states import LINKS
from kinechain.report.words import Words
from kinechain.signal.metronome import metronome_wav
from kinechain.text import Language, Text


@dataclass(frozen=True)
class FaultLine:
    """One fault: what it is, what to say to it, and whether the studio names it."""

    text: str
    cue: str
    studio: bool


@dataclass(frozen=True)
class ExerciseCard:
    """One exercise, ready to be laid out; `known`: what research says of it, `graded`: how well it is known."""

    id: str
    label: str
    purpose: str
    drawing: Markup | None
    dose: str
    often: str
    set_up: str
    steps: tuple[str, ...]
    feel: str
    faults: tuple[FaultLine, ...]
    progression: tuple[str, ...]
    regression: tuple[str, ...]
    camera: str
    why: str
    explains: str
    known: str
    graded: str
    source: str
    sound: str


@dataclass(frozen=True)
class PlanPage:
    """The plan: gates and open questions, or exercises, rules and advice for running; never both.

    `clip` is what to assess again once the questions are answered, None where that is a session.
    """

    gates: tuple[str, ...]
    raised: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    clip: str | None
    exercises: tuple[ExerciseCard, ...]
    stop_rules: tuple[str, ...]
    running: tuple[str, ...]


def plan_page(assessment: Assessment, labels: Labels, language: Language, words: Words) -> PlanPage:
    """Return what the page says of the plan in one language."""
    plan = assessment.plan
    files = {clip.file for clip in assessment.clips}
    clip = None if len(files) > 1 or any(clip.part for clip in assessment.clips) else next(iter(files), "CLIP")
    if plan.stop:
        settle = words["plan"]["settle"]
        messages = (gate_message(gate, assessment.intake, language) or settle for gate in plan.gates)
        unanswered = UNANSWERED in plan.gates
        return PlanPage(
            gates=tuple(dict.fromkeys(messages)),
            raised=() if unanswered else raised_flags(assessment.intake, language),
            questions=_open_questions(assessment, language) if unanswered else (),
            clip=clip,
            exercises=(),
            stop_rules=(),
            running=(),
        )
    return PlanPage(
        gates=(),
        raised=(),
        questions=(),
        clip=clip,
        exercises=tuple(_because(exercise, assessment, labels, language, words) for exercise in plan.exercises),
        stop_rules=stop_rules(plan.exercises, language),
        running=running_advice(plan.running, words),
    )


def _open_questions(assessment: Assessment, language: Language) -> tuple[tuple[str, str], ...]:
    answered = {key for key, value in assessment.intake.items() if value in (True, False, "yes", "no")}
    return tuple((key, label) for key, label in red_flag_questions(language) if key not in answered)


def exercise_card(exercise: Exercise, language: Language, words: Words, why: str = "", sound: str = "") -> ExerciseCard:
    """Return one exercise: its drawing, how much and how; `why` and `sound` are the caller's."""
    row = exercise_rows().get(exercise.id)
    every = words["dose"]["daily" if exercise.days_per_week == 7 else "often"]
    return ExerciseCard(
        id=exercise.id,
        label=words["plan"]["unnamed"] if row is None else row.name[language],
        purpose="" if row is None else row.purpose[language],
        drawing=drawing(exercise.id),
        dose=_dose(exercise, None if row is None else row.dose, language, words),
        often=every.format(days=exercise.days_per_week, weeks=exercise.weeks),
        set_up="" if row is None else row.set_up[language],
        steps=() if row is None else _texts(row.steps, language),
        feel="" if row is None else row.right_when[language],
        faults=() if row is None else tuple(_fault_line(fault, language) for fault in row.faults),
        progression=() if row is None else _texts(row.progression, language),
        regression=() if row is None else _texts(row.regression, language),
        camera="" if row is None else row.camera[language],
        why=why,
        explains="" if row is None or row.explains is None else row.explains[language],
        known="" if row is None else row.evidence[language],
        graded="" if row is None else words["grade"][row.grade],
        source="" if row is None else row.source,
        sound=sound,
    )


def _because(
    exercise: Exercise, assessment: Assessment, labels: Labels, language: Language, words: Words
) -> ExerciseCard:
    because = next((h for h in assessment.hypotheses if h.id == exercise.because), None)
    sound = _metronome(assessment) if exercise.id == STEP_RATE_PRACTICE else ""
    return exercise_card(exercise, language, words, _why(because, labels, words), sound)


def _fault_line(fault: Fault, language: Language) -> FaultLine:
    return FaultLine(fault.text[language], fault.cue[language], fault.by == "studio")


def _metronome(assessment: Assessment) -> str:
    """Return the sound of the step rate to practise as a data URI; "" where the runner's own was not measured."""
    change = assessment.plan.running.get("step_rate_change_pct")
    own = next((m.value for m in assessment.measurements if m.name == "cadence_spm" and m.value is not None), None)
    if not isinstance(own, float) or not isinstance(change, float | int):
        return ""
    return embedded(metronome_wav(round(own * (1 + change / 100))), "audio/wav")


def _why(because: Hypothesis | None, labels: Labels, words: Words) -> str:
    """Return the one sentence that says why an exercise is in the plan."""
    if because is None:
        return words["plan"]["why_complaint"]
    pattern = words["plan"]["why_link"] if because.link in LINKS else words["plan"]["why_rival"]
    return pattern.format(label=labels.hypothesis(because))


def stop_rules(chosen: tuple[Exercise, ...], language: Language) -> tuple[str, ...]:
    """Return when to stop, each rule once."""
    rows = (exercise_rows().get(exercise.id) for exercise in chosen)
    return tuple(dict.fromkeys(rule[language] for row in rows if row is not None for rule in row.stop_rules))


def _dose(exercise: Exercise, usual: Dose | None, language: Language, words: Words) -> str:
    """Return how much: the words of the row where the plan keeps its dose, else put together from the numbers."""
    if usual is not None:
        hold = None if usual.hold_s is None else usual.hold_s[1]
        kept = (usual.sets, usual.reps, hold, usual.per_side)
        if kept == (exercise.sets, exercise.reps, exercise.hold_s, exercise.per_side):
            return usual.text[language]
    key = {(True, True): "hold_reps", (True, False): "hold", (False, True): "reps", (False, False): "sets"}
    pattern = words["dose"][key[exercise.hold_s is not None, exercise.reps is not None]]
    seconds = "" if exercise.hold_s is None else given(exercise.hold_s)
    dose = pattern.format(seconds=seconds, reps=exercise.reps, sets=exercise.sets)
    return words["dose"]["per_side"].format(dose=dose) if exercise.per_side else dose


def running_advice(running: Mapping[str, float | str | None], words: Words) -> tuple[str, ...]:
    """Return the advice for running; what has no value, or no sentence, is left out."""
    return tuple(
        words["running"][key].format(value=value if isinstance(value, str) else given(value))
        for key, value in running.items()
        if value is not None and key in words["running"]
    )


def _texts(texts: tuple[Text, ...], language: Language) -> tuple[str, ...]:
    return tuple(text[language] for text in texts)
