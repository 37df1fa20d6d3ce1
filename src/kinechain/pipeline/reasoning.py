"""From measurements and answers to findings, hypotheses, conclusion and plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kinechain.chain.findings import find
from kinechain.chain.judge import judge
from kinechain.exercise.plan import make_plan
from kinechain.knowledge.cautions import caution
from kinechain.knowledge.red_flags import gates
from kinechain.knowledge.reference import band, curve_band
from kinechain.model.assessment import (
    Caution,
    Clip,
    Conclusion,
    Contrast,
    Curve,
    FieldTest,
    Finding,
    Hypothesis,
    Measurement,
    Plan,
    View,
)
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


def reason(
    clips: Sequence[Clip],
    measurements: tuple[Measurement, ...],
    athlete: Athlete,
    intake: Mapping[str, object],
    tests: tuple[FieldTest, ...] = (),
    contrasts: tuple[Contrast, ...] = (),
    loads: tuple[Measurement, ...] = (),
) -> Reasoning:
    """Compare with the reference runners, weigh the links of the chain, and plan; the health questions come first.

    Every clip (or segment of one) is compared at its own running speed. The links of the chain are weighed on one clip
    a view, the one with the most strides: segments of the same run are not independent evidence, and mixing speeds
    would blur what each of them shows.

    Parameters
    ----------
    clips : at least one
    measurements : of all these clips
    tests, contrasts : field tests, and differences within the runner
    loads : in the form of measurements
    """
    of_clip = {clip.id: tuple(m for m in (*measurements, *loads) if m.clip == clip.id) for clip in clips}
    speeds = {clip.id: running_speed_mps(of_clip[clip.id]) for clip in clips}
    findings = {clip.id: find(of_clip[clip.id], athlete, speeds[clip.id], band) for clip in clips}
    weighed = best_of_view(clips)
    about = {key: value for key, value in (("age_y", athlete.age_y), ("sex", athlete.sex)) if value is not None}
    judgement = judge(
        tuple(finding for clip in weighed for finding in findings[clip.id]),
        tuple(measurement for clip in weighed for measurement in of_clip[clip.id]),
        {**intake, **about},
        tests,
        contrasts,
    )
    return Reasoning(
        tuple(finding for clip in clips for finding in findings[clip.id]),
        judgement.hypotheses,
        _doctor_first(judgement.conclusion, intake),
        make_plan(judgement.hypotheses, judgement.conclusion, intake),
        tuple(_cautions(athlete, tuple(speeds.values()))),
    )


def best_of_view(clips: Sequence[Clip]) -> tuple[Clip, ...]:
    """Return the clip with the most strides of each view, in the order of the clips; of equals the first.

    A tired runner stands for himself only where no other clip of the view is there.
    """
    best: dict[View, Clip] = {}
    for clip in clips:
        if clip.view not in best or _worth(clip) > _worth(best[clip.view]):
            best[clip.view] = clip
    return tuple(clip for clip in clips if best[clip.view] is clip)


def _worth(clip: Clip) -> tuple[bool, int]:
    return clip.condition != "tired", clip.n_strides.left + clip.n_strides.right


def _doctor_first(conclusion: Conclusion, intake: Mapping[str, object]) -> Conclusion:
    """Return the conclusion; where a doctor has to look first, that is the next step and no clip or test."""
    urgent = next((gate for gate in gates(intake) if gate.urgency is not None), None)
    return conclusion if urgent is None else conclusion.model_copy(update={"next_step": urgent.message})


def _cautions(athlete: Athlete, speeds_mps: tuple[float | None, ...]) -> Iterator[Caution]:
    if None in speeds_mps:
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
