"""From one step to a kilometre, a session and weeks. Which exponent is right for muscle nobody knows: bands, no alarm.

Distance, pace, step rate and contact time come from the clip or are typed in; files of a running watch would be read by
the pipeline and end in the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Exponents of damage by load: 1 counts load, 4 and 9 weigh peaks (Edwards 2018, doi 10.1249/JES.0000000000000163;
#: tendon 6.2–9.3 derived from Schechtman & Bader 1997, doi 10.1016/S0021-9290(97)00033-X). None is known for muscle.
EXPONENTS = (1.0, 4.0, 9.0)


def steps_per_km(cadence_spm: float, speed_mps: float) -> float:
    """Return the steps of both legs in one kilometre."""
    if not (cadence_spm > 0 and speed_mps > 0):
        raise ValueError(f"cadence and speed must be positive, not {cadence_spm} and {speed_mps}")
    return cadence_spm / 60 / speed_mps * 1000


def impulse_per_km(force_bw: Array, interval_s: float, cadence_spm: float, speed_mps: float) -> float:
    """Return the force of one leg integrated over its steps of one kilometre [BW·s/km].

    Firminger et al. 2020, doi 10.1249/MSS.0000000000002287, first of three counts: it falls with speed, while counts
    that weigh peaks rise or stay.

    Parameters
    ----------
    force_bw : over one stance, shape (n,)
    """
    return float(np.trapezoid(force_bw, dx=interval_s)) * steps_per_km(cadence_spm, speed_mps) / 2


def damage_ratio(force_ratio: float, cycles_ratio: float, exponent: float) -> float:
    """Return damage after ÷ before: cycles × forceᵇ."""
    return float(cycles_ratio * force_ratio**exponent)


def break_even_force_ratio(cycles_ratio: float, exponent: float) -> float:
    """Return the force ratio at which more cycles do no more damage."""
    return float(cycles_ratio ** (-1 / exponent))


@dataclass(frozen=True)
class Stretch:
    """A part of a session at one pace.

    Parameters
    ----------
    distance_km : length
    steps_per_km : of one leg
    force_bw : peak of a step
    """

    distance_km: float
    steps_per_km: float
    force_bw: float


def session_damage(stretches: Sequence[Stretch], reference_bw: float, exponent: float) -> float:
    """Return the sum over steps of (force ÷ reference)ᵇ: steps at the reference force that weigh the same."""
    return float(sum(s.distance_km * s.steps_per_km * (s.force_bw / reference_bw) ** exponent for s in stretches))


def residual_damage(damage: Sequence[float], day: Sequence[float], half_life_days: float) -> Array:
    """Return what is left after each session where it fades by half in `half_life_days`, shape (n,).

    The time of fading is unknown for calf and tendon (proposal, no source): run several and show the band.
    """
    left = np.zeros(len(damage))
    for i, (new, at) in enumerate(zip(damage, day, strict=True)):
        old = 0.0 if i == 0 else left[i - 1] * 0.5 ** ((at - day[i - 1]) / half_life_days)
        left[i] = old + new
    return left


class Spike(NamedTuple):
    """A session against the longest of the 30 days before; hazard ratio of a running injury with its 95 % interval."""

    ratio: float
    level: Literal["none", "small", "moderate", "large"]
    hazard: float | None
    low: float | None
    high: float | None


def session_spike(distance_km: float, longest_last_30_days_km: float) -> Spike:
    """Compare a session's distance with the longest run of the last 30 days.

    Frandsen et al. 2025, Br J Sports Med 59:1203, doi 10.1136/bjsports-2024-109380, n = 5205: hazard ratio 1.64
    (1.31–2.05) above 1.10 to 1.30 times, 1.52 (1.16–2.00) to 2.0 times, 2.28 (1.50–3.48) beyond. Week-to-week ratios
    showed nothing, the acute–chronic ratio the reverse: neither is used.
    """
    if not (distance_km >= 0 and longest_last_30_days_km > 0):
        raise ValueError("distance must not be negative and the longest run must be positive")
    ratio = distance_km / longest_last_30_days_km
    if ratio <= 1.10:
        return Spike(ratio, "none", None, None, None)
    if ratio <= 1.30:
        return Spike(ratio, "small", 1.64, 1.31, 2.05)
    if ratio <= 2.0:
        return Spike(ratio, "moderate", 1.52, 1.16, 2.00)
    return Spike(ratio, "large", 2.28, 1.50, 3.48)
