"""The foot on the ground: the shoe bends at the ball, meets the ground with the plate and leaves it with the plate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from kinechain.model.skeleton import SIDES, Side
from phantoms.lab import Contact
from phantoms.state import BodyState, LegState, move_leg

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class GroundParameters:
    """How a measured foot is laid on the ground.

    Parameters
    ----------
    bend_share : share of the foot's nose-down angle that the ball takes while the foot is loaded
    bend_limit_deg : the ball bends no further
    unbend_s : after toe-off the shoe straightens within about this time
    lift_mps : away from contact the sole rises at least this fast
    smooth_s : SD of the Gaussian that smooths the correction of height
    touch_m : the rendered foot is on the ground below this height of its lowest point
    shortest_s, gap_s : shorter contacts are dropped, shorter gaps closed
    passes : how often height is corrected and looked at again
    """

    bend_share: float = 0.25
    bend_limit_deg: float = 45.0
    unbend_s: float = 0.05
    lift_mps: float = 0.35
    smooth_s: float = 0.004
    touch_m: float = 0.003
    shortest_s: float = 0.08
    gap_s: float = 0.03
    passes: int = 3


def pitch_deg(leg: LegState) -> Array:
    """Return the shoe's inclination, + toes up [deg]."""
    forward = leg.foot.apply([1.0, 0.0, 0.0])
    return np.asarray(np.degrees(np.arctan2(forward[:, 1], np.hypot(forward[:, 0], forward[:, 2]))))


def loaded(time_s: Array, contacts: tuple[Contact, ...], side: Side, fade_s: float) -> Array:
    """Return 1 in stance, falling smoothly to 0 within `fade_s` on both sides, shape (n,)."""
    share = np.zeros(len(time_s))
    for contact in contacts:
        if contact.side == side:
            away = np.maximum(np.maximum(contact.start_s - time_s, time_s - contact.end_s), 0)
            share = np.maximum(share, 0.5 + 0.5 * np.cos(np.pi * np.clip(away / fade_s, 0, 1)))
    return share


def bend_toes(body: BodyState, contacts: tuple[Contact, ...], parameters: GroundParameters) -> BodyState:
    """Return the body whose shoes bend at the ball where the foot tips forward on the ground."""
    for side, leg in body.legs.items():
        share = loaded(body.time_s, contacts, side, 2 * parameters.unbend_s)
        tipped = np.clip(-pitch_deg(leg), 0, parameters.bend_limit_deg / parameters.bend_share)
        angle = gaussian_filter1d(share * parameters.bend_share * tipped, 2)
        body = body.with_leg(side, replace(leg, toe_bend_deg=np.maximum(leg.toe_bend_deg, angle)))
    return body


def stand_on_ground(
    body: BodyState, contacts: tuple[Contact, ...], parameters: GroundParameters, sides: tuple[Side, ...] = SIDES
) -> BodyState:
    """Return the body whose soles touch the ground in the given contacts, and only there."""
    for side in sides:
        leg = body.legs[side]
        for _ in range(parameters.passes):
            shift = _height_correction(body.time_s, leg.lowest(), contacts, side, parameters)
            ankle = leg.ankle + shift[:, None] * np.array([0.0, 1.0, 0.0])
            leg = move_leg(leg, leg.hip, ankle)
        body = body.with_leg(side, leg)
    return body


def _height_correction(
    time_s: Array, lowest: Array, contacts: tuple[Contact, ...], side: Side, parameters: GroundParameters
) -> Array:
    stances = [c for c in contacts if c.side == side]
    away = np.full(len(time_s), np.inf)
    for contact in stances:
        away = np.minimum(away, np.maximum(np.maximum(contact.start_s - time_s, time_s - contact.end_s), 0))
    inside = away == 0
    known = np.flatnonzero(inside)
    shift = np.interp(time_s, time_s[known], -lowest[known]) if len(known) else np.zeros(len(time_s))
    clear = np.minimum(parameters.touch_m + parameters.lift_mps * away, 0.02)
    shift = np.where(inside, shift, np.maximum(shift, clear - lowest))
    # the edges of stance stay sharp: the sole is at touch height exactly at contact and toe-off
    return np.asarray(gaussian_filter1d(shift, parameters.smooth_s / (time_s[1] - time_s[0])))


def push_out(body: BodyState, sides: tuple[Side, ...], parameters: GroundParameters) -> BodyState:
    """Return the body whose soles are nowhere under the ground; for legs whose contacts a fault has moved."""
    for side in sides:
        leg = body.legs[side]
        for _ in range(parameters.passes):
            depth = np.maximum(-leg.lowest(), 0)
            smooth = np.maximum(gaussian_filter1d(depth, 3), depth)
            leg = move_leg(leg, leg.hip, leg.ankle + smooth[:, None] * np.array([0.0, 1.0, 0.0]))
        body = body.with_leg(side, leg)
    return body


def rendered_contacts(body: BodyState, parameters: GroundParameters) -> tuple[Contact, ...]:
    """Return the contacts of the shoes as they are drawn: lowest point of the sole under `touch_m`."""
    found: list[Contact] = []
    for side, leg in body.legs.items():
        height = leg.lowest() - parameters.touch_m
        found += [Contact(side, a, b) for a, b in crossings(body.time_s, height, parameters)]
    return tuple(sorted(found, key=lambda contact: contact.start_s))


def crossings(time_s: Array, height: Array, parameters: GroundParameters) -> list[tuple[float, float]]:
    """Return the spans in which a height is negative, ends interpolated; spans cut by the ends are left out."""
    sign = np.flatnonzero(np.diff((height < 0).astype(np.int8)))
    times = time_s[sign] + (time_s[sign + 1] - time_s[sign]) * height[sign] / (height[sign] - height[sign + 1])
    downs = [float(t) for t, i in zip(times, sign, strict=True) if height[i] >= 0]
    ups = [float(t) for t, i in zip(times, sign, strict=True) if height[i] < 0]
    ups = [t for t in ups if not downs or t > downs[0]]
    spans: list[tuple[float, float]] = []
    for down, up in zip(downs, ups, strict=False):
        if spans and down - spans[-1][1] < parameters.gap_s:
            spans[-1] = (spans[-1][0], up)
        else:
            spans.append((down, up))
    return [span for span in spans if span[1] - span[0] >= parameters.shortest_s]
