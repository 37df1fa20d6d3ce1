"""Force under the foot of one step, from contact and flight time: one function a published model.

Forces are in body weights (BW), times in s, lengths in m. Flight is the mean of the flight before and after the
contact; level running at a steady speed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from kinechain.knowledge.load_tables import ForceShape, ForceTemplate

Array = NDArray[np.float64]

#: Gravity [m/s²].
GRAVITY = 9.81
#: Points of a curve over stance, contact and toe-off included.
POINTS = 101
#: Parts of stance over which the body's own curve is averaged, as points; the landing is cut finer.
PARTS = ((0, 10), (10, 20), (20, 35), (35, 50), (50, 65), (65, 80), (80, POINTS))
#: A feature counts no farther from the mean of the fit than this [SD].
FARTHEST_SD = 3.0


class Spring(NamedTuple):
    """Spring–mass values of a step."""

    oscillation_m: float
    vertical_stiffness_knpm: float
    leg_compression_m: float
    leg_stiffness_knpm: float


def stance_points() -> Array:
    """Return time ÷ contact time of a curve's points, shape (101,)."""
    return np.linspace(0.0, 1.0, POINTS)


def mean_force_bw(contact_s: float, flight_s: float) -> float:
    """Return the mean vertical force during contact [BW]: over a step, the ground carries the body's weight."""
    _require_running(contact_s, flight_s)
    return (contact_s + flight_s) / contact_s


def _require_running(contact_s: float, flight_s: float) -> None:
    if not (contact_s > 0 and flight_s >= 0):
        raise ValueError(f"contact must be positive and flight not negative, not {contact_s} and {flight_s} s")


def morin_peak_bw(contact_s: float, flight_s: float) -> float:
    """Return the peak vertical force of a half sine [BW], π/2·(tf/tc + 1).

    Morin et al. 2005, J Appl Biomech 21:167. Published bias against force plates: −6.93 ± 2.52 % on a treadmill,
    −3.24 ± 2.08 % over ground.
    """
    return np.pi / 2 * mean_force_bw(contact_s, flight_s)


def morin_curve_bw(contact_s: float, flight_s: float) -> Array:
    """Return the half sine over stance, shape (101,) [BW] (Morin et al. 2005, J Appl Biomech 21:167)."""
    return np.asarray(morin_peak_bw(contact_s, flight_s) * np.sin(np.pi * stance_points()))


def spring(contact_s: float, peak_bw: float, mass_kg: float, leg_length_m: float, speed_mps: float) -> Spring:
    """Return oscillation and stiffness of the spring–mass model.

    Morin et al. 2005, J Appl Biomech 21:167: Δy = F·tc²/(m·π²) − g·tc²/8 (absolute value), k_vert = F/Δy,
    ΔL = L − √(L² − (v·tc/2)²) + Δy, k_leg = F/ΔL. Published bias of k_leg: −6.05 % on a treadmill, −2.54 % over ground.

    Parameters
    ----------
    leg_length_m : hip to ground, standing; 0.53 × body height (same source, bias 1.94 ± 1.51 %)

    Raises
    ------
    ValueError
        Where half the contact's path is longer than the leg, or the force is below what carries the body.
    """
    force = peak_bw * mass_kg * GRAVITY
    oscillation = abs(force * contact_s**2 / (mass_kg * np.pi**2) - GRAVITY * contact_s**2 / 8)
    half_path = speed_mps * contact_s / 2
    if half_path >= leg_length_m or oscillation <= 0:
        raise ValueError(f"no spring–mass step: half path {half_path:.2f} m, leg {leg_length_m:.2f} m")
    compression = leg_length_m - np.sqrt(leg_length_m**2 - half_path**2) + oscillation
    return Spring(oscillation, force / oscillation / 1000, float(compression), float(force / compression) / 1000)


def two_mass_curve_bw(contact_s: float, flight_s: float, impact_s: float, shank_speed_change_mps: float) -> Array:
    """Return the vertical force as the sum of two raised cosines, shape (101,) [BW]: lower leg, and rest of the body.

    Clark, Ryan & Weyand 2017, J Exp Biol 220:247 (seen: 8 and 92 % of body mass, R² 0.95 ± 0.04 of the authors' own
    fit). The formulas here are from memory (recall), without the paper's skew of the second bell; no load of the
    product rests on them.

    Parameters
    ----------
    impact_s : time from contact to the peak of the first bell [s]
    shank_speed_change_mps : change of the lower leg's vertical speed over `impact_s`, + upwards [m/s]
    """
    _require_running(contact_s, flight_s)
    total = contact_s + flight_s
    first = 0.08 * (shank_speed_change_mps / (GRAVITY * impact_s) + 1.0) * 2 * impact_s
    time = stance_points() * contact_s

    def bell(impulse: float, middle: float, half: float) -> Array:
        inside = np.abs(time - middle) <= half
        return np.where(inside, impulse / (2 * half) * (1 + np.cos(np.pi * (time - middle) / half)), 0.0)

    return np.asarray(bell(first, impact_s, impact_s) + bell(total - first, contact_s / 2, contact_s / 2))


def fitted_curve_bw(contact_s: float, flight_s: float, speed_mps: float | None, template: ForceTemplate) -> Array:
    """Return the vertical force over stance, shape (101,) [BW]: shape fitted on force plates, impulse from the times.

    Without a speed the shape of the middle speed is taken.
    """
    faster = 0.0 if speed_mps is None else _inside(speed_mps, template.slowest_mps, template.fastest_mps)
    shape = template.vertical + (faster - template.speed_mps if speed_mps is not None else 0.0) * (
        template.vertical_per_mps
    )
    shape = np.maximum(shape, 0.0)
    shape = shape / np.trapezoid(shape, dx=1 / (POINTS - 1))
    return np.asarray(mean_force_bw(contact_s, flight_s) * shape)


def force_features(contact_s: float, flight_s: float, speed_mps: float, body: Array) -> dict[str, float]:
    """Return what the shape of the vertical force is told from, by name.

    Parameters
    ----------
    body : vertical force that the motion of the body asks for, over stance, shape (101,); its size does not matter
    """
    curve = body / np.trapezoid(body, dx=1 / (POINTS - 1))
    parts = {f"body_{start}_pct": float(curve[start:end].mean()) for start, end in PARTS}
    duty = contact_s / (2 * (contact_s + flight_s))
    return {"speed_mps": speed_mps, "contact_s": contact_s, "duty_factor": duty} | parts


def seen_curve_bw(contact_s: float, flight_s: float, speed_mps: float, body: Array, shape: ForceShape) -> Array:
    """Return the vertical force over stance, shape (101,) [BW]: shape from the body's motion, impulse from the times.

    Principal components of the shapes of force plates, their scores by ridge regression on times, speed and the curve
    that the motion asks for. From markers nearer to the plate than `fitted_curve_bw`, from video points not: no load of
    the product rests on it. See `force_features` for the parameters.
    """
    known = force_features(contact_s, flight_s, speed_mps, body)
    away = (np.array([known[name] for name in shape.features]) - shape.feature_mean) / shape.feature_sd
    scores = np.clip(away, -FARTHEST_SD, FARTHEST_SD) @ shape.weights
    curve = np.maximum(shape.mean + scores @ shape.components, 0.0)
    return np.asarray(mean_force_bw(contact_s, flight_s) * curve / np.trapezoid(curve, dx=1 / (POINTS - 1)))


def low_passed(force: Array, contact_s: float, cutoff_hz: float, beyond: int) -> Array:
    """Return a force with the low-pass of the paths, as inverse dynamics needs it.

    Unlike filters make false moments at the landing (Bisseling & Hof 2006, J Biomech 39:2438: recall). Second-order
    Butterworth both ways, cut-off of one pass; nothing is carried before contact and after toe-off.

    Parameters
    ----------
    force : from contact to toe-off, shape (101, 2)
    beyond : points to return before contact and after toe-off

    Returns
    -------
    Shape (101 + 2·beyond, 2).
    """
    around = max(POINTS, beyond)
    wide = np.pad(force, ((around, around), (0, 0)))
    smooth = sosfiltfilt(butter(2, cutoff_hz, fs=(POINTS - 1) / contact_s, output="sos"), wide, axis=0)
    return np.asarray(smooth[around - beyond : len(smooth) - around + beyond])


def _inside(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def fore_aft_curve_bw(
    vertical_bw: Array, speed_mps: float, inclination_deg: float, template: ForceTemplate, *, net: float = 0.0
) -> Array:
    """Return the fore–aft force over stance, + forwards, shape (101,) [BW]; braking and propulsion cancel.

    Parameters
    ----------
    vertical_bw : vertical force of the same step, shape (101,)
    inclination_deg : of the foot at contact, + toes up
    net : net fore–aft impulse ÷ vertical impulse; 0 at a steady speed without wind
    """
    faster = _inside(speed_mps, template.slowest_mps, template.fastest_mps) - template.speed_mps
    steeper = _inside(inclination_deg, template.least_deg, template.most_deg) - template.inclination_deg
    force = template.fore_aft + faster * template.fore_aft_per_mps + steeper * template.fore_aft_per_deg
    surplus = np.trapezoid(force) / np.trapezoid(vertical_bw)
    return np.asarray(force - (surplus - net) * vertical_bw)


def pressure_ahead_m(foot_length_m: float, speed_mps: float, inclination_deg: float, template: ForceTemplate) -> Array:
    """Return how far the centre of pressure lies ahead of the ankle over stance, shape (101,) [m].

    Parameters
    ----------
    foot_length_m : heel to toe
    inclination_deg : of the foot at contact, + toes up: a heel strike begins under the heel, a forefoot strike does not
    """
    steeper = _inside(inclination_deg, template.least_deg, template.most_deg) - template.inclination_deg
    faster = _inside(speed_mps, template.slowest_mps, template.fastest_mps) - template.speed_mps
    return np.asarray(foot_length_m * (template.cop + faster * template.cop_per_mps + steeper * template.cop_per_deg))
