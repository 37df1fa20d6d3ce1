"""The first half of a clip's way: read it, follow the runner, put the points right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import xarray as xr

from kinechain.errors import ClipTooShort
from kinechain.gait.analysis import require_frame_rate
from kinechain.model.assessment import Segment, View
from kinechain.model.frames import ClipInfo
from kinechain.pipeline.points import points_pose, points_sha256
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pose.estimator import PoseEstimator
from kinechain.pose.following import follow
from kinechain.pose.importers import About, is_points
from kinechain.pose.people import People
from kinechain.pose.repair import repair
from kinechain.settings import Protocol
from kinechain.video.reader import VideoFrames, file_sha256, open_clip

#: Makes the estimator when a picture is there to be looked at: points made elsewhere need no weights.
EstimatorFactory = Callable[[], PoseEstimator]


@dataclass(frozen=True)
class ClipRequest:
    """One clip to assess, with what the user states about it; None where it is left to the product.

    `points` is about a file of points in place of a video.
    """

    path: Path
    view: View | None = None
    speed_mps: float | None = None
    slow_motion: float = 1.0
    person: int | None = None
    points: About = field(default_factory=About)


@dataclass(frozen=True)
class SeenClip:
    """What a clip shows of one runner, before anything is measured.

    Parameters
    ----------
    info : facts about the clip
    frames : its images; None where only points were given
    pose : of the whole clip, repaired: one row for each frame of `info`
    segments : stretches of the clip that can be measured, each for itself; at least one
    sha256 : of the file
    people : everybody in the clip, where the runner is not alone
    model_sha256 : of each weights file that found the points; none where they came from a file
    """

    info: ClipInfo
    frames: VideoFrames | None
    pose: xr.Dataset
    segments: tuple[Segment, ...]
    sha256: str
    people: People | None = None
    model_sha256: Mapping[str, str] = field(default_factory=dict)


def see(
    request: ClipRequest, load_estimator: EstimatorFactory, protocol: Protocol, progress: Progress, watch: Stopwatch
) -> SeenClip:
    """Read a clip and follow the runner through it; of a file of points, take the points.

    Raises
    ------
    InputFileError, SceneError
    """
    if is_points(request.path):
        return see_points(request, protocol, watch)
    frames = open_clip(request.path, request.slow_motion)
    info = frames.info
    if info.duration_s < protocol.shortest_clip_s:
        raise ClipTooShort(path=info.path, frames=info.n_frames, duration_s=info.duration_s)
    require_frame_rate(info.fps, protocol.gait)
    with watch.stage("pose"):
        estimator = load_estimator()
        seen = follow(
            frames,
            estimator,
            lambda done, total: progress("pose", done, total),
            person=request.person,
            parameters=protocol.following,
        )
        pose = repair(seen.pose, protocol.repair)
    whole = Segment(start_s=0.0, end_s=info.duration_s)
    model = dict(estimator.model_sha256)
    return SeenClip(info, frames, pose, (whole,), file_sha256(info.path), seen.people, model)


def see_points(request: ClipRequest, protocol: Protocol, watch: Stopwatch) -> SeenClip:
    """Take the points of a file in place of a clip's.

    Raises
    ------
    InputFileError, SceneError
    """
    with watch.stage("pose"):
        about = replace(request.points, view=request.view)
        info, pose = points_pose(request.path, about, request.slow_motion, protocol)
    whole = Segment(start_s=0.0, end_s=info.duration_s)
    return SeenClip(info, None, pose, (whole,), points_sha256(request.path))
