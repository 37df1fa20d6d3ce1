"""What the runs of a watch answer in the intake, and what to know about these answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kinechain.knowledge.cautions import caution
from kinechain.knowledge.load_tables import load_by_speed
from kinechain.load.sessions import DAYS_BEFORE, Recent, Run, recent, session_ratios
from kinechain.model.assessment import Caution


def with_runs(intake: Mapping[str, object], runs: Sequence[Run]) -> tuple[dict[str, object], tuple[Caution, ...]]:
    """Return the answers with `last_run_km` and `longest_run_30d_km` from the runs where they were not given.

    The longest run is that of the `DAYS_BEFORE` days before the last one, which itself is left out: compared with
    itself it would never stand out.
    """
    if not runs:
        return dict(intake), ()
    found = recent(runs)
    known = {"last_run_km": found.last.distance_km, "longest_run_30d_km": found.longest_km}
    open_keys = [key for key in known if intake.get(key) is None]
    filled = {key: round(km, 2) for key in open_keys if (km := known[key]) is not None}
    return {**intake, **filled}, tuple(_cautions(found, runs, open_keys))


def _cautions(found: Recent, runs: Sequence[Run], open_keys: Sequence[str]) -> Iterator[Caution]:
    last, day = found.last, found.last.start.date().isoformat()
    if "last_run_km" in open_keys:
        minutes = last.duration_s / 60
        yield caution("watch_last_run_taken", day=day, km=last.distance_km, minutes=minutes, pace=_pace(last))
    else:
        yield caution("watch_answers_given", day=day, km=last.distance_km)
    if "longest_run_30d_km" in open_keys and found.longest_km is None:
        yield caution("watch_longest_run_unknown", day=day, days=DAYS_BEFORE)
    elif "longest_run_30d_km" in open_keys:
        n = len(found.before)
        yield caution("watch_longest_run_taken", day=day, days=DAYS_BEFORE, longest_km=found.longest_km, n=n)
    if last.cadence_spm is not None:
        yield caution("watch_step_rate", cadence_spm=last.cadence_spm, steps=round(last.steps or 0, -2), day=day)
    if last.contact_s is not None:
        yield caution("watch_contact_time", contact_ms=last.contact_s * 1000, day=day)
    ratios = session_ratios(runs, load_by_speed())
    if ratios:
        low, high = min(ratios.values()), max(ratios.values())
        yield caution("watch_session_weighed", low=low, high=high, days=DAYS_BEFORE)


def _pace(run: Run) -> str:
    seconds = round(1000 / run.speed_mps)
    return f"{seconds // 60}:{seconds % 60:02d}"
