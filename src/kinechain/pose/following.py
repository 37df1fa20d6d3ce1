"""Follow the runner through a clip, whoever else is in it.

A clip of one runner takes one pass: the estimator follows whom it finds, and now and then a glance at the whole image
makes sure that there is nobody else. Only where a glance sees more people, where the one followed does not run or is
seen too rarely, or where the user names a person, a scout looks at sparse frames first; its choice guides a new pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from kinechain.errors import NoPerson, PersonNotFound
from kinechain.model.frames import Area, Frames, Image
from kinechain.model.pose import logged, track
from kinechain.model.skeleton import SIDES
from kinechain.pose.estimator import PoseEstimator, Progress, estimate_clip
from kinechain.pose.people import Candidate, People, PeopleParameters, foot_lift, guide_of, sort_out
from kinechain.pose.scout import PersonFinder, Scout, ScoutParameters

OnImage = Callable[[int, Image], bool]
LeftOut = Callable[[], Area | None]


@dataclass(frozen=True)
class FollowingParameters:
    """Parameters of `follow`.

    Parameters
    ----------
    scout : ScoutParameters
    people : PeopleParameters
    agreement : float
        Share of the scout's looks in which a person followed without a guide must be the one that the scout chose.
    """

    scout: ScoutParameters = field(default_factory=ScoutParameters)
    people: PeopleParameters = field(default_factory=PeopleParameters)
    agreement: float = 0.9


@dataclass(frozen=True)
class Followed:
    """The runner's pose, and who else is in the clip.

    Parameters
    ----------
    pose : Dataset, unrepaired
    people : People, or None where only one person is there, or the estimator cannot tell
    """

    pose: xr.Dataset
    people: People | None


class _SomebodyElse(Exception):
    """Another person is seen: the pass without a guide ends."""


def follow(
    frames: Frames,
    estimator: PoseEstimator,
    progress: Progress | None = None,
    *,
    person: int | None = None,
    on_image: OnImage | None = None,
    left_out: LeftOut = lambda: None,
    parameters: FollowingParameters | None = None,
) -> Followed:
    """Follow the runner through a clip.

    Parameters
    ----------
    frames : Frames
    estimator : PoseEstimator
        One that is a `PersonFinder` too can tell people apart; any other follows whom it finds.
    progress : callable, optional
        Called with frames done and frames in all; begins anew with each pass.
    person : int, optional
        Number of the one to follow, see `Candidate.number`; without it the runner is chosen.
    on_image : callable, optional
        As of `estimate_clip`; called once with each image, however many passes there are.
    left_out : callable, optional
        Asked when all images have passed: a part of the picture in which nobody is chosen while there are others.
    parameters : FollowingParameters, optional

    Raises
    ------
    NoPerson
    PersonNotFound
        Where nobody has the number `person`.
    """
    if not isinstance(estimator, PersonFinder):
        if person not in (None, 1):
            raise PersonNotFound(person=person, found=1, places="–")
        return Followed(estimate_clip(frames, estimator, progress, on_image=on_image), None)
    scenes = _Scenes(on_image)
    chosen = parameters or FollowingParameters()
    return _Follower(frames, estimator, estimator, progress, scenes, left_out, chosen).run(person)


class _Scenes:
    """Asks once for each image whether a new scene begins there, and remembers it for further passes."""

    def __init__(self, on_image: OnImage | None) -> None:
        self._on_image = on_image
        self._asked = 0
        self.cuts: list[int] = []

    def __call__(self, index: int, image: Image) -> bool:
        if index >= self._asked:
            self._asked = index + 1
            if self._on_image is not None and self._on_image(index, image):
                self.cuts.append(index)
        return index in self.cuts


@dataclass(frozen=True)
class _Follower:
    frames: Frames
    estimator: PoseEstimator
    finder: PersonFinder
    progress: Progress | None
    scenes: _Scenes
    left_out: LeftOut
    parameters: FollowingParameters

    def run(self, person: int | None) -> Followed:
        pose = None
        if person is None:
            try:
                pose = self._unguided(glancing=True)
            except _SomebodyElse:
                pose = None
            except NoPerson:
                pass
            if pose is not None and pose_lift(pose) >= self.parameters.people.running_lift:
                return Followed(pose, None)
        people = self._scout(person)
        if people is None:
            return Followed(self._unguided() if pose is None else pose, None)
        if person is not None and person > len(people.candidates):
            raise _not_found(person, people, self.frames)
        if len(people.candidates) > 1:
            return Followed(self._guided(people), people)
        return Followed(self._alone(people, pose), None)

    def _alone(self, people: People, pose: xr.Dataset | None) -> xr.Dataset:
        """Return the pose of a clip's only person: without a guide, if that finds them."""
        if pose is None:
            try:
                pose = self._unguided()
            except NoPerson:
                return self._guided(people)
        same = agreement(pose, people.runner) >= self.parameters.agreement
        return pose if same else self._guided(people)

    def _unguided(self, *, glancing: bool = False) -> xr.Dataset:
        on_image = self._glance if glancing else self.scenes
        return estimate_clip(self.frames, self.estimator, self.progress, on_image=on_image)

    def _guided(self, people: People) -> xr.Dataset:
        guide = guide_of(people.runner, self.frames.info.time_s, self.scenes.cuts, self.parameters.people)
        pose = estimate_clip(self.frames, self.estimator, self.progress, guide=guide, on_image=self.scenes)
        return logged(pose, f"followed person {people.chosen} of {len(people.candidates)}")

    def _glance(self, index: int, image: Image) -> bool:
        time_s, every = self.frames.info.time_s, self.parameters.scout.glance_s
        new_scene = self.scenes(index, image)
        due = new_scene or index == 0 or time_s[index] // every > time_s[index - 1] // every
        if due and Scout(self.finder, self.parameters.scout).crowded(image):
            raise _SomebodyElse
        return new_scene

    def _scout(self, person: int | None) -> People | None:
        """Find everybody; small people too, where no runner or not the one asked for is found among the others."""
        people = None
        for level in range(len(self.parameters.scout.levels)):
            scout = Scout(self.finder, self.parameters.scout, level)
            tracks, looks = scout.run(self.frames, self.progress, self.scenes)
            found = sort_out(tracks, looks, person, self.parameters.people, left_out=self.left_out())
            if people is None or (found is not None and self._better(found, people, person)):
                people = found
            if people is not None and (self._enough(people, person) or level > 0):
                break
        return people

    def _runs(self, people: People) -> bool:
        return any(one.lift >= self.parameters.people.running_lift for one in people.candidates)

    def _enough(self, people: People, person: int | None) -> bool:
        return self._runs(people) and (person is None or person <= len(people.candidates))

    def _better(self, found: People, before: People, person: int | None) -> bool:
        return self._enough(found, person) or (person is not None and len(found.candidates) > len(before.candidates))


def pose_lift(pose: xr.Dataset) -> float:
    """Return how high each foot of a pose rises over the other, in leg lengths; see `foot_lift`."""
    paths = [[track(pose, f"{side}_{point}", "raw_position") for point in ("hip", "knee", "ankle")] for side in SIDES]
    legs = np.array(paths)
    lengths = np.linalg.norm(np.diff(legs, axis=1), axis=3).sum(axis=1).max(axis=0)
    seen = np.isfinite(lengths)
    return foot_lift(legs[1, 2, seen, 1] - legs[0, 2, seen, 1], float(np.median(lengths[seen])) if seen.any() else 0.0)


def agreement(pose: xr.Dataset, candidate: Candidate) -> float:
    """Return the share of a candidate's looks, 0…1, in which a pose is at the candidate's place."""
    hips = np.mean([track(pose, f"{side}_hip", "raw_position") for side in SIDES], axis=0)
    away = [
        np.hypot(*(hips[frame] - sighting.place.centre)) / sighting.place.radius
        for stretch in candidate.tracks
        for frame, sighting in stretch.looks
    ]
    return float(np.mean(np.array(away) < 0.5))


def _not_found(person: int, people: People, frames: Frames) -> PersonNotFound:
    width = frames.info.width
    where = ", ".join(f"{number}: {100 * place.centre[0] / width:.0f} %" for number, place in people.places.items())
    return PersonNotFound(person=person, found=len(people.candidates), places=where)
