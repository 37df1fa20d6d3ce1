"""The commands `diary add` and `diary show`."""

from __future__ import annotations

import datetime as dt
import json as json_text
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from kinechain.cli import options
from kinechain.cli.console import Shell
from kinechain.errors import OptionInvalid
from kinechain.model.diary import Diary, DiaryEntry, read_diary
from kinechain.pipeline.diary import add_entry, diary_lines

diary = typer.Typer(
    help="Runs, exercises and pain, day by day: what the re-test and the plan read.", no_args_is_help=True
)
DiaryFile = Annotated[Path, typer.Argument(metavar="FILE", help="TOML file of the diary.", show_default=False)]


@diary.command("add")
def diary_add(
    file: DiaryFile,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Default: today.")] = None,
    exercise: Annotated[str | None, typer.Option("--exercise", metavar="ID", help="Done; needs --sets.")] = None,
    sets: Annotated[int | None, typer.Option("--sets", metavar="N", help="Of the exercise; 0: left out.")] = None,
    before: Annotated[float | None, typer.Option("--before", metavar="0…10", help="Pain before.")] = None,
    during: Annotated[float | None, typer.Option("--during", metavar="0…10", help="Worst pain during it.")] = None,
    after: Annotated[float | None, typer.Option("--after", metavar="0…10", help="Worst pain after it.")] = None,
    morning: Annotated[float | None, typer.Option("--morning", metavar="0…10", help="Pain the next morning.")] = None,
    limp: Annotated[bool | None, typer.Option("--limp/--no-limp", help="Whether the leg limped.")] = None,
    km: Annotated[float | None, typer.Option("--km", metavar="KM", help="Distance.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", metavar="MIN", help="Duration.")] = None,
    pace: Annotated[str | None, typer.Option("--pace", metavar="4:30/km", help="Of the fastest part.")] = None,
    assessment: Annotated[str | None, typer.Option("--assessment", help="assessment.json of that day.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Free text.")] = None,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Add a run, an exercise or the pain of a day to a diary, which is made where it is missing."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        said: dict[str, object] = {"exercise": exercise, "sets": sets, "limp": limp}
        said |= {"pain_before": before, "pain_during": during, "pain_after": after, "pain_next_morning": morning}
        said |= {"distance_km": km, "minutes": minutes, "pace": pace, "assessment": assessment, "note": note}
        today = dt.date.today()
        day = options.date("--date", date, until=today) or today
        try:
            entry = DiaryEntry.model_validate({"date": day, **said})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"])) or "entry"
            raise OptionInvalid(option=key, value=first["input"], reason=first["msg"]) from error
        _show(shell, add_entry(file, entry))


@diary.command("show")
def diary_show(file: DiaryFile, lang: options.Lang = None, json: options.Json = None) -> None:
    """Show a diary, and what it says about the next step."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        _show(shell, read_diary(file))


def _show(shell: Shell, found: Diary) -> None:
    for line in diary_lines(found, shell.language):
        shell.say(line)
    rows = [entry.model_dump(mode="json", exclude_defaults=True) for entry in found.entries]
    shell.result(json_text.dumps({"schema": "kinechain.diary/1", "entries": rows}, ensure_ascii=False, indent=2))
