"""The plan: the few exercises that this runner needs, and advice for running; or the gate that forbids both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kinechain.knowledge.exercises import SOLEUS_LOADING, STEP_RATE_PRACTICE, exercises
from kinechain.knowledge.monitoring import had_strain, monitoring
from kinechain.knowledge.red_flags import gates
from kinechain.model.assessment import Conclusion, Hypothesis, Plan

RIVAL = "rival"
_CALF = frozenset({"soleus", "gastrocnemius", "achilles"})
_LOWERED_BY_STEP_RATE = frozenset({"C3", "C5", "rival_step_rate"})


@dataclass(frozen=True)
class PlanRules:
    """Limits of a plan.

    Parameters
    ----------
    most_exercises : at most so many exercises
    least_posterior : links that deviate with less probability are not trained
    longest_run_growth : next run at most this times the longest of 30 days (Frandsen 2025,
        doi 10.1136/bjsports-2024-109380)
    step_rate_change_pct : change of step rate to try; at +5 % the peak load of the Achilles tendon falls (Lyght 2016,
        doi 10.1123/jab.2015-0183)
    retest_in_days : when to film again (ours)
    """

    most_exercises: int = 3
    least_posterior: float = 0.5
    longest_run_growth: float = 1.10
    step_rate_change_pct: float = 5.0
    retest_in_days: int = 28


DEFAULT_RULES = PlanRules()


def make_plan(
    hypotheses: tuple[Hypothesis, ...],
    conclusion: Conclusion,
    intake: Mapping[str, object],
    rules: PlanRules = DEFAULT_RULES,
) -> Plan:
    """Return the plan.

    While a red-flag answer is positive or open the plan is stopped: it names its gates and holds nothing else.
    Otherwise the deviating links with the largest contribution (posterior where there is none) choose the exercises;
    for a complaint of the calf or the Achilles tendon progressive soleus loading is among them; the step-rate practice
    only where the advice for running is a higher step rate. `because` is the
    hypothesis that an exercise answers, or the intake key "place" where none does. `running` holds

    - `longest_next_run_km`: None where the longest run of 30 days is not known
    - `pace_advice`: "add_pace_last"
    - `step_rate_change_pct`: None where a higher step rate is no part of the answer
    - `pain_limit_nrs`, `rest_day_between`: "yes"

    Parameters
    ----------
    hypotheses, conclusion
        What the chain judged.
    intake
        Answers by key, as `check_intake` returns them.
    rules
        Limits.
    """
    stops = gates(intake)
    if stops:
        return Plan(stop=True, gates=tuple(gate.id for gate in stops))
    ranked = _ranked(hypotheses, conclusion, rules)
    calf = intake.get("place") in _CALF
    if not _has_complaint(intake):
        ranked = tuple(hypothesis for hypothesis in ranked if hypothesis.link != RIVAL)
    running = _running(ranked, intake, rules, calf=calf)
    left_out = frozenset() if running["step_rate_change_pct"] is not None else frozenset({STEP_RATE_PRACTICE})
    chosen = _choose(ranked, rules.most_exercises, left_out)
    if calf and SOLEUS_LOADING not in chosen:
        kept = list(chosen.items())[: rules.most_exercises - 1]
        chosen = {**dict(kept), SOLEUS_LOADING: _reason_for_soleus(hypotheses)}
    rows = exercises()
    return Plan(
        stop=False,
        exercises=tuple(rows[name].prescribed(because) for name, because in chosen.items()),
        running=running,
        retest_in_days=rules.retest_in_days,
    )


def _weight(hypothesis: Hypothesis) -> float:
    return hypothesis.posterior if hypothesis.contribution is None else hypothesis.contribution


def _key(hypothesis: Hypothesis) -> str:
    """Return what `serves` calls it: the link, or the id of a rival."""
    return hypothesis.id if hypothesis.link == RIVAL else hypothesis.link


def _ranked(hypotheses: tuple[Hypothesis, ...], conclusion: Conclusion, rules: PlanRules) -> tuple[Hypothesis, ...]:
    """Return the links that deviate, the heaviest first; the conclusion's own, then the id, decide a tie."""
    deviating = [hypothesis for hypothesis in hypotheses if hypothesis.posterior >= rules.least_posterior]
    return tuple(sorted(deviating, key=lambda h: (-_weight(h), h.id != conclusion.primary, h.id)))


def _has_complaint(intake: Mapping[str, object]) -> bool:
    return any(intake.get(key) is not None for key in ("side", "place", "trigger"))


def _wanted(ranked: tuple[Hypothesis, ...]) -> Iterator[tuple[str, str]]:
    """Yield exercise and hypothesis: the first choice for each link, the heaviest first, then the second choices."""
    for choice in (1, 2):
        for hypothesis in ranked:
            for row in exercises().values():
                if row.serves.get(_key(hypothesis)) == choice:
                    yield row.id, hypothesis.id


def _choose(ranked: tuple[Hypothesis, ...], most: int, left_out: frozenset[str]) -> dict[str, str]:
    """Return at most `most` exercises, each with the heaviest hypothesis that asks for it."""
    chosen: dict[str, str] = {}
    for exercise, because in _wanted(ranked):
        if len(chosen) < most and exercise not in left_out:
            chosen.setdefault(exercise, because)
    return chosen


def _reason_for_soleus(hypotheses: tuple[Hypothesis, ...]) -> str:
    """Return the likeliest hypothesis that soleus loading serves, deviating or not; "place" where there is none."""
    served = exercises()[SOLEUS_LOADING].serves
    fitting = [hypothesis for hypothesis in hypotheses if _key(hypothesis) in served]
    return max(fitting, key=lambda h: (_weight(h), h.id)).id if fitting else "place"


def _running(
    ranked: tuple[Hypothesis, ...], intake: Mapping[str, object], rules: PlanRules, *, calf: bool
) -> dict[str, float | str | None]:
    """Return the advice for running. It never asks for another foot strike: a forefoot strike loads the calf more."""
    lead = ranked[:1]
    higher_rate = calf and (
        any(_key(hypothesis) in _LOWERED_BY_STEP_RATE for hypothesis in lead)
        or any(_key(hypothesis) == "rival_step_rate" for hypothesis in ranked)
    )
    return {
        "longest_next_run_km": _longest_next_run_km(intake.get("longest_run_30d_km"), rules),
        "pace_advice": "add_pace_last",
        "step_rate_change_pct": rules.step_rate_change_pct if higher_rate else None,
        "pain_limit_nrs": monitoring().green(strained=had_strain(intake)),
        "rest_day_between": "yes",
    }


def _longest_next_run_km(longest: object, rules: PlanRules) -> float | None:
    """Return the longest next run in km, rounded down to 0.1 km; None where the longest run is unknown or zero."""
    if isinstance(longest, bool) or not isinstance(longest, int | float):
        return None
    if not math.isfinite(longest) or longest <= 0:
        return None
    return math.floor(round(longest * rules.longest_run_growth * 10, 6)) / 10
