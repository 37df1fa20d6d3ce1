"""The picture of each fault in an exercise: the frame that shows the worst of it, with the body drawn in."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from kinechain.model.exercise_check import ExerciseCheck
from kinechain.pipeline.exercise_check import in_picture
from kinechain.video.picture import key_picture, save_jpeg
from kinechain.video.reader import VideoFrames


def picture_name(frame: int) -> str:
    """Return the name of a frame's picture, relative to the folder of the check."""
    return f"frames/frame_{frame}.jpg"


def draw_faults(frames: VideoFrames, pose: xr.Dataset, check: ExerciseCheck, folder: Path, *, hide_face: bool) -> None:
    """Write one picture for each frame that a fault names.

    Parameters
    ----------
    frames : the clip that was checked
    pose : its points; drawn as the estimator gave them, which is what the check has seen

    Raises
    ------
    InputFileError
        Where the clip cannot be decoded.
    OutputNotWritable
    """
    seen = pose.assign(position=in_picture(pose))
    for frame in sorted({fault.frame for fault in check.faults}):
        image = next(frames.part(frame, frame + 1).images())
        path = folder / picture_name(frame)
        path.parent.mkdir(exist_ok=True)
        save_jpeg(key_picture(image, seen, frame, hide_face=hide_face), path)
