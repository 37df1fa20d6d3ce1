"""Runs of a watch, or typed in, added up: the last run against the month before, session and week as sums over steps.

Nobody knows which exponent holds for muscle, so every sum is a band over `EXPONENTS`; no score and no alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from kinechain.knowledge.load_tables import SpeedRow
from kinechain.load import what_if
from kinechain.load.accumulate import EXPONENTS, Spike, Stretch, session_damage, session_spike

#: Days before a run in which the longest run is looked for (Frandsen et al. 2025, doi 10.1136/bjsports-2024-109380).
DAYS_BEFORE = 30
#: Speed whose step counts as one [m/s]; ratios do not depend on it.
REFERENCE_MPS = 3.5


@dataclass(frozen=True)
class Run:
    """One run.

    Parameters
    ----------
    start : with its time zone
    distance_km, duration_s : of moving time, both positive
    steps : of both legs, None where they were not counted
    contact_s : mean contact time [s], None where the watch does not measure it
    """

    start: datetime
    distance_km: float
    duration_s: float
    steps: float | None = None
    contact_s: float | None = None

    @property
    def speed_mps(self) -> float:
        """Mean speed [m/s]."""
        return self.distance_km * 1000 / self.duration_s

    @property
    def cadence_spm(self) -> float | None:
        """Mean step rate [steps/min]."""
        return None if self.steps is None else self.steps / self.duration_s * 60


def in_order(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs by start, each once: of runs with the same start the longest."""
    longest: dict[datetime, Run] = {}
    for run in runs:
        known = longest.get(run.start)
        if known is None or run.distance_km > known.distance_km:
            longest[run.start] = run
    return tuple(longest[start] for start in sorted(longest))


class Recent(NamedTuple):
    """The last run, and what came in the `DAYS_BEFORE` days before it; `longest_km` None where nothing did."""

    last: Run
    before: tuple[Run, ...]
    longest_km: float | None


def recent(runs: Sequence[Run]) -> Recent:
    """Set the last run apart from those of the days before.

    Raises
    ------
    ValueError
        Without a run.
    """
    ordered = in_order(runs)
    if not ordered:
        raise ValueError("needs a run")
    last = ordered[-1]
    earliest = last.start - timedelta(days=DAYS_BEFORE)
    before = tuple(run for run in ordered[:-1] if run.start >= earliest)
    return Recent(last, before, max((run.distance_km for run in before), default=None))


def spike(runs: Sequence[Run]) -> Spike | None:
    """Return the last run against the longest of the days before, None where there is none to compare with."""
    _, _, longest_km = found = recent(runs)
    return None if longest_km is None else session_spike(found.last.distance_km, longest_km)


def damage(run: Run, rows: Sequence[SpeedRow], exponent: float) -> float | None:
    """Return the run as steps of a leg at `REFERENCE_MPS` that weigh the same: Σ (peak ÷ peak there)ᵇ.

    The peak of the Achilles force by speed is that of six men on force plates; None where steps were not counted, or
    where the mean speed lies outside of theirs. A mean speed hides faster parts, which weigh more with b above 1.

    Parameters
    ----------
    rows : changes of loads with speed
    """
    if run.steps is None:
        return None
    try:
        changes = what_if.speed(REFERENCE_MPS, run.speed_mps, rows)
    except ValueError:
        return None
    peak = next(change.ratio for change in changes if change.name == "achilles_force_peak_bw")
    stretch = Stretch(run.distance_km, run.steps / 2 / run.distance_km, peak)
    return session_damage([stretch], 1.0, exponent)


def session_ratios(runs: Sequence[Run], rows: Sequence[SpeedRow]) -> dict[float, float]:
    """Return by exponent the last run ÷ the run of the days before that weighs most; empty where one cannot be told."""
    found = recent(runs)
    ratios: dict[float, float] = {}
    for exponent in EXPONENTS:
        last = damage(found.last, rows, exponent)
        before = _all_told([damage(run, rows, exponent) for run in found.before])
        if last is None or not before:
            return {}
        ratios[exponent] = last / max(before)
    return ratios


def weekly_damage(runs: Sequence[Run], rows: Sequence[SpeedRow], exponent: float) -> tuple[float | None, ...]:
    """Return the sums of seven days each, the last run in the last of them; None for a week that cannot be told."""
    ordered = in_order(runs)
    if not ordered:
        return ()
    weeks: dict[int, list[float | None]] = {}
    for run in ordered:
        weeks.setdefault((ordered[-1].start - run.start) // timedelta(days=7), []).append(damage(run, rows, exponent))
    sums = []
    for back in range(max(weeks), -1, -1):
        of_week = weeks.get(back, [])
        told = _all_told(of_week)
        sums.append(None if len(told) < len(of_week) else float(sum(told)))
    return tuple(sums)


def _all_told(values: Sequence[float | None]) -> list[float]:
    """Return the values, or none of them where one is missing: a sum or a greatest of the rest would mislead."""
    told = [value for value in values if value is not None]
    return told if len(told) == len(values) else []
