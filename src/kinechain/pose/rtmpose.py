"""RTMPose with 26 points (Halpe-26) on onnxruntime, from a file that the user brings.

The network tells big toe, small toe and heel apart. Facts of its use (Jiang et al. 2023, RTMPose, arXiv:2303.07399; the
configuration files of MMPose): a box around the person, 25 % larger, brought to the aspect of the input; RGB with the
mean and spread of ImageNet; for each point one histogram over x and one over y (SimCC, Li et al. 2022,
arXiv:2107.03332) with two bins a pixel of the input, whose highest bins are the point. No file is shipped or
downloaded, and its errors were never measured here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.errors import EstimatorNotInstalled, ModelUnfit
from kinechain.model.frames import Image
from kinechain.model.skeleton import EXTRA_POINTS, KEYPOINTS, SIDES
from kinechain.pose.estimator import Detection, PoseEstimator
from kinechain.pose.importers.names import HALPE_26

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float64]

_MEAN = np.array([123.675, 116.28, 103.53], dtype=np.float32)
_SPREAD = np.array([58.395, 57.12, 57.375], dtype=np.float32)
_PADDING = 1.25


@dataclass(frozen=True)
class RtmPoseParameters:
    """Parameters of `RtmPose`.

    Parameters
    ----------
    threads : of onnxruntime
    least_point : score from which a point counts for the next frame's box, 0…1
    least_tracking : mean score of hips, knees and ankles under which the runner is lost, 0…1
    margin : by how much the box around the last points is larger than they are, each way
    """

    threads: int = 2
    least_point: float = 0.3
    least_tracking: float = 0.3
    margin: float = 0.1


@dataclass(frozen=True)
class Crop:
    """A box of the image with the aspect of the network's input.

    Parameters
    ----------
    centre : (x, y) [px]
    size : width, height [px]
    """

    centre: tuple[float, float]
    size: tuple[float, float]

    @classmethod
    def around(cls, box: Floats, input_size: tuple[int, int]) -> Crop:
        """Return the crop for a person's box (left, top, right, bottom [px]) and an input of width × height."""
        left, top, right, bottom = (float(value) for value in box)
        width, height = _PADDING * (right - left), _PADDING * (bottom - top)
        aspect = input_size[0] / input_size[1]
        width, height = max(width, height * aspect), max(height, width / aspect)
        return cls(((left + right) / 2, (top + bottom) / 2), (width, height))

    @property
    def usable(self) -> bool:
        """Whether an image can be cut out of it."""
        return bool(np.isfinite([*self.centre, *self.size]).all()) and min(self.size) >= 2.0

    def to_image(self, input_size: tuple[int, int]) -> Floats:
        """Return the matrix, shape (2, 3), from pixels of the input to pixels of the image."""
        scale = np.array(self.size) / input_size
        offset = np.array(self.centre) - np.array(self.size) / 2
        return np.array([[scale[0], 0.0, offset[0]], [0.0, scale[1], offset[1]]])


class RtmPose:
    """RTMPose as a `PoseEstimator`: follows one runner by the points of the last frame.

    The confidence of a point is the smaller of its two histograms' peaks, cut to 0…1. Points that the network does not
    know (face details, fingers) are NaN. A point lies on a half pixel of the input: with a runner 600 px tall and an
    input 256 px high, on a grid of 1.5 px.

    Parameters
    ----------
    model : Path
        ONNX file with input (1, 3, height, width) and outputs of 26 histograms over x and over y.
    finder : PoseEstimator, optional
        Looks for the runner where nobody is followed; without it the whole image is the box.
    parameters : RtmPoseParameters

    Raises
    ------
    EstimatorNotInstalled
        Where onnxruntime is not installed.
    ModelUnfit
        Where the file cannot be read, or is another network.
    """

    name = "RTMPose Halpe-26 (onnxruntime)"
    keypoints: tuple[str, ...] = (*KEYPOINTS, *EXTRA_POINTS)

    def __init__(
        self, model: Path, finder: PoseEstimator | None = None, parameters: RtmPoseParameters | None = None
    ) -> None:
        self._parameters = parameters or RtmPoseParameters()
        self._session = _session(model, self._parameters.threads)
        self._input, self.input_size = _input_of(self._session, model)
        self._outputs = _outputs_of(self._session, self.input_size, model)
        self._finder = finder
        self._box: Floats | None = None
        self.model_sha256 = {model.name: hashlib.sha256(model.read_bytes()).hexdigest()}
        if finder is not None:
            self.model_sha256 |= finder.model_sha256

    def start(self, guide: object = None) -> None:  # noqa: ARG002 - a guide is taken frame by frame
        """Begin a new clip: forget the runner followed so far."""
        self._box = None
        if self._finder is not None:
            self._finder.start()

    def estimate(self, image: Image, expected: object = None) -> Detection | None:
        """Return the runner in `image` (RGB, shape (height, width, 3)), or None where nobody is found.

        Parameters
        ----------
        image : Image
        expected : object with `box`, optional
            Where the runner is expected: left, top, right, bottom [px]; it wins over the last frame.

        Returns
        -------
        Detection
            Its points are those of `keypoints`, shape (37, 2).
        """
        box = getattr(expected, "box", None)
        followed = self._box if box is None else np.asarray(box, dtype=np.float64)
        if followed is not None:
            found = self._in_box(image, followed)
            if found is not None:
                return found
        box = self._find(image)
        return None if box is None else self._in_box(image, box)

    def _find(self, image: Image) -> Floats | None:
        if self._finder is None:
            return np.array([0.0, 0.0, image.shape[1], image.shape[0]])
        found = self._finder.estimate(image)
        return None if found is None else self._around(found.position, found.confidence)

    def _around(self, position: Floats, confidence: Floats) -> Floats | None:
        """Return the box around the points that count, or None."""
        counted = position[np.isfinite(position).all(axis=1) & (confidence >= self._parameters.least_point)]
        if len(counted) < 3:
            return None
        low, high = counted.min(axis=0), counted.max(axis=0)
        more = self._parameters.margin * (high - low)
        return np.concatenate([low - more, high + more])

    def _in_box(self, image: Image, box: Floats) -> Detection | None:
        """Find the points in a box, and remember where to look next."""
        self._box = None
        crop = Crop.around(box, self.input_size)
        if not crop.usable:
            return None
        x, y = self._session.run(list(self._outputs), {self._input: network_input(image, crop, self.input_size)})
        points, score = decoded(x[0], y[0], self.input_size)
        to_image = crop.to_image(self.input_size)
        position, confidence = to_skeleton(points @ to_image[:, :2].T + to_image[:, 2], score)
        followed = [self.keypoints.index(f"{side}_{point}") for side in SIDES for point in ("hip", "knee", "ankle")]
        if float(confidence[followed].mean()) < self._parameters.least_tracking:
            return None
        self._box = self._around(position, confidence)
        return Detection(position, confidence, None)


def network_input(image: Image, crop: Crop, input_size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a crop of an RGB image as the network's input, shape (1, 3, height, width)."""
    matrix = crop.to_image(input_size)
    patch = cv2.warpAffine(image, matrix, input_size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    normal = (np.asarray(patch, dtype=np.float32) - _MEAN) / _SPREAD
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], dtype=np.float32)


def decoded(x: NDArray[Any], y: NDArray[Any], input_size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return points and scores of SimCC histograms.

    Parameters
    ----------
    x : shape (k, bins a width × width)
    y : shape (k, bins a height × height)
    input_size : width, height of the network's input [px]

    Returns
    -------
    points : shape (k, 2) [px of the input]
    score : shape (k,), 0…1
    """
    bins = np.array([x.shape[1] / input_size[0], y.shape[1] / input_size[1]])
    points = np.stack([x.argmax(axis=1), y.argmax(axis=1)], axis=1) / bins
    score = np.clip(np.nan_to_num(np.minimum(x.max(axis=1), y.max(axis=1))), 0.0, 1.0)
    return np.asarray(points, dtype=np.float64), np.asarray(score, dtype=np.float64)


def to_skeleton(points: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Return the points of Halpe-26 in the order of `RtmPose.keypoints`; the toe is the big toe."""
    place = {name: i for i, name in enumerate(HALPE_26)}
    place |= {f"{side}_toe": place[f"{side}_big_toe"] for side in SIDES}
    position = np.full((len(RtmPose.keypoints), 2), np.nan)
    confidence = np.zeros(len(RtmPose.keypoints))
    for i, name in enumerate(RtmPose.keypoints):
        if name in place:
            position[i], confidence[i] = points[place[name]], score[place[name]]
    return position, confidence


def _session(model: Path, threads: int) -> InferenceSession:
    try:
        import onnxruntime  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise EstimatorNotInstalled(package="onnxruntime", extra="rtmpose") from error
    if not model.is_file():
        raise ModelUnfit(path=model, reason="no such file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no public base but Exception
        raise ModelUnfit(path=model, reason=str(error).splitlines()[0][:200]) from error


def _input_of(session: InferenceSession, model: Path) -> tuple[str, tuple[int, int]]:
    """Return name and (width, height) of the network's input."""
    inputs = session.get_inputs()
    shape = list(inputs[0].shape) if len(inputs) == 1 else []
    if len(shape) != 4 or shape[1] != 3 or not all(isinstance(side, int) and side > 0 for side in shape[2:]):
        raise ModelUnfit(path=model, reason=f"input {shape}; (1, 3, height, width) is needed")
    return str(inputs[0].name), (int(shape[3]), int(shape[2]))


def _outputs_of(session: InferenceSession, input_size: tuple[int, int], model: Path) -> tuple[str, str]:
    """Return the names of the histograms over x and over y."""
    shapes = {str(out.name): list(out.shape) for out in session.get_outputs()}
    points = len(HALPE_26)
    fits = {
        name: shape[2] for name, shape in shapes.items() if len(shape) == 3 and shape[1] == points and _whole(shape[2])
    }
    names = []
    for axis, side in zip(("x", "y"), input_size, strict=True):
        named = [name for name, bins in fits.items() if name.endswith(axis) and bins % side == 0]
        sized = [name for name, bins in fits.items() if bins == 2 * side]
        names += (named or sized)[:1]
    if len(names) != 2 or names[0] == names[1]:
        raise ModelUnfit(path=model, reason=f"outputs {shapes}; SimCC histograms of {points} points are needed")
    return names[0], names[1]


def _whole(bins: object) -> bool:
    return isinstance(bins, int) and bins > 0
