"""An estimator that remembers: what was seen once in a clip is read back, so that the rest can be measured again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinechain.model.frames import Image
from kinechain.pose.estimator import Detection, Place, PoseEstimator


class Replay:
    """A `PoseEstimator` around another one, which runs only where its results are not on disk yet.

    Results are those of one clip, image after image from the first; an image that is asked for twice counts twice.

    Parameters
    ----------
    estimator : the one whose results are kept
    path : file for them (`.npz`); written by `save`
    """

    def __init__(self, estimator: PoseEstimator, path: Path) -> None:
        self._estimator, self._path = estimator, path
        self.name, self.model_sha256 = estimator.name, estimator.model_sha256
        self._kept = dict(np.load(path)) if path.is_file() else None
        self._seen: list[Detection | None] = []
        self._next = 0

    def start(self) -> None:
        """Begin anew, as the estimator behind it."""
        if self._kept is None:
            self._estimator.start()

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:
        """Return what was seen in the next image."""
        if self._kept is None:
            self._seen.append(self._estimator.estimate(image, expected))
            return self._seen[-1]
        position, confidence, world = (self._kept[name][self._next] for name in ("position", "confidence", "world"))
        self._next += 1
        if not np.isfinite(position).all():
            return None
        return Detection(position, confidence, world if np.isfinite(world).all() else None)

    def save(self) -> None:
        """Write what was seen, unless it was read back."""
        if self._kept is not None or not self._seen:
            return
        nobody = Detection(np.full((33, 2), np.nan), np.zeros(33), np.full((33, 3), np.nan))
        rows = [nobody if seen is None else seen for seen in self._seen]
        unknown = np.full((33, 3), np.nan)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            self._path,
            position=np.array([row.position for row in rows], dtype=np.float32),
            confidence=np.array([row.confidence for row in rows], dtype=np.float32),
            world=np.array(
                [unknown if row.world_position is None else row.world_position for row in rows], dtype=np.float32
            ),
        )
