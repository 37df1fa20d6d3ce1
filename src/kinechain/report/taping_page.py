"""Taping as an option for a run; a page that says nothing of it while the plan stops."""

from __future__ import annotations

from pathlib import Path

from kinechain.knowledge.taping import taping
from kinechain.model.assessment import Assessment
from kinechain.report.drawing import drawing
from kinechain.report.environment import environment, write_pages
from kinechain.report.knowledge_texts import gate_message
from kinechain.report.words import words_in
from kinechain.text import LANGUAGES, Language


def write_taping_pages(assessment: Assessment, folder: Path) -> tuple[Path, Path]:
    """Write `taping.ja.html` and `taping.en.html` into the folder of an assessment.

    While the plan stops they hold the message of its gates alone, in the place of pages of an earlier assessment.

    Raises
    ------
    OutputNotWritable
    """
    return write_pages(folder, "taping", lambda language: _page(assessment, language))


def _page(assessment: Assessment, language: Language) -> str:
    words, plan = words_in(language), assessment.plan
    messages = (gate_message(gate, assessment.intake, language) or words["plan"]["settle"] for gate in plan.gates)
    return (
        environment()
        .get_template("taping.html.j2")
        .render(
            stop=plan.stop,
            messages=tuple(dict.fromkeys(messages)),
            rows=taping(),
            skin_check=drawing("skin_check", "taping"),
            drawings={name: drawing(name, "taping") for name in taping().tapes},
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            w=words,
        )
    )
