"""Slow motion as phones write it into a clip.

Android cameras write the rate at which pictures were taken into the container: key `com.android.capture.fps`, a 32-bit
float in the `mdta` metadata of the `moov` box (`MediaMuxer` and `MdtaMetadataEntry` of AndroidX Media3). A clip whose
pictures were taken faster than they are played is in slow motion.

Apple documents no such rate. Its cameras keep the true times in the file and slow down in the player; the key
`com.apple.quicktime.full-frame-rate-playback-intent` states how a player should show the movie, and is 0 in normal
movies too. A slow-motion movie that was exported with the slow-down in it holds no trace of its factor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_ANDROID_CAPTURE_FPS = "com.android.capture.fps"
#: Pictures taken less than this many times faster than played are no slow motion: in the dark, cameras slow down.
_LEAST_FACTOR = 1.5
#: Rates are nominal (240 for 239.76): a factor this close to a whole number is that number.
_ROUNDING = 0.02


def recorded_capture_fps(metadata: Mapping[str, str]) -> float | None:
    """Return the rate at which the camera took the pictures [Hz], None where the container does not say."""
    try:
        rate = float(metadata[_ANDROID_CAPTURE_FPS])
    except (KeyError, ValueError):
        return None
    return rate if math.isfinite(rate) and rate > 0 else None


def recorded_time_scale(capture_fps: float | None, frame_interval_s: float) -> float | None:
    """Return container seconds for one real second, None where the camera wrote nothing.

    Parameters
    ----------
    capture_fps : rate at which the pictures were taken [Hz]
    frame_interval_s : median time between two pictures in the container [s]
    """
    if capture_fps is None:
        return None
    factor = capture_fps * frame_interval_s
    if factor < _LEAST_FACTOR:
        return 1.0
    whole = round(factor)
    return float(whole) if abs(factor - whole) <= _ROUNDING * whole else factor
