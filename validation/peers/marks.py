"""How far an answer is off: knee flexion over time and at its peak in stance, contacts, cadence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accuracy.compare import FIRST_S, event_errors
from kinechain.model.skeleton import SIDES, Side
from peers.systems import Answer

Array = NDArray[np.float64]

#: The peak is looked for in this share of stance, as in the product.
MID_STANCE_END = 0.7


@dataclass(frozen=True)
class Mark:
    """Errors of one system on one leg of one clip, answer − truth; None where the system does not say.

    Parameters
    ----------
    rmse_deg, centred_deg : knee flexion over the clip, with and without its mean difference
    peak_deg : mean over strides of the largest knee flexion in the first 70 % of the true stance, read off the curve
    printed_peak_deg : the same as printed
    contact_s, true_contact_s : contact time
    missed, false, events : contacts and toe-offs of this leg
    """

    leg: str
    rmse_deg: float
    centred_deg: float
    peak_deg: float | None
    printed_peak_deg: float | None
    cadence_spm: float | None
    contact_s: float | None
    true_contact_s: float | None
    missed: int | None
    false: int | None
    events: int
    seconds: float


def marks(answer: Answer, truth: dict[str, Any]) -> Iterator[Mark]:
    """Yield the errors of an answer for the near and the far leg of a side view."""
    true = {(row["name"], row["side"]): row["value"] for row in truth["measurements"]}
    for side in SIDES:
        times = np.array(truth["time_s"])
        angle = np.array(truth["angles_deg"][f"{side}_knee"], dtype=np.float64)
        error = _error(answer.time_s, answer.knee_deg[side], times, angle)
        missed, false, n = _events(answer, side, truth)
        known_peak, known_contact = true["knee_flexion_peak_deg", side], true["contact_time_s", side]
        yield Mark(
            leg="near" if truth["view"] == f"side_{side}" else "far",
            rmse_deg=float(np.sqrt(np.nanmean(error**2))),
            centred_deg=float(np.nanstd(error)),
            peak_deg=_less(_peak(answer.time_s, answer.knee_deg[side], side, truth), known_peak),
            printed_peak_deg=_less(answer.peak_deg.get(side), known_peak),
            cadence_spm=_less(answer.cadence_spm, true["cadence_spm", "both"]),
            contact_s=_less(answer.contact_time_s.get(side), known_contact),
            true_contact_s=known_contact,
            missed=missed,
            false=false,
            events=n,
            seconds=answer.seconds,
        )


def _less(value: float | None, known: float | None) -> float | None:
    return None if value is None or known is None else value - known


def _error(time_s: Array, angle: Array, true_s: Array, true: Array) -> Array:
    """Return answer − truth at the times of the truth within the answer."""
    inside = (true_s >= time_s[0]) & (true_s <= time_s[-1])
    return np.asarray(np.interp(true_s[inside], time_s, angle) - true[inside])


def _peak(time_s: Array, angle: Array, side: Side, truth: dict[str, Any]) -> float | None:
    peaks = []
    for row in truth["strides"]:
        if row["side"] == side:
            end = row["start_s"] + MID_STANCE_END * (row["toe_off_s"] - row["start_s"])
            own = np.interp(np.linspace(row["start_s"], end, 100), time_s, angle)
            peaks.append(float(own.max()))
    return float(np.mean(peaks)) if peaks else None


def _events(answer: Answer, side: Side, truth: dict[str, Any]) -> tuple[int | None, int | None, int]:
    """Return how many events of a leg were missed, how many are false, and how many there are."""
    missed, false, n = 0, 0, 0
    for kind in ("initial_contact", "toe_off"):
        true = np.array([e["time_s"] for e in truth["events"] if (e["side"], e["kind"]) == (side, kind)])
        n += len(true)
        if answer.events is not None:
            found = np.array(sorted(t for t, own, what in answer.events if (own, what) == (side, kind)))
            _, gone, wrong = event_errors(found, true, FIRST_S[kind], truth["time_s"][-1])
            missed, false = missed + gone, false + wrong
    return (None, None, n) if answer.events is None else (missed, false, n)
