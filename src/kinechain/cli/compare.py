"""The command `compare`: the re-test of two assessments, and the course of several."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kinechain.cli import options
from kinechain.cli.console import Shell
from kinechain.model.assessment import read_assessment
from kinechain.model.diary import read_diary
from kinechain.output import staged
from kinechain.pipeline.before_after import write_before_after
from kinechain.pipeline.compare import compare as compare_assessments
from kinechain.pipeline.compare import comparison_lines
from kinechain.pipeline.course import check_series, course_lines, course_of, dated
from kinechain.report.course_page import write_course
from kinechain.text import Text

WRITTEN = Text(ja="書き出したファイル：{path}", en="Written: {path}")
NO_COURSE = Text(
    ja="撮影日が分からない評価があるため、経過のページは作りませんでした。",
    en="No page of the course was made: the day of filming of an assessment is not known.",
)


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Earlier assessment.json.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Later assessment.json.", show_default=False)],
    later: Annotated[
        list[Path] | None, typer.Argument(metavar="[LATER]...", help="More, in order of date.", show_default=False)
    ] = None,
    diary: Annotated[Path | None, typer.Option("--diary", metavar="FILE", help="Runs, exercises and pain.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="For results, video and pages.")] = None,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Compare assessments of one runner: what changed beyond its error, whether the plan moves on, the course."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        noted = None if diary is None else read_diary(diary)
        series = [dated(file, read_assessment(file), noted, diary) for file in (before, after, *(later or ()))]
        check_series(series)
        course = course_of(series, noted) if later or all(one.date for one in series) else None
        old, new = series[-2:]
        comparison = compare_assessments(old.assessment, new.assessment, noted)
        if out is not None:
            with staged(out) as folder:
                (folder / "comparison.json").write_text(comparison.to_json(), encoding="utf-8")
                pair = [(one.assessment, one.file.parent) for one in (old, new)]
                write_before_after(comparison, pair[0], pair[1], folder)
                if course is not None:
                    (folder / "course.json").write_text(course.to_json(), encoding="utf-8")
                    write_course(course, folder)
            shell.say((NO_COURSE if course is None else WRITTEN).format(path=out.resolve()))
        if course is not None and later:
            lines, result = course_lines(course, shell.language), course.to_json()
        else:
            lines, result = comparison_lines(comparison, shell.language), comparison.to_json()
        for line in lines:
            shell.say(line)
        shell.result(result)
