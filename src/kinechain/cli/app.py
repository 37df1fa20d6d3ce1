"""The commands of kinechain."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from kinechain.cli import options
from kinechain.cli.compare import compare
from kinechain.cli.console import Shell
from kinechain.cli.diary import diary
from kinechain.cli.doctor import examine
from kinechain.cli.plan import plan
from kinechain.cli.studio import serve
from kinechain.errors import OptionInvalid
from kinechain.exercise.kinds import ExerciseId
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.model.athlete import Athlete
from kinechain.model.session_plan import Place
from kinechain.model.skeleton import Side
from kinechain.output import staged
from kinechain.pipeline.assess import assess as assess_clip
from kinechain.pipeline.assess import assess_session
from kinechain.pipeline.clip_store import kept_clips
from kinechain.pipeline.exercise_check import check_exercise, other_exercise
from kinechain.pipeline.exercise_check import lines_of as exercise_lines_of
from kinechain.pipeline.export import EXPORTERS, ExportKind
from kinechain.pipeline.fit_file import read_runs
from kinechain.pipeline.measure import TableFormat
from kinechain.pipeline.measure import measure as measure_only
from kinechain.pipeline.progress import Progress
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory
from kinechain.pipeline.session import read_session
from kinechain.pipeline.test_plan import plan_lines
from kinechain.pipeline.test_plan import plan_session as plan_for
from kinechain.pipeline.training import with_runs
from kinechain.pipeline.what_if import FORMS, changes_of, lines_of
from kinechain.pose import weights
from kinechain.pose.estimator import PoseEstimator
from kinechain.report.page import write_reports
from kinechain.report.session_plan_page import write_session_plan
from kinechain.settings import Protocol
from kinechain.text import Text

app = typer.Typer(
    name="kinechain",
    help="Running gait from phone video, with an error bar on every number. "
    "For training; not a medical device; it makes no diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="The pose weights: get them, or show where they are.", no_args_is_help=True)
app.add_typer(models, name="models")
app.add_typer(diary, name="diary")
app.add_typer(plan, name="plan")
app.command()(serve)
app.command()(compare)

PAGE = Text(ja="ページ：{path}", en="Page: {path}")
FILES = Text(ja="書き出したファイル：{path}", en="Written: {path}")


def main() -> None:
    """Run the command line."""
    app()


def _write_assessment(shell: Shell, out: Path, assess_into: Callable[[Path, Progress], Assessment]) -> None:
    """Make an assessment and its pages in a folder that appears whole, and tell where."""
    with staged(out) as folder:
        with shell.progress() as progress:
            assessment = assess_into(folder, progress)
        write_reports(assessment, folder)
    shell.say(PAGE.format(path=(out / f"report.{shell.language}.html").resolve()))
    shell.result(assessment.to_json())


def _assess(
    shell: Shell,
    request: ClipRequest,
    athlete: Athlete,
    intake: dict[str, object],
    out: Path,
    *,
    protocol: Protocol,
    load_estimator: EstimatorFactory,
    hide_face: bool,
    date: datetime.date | None = None,
) -> None:
    def assess_into(folder: Path, progress: Progress) -> Assessment:
        return assess_clip(
            request,
            athlete,
            intake,
            load_estimator,
            folder,
            protocol=protocol,
            progress=progress,
            hide_face=hide_face,
            date=date,
        )

    _write_assessment(shell, out, assess_into)


def _assess_session(
    shell: Shell, file: Path, out: Path, *, protocol: Protocol, load_estimator: EstimatorFactory, hide_face: bool
) -> None:
    session = read_session(file)
    with kept_clips(out) as store:

        def assess_into(folder: Path, progress: Progress) -> Assessment:
            return assess_session(
                session, load_estimator, store, folder, protocol=protocol, progress=progress, hide_face=hide_face
            )

        _write_assessment(shell, out, assess_into)


def _estimator(
    protocol: Protocol, *, allow_unknown_model: bool, name: str = "blazepose", model: Path | None = None
) -> EstimatorFactory:
    """Return what loads the estimator, once and only when it is needed: a file of points needs no weights.

    Raises
    ------
    OptionInvalid
        Where the estimator needs a model file and none is named, or the other way round.
    """
    if (name == "rtmpose") != (model is not None):
        raise OptionInvalid(option="--model", value=model or "-", reason="--estimator rtmpose --model FILE")

    @cache
    def load() -> PoseEstimator:
        from kinechain.pose.blazepose import BlazePose  # noqa: PLC0415 - LiteRT is loaded only for a video

        blazepose = BlazePose(weights.locate(allow_unknown=allow_unknown_model), protocol.estimator)
        if model is None:
            return blazepose
        from kinechain.pose.rtmpose import RtmPose  # noqa: PLC0415 - an optional extra

        return RtmPose(model, finder=blazepose)

    return load


@app.command()
def assess(
    clip: options.ClipPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    view: options.View = "auto",
    speed: options.Speed = None,
    athlete: options.AthleteFile = None,
    intake: options.IntakeFile = None,
    watch: options.WatchFiles = None,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of filming.")] = None,
    slow_motion: options.SlowMotion = None,
    person: options.Person = None,
    fps: options.Fps = None,
    picture_size: options.PictureSize = None,
    estimator: options.Estimator = "blazepose",
    model: options.ModelFile = None,
    hide_face: options.HideFace = False,
    allow_unknown_model: options.UnknownModel = False,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Assess a clip or a session: assessment.json, report.ja.html, report.en.html, overlay.mp4, pose.nc and frames/."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        protocol = Protocol()
        load = _estimator(protocol, allow_unknown_model=allow_unknown_model, name=estimator, model=model)
        if clip.suffix.lower() == ".toml":
            stated = {"--view": None if view == "auto" else view, "--speed": speed, "--athlete": athlete}
            stated |= {"--intake": intake, "--slow-motion": slow_motion, "--person": person, "--fps": fps}
            options.require_none(stated | {"--picture-size": picture_size, "--watch": watch or None, "--date": date})
            _assess_session(shell, clip, out, protocol=protocol, load_estimator=load, hide_face=hide_face)
            return
        request = options.clip_request(clip, view, speed, slow_motion, person, options.about_points(fps, picture_size))
        answers, notes = with_runs(
            options.read_intake(intake), [run for path in watch or () for run in read_runs(path)]
        )
        _assess(
            shell,
            replace(request, notes=notes),
            options.read_athlete(athlete),
            answers,
            out,
            protocol=protocol,
            load_estimator=load,
            hide_face=hide_face,
            date=options.date("--date", date, until=datetime.date.today()),
        )


@app.command()
def measure(
    clip: options.ClipPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the tables.")],
    table_format: Annotated[TableFormat, typer.Option("--format", help="Form of the tables.")] = "json",
    view: options.View = "auto",
    speed: options.Speed = None,
    athlete: options.AthleteFile = None,
    slow_motion: options.SlowMotion = None,
    person: options.Person = None,
    fps: options.Fps = None,
    picture_size: options.PictureSize = None,
    estimator: options.Estimator = "blazepose",
    model: options.ModelFile = None,
    allow_unknown_model: options.UnknownModel = False,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Measure a clip: clips, events, strides and measurements as tables; no reasoning, no advice."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        request = options.clip_request(clip, view, speed, slow_motion, person, options.about_points(fps, picture_size))
        runner = options.read_athlete(athlete)
        protocol = Protocol()
        load = _estimator(protocol, allow_unknown_model=allow_unknown_model, name=estimator, model=model)
        with staged(out) as folder, shell.progress() as progress:
            document = measure_only(request, runner, load, folder, table_format, protocol, progress)
        shell.say(FILES.format(path=out.resolve()))
        shell.result(document)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")] = Path("kinechain-demo"),
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Assess the clip that ships with the package; fetches the pose weights first where they are missing."""
    shell = Shell(options.language(lang), json)
    with shell.reporting(), resources.as_file(resources.files("kinechain").joinpath("demo")) as folder:
        _fetch(shell)
        runner = options.read_athlete(folder / "demo_athlete.toml")
        request = ClipRequest(folder / "demo_side.mp4")
        protocol = Protocol()
        load = _estimator(protocol, allow_unknown_model=False)
        _assess(shell, request, runner, {}, out, protocol=protocol, load_estimator=load, hide_face=False)


def _fetch(shell: Shell) -> weights.WeightFiles:
    with shell.progress() as progress:
        return weights.fetch(lambda share: progress("weights", round(100 * share), 100))


@models.command("fetch")
def models_fetch(lang: options.Lang = None, json: options.Json = None) -> None:
    """Download the pose weights, check them and keep them in the user's cache."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        _fetch(shell)
        _show_models(shell)


@models.command("path")
def models_path(lang: options.Lang = None, json: options.Json = None) -> None:
    """Show where the pose weights are."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        _show_models(shell)


def _show_models(shell: Shell) -> None:
    files = weights.locate()
    for path in (files.detector, files.landmarks):
        shell.say(str(path))
    shell.result(dumps({"folder": str(weights.folder()), "sha256": dict(files.sha256)}))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `assess` wrote.", show_default=False)],
    to: Annotated[ExportKind, typer.Option("--to", help="trc, c3d: points; mot: angles; csv: tables.")],
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Write a result for OpenSim and other tools, from pose.nc and assessment.json."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        written = EXPORTERS[to](folder)
        for path in written:
            shell.say(FILES.format(path=path))
        shell.result(dumps({"written": [str(path) for path in written]}))


@app.command("what-if")
def what_if(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="assessment.json of `assess`.", show_default=False)],
    change: Annotated[str, typer.Option("--change", metavar="WHAT", help=f"One of {FORMS}.", show_default=False)],
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Say what a change of running would do to each load, and whether that rests on data or on a model alone."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        document = changes_of(read_assessment(file), change)
        for line in lines_of(document, shell.language):
            shell.say(line)
        shell.result(document)


@app.command("plan-session")
def plan_session(
    file: Annotated[Path, typer.Argument(metavar="INTAKE", help="TOML table [intake].", show_default=False)],
    place: Annotated[Place, typer.Option("--place", help="Where: it decides time and what can be done.")] = "studio",
    minutes: Annotated[int | None, typer.Option("--minutes", metavar="N", min=10, max=240, help="Time there.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="For pages to print: plan, forms.")] = None,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Say what to film and test, in which order and why: the least that could settle the question first."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        plan = plan_for(options.read_intake(file), place, minutes)
        if out is not None:
            with staged(out) as folder:
                write_session_plan(plan, folder)
            shell.say(PAGE.format(path=(out / f"session_plan.{shell.language}.html").resolve()))
        for line in plan_lines(plan, shell.language):
            shell.say(line)
        shell.result(plan.to_json())


@app.command("check-exercise")
def check_exercise_command(
    clip: options.ClipPath,
    exercise: Annotated[ExerciseId, typer.Option("--exercise", help="What is done in the clip.", show_default=False)],
    side: Annotated[
        Side | None, typer.Option("--side", help="Bent leg of the stretch, front leg of the hinge; default: either.")
    ] = None,
    slow_motion: options.SlowMotion = None,
    person: options.Person = None,
    fps: options.Fps = None,
    picture_size: options.PictureSize = None,
    allow_unknown_model: options.UnknownModel = False,
    lang: options.Lang = None,
    json: options.Json = None,
) -> None:
    """Check an exercise: repetitions or holds, faults with the frame that shows them, what to say, what to ask."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        request = options.clip_request(clip, "auto", None, slow_motion, person, options.about_points(fps, picture_size))
        protocol = Protocol()
        load = _estimator(protocol, allow_unknown_model=allow_unknown_model)
        with shell.progress() as progress:
            check = check_exercise(request, exercise, side, load, protocol, progress)
        for line in exercise_lines_of(check, shell.language):
            shell.say(line)
        shell.result(check.to_json())
        if (other := other_exercise(check)) is not None:
            replace(shell, json_to=None).fail(other)  # standard output has its result already


@app.command()
def doctor(lang: options.Lang = None, json: options.Json = None) -> None:
    """Say what works here: versions, pose weights, codecs, fonts."""
    shell = Shell(options.language(lang), json)
    with shell.reporting():
        findings = examine()
        for finding in findings:
            shell.say(finding.line(shell.language))
        shell.result(dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
