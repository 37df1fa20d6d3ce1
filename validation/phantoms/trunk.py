"""Trunk motion, which the measured data does not hold: a mean lean, and turning against the pelvis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from phantoms.lab import Trial

Array = NDArray[np.float64]

#: Turning of the rib cage ÷ turning of the pelvis, about the long axis and sideways.
TURN_SHARE, BEND_SHARE = -0.8, 0.35
#: Amplitude of the lean, which swings twice a stride [deg].
LEAN_SWING_DEG = 1.5


def trunk_motion(trial: Trial, time_s: Array, lean_deg: Array) -> Rotation:
    """Return the orientation of the rib cage, upright at identity.

    Parameters
    ----------
    lean_deg : mean lean at each time, + forwards [deg]
    """
    motion = trial.motion
    turn, bend = (
        np.interp(time_s, trial.time_s, motion[name] - motion[name].mean())
        for name in ("pelvis_rotation", "pelvis_list")
    )
    height = motion["pelvis_ty"].to_numpy()
    swing = np.interp(time_s, trial.time_s, (height.mean() - height) / np.ptp(height))
    lean = lean_deg + 2 * LEAN_SWING_DEG * swing
    angles = np.column_stack([TURN_SHARE * turn, BEND_SHARE * bend, -lean])
    return Rotation.from_euler("YXZ", angles, degrees=True)
