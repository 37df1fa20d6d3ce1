"""The strip below the overlay picture: when each foot is on the ground, and where the clip is now."""

from __future__ import annotations

import numpy as np

from kinechain.model.events import GaitEvents
from kinechain.model.frames import Image
from kinechain.model.skeleton import SIDES, Side
from kinechain.video.drawing import BLACK, SIDE_COLOURS, SIDE_LETTERS, WHITE, Colour, draw_label

_GREY: Colour = (0xD9, 0xD9, 0xD9)


class TimeBar:
    """Draws the strip for any instant of a clip.

    A row for each foot: a bar from initial contact to toe-off, a tick at each event, both hollow where the confidence
    is below 0.5. Long clips turn pages, so that steps stay told apart.

    Parameters
    ----------
    events : GaitEvents
    duration_s : float
        Length of the clip [s].
    width_px, height_px : int
    page_s : float
        Longest time shown at once [s].
    """

    def __init__(
        self, events: GaitEvents, duration_s: float, width_px: int, height_px: int, page_s: float = 10.0
    ) -> None:
        self._events = events
        self._pages = max(1, int(np.ceil(duration_s / page_s)))
        self._page_s = max(duration_s / self._pages, 1e-6)
        self._size = (height_px, width_px)
        self._left = round(2.9 * height_px)
        self._right = width_px - round(0.3 * height_px)
        self._drawn = -1
        self._strip: Image = np.empty((0, 0, 3), np.uint8)

    def draw(self, into: Image, time_s: float) -> None:
        """Draw the strip for one instant into a view of the picture, shape (height, width, 3), in place."""
        page = int(np.clip(time_s / self._page_s, 0, self._pages - 1))
        if page != self._drawn:
            self._strip, self._drawn = self._page(page), page
        into[:] = self._strip
        height = self._size[0]
        x = self._x(time_s, page)
        into[:, max(0, x - 2) : x + 3] = WHITE
        into[:, max(0, x - 1) : x + 2] = BLACK
        draw_label(into, f"{time_s:.2f}", (1.1 * height, 0.5 * height), 0.42 * height, BLACK)

    def _x(self, time_s: float, page: int) -> int:
        share = (time_s - page * self._page_s) / self._page_s
        return int(np.clip(round(self._left + share * (self._right - self._left)), self._left, self._right))

    def _page(self, page: int) -> Image:
        height, width = self._size
        strip = np.full((height, width, 3), 255, np.uint8)
        strip[:1] = _GREY
        for row, side in enumerate(SIDES):
            middle = round(height * (0.3 + 0.42 * row))
            strip[middle, self._left : self._right] = _GREY
            draw_label(
                strip, SIDE_LETTERS[side], (self._left - 0.28 * height, middle), 0.26 * height, SIDE_COLOURS[side]
            )
            self._draw_row(strip, side, middle, page)
        return strip

    def _draw_row(self, strip: Image, side: Side, middle: int, page: int) -> None:
        height, colour = self._size[0], SIDE_COLOURS[side]
        start, end = page * self._page_s, (page + 1) * self._page_s
        half = max(2, round(0.09 * height))
        for contact, toe_off in self._events.stance(side):
            if toe_off.time_s < start or contact.time_s > end:
                continue
            x0, x1 = self._x(contact.time_s, page), self._x(toe_off.time_s, page)
            strip[middle - half : middle + half + 1, x0 : x1 + 1] = colour
            if not (contact.usable and toe_off.usable):
                strip[middle - half + 2 : middle + half - 1, x0 + 2 : x1 - 1] = WHITE
        tick = max(3, round(0.17 * height))
        for event in self._events:
            if event.side == side and start <= event.time_s <= end:
                x = self._x(event.time_s, page)
                strip[middle - tick : middle + tick + 1, x - 1 : x + (1 if event.usable else 0)] = colour
