"""What each kind of job does in its own process: files into the order's folder, the name of the one that tells all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from kinechain.errors import KinechainError
from kinechain.jobs.messages import Order
from kinechain.model.assessment import Assessment
from kinechain.model.clip_check import Problem
from kinechain.output import staged
from kinechain.pipeline.assess import assess_session
from kinechain.pipeline.before_after import write_before_after
from kinechain.pipeline.clip_check import check_clip as look_at
from kinechain.pipeline.clip_store import ClipStore
from kinechain.pipeline.compare import compare as compare_assessments
from kinechain.pipeline.exercise_check import check_pose, see
from kinechain.pipeline.exercise_pictures import draw_faults
from kinechain.pipeline.progress import Progress
from kinechain.pipeline.seeing import ClipRequest, open_requested
from kinechain.pipeline.session import session_of
from kinechain.pose import weights
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import PoseEstimator
from kinechain.report.page import write_reports
from kinechain.settings import Protocol
from kinechain.store.tables import JobKind
from kinechain.text import Text

Analysis = Callable[[Order, Progress], str]
_EXERCISE_CHECK = "exercise_check.json"


@cache
def _estimator() -> PoseEstimator:
    return BlazePose(weights.locate(), Protocol().estimator)


def assess(order: Order, progress: Progress) -> str:
    """Assess a session: the files of `kinechain assess SESSION.toml`.

    Raises
    ------
    InputFileError, SceneError, SessionError, SetupError, OutputNotWritable
    """
    with _named(order, order.facts["clips"]):
        tables = order.facts["session"]
        session = session_of(tables | {"date": date.fromisoformat(tables["date"])}, Path("session.toml"))
        with staged(order.folder) as out:
            assessment = assess_session(
                session,
                _estimator,
                ClipStore(order.kept),
                out,
                protocol=Protocol(),
                progress=progress,
                hide_face=bool(order.facts["hide_face"]),
            )
            write_reports(assessment, out)
    return "assessment.json"


def check_clip(order: Order, progress: Progress) -> str:
    """Look quickly whether a clip can be used."""
    with _request(order) as request:
        check = look_at(request, _estimator, Protocol(), progress)
    if check.problem is not None:
        check = check.model_copy(update={"problem": _in_their_words(check.problem, order.facts["clip"])})
    return _written(order, "clip_check.json", check.to_json())


def check_exercise(order: Order, progress: Progress) -> str:
    """Check an exercise in a clip, with a picture of each fault.

    Raises
    ------
    InputFileError, SceneError, SetupError, OutputNotWritable
    """
    exercise, side = order.facts["exercise"], order.facts.get("side")
    with _request(order) as request, staged(order.folder, seal=_EXERCISE_CHECK) as out:
        pose, cautions = see(request, _estimator, Protocol(), progress)
        check = check_pose(pose, exercise, side, cautions)
        draw_faults(open_requested(request), pose, check, out, hide_face=bool(order.facts["hide_face"]))
        (out / _EXERCISE_CHECK).write_text(check.to_json(), encoding="utf-8")
    return _EXERCISE_CHECK


def compare(order: Order, progress: Progress) -> str:  # noqa: ARG001 - it is quick
    """Compare two assessments: what changed beyond its error, and the two runs side by side."""
    before, after = (_assessed(order.facts[name]) for name in ("before", "after"))
    comparison = compare_assessments(before[0], after[0], None)
    with staged(order.folder) as out:
        (out / "comparison.json").write_text(comparison.to_json(), encoding="utf-8")
        write_before_after(comparison, before, after, out)
    return "comparison.json"


ANALYSES: dict[JobKind, Analysis] = {
    "assess": assess,
    "check_clip": check_clip,
    "check_exercise": check_exercise,
    "compare": compare,
}


def _assessed(facts: dict[str, Any]) -> tuple[Assessment, Path]:
    return Assessment.model_validate(facts["document"]), Path(facts["folder"])


def _written(order: Order, name: str, document: str) -> str:
    with staged(order.folder) as out:
        (out / name).write_text(document, encoding="utf-8")
    return name


def _in_their_words(problem: Problem, clip: dict[str, str]) -> Problem:
    """Name a clip as whoever sent it does."""
    told = {language: text.replace(clip["name"], clip["told_as"]) for language, text in problem.message}
    return problem.model_copy(update={"message": Text.model_validate(told)})


@contextmanager
def _named(order: Order, clips: list[dict[str, str]]) -> Iterator[None]:
    """Work in a folder in which the clips stand under their names; an error names a clip as whoever sent it does.

    So no path of the server reaches a sentence. The folder is that of the whole process, which has nothing else to do.
    """
    folder = order.folder.with_name(f"{order.folder.name}-clips")
    folder.mkdir(parents=True)
    for clip in clips:
        (folder / clip["name"]).symlink_to(clip["file"])
    told_as = {clip["name"]: clip["told_as"] for clip in clips}
    try:
        with chdir(folder):
            yield
    except KinechainError as error:
        path = str(error.details.get("path"))
        if path not in told_as:
            raise
        raise type(error)(**error.details | {"path": told_as[path]}) from error


@contextmanager
def _request(order: Order) -> Iterator[ClipRequest]:
    facts = order.facts
    with _named(order, [facts["clip"]]):
        yield ClipRequest(
            path=Path(facts["clip"]["name"]),
            view=facts.get("view"),
            slow_motion=facts.get("slow_motion"),
            person=facts.get("person"),
        )
