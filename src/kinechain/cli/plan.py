"""The commands `plan week`, `plan calendar` and `plan metronome`."""

from __future__ import annotations

import datetime
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from kinechain.cli import options
from kinechain.cli.console import Shell
from kinechain.errors import OptionInvalid
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.model.diary import Diary, read_diary
from kinechain.model.training_plan import TrainingPlan
from kinechain.pipeline.training_plan import calendar_of, plan_lines, plan_of_week, write_whole
from kinechain.signal.metronome import metronome_wav
from kinechain.text import Text

plan = typer.Typer(help="The plan over weeks: this week, a calendar, a metronome.", no_args_is_help=True)

WRITTEN = Text(ja="書き出したファイル：{path}", en="Written: {path}")
#: Steps a minute that somebody can run at.
STEP_RATES = (100.0, 260.0)

AssessmentFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="assessment.json of `assess`.", show_default=False)
]
DiaryFile = Annotated[
    Path | None, typer.Option("--diary", metavar="FILE", help="What was done, and the pain (`diary add`).")
]
Start = Annotated[
    str | None,
    typer.Option("--start", metavar="DATE", help="First day of the plan; default: of the diary, else today."),
]
Today = Annotated[str | None, typer.Option("--today", metavar="DATE", help="The day to plan for; default: today.")]


@plan.command()
def week(
    file: AssessmentFile,
    diary: DiaryFile = None,
    start: Start = None,
    today: Today = None,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Say what to do this week: each exercise a step forward, held or back by the diary, and why."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        _, this_week = _planned(file, diary, start, today)
        for line in plan_lines(this_week, shell.language):
            shell.say(line)
        shell.result(this_week.to_json())


@plan.command()
def calendar(
    file: AssessmentFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.ics", help="The iCalendar file.")],
    diary: DiaryFile = None,
    start: Start = None,
    today: Today = None,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Write the weeks to come as an iCalendar file: each exercise on its days, and the re-test."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        assessment, this_week = _planned(file, diary, start, today)
        write_whole(out, calendar_of(assessment, this_week, shell.language))
        shell.say(WRITTEN.format(path=out))
        shell.result(dumps({"written": [str(out)]}))


@plan.command()
def metronome(
    step_rate: Annotated[float, typer.Option("--step-rate", metavar="SPM", help="Steps a minute.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.wav", help="The sound.")],
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", min=1, max=3600, help="How long.")] = 60.0,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Write a metronome for step-rate practice: one click a step, every fourth higher."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        if not STEP_RATES[0] <= step_rate <= STEP_RATES[1]:
            raise OptionInvalid(option="--step-rate", value=step_rate, reason="{:g}…{:g}".format(*STEP_RATES))
        write_whole(out, metronome_wav(step_rate, beats=max(1, round(seconds * step_rate / 60.0))))
        shell.say(WRITTEN.format(path=out))
        shell.result(dumps({"written": [str(out)], "step_rate_spm": step_rate}))


def _planned(file: Path, diary: Path | None, start: str | None, today: str | None) -> tuple[Assessment, TrainingPlan]:
    assessment = read_assessment(file)
    done = Diary() if diary is None else read_diary(diary)
    now = options.date("--today", today) or datetime.date.today()
    return assessment, plan_of_week(assessment, done, options.date("--start", start), now)
