"""What a pose estimator is, and how a clip goes through one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.errors import InternalError, NoPerson
from kinechain.model.frames import Frames, Image
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS

#: Below this share of frames with a person, a clip is not one of a runner.
LEAST_SHARE_WITH_PERSON = 0.2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Place:
    """Where a person is in an image.

    Parameters
    ----------
    centre : x, y
        Middle between the hips [px].
    radius : float
        Of the circle around the centre that holds the whole body [px], a little more than half a body height.
    angle : float
        Turn of the body [rad], 0 upright in the image, + clockwise as seen.
    slack : float
        How far from `centre` the person may be, in radii.
    score : float
        How sure the detector is, 0…1.
    """

    centre: tuple[float, float]
    radius: float
    angle: float = 0.0
    slack: float = 0.5
    score: float = 1.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the square around the circle [px]; may reach out of the image."""
        (x, y), r = self.centre, self.radius
        return x - r, y - r, x + r, y + r

    def away(self, other: Place) -> float:
        """Return the distance between the centres, in radii of this place."""
        return float(np.hypot(other.centre[0] - self.centre[0], other.centre[1] - self.centre[1]) / self.radius)

    def admits(self, other: Place) -> bool:
        """Whether somebody seen at another place can be the person expected at this one: near, and as large."""
        return self.away(other) <= self.slack and 1 / LIKE_SIZE < other.radius / self.radius < LIKE_SIZE


#: Ratio of two sizes from which two people differ in size; a runner's own circle breathes by 1.2 with the strides.
LIKE_SIZE = 1.7
Guide = Sequence[Place | None]
"""The place of the chosen runner in each frame of a clip, None where the runner is not in the picture."""


@dataclass(frozen=True)
class Detection:
    """One person in one image.

    Parameters
    ----------
    position : ndarray, shape (33, 2)
        Points in the order of `skeleton.KEYPOINTS` [px of the upright image, x right, y down]; may lie outside of it.
    confidence : ndarray, shape (33,)
        The estimator's own, 0…1.
    world_position : ndarray, shape (33, 3), or None
        The estimator's metric guess, hip-centred [m], x and y as in the image, z away from the camera.
    """

    position: NDArray[np.float64]
    confidence: NDArray[np.float64]
    world_position: NDArray[np.float64] | None


class PoseEstimator(Protocol):
    """Finds the points of one runner, image after image.

    One that finds more points than `skeleton.KEYPOINTS` names all of its own, those first, in `keypoints`.

    An estimator may carry what it saw over to the next image; `start` makes it forget, so one object serves many
    clips, one after the other.
    """

    @property
    def name(self) -> str:
        """Name of model and runtime, for the provenance."""
        ...

    @property
    def model_sha256(self) -> dict[str, str]:
        """SHA-256 of each weights file in use, by file name."""
        ...

    def start(self) -> None:
        """Begin a new clip: forget the runner followed so far."""
        ...

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:
        """Return the runner in `image` (RGB, shape (height, width, 3)), or None where nobody is found.

        With `expected` only a person whom that place admits is the runner; without it the estimator chooses.
        """
        ...


def estimate_clip(
    frames: Frames,
    estimator: PoseEstimator,
    progress: Progress | None = None,
    *,
    least_share: float = LEAST_SHARE_WITH_PERSON,
    guide: Guide | None = None,
    on_image: Callable[[int, Image], bool] | None = None,
) -> xr.Dataset:
    """Run an estimator over every frame of a clip, holding one image at a time.

    Parameters
    ----------
    frames : Frames
    estimator : PoseEstimator
    progress : callable, optional
        Called after each frame with frames done and frames in all.
    least_share : float
        Share of the frames in which a person must be found, 0…1; with a guide, of those in which one is expected.
    guide : sequence of Place or None, optional
        Where the runner is in each frame; in frames without a place nobody is looked for. Without a guide the
        estimator follows whom it finds first.
    on_image : callable, optional
        Called with each image and its index before the estimator sees it; where it returns True the scene begins anew
        and the estimator is told to forget the runner followed so far.

    Returns
    -------
    Dataset
        A pose as `kinechain.model.pose` defines it, unrepaired.

    Raises
    ------
    NoPerson
        Where a person is found in fewer than `least_share` of the frames.
    InternalError
        Where the clip yields another number of images than it announces.
    """
    n = frames.info.n_frames
    names = tuple(getattr(estimator, "keypoints", KEYPOINTS))
    position = np.full((n, len(names), 2), np.nan)
    confidence = np.zeros((n, len(names)))
    world = np.full((n, len(names), 3), np.nan)
    estimator.start()
    done = found = 0
    for image in frames.images():
        if done == n:
            raise InternalError(reason=f"more images than the {n} announced")
        if on_image is not None and on_image(done, image):
            estimator.start()
        detection = _in_guide(estimator, image, guide, done)
        if detection is not None:
            found += 1
            position[done] = detection.position
            confidence[done] = detection.confidence
            if detection.world_position is not None:
                world[done] = detection.world_position
        done += 1
        if progress is not None:
            progress(done, n)
    if done != n:
        raise InternalError(reason=f"{done} images of the {n} announced")
    looked_for = n if guide is None else sum(place is not None for place in guide)
    if found == 0 or found < least_share * looked_for:
        raise NoPerson(frames=n, found=found)
    return make_pose(
        frames.info.time_s,
        names,
        position,
        confidence,
        image_size=(frames.info.width, frames.info.height),
        source=estimator.name,
        world_position=world if np.isfinite(world).any() else None,
    )


def _in_guide(estimator: PoseEstimator, image: Image, guide: Guide | None, index: int) -> Detection | None:
    if guide is None:
        return estimator.estimate(image)
    expected = guide[index]
    return None if expected is None else estimator.estimate(image, expected)
