"""Several people in a clip: what is known of each, who of them is the runner, and where the runner is in each frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Area
from kinechain.pose.estimator import LIKE_SIZE, Guide, Place

Floats = NDArray[np.float64]
Window = tuple[int, int, int]
"""A square of the image: left, top, side [px]; may reach out of it"""


@dataclass(frozen=True)
class PeopleParameters:
    """Parameters of the choice among several people.

    Parameters
    ----------
    running_lift : float
        Foot lift (see `Candidate.lift`) from which a person runs. Measured: two runners 0.31–0.51 in side view, a
        walker 0.11–0.15.
    full_lift : float
        Foot lift from which a person runs as plainly as can be.
    least_looks : int
        Looks in which a person must be seen to count.
    least_confidence : float
        Mean confidence of a person's points from which it is one. Measured: people 0.82–0.90, other things 0.46–0.63.
    before_s, after_s : float
        Time before the first and after the last look in which the runner is still looked for [s].
    lost_slack : float
        How far the runner may be from the place guessed for such times, in radii.
    """

    running_lift: float = 0.22
    full_lift: float = 0.45
    least_looks: int = 3
    least_confidence: float = 0.68
    before_s: float = 1.0
    after_s: float = 0.5
    lost_slack: float = 1.0


@dataclass(frozen=True)
class Sighting:
    """A person in one image.

    Parameters
    ----------
    place : Place
    feet_apart_px : float
        Height of the left ankle over the right one in the image [px], negative where it is below.
    leg_px : float
        Length of the longer leg in the image, hip to knee to ankle [px].
    confidence : float
        How plainly the points of the body are seen, 0…1.
    """

    place: Place
    feet_apart_px: float
    leg_px: float
    confidence: float


@dataclass(frozen=True)
class Track:
    """One person without interruption: frame and sighting of each look, in order of time."""

    looks: tuple[tuple[int, Sighting], ...]

    @property
    def frames(self) -> list[int]:
        """Index of the frame of each look."""
        return [frame for frame, _ in self.looks]

    @property
    def first(self) -> int:
        """Frame of the first look."""
        return self.looks[0][0]

    @property
    def last(self) -> int:
        """Frame of the last look."""
        return self.looks[-1][0]

    @property
    def radius(self) -> float:
        """Median radius [px]."""
        return float(np.median([sighting.place.radius for _, sighting in self.looks]))

    @property
    def confidence(self) -> float:
        """Mean confidence over the looks, 0…1."""
        return float(np.mean([sighting.confidence for _, sighting in self.looks]))

    @property
    def lift(self) -> float:
        """How high each foot rises over the other, in leg lengths; see `Candidate.lift`."""
        leg = float(np.median([sighting.leg_px for _, sighting in self.looks]))
        return foot_lift(np.array([sighting.feet_apart_px for _, sighting in self.looks]), leg)


@dataclass(frozen=True)
class Candidate:
    """One of the people in a clip.

    Parameters
    ----------
    number : int
        From 1, left to right in the frame `People.frame`; who is not in it follows in order of appearance.
    tracks : tuple of Track
        More than one where the person left and came back, or where the scene was cut.
    lift : float
        How high each foot rises over the other, in leg lengths: a high rise of both feet is running, in any view.
    share_seen : float
        Share of the looks in which the person is seen, 0…1.
    """

    number: int
    tracks: tuple[Track, ...]
    lift: float
    share_seen: float

    @property
    def radius(self) -> float:
        """Median radius of the largest stretch [px]."""
        return max(track.radius for track in self.tracks)

    def within(self, area: Area) -> bool:
        """Return whether the person is in a part of the picture in most looks."""
        left, top, right, bottom = area
        centres = [sighting.place.centre for track in self.tracks for _, sighting in track.looks]
        return 2 * sum(left <= x <= right and top <= y <= bottom for x, y in centres) > len(centres)

    def at(self, frame: int) -> Place | None:
        """Return where the person was at the look in a frame; None where not seen then."""
        return next((s.place for track in self.tracks for f, s in track.looks if f == frame), None)


@dataclass(frozen=True)
class People:
    """Everybody found in a clip.

    Parameters
    ----------
    candidates : tuple of Candidate
        By number; at least one.
    chosen : int
        Number of the runner who is followed.
    frame : int
        The first frame in which most of them are seen.
    """

    candidates: tuple[Candidate, ...]
    chosen: int
    frame: int

    @property
    def runner(self) -> Candidate:
        """The candidate who is followed."""
        return self.candidates[self.chosen - 1]

    @property
    def places(self) -> dict[int, Place]:
        """Place of each person who is seen in `frame`, by number."""
        places = {one.number: one.at(self.frame) for one in self.candidates}
        return {number: place for number, place in places.items() if place is not None}


def foot_lift(feet_apart: Floats, leg: float) -> float:
    """Return how high each foot rises over the other, in leg lengths: the lower of the two sides' 90th percentiles.

    Parameters
    ----------
    feet_apart : shape (n,)
        Height of the one ankle over the other [px]; NaN where not seen. The order in time does not matter, so that
        looks may be far apart and slow motion does no harm.
    leg : float
        Length of a leg [px].
    """
    seen = feet_apart[np.isfinite(feet_apart)]
    if not len(seen) or not leg > 0:
        return 0.0
    return float(max(0.0, min(np.percentile(seen, 90), np.percentile(-seen, 90))) / leg)


def distinct(places: Iterable[Place]) -> list[Place]:
    """Return places, most certain first, each person once."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda one: -one.score):
        if not any(same_person(place, other) for other in kept):
            kept.append(place)
    return kept


def same_person(one: Place, other: Place) -> bool:
    """Whether two places of one image show the same person: the middle of the one lies deep inside of the other."""
    larger, smaller = (one, other) if one.radius >= other.radius else (other, one)
    return larger.away(smaller) < 0.4


def sort_out(
    tracks: Sequence[Track],
    n_looks: int,
    person: int | None,
    parameters: PeopleParameters | None = None,
    *,
    left_out: Area | None = None,
) -> People | None:
    """Join tracks into people, number them and choose the runner; None where nobody stays long enough.

    Parameters
    ----------
    tracks : sequence of Track
    n_looks : number of looks at the clip
    person : number of the one to follow; None, or a number that nobody has, leaves the choice to the motion
    parameters : PeopleParameters, optional
    left_out : part of the picture whose people have a number but are chosen only where there is nobody else
    """
    chosen = parameters or PeopleParameters()
    groups = _joined(_real(tracks, chosen), chosen)
    if not groups:
        return None
    frame = _fullest_frame(groups)
    unnumbered = [_candidate(group, n_looks) for group in groups]
    order = sorted(range(len(groups)), key=lambda i: _left_to_right(unnumbered[i], frame))
    candidates = tuple(replace(unnumbered[i], number=number) for number, i in enumerate(order, start=1))
    if person is None or person > len(candidates):
        outside = [one for one in candidates if left_out is None or not one.within(left_out)]
        person = _runner(outside or candidates, chosen).number
    return People(candidates, person, frame)


def guide_of(
    candidate: Candidate, time_s: Floats, cuts: Sequence[int] = (), parameters: PeopleParameters | None = None
) -> Guide:
    """Return where a person is in each frame, filled in between the looks; None where they are out of the picture.

    Parameters
    ----------
    candidate : Candidate
    time_s : shape (n,), of the frames [s]
    cuts : indices of the frames with which a new scene begins: nothing is guessed across
    parameters : PeopleParameters, optional
    """
    chosen = parameters or PeopleParameters()
    scene = np.searchsorted(np.sort(np.asarray(cuts, dtype=int)), np.arange(len(time_s)), side="right")
    guide: list[Place | None] = [None] * len(time_s)
    distance = np.full(len(time_s), np.inf)
    for track in candidate.tracks:
        frames = np.array(track.frames)
        first, last = time_s[frames[0]], time_s[frames[-1]]
        away = np.maximum.reduce([first - time_s, time_s - last, np.zeros(len(time_s))])
        reach = (time_s >= first - chosen.before_s) & (time_s <= last + chosen.after_s)
        reach &= (scene >= scene[frames[0]]) & (scene <= scene[frames[-1]])
        nearer = np.flatnonzero(reach & (away < distance))
        values = _way(track, time_s)
        for index in nearer:
            x, y, radius = values[index]
            slack = chosen.lost_slack if away[index] > 0 else Place.slack
            guide[index] = Place((float(x), float(y)), float(radius), slack=slack)
        distance[nearer] = away[nearer]
    return guide


def _way(track: Track, time_s: Floats) -> Floats:
    """Return x, y [px] and radius [px] of a track at all times, shape (n, 3); beyond its ends it goes straight on."""
    at = time_s[np.array(track.frames)]
    known = np.array([[*s.place.centre, s.place.radius] for _, s in track.looks])
    way = np.column_stack([np.interp(time_s, at, column) for column in known.T])
    for end, inner in ((0, min(2, len(at) - 1)), (-1, max(-3, -len(at)))):
        beyond = time_s < at[0] if end == 0 else time_s > at[-1]
        speed = (known[inner, :2] - known[end, :2]) / (at[inner] - at[end]) if at[inner] != at[end] else np.zeros(2)
        way[beyond, :2] += (time_s[beyond] - at[end])[:, None] * speed
    return way


def _real(tracks: Sequence[Track], parameters: PeopleParameters) -> list[Track]:
    """Return the tracks that show people, each person once."""
    kept: list[Track] = []
    for track in sorted(tracks, key=lambda one: -len(one.looks)):
        plain = track.confidence >= parameters.least_confidence and len(track.looks) >= parameters.least_looks
        if plain and not any(_shadows(track, other) for other in kept):
            kept.append(track)
    return kept


def _shadows(track: Track, other: Track) -> bool:
    """Whether a track shows the person whom another one shows, in at least half of its looks."""
    at = {frame: sighting.place for frame, sighting in other.looks}
    shared = sum(same_person(at[frame], sighting.place) for frame, sighting in track.looks if frame in at)
    return 2 * shared >= len(track.looks)


def _joined(tracks: list[Track], parameters: PeopleParameters) -> list[list[Track]]:
    """Join tracks that follow one another and can be the same person: both run, or both stay in one place."""
    groups: list[list[Track]] = []
    for track in sorted(tracks, key=lambda one: one.first):
        for group in groups:
            if group[-1].last < track.first and _alike(group[-1], track, parameters):
                group.append(track)
                break
        else:
            groups.append([track])
    return groups


def _alike(before: Track, after: Track, parameters: PeopleParameters) -> bool:
    run = [track.lift >= parameters.running_lift for track in (before, after)]
    if run[0] != run[1] or not 1 / LIKE_SIZE < after.radius / before.radius < LIKE_SIZE:
        return False
    return run[0] or before.looks[-1][1].place.away(after.looks[0][1].place) < 1.0


def _candidate(group: list[Track], n_looks: int) -> Candidate:
    looks = sum(len(track.looks) for track in group)
    lift = float(np.average([track.lift for track in group], weights=[len(track.looks) for track in group]))
    return Candidate(0, tuple(group), lift, min(1.0, looks / max(1, n_looks)))


def _fullest_frame(groups: list[list[Track]]) -> int:
    """Return the first frame in which most people are seen."""
    frames = [frame for group in groups for track in group for frame in track.frames]
    number, count = np.unique(frames, return_counts=True)
    return int(number[np.argmax(count)])


def _left_to_right(candidate: Candidate, frame: int) -> tuple[int, float]:
    place = candidate.at(frame)
    return (0, place.centre[0]) if place is not None else (1, candidate.tracks[0].first)


def _runner(candidates: Sequence[Candidate], parameters: PeopleParameters) -> Candidate:
    """Choose by running motion, size and length: the product of the squared lift, the size and the root of the length.

    The lift counts up to where a person plainly runs, so that a large walker or bystander does not win over a runner
    further off, and between two runners the larger one is followed.
    """
    return max(
        candidates,
        key=lambda one: (
            min(one.lift / parameters.full_lift, 1.0) ** 2 * one.radius * np.sqrt(one.share_seen)
            + 1e-6 * one.radius * one.share_seen
        ),
    )
