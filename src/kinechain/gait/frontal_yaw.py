"""How far the camera stands off straight behind or in front, from the feet's swing, and what that does to the legs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.events import Rhythm
from kinechain.gait.frontal import FrontalMotion

Array = NDArray[np.float64]

#: Fore–aft swing of one ankle against the other at the stride's frequency, in leg lengths: 0.7–0.95 at 2.5–4.5 m/s.
SWING = 0.88


@dataclass(frozen=True)
class YawParameters:
    """What one degree of the camera's yaw, as `camera_yaw_deg` tells it, adds to the left leg and takes from the right.

    At mid stance the knee is ahead of the hip, so a camera off straight sees it nearer to the midline on one leg and
    farther on the other: geometry says 0.30° for joint centres, the estimator's hip and knee points follow by less.
    Learned by `validation/frontal_yaw.py` from 61 rendered rear clips of the tuning half (decision record 0040).

    Parameters
    ----------
    adduction_deg : of the thigh [deg/deg]
    knee_shift_ratio : of the knee's medial shift [leg lengths/deg]
    """

    adduction_deg: float = 0.20
    knee_shift_ratio: float = 0.0021


def camera_yaw_deg(motion: FrontalMotion, rhythm: Rhythm) -> float:
    """Return the camera's angle off straight behind or in front [deg].

    + when it stands towards the runner's right from behind, or towards the left in front.

    Seen straight, the sideways distance of two like legs repeats with every step. Off straight, a share sin(yaw) of
    their fore–aft swing shows in it, and that repeats with every stride. So the part of the ankles' distance at the
    stride's frequency tells the yaw; upright it has to be, because a rolled camera mixes the ankles' lift into it.
    Rendered clips from behind: slope 1.15, within 1.5° of it (SD), for legs that move alike.

    Parameters
    ----------
    motion : at least one stride long, set upright
    """
    whole = int(np.ptp(motion.time_s) / rhythm.stride_s)
    used = motion.time_s - motion.time_s[0] < whole * rhythm.stride_s
    apart, lift = ((motion.position("right", "ankle") - motion.position("left", "ankle"))[used, i] for i in range(2))
    turn = 2 * np.pi / rhythm.stride_s * motion.time_s[used]
    swing, phase = _component(apart, turn), _component(lift, turn)
    sign = -np.sign((swing / phase).imag)
    return float(sign * np.degrees(np.arcsin(min(1.0, abs(swing) / SWING))))


def _component(values: Array, turn: Array) -> complex:
    """Return amplitude and phase of one frequency, a linear trend fitted with it."""
    base = np.stack([np.cos(turn), np.sin(turn), np.ones_like(turn), turn - turn.mean()], axis=1)
    cosine, sine, *_ = np.linalg.lstsq(base, values, rcond=None)[0]
    return complex(cosine, -sine)
