"""The picture of everybody in a clip, each with the number by which a user can choose whom to follow."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from kinechain.model.frames import Image
from kinechain.video.drawing import BLACK, SIDE_COLOURS, WHITE, draw_label, draw_lines

Box = tuple[float, float, float, float]
"""Left, top, right, bottom [px of the clip]; may reach out of the picture"""

_CHOSEN, _OTHER = SIDE_COLOURS["right"], SIDE_COLOURS["left"]


def people_picture(
    image: Image, boxes: Mapping[int, Box], chosen: int, *, short_side_px: int = 720, hide_faces: bool = False
) -> Image:
    """Return a frame with a numbered box around each person; the one who is followed has the thick box.

    Parameters
    ----------
    image : shape (height, width, 3)
        The frame, upright RGB; stays as it is.
    boxes : box of each person by number
    chosen : number of the one who is followed
    short_side_px : short side of the result [px]; never larger than the frame
    hide_faces : whether the upper third of each box is made unrecognisable
    """
    scale = min(1.0, short_side_px / min(image.shape[:2]))
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    picture: Image = np.array(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    unit = min(size) / 720
    if hide_faces:
        for box in boxes.values():
            _blur_head(picture, tuple(edge * scale for edge in box))
    for number in sorted(boxes, key=lambda one: one == chosen):
        _draw_person(picture, tuple(edge * scale for edge in boxes[number]), number, unit, chosen=number == chosen)
    return picture


def _blur_head(picture: Image, box: tuple[float, ...]) -> None:
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    part = picture[top : top + max(0, round((box[3] - box[1]) / 3) + round(min(0.0, box[1]))), left:right]
    if min(part.shape[:2]) > 1 and bottom > top:
        coarse = cv2.resize(
            part, (max(1, part.shape[1] // 24), max(1, part.shape[0] // 24)), interpolation=cv2.INTER_AREA
        )
        part[:] = cv2.resize(coarse, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)


def _draw_person(picture: Image, box: tuple[float, ...], number: int, unit: float, *, chosen: bool) -> None:
    height, width = picture.shape[:2]
    line, text = (6 * unit, 52 * unit) if chosen else (3 * unit, 40 * unit)
    colour = _CHOSEN if chosen else _OTHER
    left, right = (float(np.clip(x, line, width - 1 - line)) for x in (box[0], box[2]))
    top, bottom = (float(np.clip(y, line, height - 1 - line)) for y in (box[1], box[3]))
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    draw_lines(picture, [corners], WHITE, line + 3 * unit)
    draw_lines(picture, [corners], colour, line)
    plate = (text * (0.6 + 0.62 * len(str(number))), text * 1.3)
    corner = (round(min(left, width - plate[0])), round(min(top, height - plate[1])))
    far = (round(corner[0] + plate[0]), round(corner[1] + plate[1]))
    cv2.rectangle(picture, corner, far, colour if chosen else WHITE, cv2.FILLED)
    cv2.rectangle(picture, corner, far, WHITE if chosen else colour, max(1, round(2 * unit)), cv2.LINE_AA)
    middle = ((corner[0] + far[0]) / 2, (corner[1] + far[1]) / 2)
    draw_label(picture, str(number), middle, text, WHITE if chosen else BLACK)
