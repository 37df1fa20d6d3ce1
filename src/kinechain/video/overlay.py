"""The overlay video: skeleton, contacts and time drawn on every frame of a clip; no words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.events import EventKind, GaitEvents
from kinechain.model.frames import Frames, Image
from kinechain.model.skeleton import SIDES, Side
from kinechain.video.drawing import (
    SIDE_COLOURS,
    WHITE,
    Bodies,
    Body,
    Colour,
    blur_face,
    draw_body,
    draw_disc,
    draw_lines,
)
from kinechain.video.timebar import TimeBar
from kinechain.video.writer import VideoWriter

#: Height of the time bar as a share of the picture's short side.
_BAR_RATIO = 0.085
#: An event flashes in the frames this close to it [s], and always in the nearest one.
_FLASH_S = 0.03


@dataclass(frozen=True)
class ContactMark:
    """What is drawn at one foot in one frame.

    Parameters
    ----------
    side : "left" | "right"
    on_ground : bool
    flash : "initial_contact" | "toe_off" | None
        The event that happens in this frame.
    hollow : bool
        Whether the confidence is below 0.5.
    """

    side: Side
    on_ground: bool
    flash: EventKind | None
    hollow: bool


def contact_marks(events: GaitEvents, time_s: NDArray[np.float64]) -> list[tuple[ContactMark, ...]]:
    """Return the marks of each frame, from the events of the clip and the times of its frames [s]."""
    marks: list[list[ContactMark]] = [[] for _ in time_s]
    for side in SIDES:
        for contact, toe_off in events.stance(side):
            hollow = not (contact.usable and toe_off.usable)
            for index in np.flatnonzero((time_s >= contact.time_s) & (time_s <= toe_off.time_s)):
                marks[index].append(ContactMark(side, True, None, hollow))
    for event in events:
        away = np.abs(time_s - event.time_s)
        for index in np.flatnonzero((away <= _FLASH_S) | (away == away.min())):
            marks[index].append(ContactMark(event.side, False, event.kind, not event.usable))
    return [tuple(frame) for frame in marks]


def write_overlay(
    frames: Frames,
    pose: xr.Dataset,
    events: GaitEvents,
    path: Path,
    *,
    max_short_side_px: int = 720,
    hide_face: bool = False,
    on_image: Callable[[int, Image], None] | None = None,
) -> None:
    """Write the clip with skeleton, contact marks and time bar as H.264, frame for frame at the clip's own times.

    Parameters
    ----------
    frames : Frames
    pose : pose Dataset
        One entry a frame of `frames`.
    events : GaitEvents
    path : Path
        Ends in ".mp4".
    max_short_side_px : int
        Pictures with a longer short side are made smaller; the time bar comes below the picture.
    hide_face : bool
        Whether the face is made unrecognisable.
    on_image : callable, optional
        Called with the index and the untouched image of each frame, so that one pass over the clip serves other
        pictures as well.

    Raises
    ------
    ValueError
        Where pose and clip have different numbers of frames.
    OutputNotWritable
        Where `path` cannot be written.
    TruncatedFile
        Where the clip turns out to be damaged.
    """
    info = frames.info
    if pose.sizes["time"] != info.n_frames:
        raise ValueError(f"the pose has {pose.sizes['time']} frames, the clip {info.n_frames}")
    factor = min(1.0, max_short_side_px / min(info.width, info.height))
    width, height = (max(2, 2 * int(side * factor / 2)) for side in (info.width, info.height))
    # Down to half the size, the four nearest pixels leave none out, at a sixth of the cost of the area average.
    shrink = cv2.INTER_LINEAR if factor >= 0.5 else cv2.INTER_AREA
    bar_height = 2 * round(_BAR_RATIO * min(width, height) / 2)
    bar = TimeBar(events, info.duration_s, width, bar_height)
    canvas = np.empty((height + bar_height, width, 3), np.uint8)
    marks = contact_marks(events, info.time_s)
    bodies = Bodies(pose, scale=width / info.width)
    with VideoWriter(path, info.fps) as video:
        for index, image in enumerate(frames.images()):
            if on_image is not None:
                on_image(index, image)
            if factor < 1:
                cv2.resize(image, (width, height), dst=canvas[:height], interpolation=shrink)
            else:
                canvas[:height] = image[:height, :width]
            draw_frame(canvas[:height], bodies[index], marks[index], hide_face=hide_face)
            bar.draw(canvas[height:], float(info.time_s[index]))
            video.write(canvas, float(info.time_s[index]))


def draw_frame(image: Image, body: Body, marks: tuple[ContactMark, ...], *, hide_face: bool = False) -> None:
    """Draw one frame's body and contact marks onto `image`, in place."""
    if hide_face:
        blur_face(image, body)
    for mark in marks:
        if mark.on_ground:
            _draw_ground(image, body, mark)
    draw_body(image, body)
    for mark in marks:
        if mark.flash is not None:
            _draw_flash(image, body, mark)


def _draw_ground(image: Image, body: Body, mark: ContactMark) -> None:
    """Draw a bar under the foot while it is on the ground."""
    foot = np.array(body.foot(mark.side))
    if len(foot) == 0:
        return
    width = 2.2 * body.line_px
    y = min(foot[:, 1].max() + 3.2 * body.line_px, image.shape[0] - 1 - width)
    x0, x1 = foot[:, 0].min(), foot[:, 0].max()
    middle, half = (x0 + x1) / 2, max((x1 - x0) / 2, 2 * width)
    line = [((middle - half, y), (middle + half, y))]
    draw_lines(image, line, WHITE, width + 2)
    draw_lines(image, line, SIDE_COLOURS[mark.side], width)
    if mark.hollow:
        draw_lines(image, line, WHITE, width - 4)


def _draw_flash(image: Image, body: Body, mark: ContactMark) -> None:
    """Draw a ring around the foot: around the heel and toe at contact, around the toe alone as it leaves."""
    foot = body.foot(mark.side)
    if not foot:
        return
    toe = body.points.get(f"{mark.side}_toe")
    whole = np.mean(foot, axis=0)
    centre = toe if mark.flash == "toe_off" and toe is not None else (float(whole[0]), float(whole[1]))
    radius = (9.0 if mark.flash == "initial_contact" else 6.0) * body.line_px
    width = 0.5 * body.line_px if mark.hollow else 1.2 * body.line_px
    colour: Colour = SIDE_COLOURS[mark.side]
    draw_disc(image, centre, radius, WHITE, width + 2)
    draw_disc(image, centre, radius, colour, width)
