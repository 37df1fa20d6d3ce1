"""Of several people in a file, the one to measure: followed from frame to frame, the largest over the longest time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kinechain.pose.importers.raw import Array

Frame = list[Array]
"""the people of one frame, each of shape (k, 3): x, y, confidence"""

#: A person moves by less than this share of their own height from one frame to the next in which they are seen.
_FARTHEST = 0.5
#: Someone seen in fewer frames than this share of the longest is a passing detection, not a person of the clip.
_PASSING = 0.1


@dataclass
class _Track:
    """One person over the frames."""

    last: Array
    height: float
    frames: dict[int, Array] = field(default_factory=dict)
    extent: float = 0.0

    def take(self, index: int, person: Array, centre: Array, height: float) -> None:
        self.frames[index] = person
        self.last, self.height = centre, height
        self.extent += height


def runner_of(frames: list[Frame], k: int) -> tuple[Array, int]:
    """Return the points of the largest and longest seen person, shape (n, k, 3), and how many people there are."""
    tracks: list[_Track] = []
    for index, frame in enumerate(frames):
        _follow(tracks, index, frame)
    table = np.full((len(frames), k, 3), np.nan)
    table[..., 2] = 0.0
    if not tracks:
        return table, 0
    chosen = max(tracks, key=lambda track: track.extent)
    for index, person in chosen.frames.items():
        table[index] = person
    longest = max(len(track.frames) for track in tracks)
    return table, sum(len(track.frames) >= max(2, _PASSING * longest) for track in tracks)


def _follow(tracks: list[_Track], index: int, frame: Frame) -> None:
    """Give each person of a frame to the nearest track that is near enough, nearest pairs first."""
    seen = [(person, *_where(person)) for person in frame]
    people = [(person, centre, height) for person, centre, height in seen if np.isfinite(centre).all() and height > 0]
    recent = tracks[-200:]
    pairs = sorted(
        (float(np.linalg.norm(track.last - centre)) / max(track.height, height), t, p)
        for t, track in enumerate(recent)
        for p, (_, centre, height) in enumerate(people)
    )
    free_tracks, free_people = set(range(len(recent))), set(range(len(people)))
    for distance, t, p in pairs:
        if distance > _FARTHEST:
            break
        if t in free_tracks and p in free_people:
            recent[t].take(index, *people[p])
            free_tracks.discard(t)
            free_people.discard(p)
    for p in free_people:
        track = _Track(people[p][1], people[p][2])
        track.take(index, *people[p])
        tracks.append(track)


def _where(person: Array) -> tuple[Array, float]:
    """Return centre and height of a person; NaN where no point is there."""
    points = person[:, :2]
    with np.errstate(invalid="ignore", over="ignore"):
        points = points[(np.abs(points) < 1e9).all(axis=1)]
    if not len(points):
        return np.full(2, np.nan), np.nan
    return np.asarray(np.median(points, axis=0)), float(np.ptp(points[:, 1]))
