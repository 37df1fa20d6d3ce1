"""The scout: who is in a clip, seen in looks at sparse frames before the runner is followed through every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from kinechain.model.frames import Frames, Image
from kinechain.pose.blazepose_geometry import windows
from kinechain.pose.estimator import LIKE_SIZE, Place, Progress
from kinechain.pose.people import Sighting, Track, Window, distinct, same_person

Floats = NDArray[np.float64]


@runtime_checkable
class PersonFinder(Protocol):
    """Finds everybody in an image; an estimator that is one too can be told whom to follow."""

    def people(self, image: Image, window: Window | None = None) -> list[Place]:
        """Return where people are in an image, or in a square window of it, most certain first; some may be wrong."""
        ...

    def look(self, image: Image, place: Place) -> Sighting | None:
        """Return the person at a place, or None where nobody is there; leaves whom the estimator follows alone."""
        ...


@dataclass(frozen=True)
class ScoutParameters:
    """Parameters of the scout.

    Parameters
    ----------
    pattern_s : tuple of float
        Times of the looks within each second [s]; the first one searches the whole image. Uneven, so that no step rate
        looks like standing still, and with a short step first, which tells how fast a new person moves.
    levels : tuple of tuple of float
        Side of the squares that are searched ÷ short side of the image. The first level sees people taller than a third
        of it; the second is used where none of them runs, the third where nobody is found.
    least_confidence : float
        Mean confidence of a person's points below which a look sees nobody.
    most_turned : float
        Turn from upright above which a look sees nobody who runs or stands [rad].
    most : int
        People followed at a time; the largest.
    memory_s : float
        Time after which a person who is not seen any more has left [s].
    reach : float
        How far from the expected place a person may be, in radii, at once and for each second since the last look.
    reach_per_s : float
    glance_s : float
        Time between two glances for other people while the first one is followed [s].
    """

    pattern_s: tuple[float, ...] = (0.0, 0.07, 0.27, 0.50, 0.73)
    levels: tuple[tuple[float, ...], ...] = ((1.0,), (1.0, 0.5), (1.0, 0.5, 0.25))
    least_confidence: float = 0.5
    most_turned: float = 0.8
    most: int = 6
    memory_s: float = 1.2
    reach: float = 0.6
    reach_per_s: float = 1.5
    glance_s: float = 1.0


@dataclass
class _Followed:
    """A person in the making: the looks so far."""

    looks: list[tuple[int, Sighting]]
    times: list[float]

    def at(self, time_s: float) -> Place:
        """Return where the person must be by now, going straight on from the last three looks."""
        last = self.looks[-1][1].place
        if len(self.looks) < 2:
            return last
        first = max(-3, -len(self.looks))
        before = self.looks[first][1].place
        speed = (np.array(last.centre) - before.centre) / (self.times[-1] - self.times[first])
        x, y = last.centre + speed * (time_s - self.times[-1])
        return replace(last, centre=(float(x), float(y)))


class Scout:
    """Looks at sparse frames of a clip and follows everybody from look to look.

    Parameters
    ----------
    finder : PersonFinder
    parameters : ScoutParameters
    level : int
        How small the people are who are looked for; index into `ScoutParameters.levels`.
    """

    def __init__(self, finder: PersonFinder, parameters: ScoutParameters, level: int = 0) -> None:
        self._finder = finder
        self._parameters = parameters
        self._shares = parameters.levels[level]

    def run(
        self, frames: Frames, progress: Progress | None = None, on_image: Callable[[int, Image], bool] | None = None
    ) -> tuple[tuple[Track, ...], int]:
        """Return everybody's tracks, and the number of looks.

        Parameters
        ----------
        frames : Frames
        progress : called with frames done and frames in all
        on_image : as of `estimate_clip`; where it returns True a new scene begins: nobody is followed across
        """
        looks = look_times(frames.info.time_s, self._parameters.pattern_s)
        everybody: list[_Followed] = []
        here: list[_Followed] = []
        for index, image in enumerate(frames.images()):
            cut = on_image is not None and on_image(index, image)
            if cut:
                here, looks[index] = [], True
            if index not in looks:
                continue
            time_s = float(frames.info.time_s[index])
            here = [one for one in here if time_s - one.times[-1] <= self._parameters.memory_s]
            new = self._look(image, index, time_s, here, whole=looks[index])
            here += new
            everybody += new
            if progress is not None:
                progress(index + 1, frames.info.n_frames)
        return tuple(Track(tuple(one.looks)) for one in everybody), len(looks)

    def _look(self, image: Image, index: int, time_s: float, here: list[_Followed], *, whole: bool) -> list[_Followed]:
        """Add a look to everybody who is still here; return who is new."""
        expected = [one.at(time_s) for one in here]
        seen = self._seen(image, expected, whole=whole)
        rows, columns = _assigned(expected, [s.place for s in seen], [self._reach(one, time_s) for one in here])
        for row, column in zip(rows, columns, strict=True):
            here[row].looks.append((index, seen[column]))
            here[row].times.append(time_s)
        if not whole:
            return []
        new = [sighting for number, sighting in enumerate(seen) if number not in columns]
        return [_Followed([(index, sighting)], [time_s]) for sighting in new]

    def _reach(self, one: _Followed, time_s: float) -> float:
        return self._parameters.reach + self._parameters.reach_per_s * (time_s - one.times[-1])

    def _seen(self, image: Image, expected: list[Place], *, whole: bool) -> list[Sighting]:
        found = self._everywhere(image, self._shares) if whole else []
        alone = [all(one is other or one.away(other) > 2.0 for other in expected) for one in expected]
        for place, free in zip(expected, alone, strict=True):
            if not whole and not free:
                found += self._around(image, place)
        return self._people_at(image, expected, found)

    def _people_at(self, image: Image, expected: list[Place], found: list[Place]) -> list[Sighting]:
        """Return who is at the places where somebody was followed to, and at those that were found."""
        known = [self._finder.look(image, place) for place in expected]
        places = [place for place in distinct(found) if not any(s and same_person(s.place, place) for s in known)]
        places = sorted(places, key=lambda place: -place.radius)[: self._parameters.most]
        sightings = [s for s in known + [self._settled(image, place) for place in places] if s and self._plain(s)]
        kept: list[Sighting] = []
        for sighting in sorted(sightings, key=lambda one: -one.confidence):
            if not any(same_person(sighting.place, other.place) for other in kept):
                kept.append(sighting)
        return kept

    def _settled(self, image: Image, place: Place) -> Sighting | None:
        """Look twice: the detector's place is rough, and what is no person falls apart at the second look."""
        first = self._finder.look(image, place)
        return None if first is None else self._finder.look(image, first.place)

    def _plain(self, sighting: Sighting) -> bool:
        return self._upright(sighting.place) and sighting.confidence >= self._parameters.least_confidence

    def _upright(self, place: Place) -> bool:
        return abs(place.angle) <= self._parameters.most_turned

    def crowded(self, image: Image) -> bool:
        """Whether more than one person of some size is seen in an image."""
        places = self._everywhere(image, self._shares)
        return len(places) > 1 and len(self._people_at(image, [], places)) > 1

    def _everywhere(self, image: Image, shares: Sequence[float]) -> list[Place]:
        """Search the whole image and all squares of it; return each place once."""
        height, width = image.shape[:2]
        places = self._finder.people(image)
        for share in shares:
            squares = windows(width, height, share)
            if len(squares) > 1:
                for square in squares:
                    places += self._finder.people(image, square)
        return distinct(place for place in places if self._upright(place))

    def _around(self, image: Image, place: Place) -> list[Place]:
        side = round(3.2 * place.radius)
        left, top = (round(x - side / 2) for x in place.centre)
        return self._finder.people(image, (left, top, side))


def look_times(time_s: Floats, pattern_s: Sequence[float]) -> dict[int, bool]:
    """Return the frames to look at, and whether the whole image is searched there."""
    looks: dict[int, bool] = {}
    for second in range(int(time_s[-1] - time_s[0]) + 1):
        for number, moment in enumerate(pattern_s):
            at = int(np.searchsorted(time_s, time_s[0] + second + moment - 1e-6))
            if at < len(time_s):
                looks[at] = looks.get(at, False) or number == 0
    return looks


def _assigned(expected: list[Place], seen: list[Place], reach: list[float]) -> tuple[list[int], list[int]]:
    """Return who of `expected` is who of `seen`: rows and columns of the cheapest assignment within reach."""
    if not expected or not seen:
        return [], []
    away = np.array([[place.away(other) for other in seen] for place in expected])
    growth = np.abs(np.log([[other.radius / place.radius for other in seen] for place in expected]))
    cost = away + growth
    allowed = (away <= np.array(reach)[:, None]) & (growth <= np.log(LIKE_SIZE))
    rows, columns = linear_sum_assignment(np.where(allowed, cost, 1e3))
    pairs = [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if allowed[r, c]]
    return [row for row, _ in pairs], [column for _, column in pairs]
