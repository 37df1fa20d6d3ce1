"""The runner as their own plumb line: what is upright in a view from behind or in front.

Who runs straight on neither falls to the left nor to the right. So over whole strides the body's middle lies above the
middle of where the feet stand, whatever the posture, and the line between the two is the vertical. It shows the
camera's roll where the scene has nothing upright, and takes out with it what the estimator's hip points lie to one side
(decision record 0040).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.events import Rhythm
from kinechain.gait.frontal import FrontalMotion
from kinechain.gait.frontal_events import Stance
from kinechain.model.skeleton import SIDES, Side
from kinechain.signal.smoothing import SmoothTrack

Array = NDArray[np.float64]

#: The foot's middle, over which the weight stands, lies between these points.
_FOOT = ("ankle", "toe")


@dataclass(frozen=True)
class PlumbParameters:
    """How the plumb line is drawn.

    Parameters
    ----------
    trunk_share : the body's centre of mass lies this share of the way from the hips to the shoulders (trunk, head and
        arms are two thirds of the weight, centred at three fifths of the trunk; legs a third, a third of a leg below
        the hips; anything from 0.2 to 0.5 serves alike)
    """

    trunk_share: float = 0.25


def plumb_lean_deg(
    motion: FrontalMotion, stances: list[Stance], rhythm: Rhythm, parameters: PlumbParameters
) -> float | None:
    """Return how far the runner's plumb line leans to the runner's right [deg]; None where a foot never stands in view.

    Needs a runner who runs straight on. Rendered clips: within 0.7° of the camera's roll (SD), 1.6° at most.

    Parameters
    ----------
    motion : at least one stride long
    stances : mid stances, on the grid of `motion`
    """
    left, right = (_standing(motion, side, [s.index for s in stances if s.side == side]) for side in SIDES)
    if left is None or right is None:
        return None
    whole = max(1, int(np.ptp(motion.time_s) / rhythm.stride_s))
    used = motion.time_s - motion.time_s[0] < whole * rhythm.stride_s
    hips, shoulders = (motion.middle(point)[used].mean(axis=0) for point in ("hip", "shoulder"))
    across, up = hips + parameters.trunk_share * (shoulders - hips) - (left + right) / 2
    return float(np.degrees(np.arctan2(across, up)))


def _standing(motion: FrontalMotion, side: Side, indices: list[int]) -> Array | None:
    """Return where the middle of a foot stands on average, shape (2,) [leg lengths]; None where it is never seen."""
    seen = motion.observed(side, *_FOOT)
    places = [np.mean([motion.position(side, point)[i] for point in _FOOT], axis=0) for i in indices if seen[i]]
    return np.asarray(np.mean(places, axis=0)) if places else None


def set_upright(motion: FrontalMotion, lean_deg: float | None) -> FrontalMotion:
    """Return the motion turned so that a line leaning by `lean_deg` stands upright; None leaves it as it is."""
    lean = np.radians(lean_deg or 0.0)
    back = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    tracks = {
        name: SmoothTrack(track.position @ back, track.velocity @ back, track.observed)
        for name, track in motion.tracks.items()
    }
    return replace(motion, tracks=tracks)
