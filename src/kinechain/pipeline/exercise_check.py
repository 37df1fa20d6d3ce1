"""A clip and the name of an exercise in, the check out: the live core fed frame by frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from kinechain.errors import BodyOutOfPicture, ClipTooShort, OtherExercise
from kinechain.exercise.kinds import ExerciseId
from kinechain.exercise.stream import ExerciseStream, Outcome
from kinechain.exercise.verdict import verdict
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.exercise_checks import exercise_checks
from kinechain.knowledge.exercises import exercises
from kinechain.model.assessment import Caution
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.model.frames import ClipInfo
from kinechain.model.skeleton import SIDES, Side
from kinechain.pipeline.points import points_pose
from kinechain.pipeline.progress import Progress
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, open_requested
from kinechain.pose.following import follow
from kinechain.pose.importers import is_points
from kinechain.settings import Protocol
from kinechain.text import Language, Text

#: Shorter clips hold no part of a movement worth telling [s].
SHORTEST_S = 0.6
#: Share of the frames in which shoulders to toes must be in the picture.
LEAST_WHOLE = 0.5
_WHOLE = tuple(f"{side}_{joint}" for side in SIDES for joint in ("shoulder", "hip", "knee", "ankle", "toe"))


def check_exercise(
    request: ClipRequest,
    exercise: ExerciseId,
    side: Side | None,
    load_estimator: EstimatorFactory,
    protocol: Protocol,
    progress: Progress,
) -> ExerciseCheck:
    """Check an exercise in a clip.

    Parameters
    ----------
    request : the clip
    exercise : what should be in it
    side : judge this side alone: bent leg of the stretch, front leg of the hinge; None for all
    load_estimator, protocol, progress : as for the other commands

    Raises
    ------
    InputFileError, SceneError
        Not where the clip shows another exercise: that is a result, see `other_exercise`.
    """
    pose, cautions = see(request, load_estimator, protocol, progress)
    return check_pose(pose, exercise, side, cautions)


def check_pose(
    pose: xr.Dataset, exercise: ExerciseId, side: Side | None = None, cautions: tuple[Caution, ...] = ()
) -> ExerciseCheck:
    """Check an exercise in the points of a clip.

    Raises
    ------
    BodyOutOfPicture
        Where too little of the body is seen.
    """
    texts, rows = exercise_checks()
    points = in_picture(pose)
    whole = float(np.isfinite(points.sel(keypoint=list(_WHOLE)).values).all(axis=(1, 2)).mean())
    if whole < LEAST_WHOLE:
        raise BodyOutOfPicture(share=whole)
    outcome = watch(points, exercise, side)
    return verdict(exercise, outcome, rows[exercise], texts, (*cautions, *_cautions(outcome)))


def watch(points: xr.DataArray, exercise: ExerciseId, side: Side | None = None) -> Outcome:
    """Feed the points of a clip to the live core and return what they hold."""
    _, rows = exercise_checks()
    stream = ExerciseStream(exercise, rows[exercise].fault, side=side)
    names = [str(name) for name in points["keypoint"].values]
    for frame, (time_s, row) in enumerate(zip(points["time"].values, points.values, strict=True)):
        stream.feed(float(time_s), frame, dict(zip(names, row, strict=True)))
    return stream.finish()


def in_picture(pose: xr.Dataset) -> xr.DataArray:
    """Return the points as the estimator gave them, NaN where they lie outside of the picture.

    The repair of a runner's points is not used: it knows how legs run, not how they lie crossed.
    """
    raw = pose["raw_position"]
    size = np.array([pose.attrs["image_width_px"], pose.attrs["image_height_px"]], dtype=float)
    with np.errstate(invalid="ignore"):
        inside = ((raw.values >= 0) & (raw.values <= size)).all(axis=2, keepdims=True)
    return raw.copy(data=np.where(inside, raw.values, np.nan))


def see(
    request: ClipRequest, load_estimator: EstimatorFactory, protocol: Protocol, progress: Progress
) -> tuple[xr.Dataset, tuple[Caution, ...]]:
    """Return the points of one person in a clip, and what to know of them.

    Raises
    ------
    InputFileError, SceneError
    """
    if is_points(request.path):
        info, pose = points_pose(request.path, request.points, request.slow_motion or 1.0, protocol, request.part)
        _require_length(info)
        return pose, ()
    frames = open_requested(request)
    _require_length(frames.info)
    followed = follow(
        frames,
        load_estimator(),
        lambda done, total: progress("pose", done, total),
        person=request.person,
        parameters=protocol.following,
    )
    if followed.people is None:
        return followed.pose, ()
    several = caution("exercise_several_people", people=len(followed.people.candidates), chosen=followed.people.chosen)
    return followed.pose, (several,)


def _require_length(info: ClipInfo) -> None:
    if info.duration_s < SHORTEST_S:
        raise ClipTooShort(path=info.path, frames=info.n_frames, duration_s=info.duration_s)


def _cautions(outcome: Outcome) -> Iterator[Caution]:
    why = [counted.repetition.why for counted in outcome.counted]
    if "began_inside" in why:
        yield caution("exercise_began_inside")
    if "cut_off" in why:
        yield caution("exercise_cut_off")
    if outcome.oblique:
        yield caution("exercise_oblique_view")
    if outcome.jumps:
        yield caution("exercise_person_changed")


def other_exercise(check: ExerciseCheck) -> OtherExercise | None:
    """Return the error for a clip of another exercise, None where it shows the one asked for."""
    if check.recognised:
        return None
    row = exercises()[check.exercise]
    return OtherExercise(exercise=row.name, looks_like=check.looks_like_text, camera=row.camera)


_LINES = {
    "count": Text(ja="回数：{whole}（途中まで：{partial}）", en="Repetitions: {whole} (partial: {partial})"),
    "hold": Text(ja="保持：{side} {seconds:.0f} 秒", en="Hold: {side} {seconds:.0f} s"),
    "fault": Text(ja="・{cue}", en="- {cue}"),
    "good": Text(ja="見えた範囲で、直すところは見つかりませんでした。", en="Nothing to correct in what could be seen."),
    "ask": Text(ja="確かめてください：", en="To ask, for the clip does not show it:"),
}
_SIDES = {"left": Text(ja="左", en="left"), "right": Text(ja="右", en="right")}


def lines_of(check: ExerciseCheck, language: Language) -> list[str]:
    """Return what to print on a terminal."""
    lines = [check.looks_like_text[language]]
    if check.recognised and (check.each or not check.holds):
        lines.append(_LINES["count"][language].format(whole=check.repetitions, partial=check.partial_repetitions))
    hold_line = _LINES["hold"][language]
    lines += [hold_line.format(side=_SIDES[hold.side][language], seconds=hold.seconds) for hold in check.holds]
    lines += [one.message[language] for one in check.cautions]
    if not check.recognised:
        return lines
    lines += [_LINES["fault"][language].format(cue=fault.cue[language]) for fault in check.faults]
    if not check.faults and check.repetitions + len(check.holds):
        lines.append(_LINES["good"][language])
    lines.append(_LINES["ask"][language])
    return lines + [f"- {asked.question[language]} ({asked.reason[language]})" for asked in check.not_observable]
