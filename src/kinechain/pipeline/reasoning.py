"""From measurements and answers to findings, hypotheses, conclusion and plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kinechain.chain.findings import find
from kinechain.chain.judge import judge
from kinechain.exercise.plan import make_plan
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.red_flags import gates
from kinechain.knowledge.reference import band, curve_band
from kinechain.model.assessment import Caution, Conclusion, Curve, Finding, Hypothesis, Measurement, Plan
from kinechain.model.athlete import Athlete


@dataclass(frozen=True)
class Reasoning:
    """What follows from one runner's measurements and answers."""

    findings: tuple[Finding, ...]
    hypotheses: tuple[Hypothesis, ...]
    conclusion: Conclusion
    plan: Plan
    cautions: tuple[Caution, ...]


def running_speed_mps(measurements: tuple[Measurement, ...]) -> float | None:
    """Return the stated or measured running speed [m/s], None where it is not known."""
    for measurement in measurements:
        if measurement.name == "speed_mps" and isinstance(measurement.value, float):
            return measurement.value
    return None


def reason(measurements: tuple[Measurement, ...], athlete: Athlete, intake: Mapping[str, object]) -> Reasoning:
    """Compare with the reference runners, weigh the links of the chain, and plan; the health questions come first."""
    speed = running_speed_mps(measurements)
    findings = find(measurements, athlete, speed, band)
    about = {key: value for key, value in (("age_y", athlete.age_y), ("sex", athlete.sex)) if value is not None}
    judgement = judge(findings, measurements, {**intake, **about}, ())
    return Reasoning(
        findings,
        judgement.hypotheses,
        _doctor_first(judgement.conclusion, intake),
        make_plan(judgement.hypotheses, judgement.conclusion, intake),
        tuple(_cautions(athlete, speed)),
    )


def _doctor_first(conclusion: Conclusion, intake: Mapping[str, object]) -> Conclusion:
    """Return the conclusion; where a doctor has to look first, that is the next step and no clip or test."""
    urgent = next((gate for gate in gates(intake) if gate.urgency is not None), None)
    return conclusion if urgent is None else conclusion.model_copy(update={"next_step": urgent.message})


def _cautions(athlete: Athlete, speed_mps: float | None) -> Iterator[Caution]:
    if speed_mps is None:
        yield caution("speed_unknown")
    if athlete.sex != "male":
        yield caution("reference_men_only")


def with_reference(curves: tuple[Curve, ...], speed_mps: float | None) -> tuple[Curve, ...]:
    """Return the curves with the reference runners' band at this speed, where there is one."""
    bands = (
        {} if speed_mps is None else {name: curve_band(name, speed_mps) for name in {curve.name for curve in curves}}
    )
    return tuple(
        curve
        if (pair := bands.get(curve.name)) is None
        else curve.model_copy(update={"reference_low": tuple(pair[0]), "reference_high": tuple(pair[1])})
        for curve in curves
    )
