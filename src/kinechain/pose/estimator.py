"""What a pose estimator is, and how a clip goes through one."""

from __future__ import annotations

from collections.abc import Callable
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

    def estimate(self, image: Image) -> Detection | None:
        """Return the runner in `image` (RGB, shape (height, width, 3)), or None where nobody is found."""
        ...


def estimate_clip(
    frames: Frames,
    estimator: PoseEstimator,
    progress: Progress | None = None,
    *,
    least_share: float = LEAST_SHARE_WITH_PERSON,
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
        Share of the frames in which a person must be found, 0…1.
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
    position = np.full((n, len(KEYPOINTS), 2), np.nan)
    confidence = np.zeros((n, len(KEYPOINTS)))
    world = np.full((n, len(KEYPOINTS), 3), np.nan)
    estimator.start()
    done = found = 0
    for image in frames.images():
        if done == n:
            raise InternalError(reason=f"more images than the {n} announced")
        if on_image is not None and on_image(done, image):
            estimator.start()
        detection = estimator.estimate(image)
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
    if found == 0 or found < least_share * n:
        raise NoPerson(frames=n, found=found)
    return make_pose(
        frames.info.time_s,
        KEYPOINTS,
        position,
        confidence,
        image_size=(frames.info.width, frames.info.height),
        source=estimator.name,
        world_position=world if np.isfinite(world).any() else None,
    )
