"""From clips to an Assessment and the files beside it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from kinechain.model.assessment import Assessment, Caution, Load, Measurement, Provenance
from kinechain.model.athlete import Athlete
from kinechain.model.events import GaitEvents
from kinechain.model.frames import Image
from kinechain.model.pose import save_pose
from kinechain.pipeline.clip import MeasuredClip, event_parts, measure_clip
from kinechain.pipeline.loads import clip_loads
from kinechain.pipeline.pictures import KeyPicture, choose, draw, with_pictures
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.reasoning import reason, running_speed_mps, with_reference
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, SeenClip
from kinechain.pipeline.several import people_drawer, with_people_told
from kinechain.settings import Protocol
from kinechain.video.overlay import write_overlay
from kinechain.video.picture import runner_crop, save_jpeg
from kinechain.video.reader import VideoFrames


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
) -> Assessment:
    """Assess one clip and write `assessment.json`, `pose.nc`, `frames/` and `overlay.mp4` into a folder.

    Where only points were given there are no images: `overlay.mp4` is not written and `frames/` stays empty.

    Raises
    ------
    InputFileError, SceneError, OutputNotWritable
    """
    watch = Stopwatch()
    clips = with_people_told(measure_clip(request, athlete, load_estimator, protocol, progress, watch), request)
    save_pose(clips[0].seen.pose.assign_attrs(view=clips[0].view.view), folder / "pose.nc")
    (folder / "frames").mkdir()
    pictures: dict[KeyPicture, MeasuredClip] = {}
    if clips[0].seen.frames is not None:
        pictures = {picture: clip for clip in clips for picture in choose(clip)}
        with watch.stage("pictures"):
            _write_pictures(clips[0].seen.frames, pictures, clips, folder, progress, hide_face=hide_face)
    with watch.stage("loads"):
        loads = clip_loads(clips, athlete, protocol, intake, request.notes)
    measurements = with_pictures([m for clip in clips for m in clip.gait.measurements], pictures)
    assessment = assemble(clips, athlete, intake, measurements, provenance(clips[0].seen, protocol, watch), loads)
    (folder / "assessment.json").write_text(assessment.to_json(), encoding="utf-8")
    return assessment


def assemble(
    clips: tuple[MeasuredClip, ...],
    athlete: Athlete,
    intake: Mapping[str, object],
    measurements: tuple[Measurement, ...],
    made_by: Provenance,
    loads: tuple[tuple[Load, ...], tuple[Caution, ...]] = ((), ()),
) -> Assessment:
    """Reason over what was measured and answered, and join all parts into an Assessment."""
    reasoning = reason([clip.part for clip in clips], measurements, athlete, intake)
    return Assessment(
        athlete=athlete,
        intake=dict(intake),
        clips=tuple(clip.part for clip in clips),
        events=tuple(event for clip in clips for event in event_parts(clip)),
        measurements=measurements,
        findings=reasoning.findings,
        curves=tuple(
            curve
            for clip in clips
            for curve in with_reference(clip.gait.curves, running_speed_mps(clip.gait.measurements))
        ),
        loads=loads[0],
        hypotheses=reasoning.hypotheses,
        conclusion=reasoning.conclusion,
        plan=reasoning.plan,
        cautions=_once((*(c for clip in clips for c in clip.cautions), *loads[1], *reasoning.cautions)),
        provenance=made_by,
    )


def _once(cautions: tuple[Caution, ...]) -> tuple[Caution, ...]:
    """Return the cautions, each once, in their order."""
    return tuple({(c.code, c.clip, c.message.en): c for c in cautions}.values())


def provenance(seen: SeenClip, protocol: Protocol, watch: Stopwatch) -> Provenance:
    """Return what made a result: versions, estimator or source of the points, parameters, seconds."""
    packages = ("kinechain", "ai-edge-litert", "av", "numpy", "scipy", "xarray")
    return Provenance(
        versions={"python": platform.python_version()} | {name: version(name) for name in packages},
        estimator=seen.pose.attrs["source"],
        model_sha256=dict(seen.model_sha256),
        protocol=protocol.as_dict(),
        knowledge_version=version("kinechain"),
        seconds=watch.seconds,
    )


def _write_pictures(
    frames: VideoFrames,
    pictures: Mapping[KeyPicture, MeasuredClip],
    clips: tuple[MeasuredClip, ...],
    folder: Path,
    progress: Progress,
    *,
    hide_face: bool,
) -> None:
    """Write the overlay and, in the same pass over the clip, the picture behind each measurement."""
    pose = clips[0].seen.pose
    events = GaitEvents(tuple(event for clip in clips for event in clip.gait.events))
    draw_people = people_drawer(clips[0].seen, folder, hide_face=hide_face)

    def on_image(index: int, image: Image) -> None:
        draw_people(index, image)
        shown = [picture for picture in pictures if picture.frame_index == index]
        crop = runner_crop(pose, index) if shown else None
        for picture in shown:
            save_jpeg(draw(picture, image, pictures[picture], crop, hide_face=hide_face), folder / picture.file)
        progress("pictures", index + 1, frames.info.n_frames)

    write_overlay(frames, pose, events, folder / "overlay.mp4", hide_face=hide_face, on_image=on_image)
