"""The test plan of a session as a page to print: the order with its times and reasons, and how to film."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from kinechain.knowledge.filming import FilmingPoint, filming
from kinechain.knowledge.intake import questions
from kinechain.model.session_plan import SessionPlan, Step
from kinechain.report.drawing import drawing
from kinechain.report.environment import environment, write_pages, write_text
from kinechain.report.field_test_pages import write_forms
from kinechain.report.numbers import pace_text
from kinechain.report.words import Words, words_in
from kinechain.text import LANGUAGES, Language


@dataclass(frozen=True)
class StepLine:
    """One step of the plan with its minutes from the start of the session."""

    step: Step
    start_min: int
    end_min: int
    conditions: tuple[str, ...]
    sketch: Markup | None


@dataclass(frozen=True)
class Sketch:
    """One drawing of a set-up of the camera, its caption and what it shows in words."""

    svg: Markup
    caption: str
    alt: str


@dataclass(frozen=True)
class CameraCard:
    """How to film with one set-up of the camera."""

    label: str
    panels: str
    sketches: tuple[Sketch, ...]
    points: tuple[FilmingPoint, ...]


def write_session_plan(plan: SessionPlan, folder: Path) -> tuple[Path, Path]:
    """Write a test plan into a folder: `session_plan.json`, its page and the forms of its tests in both languages.

    Where health questions stop the plan, the pages say so and hold neither clip nor test.

    Returns
    -------
    tuple of Path
        The Japanese and the English page of the plan.

    Raises
    ------
    OutputNotWritable
    """
    write_text(folder / "session_plan.json", plan.to_json())
    write_forms(plan, folder)
    return write_pages(folder, "session_plan", lambda language: _page(plan, language))


def _page(plan: SessionPlan, language: Language) -> str:
    words = words_in(language)
    core = sum(step.core for step in plan.steps)
    return (
        environment()
        .get_template("session_plan.html.j2")
        .render(
            plan=plan,
            place=words["place"][plan.place].format(minutes=plan.minutes),
            lead=(words["test_plan"]["lead_one"] if core == 1 else words["test_plan"]["lead"]).format(n=core),
            questions=tuple((key, questions()[key].label[language]) for key in plan.questions if key in questions()),
            lines=tuple(_lines(plan, words)),
            cameras=_cameras(plan, language, words),
            filming=filming(),
            tests=any(step.kind == "test" for step in plan.steps),
            clips=tuple(step for step in plan.steps if step.kind == "clip"),
            pace_text=pace_text,
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            w=words,
        )
    )


def _lines(plan: SessionPlan, words: Words) -> Iterable[StepLine]:
    start = plan.set_up_minutes
    for step in plan.steps:
        end = start + step.minutes
        yield StepLine(step, start, end, tuple(_conditions(step, words)), _sketch(step))
        start = end


def _sketch(step: Step) -> Markup | None:
    """Return the drawing of a test, or of how the camera stands for a clip."""
    if step.camera is None:
        return drawing(step.id, "field_tests")
    return drawing(step.camera, "filming") or drawing(f"{step.camera}_treadmill", "filming")


def _conditions(step: Step, words: Words) -> Iterable[str]:
    if step.view is not None:
        yield words["test_plan"]["from_view"].format(view=words["view"][step.view])
    if step.pace == "provoking" and step.speed_mps is not None:
        yield words["test_plan"]["provoking_at"].format(pace=pace_text(step.speed_mps), speed=f"{step.speed_mps:.2f}")
    elif step.pace is not None:
        yield words["step_pace"][step.pace]
    if step.condition is not None:
        yield words["condition"][step.condition]


def _cameras(plan: SessionPlan, language: Language, words: Words) -> tuple[CameraCard, ...]:
    """Return how to film with each set-up that the plan asks for, in its order."""
    asked = dict.fromkeys(step.camera for step in plan.steps if step.camera is not None)
    cards = []
    for camera in asked:
        row = filming().cameras[camera]
        label = row.label[language]
        places = [(f"{camera}_{surface}", words["surface"][surface]) for surface in row.surfaces] or [(camera, "")]
        alt = words["filming"]["alt"] if row.surfaces else words["filming"]["alt_feet"]
        sketches = tuple(
            Sketch(svg, caption, alt.format(label=label, surface=caption))
            for name, caption in places
            if (svg := drawing(name, "filming")) is not None
        )
        panels = words["filming"]["panels"] if row.surfaces else words["filming"]["panels_feet"]
        cards.append(CameraCard(label, panels, sketches, row.points))
    return tuple(cards)
