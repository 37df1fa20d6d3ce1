"""The first half of a clip's way: read it, follow the runner, put the points right, and cut it into segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import ClipTooShort
from kinechain.gait.analysis import require_frame_rate
from kinechain.model.assessment import Caution, Segment, View
from kinechain.model.event_correction import EventCorrection
from kinechain.model.frames import ClipInfo, FilePart, Image
from kinechain.model.pose import with_scene_shift
from kinechain.pipeline.points import points_pose, points_sha256
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.segments import boxes, long_enough, repair_stretches, seen_frames
from kinechain.pose.estimator import PoseEstimator
from kinechain.pose.following import follow
from kinechain.pose.importers import About, is_points
from kinechain.pose.people import People
from kinechain.settings import Protocol
from kinechain.video.camera import CameraMotion, follow_background, pace_changes
from kinechain.video.insets import Additions, InsetWatcher
from kinechain.video.reader import VideoFrames, file_sha256, open_clip
from kinechain.video.scene import SceneWatcher
from kinechain.video.stretches import find_stretches
from kinechain.video.uprights import UprightsWatcher

Mask = NDArray[np.bool_]

#: Makes the estimator when a picture is there to be looked at: points made elsewhere need no weights.
EstimatorFactory = Callable[[], PoseEstimator]


@dataclass(frozen=True)
class ClipRequest:
    """One clip to assess, with what the user states about it; None where it is left to the product.

    `points` is about a file of points in place of a video; `part` is what of the file to look at; `notes` is what to
    know about other files given beside it. `corrections` are contacts and toe-offs set right by hand: what is seen does
    not depend on them.
    """

    path: Path
    view: View | None = None
    speed_mps: float | None = None
    slow_motion: float | None = None
    person: int | None = None
    points: About = field(default_factory=About)
    part: FilePart = field(default_factory=FilePart)
    notes: tuple[Caution, ...] = ()
    corrections: tuple[EventCorrection, ...] = ()


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
    repeated : shape (n,), frames that show the same instant as the one before; None where no images were seen
    camera_lost : shape (n,), frames in which the camera moves in a way that was not followed; None likewise
    additions : an inset and black bars in the picture
    """

    info: ClipInfo
    frames: VideoFrames | None
    pose: xr.Dataset
    segments: tuple[Segment, ...]
    sha256: str
    people: People | None = None
    model_sha256: Mapping[str, str] = field(default_factory=dict)
    repeated: Mask | None = None
    camera_lost: Mask | None = None
    additions: Additions = field(default_factory=Additions)

    def measurable(self, segment: Segment) -> xr.Dataset:
        """Return the pose within a segment, without the frames that only repeat another one."""
        pose = self.pose if self.repeated is None else self.pose.isel(time=np.flatnonzero(~self.repeated))
        return pose.sel(time=slice(segment.start_s, segment.end_s))

    def lost_ratio(self, segment: Segment) -> float:
        """Return the share of a segment's frames in which a moving camera was not followed, 0…1."""
        if self.camera_lost is None:
            return 0.0
        within = (self.info.time_s >= segment.start_s) & (self.info.time_s <= segment.end_s)
        return float(self.camera_lost[within].mean())


def open_requested(request: ClipRequest) -> VideoFrames:
    """Open a clip, or the part of it that is asked for.

    Raises
    ------
    InputFileError
    """
    frames = open_clip(request.path, request.slow_motion)
    return frames if request.part == FilePart() else frames.of(request.part)


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
    frames = open_requested(request)
    require_length(frames.info, protocol)
    return see_frames(frames, request, load_estimator, protocol, progress, watch)


def require_length(info: ClipInfo, protocol: Protocol) -> None:
    """Raise ClipTooShort or FrameRateTooLow where a clip holds too little."""
    if info.duration_s < protocol.shortest_clip_s:
        raise ClipTooShort(path=info.path, frames=info.n_frames, duration_s=info.duration_s)
    require_frame_rate(info.fps, protocol.gait)


def see_frames(
    frames: VideoFrames,
    request: ClipRequest,
    load_estimator: EstimatorFactory,
    protocol: Protocol,
    progress: Progress,
    watch: Stopwatch,
) -> SeenClip:
    """Follow the runner through a clip, or a part of one.

    Raises
    ------
    InputFileError, SceneError
    """
    info = frames.info
    watcher, uprights = SceneWatcher(protocol.scene), UprightsWatcher(info.n_frames, protocol.uprights)
    insets = InsetWatcher(info.n_frames, protocol.insets)

    def look(index: int, image: Image) -> bool:
        uprights.look(index, image)
        insets.look(index, image)
        return watcher.look(index, image)

    with watch.stage("pose"):
        estimator = load_estimator()
        followed = follow(
            frames,
            estimator,
            lambda done, total: progress("pose", done, total),
            person=request.person,
            on_image=look,
            left_out=lambda: insets.additions().inset,
            parameters=protocol.following,
        )
        seen = followed.pose
        scene = watcher.scene()
        around, size = boxes(seen), (info.width, info.height)
        motion = follow_background(scene.steps, around, size, protocol.camera)
        stretches = find_stretches(
            info.time_s,
            seen_frames(seen),
            scene.repeated,
            tuple(sorted({*scene.cuts, *pace_changes(motion, scene.repeated, size, protocol.camera)})),
            protocol.stretches,
            time_scale=info.time_scale,
        )
        pose = repair_stretches(seen, stretches, ~scene.repeated, protocol.repair)
        pose, lost = _fixed_scene(pose, motion, around, stretches, protocol)
        lean = uprights.lean_deg(around)
        pose = pose if lean is None else pose.assign_attrs(upright_lean_deg=lean)
    segments = long_enough(stretches, info.time_s, protocol.shortest_clip_s)
    return SeenClip(
        info=info,
        frames=frames,
        pose=pose,
        segments=segments,
        sha256=file_sha256(info.path),
        people=followed.people,
        model_sha256=dict(estimator.model_sha256),
        repeated=scene.repeated,
        camera_lost=lost,
        additions=insets.additions(),
    )


def see_points(request: ClipRequest, protocol: Protocol, watch: Stopwatch) -> SeenClip:
    """Take the points of a file in place of a clip's.

    Raises
    ------
    InputFileError, SceneError
    """
    with watch.stage("pose"):
        about = replace(request.points, view=request.view)
        info, pose = points_pose(request.path, about, request.slow_motion or 1.0, protocol, request.part)
    whole = Segment(start_s=0.0, end_s=info.duration_s)
    return SeenClip(info, None, pose, (whole,), points_sha256(request.path))


def _fixed_scene(
    pose: xr.Dataset,
    motion: CameraMotion,
    around: NDArray[np.float64],
    stretches: tuple[slice, ...],
    protocol: Protocol,
) -> tuple[xr.Dataset, Mask]:
    """Give the pose its shift into a fixed scene where the camera moves; return also where it was not followed.

    A stretch whose camera stands, or was followed in too few frames, is left as it is.
    """
    shift, lost = np.zeros((pose.sizes["time"], 2)), np.zeros(pose.sizes["time"], dtype=bool)
    for stretch in stretches:
        own = motion.shift(stretch)
        trusted = float(motion.followed[stretch].mean()) >= protocol.camera_followed_ratio
        moves = float(np.ptp(own, axis=0).max()) > protocol.camera_stands_ratio * _height(around[stretch])
        if moves and trusted:
            shift[stretch] = own
        lost[stretch] = motion.uncertain[stretch] | (moves & ~motion.followed[stretch])
    return (with_scene_shift(pose, shift) if shift.any() else pose), lost


def _height(around: NDArray[np.float64]) -> float:
    """Return the runner's usual height in the picture [px], 0 where nobody is seen."""
    heights = around[:, 3] - around[:, 1]
    return float(np.median(heights[np.isfinite(heights)])) if np.isfinite(heights).any() else 0.0
