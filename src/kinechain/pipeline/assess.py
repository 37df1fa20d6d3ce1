"""From clips to an Assessment and the files beside it."""

from __future__ import annotations

import datetime
import platform
import shutil
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from kinechain.chain.contrasts import ContrastClip, contrasts
from kinechain.errors import FileMissing, InputFileError, KinechainError, SceneError
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.reference import band
from kinechain.model.assessment import (
    Assessment,
    Caution,
    Contrast,
    FieldTest,
    Load,
    Measurement,
    Provenance,
    Segment,
)
from kinechain.model.athlete import Athlete
from kinechain.model.events import GaitEvents
from kinechain.model.frames import FilePart, Image
from kinechain.model.pose import save_pose
from kinechain.pipeline.clip import MeasuredClip, event_parts, measure_clip, measure_seen
from kinechain.pipeline.clip_store import ClipStore
from kinechain.pipeline.corrections import by_clip, unplaced_cautions
from kinechain.pipeline.loads import clip_loads, contrasts_of_loads, loads_to_judge
from kinechain.pipeline.parts import offer_parts
from kinechain.pipeline.pictures import KeyPicture, choose, draw, with_pictures
from kinechain.pipeline.points import points_sha256
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.reasoning import reason, running_speed_mps, with_reference
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory
from kinechain.pipeline.session import Session, SessionClip, contradictions, one_of_each
from kinechain.pipeline.session_checks import left_out, other_people, pace_contradictions
from kinechain.pipeline.several import PEOPLE_PICTURE, people_drawer, with_people_told
from kinechain.settings import Protocol
from kinechain.video.overlay import write_overlay
from kinechain.video.picture import runner_crop, save_jpeg
from kinechain.video.reader import VideoFrames


@dataclass(frozen=True)
class FileNames:
    """Names of the files that are made of one clip, relative to the folder of the result."""

    pose: str = "pose.nc"
    overlay: str = "overlay.mp4"
    people: str = PEOPLE_PICTURE

    @classmethod
    def of_one_among(cls, clip_id: str) -> FileNames:
        """Return the names where there are several clips."""
        return cls(f"pose_{clip_id}.nc", f"overlay_{clip_id}.mp4", f"frames/people_{clip_id}.jpg")


def assess(
    request: ClipRequest,
    athlete: Athlete,
    intake: Mapping[str, object],
    load_estimator: EstimatorFactory,
    folder: Path,
    *,
    protocol: Protocol,
    progress: Progress,
    hide_face: bool = False,
    date: datetime.date | None = None,
) -> Assessment:
    """Assess one clip and write `assessment.json`, `pose.nc`, `frames/` and `overlay.mp4` into a folder.

    Where only points were given there are no images: `overlay.mp4` is not written and `frames/` stays empty.

    Raises
    ------
    InputFileError, SceneError, OutputNotWritable
    """
    watch = Stopwatch()
    clips = with_people_told(measure_clip(request, athlete, load_estimator, protocol, progress, watch), request)
    (folder / "frames").mkdir()
    offered = offer_parts([(request, clips)], folder)
    measurements = write_files(clips, FileNames(), folder, progress, watch, hide_face=hide_face)
    with watch.stage("loads"):
        loads = clip_loads(clips, athlete, protocol, intake, request.notes)
    made_by = provenance(clips, protocol, watch)
    told = (*contradictions(intake), *offered)
    assessment = assemble(clips, athlete, intake, measurements, made_by, loads, date=date, cautions=told)
    (folder / "assessment.json").write_text(assessment.to_json(), encoding="utf-8")
    return assessment


def assess_session(
    session: Session,
    load_estimator: EstimatorFactory,
    store: ClipStore,
    folder: Path,
    *,
    protocol: Protocol,
    progress: Progress,
    hide_face: bool = False,
    overlays_of: Path | None = None,
) -> Assessment:
    """Assess the clips, answers and field tests of a session together.

    A clip that is missing, there twice or cannot be judged is named in a caution; the others are assessed without it.
    Files of one clip are named as for a clip alone; of several they carry its id: `pose_clip1.nc`,
    `overlay_clip1.mp4`.

    Parameters
    ----------
    store : keeps what was seen in finished clips
    overlays_of : folder of an earlier result of the same clips with the same `hide_face`. Its overlays are taken over
        instead of drawn anew, which is most of the time once all clips are kept; a caution says so

    Raises
    ------
    InputFileError, SceneError
        Where no clip is left: what is wrong with the first one.
    SetupError, OutputNotWritable
    """
    watch = Stopwatch()
    taken, cautions = _measured(session, load_estimator, store, protocol, progress, watch)
    (folder / "frames").mkdir()
    measurements: tuple[Measurement, ...] = ()
    for session_clip, clips in taken:
        names = FileNames() if len(taken) == 1 else FileNames.of_one_among(session_clip.id)
        kept = None if overlays_of is None else overlays_of / names.overlay
        measurements += write_files(clips, names, folder, progress, watch, hide_face=hide_face, kept_overlay=kept)
        if clips[0].seen.frames is not None and kept is not None and kept.is_file():
            cautions.append(caution("overlay_before_corrections", session_clip.id))
    offered = offer_parts([(session_clip.request, clips) for session_clip, clips in taken], folder)
    every = tuple(clip for _, clips in taken for clip in clips)
    doubtful, contradicted = pace_contradictions(every, protocol)
    with watch.stage("loads"):
        loads = clip_loads(every, session.athlete, protocol)
    compared = tuple(
        ContrastClip(
            clip=clip.part,
            speed_mps=None if clip.id in doubtful else running_speed_mps(clip.gait.measurements),
            measurements=clip.gait.measurements,
        )
        for clip in every
    )
    assessment = assemble(
        every,
        session.athlete,
        session.intake,
        measurements,
        provenance(every, protocol, watch),
        loads,
        date=session.date,
        tests=session.tests,
        contrasts=contrasts(compared, band),
        doubtful=doubtful,
        cautions=(*session.cautions, *cautions, *offered, *contradicted, *other_people(every)),
    )
    (folder / "assessment.json").write_text(assessment.to_json(), encoding="utf-8")
    return assessment


def _measured(
    session: Session,
    load_estimator: EstimatorFactory,
    store: ClipStore,
    protocol: Protocol,
    progress: Progress,
    watch: Stopwatch,
) -> tuple[list[tuple[SessionClip, tuple[MeasuredClip, ...]]], list[Caution]]:
    """Return each file of a session that can be judged with its measured segments, and what to say of the others."""
    taken: list[tuple[SessionClip, tuple[MeasuredClip, ...]]] = []
    named = [(clip.id, clip.request.path) for clip in session.clips]
    corrections = by_clip(session.corrections, named)
    cautions: list[Caution] = list(unplaced_cautions(session.corrections, named))
    refused: list[KinechainError] = []
    for item in one_of_each(session.clips, points_sha256):
        if isinstance(item, Caution):
            cautions.append(item)
            continue
        clip, sha256 = item
        try:
            seen = store.see(clip.request, sha256, load_estimator, protocol, progress, watch)
            with watch.stage("gait"):
                progress("gait", 0, 1)
                request = replace(clip.request, corrections=corrections[clip.id])
                measured = measure_seen(seen, request, session.athlete, protocol, clip.id)
                progress("gait", 1, 1)
        except (InputFileError, SceneError) as error:
            refused.append(error)
            cautions.append(left_out(clip.id, clip.request.path.name, error))
            continue
        taken.append((clip, tuple(_filmed(part, clip) for part in with_people_told(measured, clip.request))))
    if not taken:
        raise refused[0] if refused else FileMissing(path=session.clips[0].request.path)
    return taken, cautions


def _filmed(measured: MeasuredClip, clip: SessionClip) -> MeasuredClip:
    """Return a measured clip with the conditions under which it was filmed."""
    part = clip.request.part
    end_s = min(part.to_s, part.from_s + measured.part.duration_s * measured.part.time_scale)
    within = None if part == FilePart() else Segment(start_s=part.from_s, end_s=end_s)
    about = {"condition": clip.condition, "surface": clip.surface, "shoe": clip.shoe, "part": within}
    return replace(measured, part=measured.part.model_copy(update=about))


def write_files(
    clips: tuple[MeasuredClip, ...],
    names: FileNames,
    folder: Path,
    progress: Progress,
    watch: Stopwatch,
    *,
    hide_face: bool,
    kept_overlay: Path | None = None,
) -> tuple[Measurement, ...]:
    """Write the points, the overlay and the pictures of one file; return its measurements with their pictures.

    An overlay that is kept, where there is one, is copied and not drawn anew.
    """
    save_pose(clips[0].seen.pose.assign_attrs(view=clips[0].view.view), folder / names.pose)
    pictures: dict[KeyPicture, MeasuredClip] = {}
    if clips[0].seen.frames is not None:
        pictures = {picture: clip for clip in clips for picture in choose(clip)}
        with watch.stage("pictures"):
            _write_pictures(
                clips[0].seen.frames, pictures, clips, folder, names, progress, kept_overlay, hide_face=hide_face
            )
    return with_pictures([m for clip in clips for m in clip.gait.measurements], pictures)


def assemble(
    clips: tuple[MeasuredClip, ...],
    athlete: Athlete,
    intake: Mapping[str, object],
    measurements: tuple[Measurement, ...],
    made_by: Provenance,
    loads: tuple[tuple[Load, ...], tuple[Caution, ...]] = ((), ()),
    *,
    date: datetime.date | None = None,
    tests: tuple[FieldTest, ...] = (),
    contrasts: tuple[Contrast, ...] = (),
    doubtful: Container[str] = (),
    cautions: tuple[Caution, ...] = (),
) -> Assessment:
    """Reason over what was measured and answered, and join all parts into an Assessment.

    Parameters
    ----------
    contrasts : of measurements; those of loads are added here
    doubtful : ids of clips whose speed is in doubt
    """
    judged = loads_to_judge(clips, loads[0])
    contrasts = (*contrasts, *contrasts_of_loads(clips, judged, doubtful))
    reasoning = reason([clip.part for clip in clips], measurements, athlete, intake, tests, contrasts, judged)
    return Assessment(
        date=date,
        athlete=athlete,
        intake=dict(intake),
        clips=tuple(clip.part for clip in clips),
        events=tuple(event for clip in clips for event in event_parts(clip)),
        measurements=measurements,
        findings=reasoning.findings,
        contrasts=contrasts,
        tests=tests,
        curves=tuple(
            curve
            for clip in clips
            for curve in with_reference(clip.gait.curves, running_speed_mps(clip.gait.measurements))
        ),
        loads=loads[0],
        hypotheses=reasoning.hypotheses,
        conclusion=reasoning.conclusion,
        plan=reasoning.plan,
        cautions=_once((*cautions, *(c for clip in clips for c in clip.cautions), *loads[1], *reasoning.cautions)),
        provenance=made_by,
    )


def _once(cautions: tuple[Caution, ...]) -> tuple[Caution, ...]:
    """Return the cautions, each once, in their order."""
    return tuple({(c.code, c.clip, c.message.en): c for c in cautions}.values())


def provenance(clips: tuple[MeasuredClip, ...], protocol: Protocol, watch: Stopwatch) -> Provenance:
    """Return what made a result: versions, estimator or source of the points, parameters, seconds."""
    packages = ("kinechain", "ai-edge-litert", "av", "numpy", "scipy", "xarray")
    sources = dict.fromkeys(str(clip.seen.pose.attrs["source"]) for clip in clips)
    return Provenance(
        versions={"python": platform.python_version()} | {name: version(name) for name in packages},
        estimator="; ".join(sources),
        model_sha256={name: sha256 for clip in clips for name, sha256 in clip.seen.model_sha256.items()},
        protocol=protocol.as_dict(),
        knowledge_version=version("kinechain"),
        seconds=watch.seconds,
    )


def _write_pictures(
    frames: VideoFrames,
    pictures: Mapping[KeyPicture, MeasuredClip],
    clips: tuple[MeasuredClip, ...],
    folder: Path,
    names: FileNames,
    progress: Progress,
    kept_overlay: Path | None,
    *,
    hide_face: bool,
) -> None:
    """Write the overlay and, in the same pass over the clip, the picture behind each measurement."""
    pose = clips[0].seen.pose
    events = GaitEvents(tuple(event for clip in clips for event in clip.gait.events))
    draw_people = people_drawer(clips[0].seen, folder / names.people, hide_face=hide_face)

    def on_image(index: int, image: Image) -> None:
        draw_people(index, image)
        shown = [picture for picture in pictures if picture.frame_index == index]
        crop = runner_crop(pose, index) if shown else None
        for picture in shown:
            save_jpeg(draw(picture, image, pictures[picture], crop, hide_face=hide_face), folder / picture.file)
        progress("pictures", index + 1, frames.info.n_frames)

    if kept_overlay is not None and kept_overlay.is_file():
        shutil.copyfile(kept_overlay, folder / names.overlay)
        for index, image in enumerate(frames.images()):
            on_image(index, image)
        return
    write_overlay(frames, pose, events, folder / names.overlay, hide_face=hide_face, on_image=on_image)
