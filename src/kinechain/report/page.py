"""The page: an Assessment and the files beside it, laid out in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from kinechain import glossary
from kinechain.model.assessment import Assessment, Clip, Curve, SideOrBoth
from kinechain.report.charts import curve_chart
from kinechain.report.clip_names import clip_names, told_cautions
from kinechain.report.compared import ComparedMaker
from kinechain.report.environment import environment, write_pages
from kinechain.report.evidence import EvidenceMaker
from kinechain.report.field_test_pages import result_cards
from kinechain.report.labels import Labels
from kinechain.report.numbers import given
from kinechain.report.pictures import Pictures, beside, within
from kinechain.report.plan_page import plan_page
from kinechain.report.protocol import protocol
from kinechain.report.rows import Group, Picture, Reason, Row, RowMaker
from kinechain.report.runner_page import write_runner_pages
from kinechain.report.taping_page import write_taping_pages
from kinechain.report.words import Words, words_in
from kinechain.text import LANGUAGES, Language

OVERLAY = "overlay.mp4"
PEOPLE_PICTURE = "frames/people.jpg"


@dataclass(frozen=True)
class Chart:
    """The curves of one quantity: a drawing that holds no words, and what its caption needs."""

    name: str
    svg: Markup
    n_strides: Mapping[SideOrBoth, int]
    has_reference: bool


@dataclass(frozen=True)
class ClipPage:
    """What the page says about one clip."""

    clip: Clip
    name: str
    sentences: tuple[str, str]
    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    charts: tuple[Chart, ...]
    overlay: str | None


def write_reports(assessment: Assessment, folder: Path) -> tuple[Path, Path]:
    """Write the pages of an assessment into its folder: the report, the page for the runner, and taping.

    Parameters
    ----------
    assessment : Assessment
    folder : Path
        Holds `frames/` with the pictures that the measurements name and `overlay.mp4`; what is missing is left out.

    Returns
    -------
    tuple of Path
        The Japanese and the English page of the report.

    Raises
    ------
    OutputNotWritable
        Where a page cannot be written.
    """
    charts = {clip.id: _charts(assessment, clip.id) for clip in assessment.clips}
    write_runner_pages(assessment, folder)
    write_taping_pages(assessment, folder)
    pictures = within(folder)
    return write_pages(
        folder,
        "report",
        lambda language: (
            environment().get_template("page.html.j2").render(_contents(assessment, folder, pictures, language, charts))
        ),
    )


def report_body(assessment: Assessment, folder: Path, language: Language) -> Markup:
    """Return the report without its frame, for a page that is served as if it lay in the assessment's folder."""
    charts = {clip.id: _charts(assessment, clip.id) for clip in assessment.clips}
    contents = _contents(assessment, folder, beside(folder), language, charts)
    return Markup(environment().get_template("body.html.j2").render(contents))  # noqa: S704 - escaped by the template


def _contents(
    assessment: Assessment,
    folder: Path,
    pictures: Pictures,
    language: Language,
    charts: Mapping[str, tuple[Chart, ...]],
) -> dict[str, object]:
    """Return what the templates show, in one language; `charts` by clip id."""
    words = words_in(language)
    maker = RowMaker(assessment, pictures, language, words)
    labels = Labels(assessment, maker, language, words)
    reasoned = EvidenceMaker(assessment, maker, labels, language, words)
    compared = ComparedMaker(assessment, maker, language, words)
    tests = result_cards(assessment, language, words)
    names = clip_names(assessment.clips)
    drawn = {f"{clip}.{chart.name}": chart.svg for clip, made in charts.items() for chart in made}
    clips = tuple(
        ClipPage(
            clip=clip,
            name=names[clip.id],
            sentences=_sentences(assessment, clip, maker, words),
            groups=maker.groups(clip.id),
            rows=maker.rows(clip.id),
            reasons=maker.reasons(clip.id),
            charts=charts[clip.id],
            overlay=overlay_among(folder, clip.id),
        )
        for clip in assessment.clips
    )
    loads = compared.loads()
    # what is said of comparing loads stands where the loads are
    about = [c for c in assessment.cautions if not loads or c.code != "loads_compare_only"]
    return {
        "a": assessment,
        "answer": reasoned.answer(),
        "answer_picture": reasoned.answer_picture(),
        "chain": reasoned.chain(),
        "evidence": reasoned.evidence(drawn),
        "plan": plan_page(assessment, labels, language, words),
        "clips": clips,
        "contrasts": compared.contrasts(),
        "cautions": told_cautions(about, names, language, words),
        "from_points": any(caution.code == "points_from_file" for caution in assessment.cautions),
        "glossary": glossary.quantities(),
        "handout": _handout_picture(clips),
        "has_overlay": (folder / OVERLAY).is_file(),
        "language": language,
        "loads": loads,
        "other_language": next(other for other in LANGUAGES if other != language),
        "overlay": OVERLAY,
        "protocol": protocol(assessment, tests, maker, language, words),
        "tests": tests,
        "people": pictures(PEOPLE_PICTURE),
        "settings": json.dumps(assessment.provenance.protocol, ensure_ascii=False, indent=2, default=str),
        "sources": _sources(assessment),
        "w": words,
    }


def overlay_among(folder: Path, clip: str) -> str | None:
    """Return the overlay of a clip's own file, where there are several files; segments of a file share it."""
    name = f"overlay_{clip.partition('.')[0]}.mp4"
    return name if (folder / name).is_file() else None


def _charts(assessment: Assessment, clip: str) -> tuple[Chart, ...]:
    found: dict[str, list[Curve]] = {}
    for curve in assessment.curves:
        if curve.clip == clip:
            found.setdefault(curve.name, []).append(curve)
    return tuple(
        Chart(
            name=name,
            svg=curve_chart(tuple(curves), _curve_unit(name)),
            n_strides={curve.side: curve.n_strides for curve in curves},
            has_reference=curves[0].reference_low is not None,
        )
        for name, curves in found.items()
    )


def _handout_picture(clips: tuple[ClipPage, ...]) -> Picture | None:
    """Return the picture that stands for the video on paper: of mid stance, or else the first there is."""
    groups = sorted((group for page in clips for group in page.groups), key=lambda group: group.key != "stance")
    pictures = (picture for group in groups for row in group.pictured for picture in row.pictures)
    return next((picture for picture in pictures if picture.source is not None), None)


def _curve_unit(name: str) -> str:
    unit = glossary.quantity(name).unit
    return "°" if unit == "deg" else unit


def _sentences(assessment: Assessment, clip: Clip, maker: RowMaker, words: Words) -> tuple[str, str]:
    head, n = words["headline"], clip.n_strides
    measured = head["measured"].format(
        runner=_runner(assessment, words), view=words["view"][clip.view], left=n.left, right=n.right
    )
    value = {(m.name, m.side): maker.value_text(m) for m in assessment.measurements if m.clip == clip.id}
    cadence = value.get(("cadence_spm", "both"))
    left, right = value.get(("contact_time_s", "left")), value.get(("contact_time_s", "right"))
    if cadence is None and left is None and right is None:
        return measured, head["nothing"]
    parts = (
        head["cadence"].format(value=cadence) if cadence else head["cadence_missing"],
        head["contact"].format(left=left or head["side_missing"], right=right or head["side_missing"])
        if left or right
        else head["contact_missing"],
    )
    return measured, head["result"].format(values=words["page"]["list_separator"].join(parts))


def _runner(assessment: Assessment, words: Words) -> str:
    athlete, runner = assessment.athlete, words["runner"]
    numbers = (("height", athlete.height_cm), ("mass", athlete.mass_kg), ("age", athlete.age_y))
    facts = [runner[athlete.sex]] if athlete.sex else []
    facts += [runner[key].format(value=given(value)) for key, value in numbers if value is not None]
    if not facts:
        return runner["plain"]
    return runner["described"].format(facts=words["page"]["list_separator"].join(facts))


def _sources(assessment: Assessment) -> tuple[str, ...]:
    found = (m.method_error.source for m in assessment.measurements if m.method_error is not None)
    return tuple(dict.fromkeys(found))
