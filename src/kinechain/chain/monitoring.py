"""What a pain and training diary says about the next step: the rules of pain monitoring, by id of their advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, median

from kinechain.model.diary import Diary, DiaryEntry, runs


@dataclass(frozen=True)
class MonitoringParameters:
    """Limits of pain monitoring on the scale 0…10.

    Built on tendinopathy (Silbernagel 2007, read on a secondary page), not on calf strain.

    Parameters
    ----------
    green : up to here pain is accepted
    red : above, running stops
    morning : pain on the next morning may lie so far above the usual one (ours: less is within the scale's noise)
    rising : mean pain of a week above that of the week before from which it is rising (ours, likewise)
    week_days, settling_days : lengths of the windows
    longest_days, spike : a run against the longest of so many days before (Frandsen 2025,
        doi 10.1136/bjsports-2024-109380)
    """

    green: float = 3.0
    red: float = 5.0
    morning: float = 1.0
    rising: float = 1.0
    week_days: int = 7
    settling_days: int = 14
    longest_days: int = 30
    spike: float = 1.10


def monitored(diary: Diary, *, strained: bool, parameters: MonitoringParameters | None = None) -> Iterator[str]:
    """Yield the ids of the advice that the diary calls for, seen from its last entry.

    Parameters
    ----------
    strained : whether the calf was strained before; then no pain above green is accepted
    """
    p = parameters or MonitoringParameters()
    now = diary.last
    if now is None:
        return
    week = diary.days(now, p.week_days)
    pain = _pains(week)
    if any(value > p.red for value in pain) or any(entry.limp for entry in week):
        yield "diary_red"
    if _rises(diary, now, p):
        yield "diary_rising"
    if _does_not_settle(diary, now, p):
        yield "diary_not_settling"
    if _stays_till_morning(diary, week, p):
        yield "diary_morning"
    if _spikes(diary, p):
        yield "diary_spike"
    if not pain:
        yield "diary_without_pain"
    elif max(pain) <= p.green:
        yield "diary_green"
    elif max(pain) <= p.red:
        yield "diary_strain" if strained else "diary_amber"


def _pains(entries: tuple[DiaryEntry, ...]) -> list[float]:
    return [entry.pain for entry in entries if entry.pain is not None]


def _rises(diary: Diary, now: dt.date, p: MonitoringParameters) -> bool:
    """Whether each of the last two weeks was worse than the one before it."""
    weeks = [_pains(diary.days(now - dt.timedelta(days=n * p.week_days), p.week_days)) for n in range(3)]
    means = [fmean(week) for week in weeks if week]
    return len(means) == len(weeks) and means[0] >= means[1] + p.rising and means[1] >= means[2] + p.rising


def _does_not_settle(diary: Diary, now: dt.date, p: MonitoringParameters) -> bool:
    """Whether pain above green has lasted for more than two weeks without getting less."""
    new = _pains(diary.days(now, p.week_days))
    old = _pains(diary.days(now - dt.timedelta(days=p.settling_days), p.week_days))
    return bool(new) and bool(old) and fmean(new) > p.green and fmean(new) > fmean(old) - p.rising


def _stays_till_morning(diary: Diary, week: tuple[DiaryEntry, ...], p: MonitoringParameters) -> bool:
    before = [e.pain_next_morning for e in diary.entries if e not in week and e.pain_next_morning is not None]
    usual = median(before) if before else 0.0
    return any(e.pain_next_morning is not None and e.pain_next_morning > usual + p.morning for e in week)


def _spikes(diary: Diary, p: MonitoringParameters) -> bool:
    """Whether the last run was longer than the longest of the month before allows."""
    every = list(runs(diary))
    if len(every) < 2:
        return False
    day, distance = every[-1]
    earlier = [km for date, km in every[:-1] if (day - date).days <= p.longest_days]
    return bool(earlier) and distance > p.spike * max(earlier)
