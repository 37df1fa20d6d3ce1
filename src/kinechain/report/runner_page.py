"""One page for the runner: the answer, one picture, what to do this week, what to film next; one sheet of A4."""

from __future__ import annotations

from pathlib import Path

from kinechain import glossary
from kinechain.model.assessment import Assessment
from kinechain.report.environment import environment, write_pages
from kinechain.report.evidence import EvidenceMaker
from kinechain.report.labels import Labels
from kinechain.report.pictures import within
from kinechain.report.plan_page import plan_page
from kinechain.report.rows import Picture, RowMaker
from kinechain.report.words import words_in
from kinechain.text import LANGUAGES, Language

#: So many missing clues are named on the page.
MOST_MISSING = 4


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
    maker = RowMaker(assessment, within(folder), language, words)
    labels = Labels(assessment, maker, language, words)
    reasoned = EvidenceMaker(assessment, maker, labels, language, words)
    answer = reasoned.answer()
    return (
        environment()
        .get_template("runner.html.j2")
        .render(
            a=assessment,
            answer=words["answer"]["cannot_tell"] if answer is None else answer[0],
            told=reasoned.answer_picture() or _any_picture(assessment, maker, language),
            missing=_missing(assessment, reasoned, labels),
            plan=plan_page(assessment, labels, language, words),
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            w=words,
        )
    )


def _any_picture(assessment: Assessment, maker: RowMaker, language: Language) -> tuple[str, Picture] | None:
    """Return label and frame of the first measurement with a picture, for where no link stands out."""
    pictured = ((m.name, maker.picture(m)) for m in assessment.measurements if m.frame is not None)
    found = next(((name, picture) for name, picture in pictured if picture.source is not None), None)
    return None if found is None else (glossary.quantity(found[0]).label[language], found[1])


def _missing(assessment: Assessment, reasoned: EvidenceMaker, labels: Labels) -> tuple[str, ...]:
    """Return what would tell most about the answer, or about the likeliest hypothesis, and is not known yet."""
    likeliest = max(assessment.hypotheses, key=lambda h: h.posterior, default=None)
    asked = reasoned.primary or likeliest
    return () if asked is None else labels.evidence_list(asked.missing)[:MOST_MISSING]
