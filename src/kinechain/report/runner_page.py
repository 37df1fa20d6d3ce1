"""One page for the runner: the answer, one picture, what to do this week, what to film next; one sheet of A4."""

from __future__ import annotations

from pathlib import Path

from kinechain.model.assessment import Assessment
from kinechain.report.environment import environment, write_pages
from kinechain.report.evidence import EvidenceMaker
from kinechain.report.labels import Labels
from kinechain.report.plan_page import plan_page
from kinechain.report.rows import Picture, RowMaker
from kinechain.report.words import words_in
from kinechain.text import LANGUAGES, Language


def write_runner_pages(assessment: Assessment, folder: Path) -> tuple[Path, Path]:
    """Write `runner.ja.html` and `runner.en.html` into the folder of an assessment.

    While the plan stops they hold its message alone: no exercise, and no next step unless it is to answer questions.

    Raises
    ------
    OutputNotWritable
    """
    return write_pages(folder, "runner", lambda language: _page(assessment, folder, language))


def _page(assessment: Assessment, folder: Path, language: Language) -> str:
    words = words_in(language)
    maker = RowMaker(assessment, folder, language, words)
    labels = Labels(assessment, maker, language, words)
    reasoned = EvidenceMaker(assessment, maker, labels, language, words)
    answer = reasoned.answer()
    told = reasoned.answer_picture()
    return (
        environment()
        .get_template("runner.html.j2")
        .render(
            a=assessment,
            answer=words["answer"]["cannot_tell"] if answer is None else answer[0],
            picture=_any_picture(assessment, maker) if told is None else told[1],
            picture_of="" if told is None else told[0],
            plan=plan_page(assessment, labels, language, words),
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            w=words,
        )
    )


def _any_picture(assessment: Assessment, maker: RowMaker) -> Picture | None:
    """Return a picture of the runner where no link stands out: the first there is."""
    pictures = (maker.picture(m) for m in assessment.measurements if m.frame is not None and m.value is not None)
    return next((picture for picture in pictures if picture.source is not None), None)
