"""Some pictures of a clip in place of all of them: which ones, and small grey copies of them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kinechain.model.frames import Image

Grey = NDArray[np.uint8]


def spread_frames(n_frames: int, count: int) -> frozenset[int]:
    """Return the indices of up to `count` frames spread evenly over a clip, the first and the last among them."""
    return frozenset(np.linspace(0, max(0, n_frames - 1), count).round().astype(int).tolist())


def grey_copy(image: Image, long_side_px: int) -> tuple[Grey, float]:
    """Return a grey copy, scaled down to this longer side where it is larger, and its size ÷ the image's."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, long_side_px / max(grey.shape))
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8), scale
