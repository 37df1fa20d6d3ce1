"""A crowd of formulas: images that only carry their number, and an estimator that knows who is where in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinechain.model.frames import ClipInfo, Image
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.estimator import Detection, Place
from kinechain.pose.people import Sighting, Window

WIDTH, HEIGHT, FPS = 1280, 720, 30.0
STEP_HZ = 2.9
_HIPS, _KNEES, _ANKLES = (
    [KEYPOINTS.index(f"{side}_{point}") for side in ("left", "right")] for point in ("hip", "knee", "ankle")
)

Way = Callable[[float], tuple[float, float] | None]
"""Time [s] → centre [px], None while the person is not in the picture"""


@dataclass(frozen=True)
class Actor:
    """A person: the way, the radius [px] and how high the feet rise, in leg lengths."""

    way: Way
    radius: float = 200.0
    lift: float = 0.5

    def place(self, time_s: float) -> Place | None:
        centre = self.way(time_s)
        return None if centre is None else Place(centre, self.radius)

    def feet_apart(self, time_s: float) -> float:
        return self.lift * self.radius * float(np.sin(np.pi * STEP_HZ * time_s))


def stays(x: float, y: float = 360.0) -> Way:
    return lambda _: (x, y)


def walks(x: float, speed: float, y: float = 360.0) -> Way:
    return lambda time_s: (x + speed * time_s, y)


def during(start: float, end: float, way: Way) -> Way:
    return lambda time_s: way(time_s) if start <= time_s < end else None


@dataclass(frozen=True)
class CrowdFrames:
    """A clip whose images carry nothing but their number."""

    n: int = 120

    @property
    def info(self) -> ClipInfo:
        return ClipInfo(Path("crowd"), WIDTH, HEIGHT, np.arange(self.n) / FPS, 0, 1.0, "raw")

    def images(self) -> Iterator[Image]:
        for index in range(self.n):
            image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            image[0, 0, :2] = divmod(index, 256)
            yield image


@dataclass
class Crowd:
    """An estimator and finder that sees actors; without a guide it follows the first one whom it finds."""

    actors: list[Actor]
    name: str = "crowd"
    model_sha256: dict[str, str] = field(default_factory=lambda: {"none": "0" * 64})
    started: int = 0
    followed: Place | None = None

    def start(self) -> None:
        self.started += 1
        self.followed = None

    def people(self, image: Image, window: Window | None = None) -> list[Place]:
        left, top, side = window or (0, (HEIGHT - WIDTH) // 2, WIDTH)
        return [
            place
            for _, place in self._here(image)
            if left <= place.centre[0] < left + side
            and top <= place.centre[1] < top + side
            and 0.2 <= place.radius / side <= 0.5
        ]

    def look(self, image: Image, place: Place) -> Sighting | None:
        nearest = self._nearest(image, place)
        if nearest is None:
            return None
        actor, there = nearest
        return Sighting(there, actor.feet_apart(time_of(image)), actor.radius, 0.9)

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:
        found = self.people(image)
        start = expected or self.followed or (found[0] if found else None)
        nearest = None if start is None else self._nearest(image, start)
        if nearest is None or (expected is not None and not expected.admits(nearest[1])):
            self.followed = None
            return None
        actor, self.followed = nearest
        points = np.tile(np.array(self.followed.centre), (len(KEYPOINTS), 1))
        points[_KNEES, 1] += actor.radius / 2
        points[_ANKLES, 1] += actor.radius
        points[_ANKLES[1], 1] += actor.feet_apart(time_of(image))
        return Detection(points, np.full(len(KEYPOINTS), 0.9), None)

    def _here(self, image: Image) -> list[tuple[Actor, Place]]:
        places = [(actor, actor.place(time_of(image))) for actor in self.actors]
        return [(actor, place) for actor, place in places if place is not None]

    def _nearest(self, image: Image, place: Place) -> tuple[Actor, Place] | None:
        near = [(actor, there) for actor, there in self._here(image) if there.away(place) < 1.0]
        return min(near, key=lambda one: one[1].away(place), default=None)


def time_of(image: Image) -> float:
    return float(int(image[0, 0, 0]) * 256 + int(image[0, 0, 1])) / FPS
