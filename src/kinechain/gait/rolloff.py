"""Which of the two toes leaves the ground last: the class `rolloff_class` of a rear or front view (grade D).

The big toe's height over the little toe's is read twice a stride: while the foot stands, and as it leaves. What it
grows by in between tells which toe is up already: the other one leaves last. A rise of both together, the camera's
height, a toe that lies farther from the camera and a camera off straight behind change both alike and fall out.
While the foot stands nothing moves, so what that reading scatters by is the noise of the points, on this very clip: a
change inside of the noise is `centre`. Definition ours, after the lift-off order in the list of measurables; a proxy
for plantar pressure (Willems 2006, Gait Posture 23:91, doi 10.1016/j.gaitpost.2004.12.004). Decision record 0022.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.frontal import FrontalMotion
from kinechain.model.skeleton import TOES, Side
from kinechain.signal.intervals import mean_interval, t95
from kinechain.text import Text

Array = NDArray[np.float64]
Rolloff = Literal["big_toe", "centre", "little_toe"]

TOES_SCATTER = Text(
    ja="母趾と小趾の点のばらつきが大きく、どちらが後に離れるかを見分けられません。",
    en="The points of the big and the little toe scatter too much to tell which one leaves last.",
)
TOES_BETWEEN = Text(
    ja="母趾側・中央・小趾側の境目にあり、一つに決められません。",
    en="Between two of big toe, centre and little toe: no single class.",
)


@dataclass(frozen=True)
class RolloffParameters:
    """When and how finely the two toes are compared; heights in leg lengths.

    Parameters
    ----------
    standing_s : the foot stands for this long around mid stance: no toe moves [s]
    leaving_s : around toe-off, as long as toe-off is uncertain (± 14 ms, decision record 0013) and a frame [s]
    least_band : `centre` is at least this wide to each side: a centimetre, as soft as toe and shoe are (ours)
    most_band : where noise hides more than this, a roll of the toes by about 20°, nothing is told (ours)
    """

    standing_s: float = 0.05
    leaving_s: float = 0.04
    least_band: float = 0.012
    most_band: float = 0.03


def toes_told_apart(motion: FrontalMotion, side: Side) -> bool:
    """Return whether the motion of a foot has a big and a little toe."""
    return all(f"{side}_{toe}" in motion.tracks for toe in TOES)


def big_over_little_toe(motion: FrontalMotion, side: Side, time_s: float, lasting_s: float) -> float:
    """Return the mean height of the big toe over the little toe around a time ÷ leg length.

    NaN where one is not seen all the time. Needs two toes (`toes_told_apart`).
    """
    when = slice(motion.index(time_s - lasting_s / 2), motion.index(time_s + lasting_s / 2) + 1)
    if not motion.observed(side, *TOES)[when].all():
        return float("nan")
    big, little = (motion.position(side, toe)[when, 1] for toe in TOES)
    return float((big - little).mean())


def classify_rolloff(standing: Array, leaving: Array, parameters: RolloffParameters) -> Rolloff | Text:
    """Return the class of one foot, or the reason why there is none.

    Parameters
    ----------
    standing, leaving : height of the big toe over the little toe in each stride, shape (n,), n ≥ 2, finite
    """
    noise = t95(len(standing) - 1) * float(np.sqrt(2.0) * standing.std(ddof=1))
    if noise > parameters.most_band:
        return TOES_SCATTER
    band = max(noise, parameters.least_band)
    rise = mean_interval(leaving - standing)
    if rise.low > band:
        return "little_toe"
    if rise.high < -band:
        return "big_toe"
    return "centre" if -band <= rise.low and rise.high <= band else TOES_BETWEEN
