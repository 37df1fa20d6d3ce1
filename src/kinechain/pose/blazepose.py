"""BlazePose "heavy" on LiteRT: every frame, unfiltered, one runner.

Two networks: a detector that finds a person in the whole image, and a landmark network that finds the points in a
turned square around the person. The detector runs only while nobody is followed: the landmark network's own auxiliary
points say where to look in the next frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from kinechain.errors import InternalError
from kinechain.model.frames import Image
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.blazepose_geometry import (
    HEAT_MAP_SIDE,
    N_ANCHORS,
    N_POINTS,
    REGION_SCALE,
    PersonBox,
    Region,
    Tensor,
    anchors,
    cut_out,
    letterbox,
    people,
    refined,
    sigmoid,
)
from kinechain.pose.estimator import Detection, Place
from kinechain.pose.people import Sighting, Window, distinct
from kinechain.pose.weights import WeightFiles

_N_BODY = len(KEYPOINTS)
_HIP_CENTRE, _SCALE_POINT = 33, 34
_LEGS = [[KEYPOINTS.index(f"{side}_{point}") for point in ("hip", "knee", "ankle")] for side in ("left", "right")]
#: Side of the window that is searched around a place ÷ its radius; the detector sees radii of 0.2–0.5 of a window.
_SEARCH = 3.2


@dataclass(frozen=True)
class BlazePoseParameters:
    """Parameters of `BlazePose`.

    Parameters
    ----------
    threads : int
        Threads of LiteRT. Measured on 2 cores: 12.6 frames/s with one, 16–21 with two.
    least_detection : float
        Score from which the detector's person counts, 0…1.
    least_tracking : float
        Score of the landmark network under which the runner is lost and looked for anew, 0…1.
    """

    threads: int = 2
    least_detection: float = 0.5
    least_tracking: float = 0.5


class _Network:
    """One network: a tensor in, the tensors out that are asked for by their number of elements."""

    def __init__(self, path: Path, threads: int, outputs: tuple[int, ...]) -> None:
        self._interpreter: Any = Interpreter(model_path=str(path), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        by_size = {int(np.prod(out["shape"])): out["index"] for out in self._interpreter.get_output_details()}
        if missing := set(outputs) - set(by_size):
            raise InternalError(reason=f"{path.name}: no output of {sorted(missing)} numbers")
        self._outputs = tuple(by_size[size] for size in outputs)

    def __call__(self, tensor: Tensor) -> tuple[Tensor, ...]:
        self._interpreter.set_tensor(self._input, tensor)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(index) for index in self._outputs)


class BlazePose:
    """BlazePose heavy as a `PoseEstimator`.

    The confidence of a point is the smaller of its *visibility* (in the picture and not hidden) and its *presence* (in
    the picture at all). On three running clips presence never fell below 0.94, so there confidence is visibility: far
    knee 0.03–0.99, near leg above 0.5. Neither tells that a shoe has left the picture (toes placed at the edge: 0.9 and
    above); presence falls only where much is cut off (picture ending at the knees: ankles 0.2–0.9).

    Parameters
    ----------
    weights : WeightFiles
        Of `kinechain.pose.weights.locate`.
    parameters : BlazePoseParameters
    """

    name = "BlazePose heavy (LiteRT)"

    def __init__(self, weights: WeightFiles, parameters: BlazePoseParameters | None = None) -> None:
        self._parameters = parameters or BlazePoseParameters()
        threads = self._parameters.threads
        self._detector = _Network(weights.detector, threads, (N_ANCHORS * 12, N_ANCHORS))
        self._landmarks = _Network(
            weights.landmarks, threads, (N_POINTS * 5, 1, HEAT_MAP_SIDE**2 * N_POINTS, N_POINTS * 3)
        )
        self._anchors = anchors()
        self._region: Region | None = None
        self.model_sha256 = dict(weights.sha256)

    def start(self) -> None:
        """Begin a new clip: forget the runner followed so far."""
        self._region = None

    def estimate(self, image: Image, expected: Place | None = None) -> Detection | None:
        """Return the runner in `image` (RGB, shape (height, width, 3)), or None where nobody is found.

        A runner who is lost is looked for anew in the same image: with `expected` around that place, without it in the
        whole image. With `expected` nobody counts whom that place does not admit, the one followed so far included.
        """
        with _one_opencv_thread():
            if expected is not None:
                return self._expected(image, expected)
            if self._region is not None:
                detection = self._in_region(image, self._region)
                if detection is not None:
                    return detection
            found = self._find(image)
            region = found[0].region if found else None
            return None if region is None or not region.usable else self._in_region(image, region)

    def people(self, image: Image, window: Window | None = None) -> list[Place]:
        """Return where the detector sees people in an image or in a square window of it, most certain first.

        It sees people whose radius is 0.2–0.5 of the side of the window.
        """
        left, top, side = window or (0, 0, max(image.shape[:2]))
        right, bottom = left + side, top + side
        left, top = max(0, left), max(0, top)
        part = image[top : max(bottom, 0), left : max(right, 0)]
        if min(part.shape[:2]) < 2:
            return []
        with _one_opencv_thread():
            found = self._find(part)
        places = [(_place(one.region), one.score) for one in found if one.region.usable]
        return [replace(p, centre=(p.centre[0] + left, p.centre[1] + top), score=score) for p, score in places]

    def look(self, image: Image, place: Place) -> Sighting | None:
        """Return the person at a place as the landmark network sees them, or None where it sees nobody there.

        What is followed stays as it is.
        """
        followed = self._region
        with _one_opencv_thread():
            detection = self._in_region(image, _region(place))
        seen, self._region = self._region, followed
        if detection is None or seen is None:
            return None
        legs = detection.position[_LEGS]
        length = float(np.linalg.norm(np.diff(legs, axis=1), axis=2).sum(axis=1).max())
        return Sighting(_place(seen), float(legs[1, 2, 1] - legs[0, 2, 1]), length, float(detection.confidence.mean()))

    def _expected(self, image: Image, expected: Place) -> Detection | None:
        """Find the runner at or around the place where they are expected."""
        starts = [] if self._region is None else [_place(self._region)]
        for place in [place for place in starts if expected.admits(place)] + [expected]:
            detection = self._admitted(image, place, expected)
            if detection is not None:
                return detection
        side = round(_SEARCH * expected.radius)
        corner = [round(x - side / 2) for x in expected.centre]
        near = [place for place in self.people(image, (corner[0], corner[1], side)) if expected.admits(place)]
        for place in sorted(distinct(near), key=expected.away):
            detection = self._admitted(image, place, expected)
            if detection is not None:
                return detection
        self._region = None
        return None

    def _admitted(self, image: Image, place: Place, expected: Place) -> Detection | None:
        detection = self._in_region(image, _region(place))
        if detection is None or self._region is None or not expected.admits(_place(self._region)):
            return None
        return detection

    def _find(self, image: Image) -> list[PersonBox]:
        tensor, side, offset = letterbox(image)
        numbers, logits = self._detector(tensor)
        return people(
            numbers.reshape(N_ANCHORS, 12),
            logits.reshape(N_ANCHORS),
            self._anchors,
            side,
            offset,
            self._parameters.least_detection,
        )

    def _in_region(self, image: Image, region: Region) -> Detection | None:
        """Find the points in a region, and remember where to look next."""
        self._region = None
        numbers, score, heat, world = self._landmarks(cut_out(image, region))
        if _probability(float(score.ravel()[0])) < self._parameters.least_tracking:
            return None
        table = numbers.reshape(N_POINTS, 5).astype(np.float64)
        points = refined(table[:, :2], heat.reshape(HEAT_MAP_SIDE, HEAT_MAP_SIDE, N_POINTS))
        to_image = region.to_image()
        position = points @ to_image[:, :2].T + to_image[:, 2]
        following = Region.around(position[_HIP_CENTRE], position[_SCALE_POINT])
        self._region = following if following.usable else None
        metres = world.reshape(N_POINTS, 3)[:_N_BODY].astype(np.float64)
        metres[:, :2] = metres[:, :2] @ region.rotation.T
        likely = sigmoid(table[:_N_BODY, 3:])
        return Detection(position[:_N_BODY], likely.min(axis=1), metres)


def _place(region: Region) -> Place:
    return Place(region.centre, region.side / REGION_SCALE, region.angle)


def _region(place: Place) -> Region:
    return Region(place.centre, place.radius * REGION_SCALE, place.angle)


def _probability(score: float) -> float:
    """Return the landmark network's score as a probability: some exports of it end before the last sigmoid."""
    return score if 0.0 <= score <= 1.0 else float(sigmoid(np.array(score)))


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV's threads out of the way of LiteRT's: its small warps gain nothing from them."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
