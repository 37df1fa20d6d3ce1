"""The re-test: two assessments of one runner, each change against its smallest detectable change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kinechain import glossary
from kinechain.chain.contrasts import ContrastParameters, alike_speed, difference, verdict
from kinechain.chain.evidence import answer, complaint_sides
from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.monitoring import had_strain, monitored
from kinechain.knowledge.red_flags import UNANSWERED
from kinechain.knowledge.test_plan import plan_rows
from kinechain.model.assessment import Assessment, Clip, Contrast, Measurement, SideOrBoth
from kinechain.model.comparison import CAREFUL, Compared, Comparison, NextStep, NotComparable, StepKind, TestChange
from kinechain.model.diary import Diary
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.reasoning import running_speed_mps
from kinechain.pipeline.test_plan import SPIKE
from kinechain.text import Language, Text

#: Frame rates [Hz] between which clips are of another class: contact times read at them differ in error.
FPS_CLASSES = (50.0, 100.0)
#: Heel raises from which a leg counts as strong enough, and the share by which the legs may differ.
ENOUGH_RAISES, RAISES_ASYMMETRY = 25.0, 0.10
#: Tests in which the legs must be alike before the plan moves on (Green 2022, doi 10.1186/s40798-021-00364-0).
EVEN_TESTS = ("heel_raises_bent", "knee_to_wall_cm")

OTHER_VIEW = Text(ja="同じ向きの動画がもう一方にありません。", en="The other assessment has no clip from this view.")
OTHER_CONDITION = Text(
    ja="疲労・シューズ・路面の条件が同じ動画がありません。", en="No clip with the same fatigue, shoes and ground."
)
SPEED_UNKNOWN = Text(
    ja="走速度が分からないため比べられません。", en="The running speed of one of the clips is not known."
)
OTHER_SPEED = Text(ja="速度が 5 % より大きく違います。", en="The speeds differ by more than 5 %.")
OTHER_FPS = Text(ja="動画のフレームレートの区分が違います。", en="The frame rates are of another class.")
OTHER_PROTOCOL = Text(
    ja="計測の設定が違います。前の動画をもう一度解析すると比べられます。",
    en="They were measured with other settings; assess the earlier clip again to compare them.",
)
OTHER_ESTIMATOR = Text(ja="姿勢推定の方法が違います。", en="The points were found by another estimator.")
NO_VALUE = Text(ja="どちらかで計測できていません。", en="It was not measured in one of them.")


def compare(before: Assessment, after: Assessment, diary: Diary | None = None) -> Comparison:
    """Compare two assessments of one runner, clip by clip where they were filmed alike.

    Parameters
    ----------
    diary : pain and training between them, which decides on the next step too
    """
    changes: dict[tuple[str, SideOrBoth], Contrast] = {}
    reasons: dict[tuple[str, SideOrBoth], Text] = {}
    for clip in after.clips:
        other, why = partner(clip, before, after)
        for measurement in measured_in(after, clip):
            key = measurement.name, measurement.side
            old = None if other is None else _find(before, other, measurement)
            change = None if old is None or other is None else change_between(old, measurement, other, clip)
            if change is not None:
                changes.setdefault(key, change)
            else:
                reasons.setdefault(key, why or NO_VALUE)
    for measurement in before.measurements:
        reasons.setdefault((measurement.name, measurement.side), NO_VALUE)
    tests = tuple(_test_changes(before, after))
    return Comparison(
        before=compared(before),
        after=compared(after),
        changes=tuple(changes.values()),
        tests=tests,
        not_comparable=tuple(
            NotComparable(name=name, side=side, why=why)
            for (name, side), why in reasons.items()
            if (name, side) not in changes and is_compared_number(name)
        ),
        advice=advise(before, after, tuple(changes.values()), tests, diary),
    )


def is_compared_number(name: str) -> bool:
    """Whether a quantity is a number that is compared: no class, and not the speed that clips are matched by."""
    return glossary.quantity(name).classes is None and name != "speed_mps"


def compared(assessment: Assessment) -> Compared:
    """Return which clips of an assessment are compared."""
    return Compared(
        clips=tuple(clip.file for clip in assessment.clips), views=tuple(clip.view for clip in assessment.clips)
    )


def measured_in(assessment: Assessment, clip: Clip) -> tuple[Measurement, ...]:
    """Return the measurements of one clip."""
    return tuple(m for m in assessment.measurements if m.clip == clip.id)


def _find(assessment: Assessment, clip: Clip, like: Measurement) -> Measurement | None:
    return next((m for m in measured_in(assessment, clip) if (m.name, m.side) == (like.name, like.side)), None)


def partner(clip: Clip, before: Assessment, after: Assessment) -> tuple[Clip | None, Text | None]:
    """Return the clip of the earlier assessment that was filmed alike, or why there is none."""
    speed = running_speed_mps(measured_in(after, clip))
    found = [one for one in before.clips if one.view == clip.view]
    rules: tuple[tuple[Callable[[Clip], bool], Text], ...] = (
        (lambda one: _conditions(one) == _conditions(clip), OTHER_CONDITION),
        (lambda one: speed is not None and _speed(before, one) is not None, SPEED_UNKNOWN),
        (lambda one: alike_speed(speed, _speed(before, one), ContrastParameters()), OTHER_SPEED),
        (lambda one: _fps_class(one) == _fps_class(clip), OTHER_FPS),
        (lambda _: before.provenance.estimator == after.provenance.estimator, OTHER_ESTIMATOR),
        (lambda _: before.provenance.protocol == after.provenance.protocol, OTHER_PROTOCOL),
    )
    for keep, why in rules:
        if not found:
            return None, OTHER_VIEW
        left = [one for one in found if keep(one)]
        if not left:
            return None, why
        found = left
    return min(found, key=lambda one: abs((_speed(before, one) or 0.0) - (speed or 0.0))), None


def _speed(assessment: Assessment, clip: Clip) -> float | None:
    return running_speed_mps(measured_in(assessment, clip))


def _conditions(clip: Clip) -> tuple[bool, str | None, str | None]:
    return clip.condition == "tired", clip.shoe, clip.surface


def _fps_class(clip: Clip) -> int:
    return sum(clip.fps >= limit for limit in FPS_CLASSES)


def change_between(old: Measurement, new: Measurement, before: Clip, after: Clip) -> Contrast | None:
    """Return new − old of one quantity in two clips that were filmed alike; None where one has no number."""
    found = difference(old, new) if is_compared_number(new.name) else None
    if found is None:
        return None
    return Contrast(
        id=f"contrast.time.{after.id}.{new.name}.{new.side}",
        kind="time",
        name=new.name,
        side=new.side,
        a=found.a,
        b=found.b,
        value=found.value,
        low=found.low,
        high=found.high,
        unit=new.unit,
        sdc=found.sdc,
        verdict=verdict(found, same_set_up=False),
        clips=(before.id, after.id),
    )


def _test_changes(before: Assessment, after: Assessment) -> Iterator[TestChange]:
    known = {(test.name, test.side): test.value for test in before.tests}
    for test in after.tests:
        old, new = known.get((test.name, test.side)), test.value
        if not isinstance(old, float) or not isinstance(new, float):
            continue
        item = plan_rows().items.get(test.name)
        sdc = None if item is None else item.sdc
        yield TestChange(
            name=test.name,
            side=test.side,
            a=old,
            b=new,
            value=new - old,
            sdc=sdc,
            verdict="unclear" if sdc is None else "real" if abs(new - old) > sdc else "none",
        )


def advise(
    before: Assessment,
    after: Assessment,
    changes: tuple[Contrast, ...],
    tests: tuple[TestChange, ...],
    diary: Diary | None = None,
) -> NextStep:
    """Return the next step of the plan: of all rules that hold, the most careful one counts, with its reasons."""
    rows = [plan_rows().advice[name] for name in _held(before, after, changes, tests)]
    held: list[tuple[StepKind, tuple[Text, ...]]] = [(row.step, (row.text,)) for row in rows]
    if diary is not None and diary.last is not None:
        seen = monitored(diary, diary.last, strained=had_strain(after.intake))
        held += [(one.rule.step, one.texts) for one in seen]
    step = min((step for step, _ in held), key=CAREFUL.index)
    reasons = [text for at, texts in held if at == step for text in texts]
    return NextStep(step=step, reasons=tuple(dict.fromkeys(reasons)))


def _held(
    before: Assessment, after: Assessment, changes: tuple[Contrast, ...], tests: tuple[TestChange, ...]
) -> Iterator[str]:
    if after.plan.stop:
        yield "unanswered" if after.plan.gates == (UNANSWERED,) else "health"
    if any(_worse(before.conclusion.primary, change) for change in changes):
        yield "worse"
    if any(test.name == "heel_raises" and test.verdict == "real" and test.value < 0 for test in tests):
        yield "weaker"
    ratio = answer(after.intake, "longest_run_ratio")
    if isinstance(ratio, float) and ratio > SPIKE:
        yield "spike"
    if complaint_sides(after.intake) is not None:
        yield "complaint_remains"
    if any(_uneven(after, name) for name in EVEN_TESTS):
        yield "tests_uneven"
    yield _heel_raises({test.side: test.value for test in after.tests if test.name == "heel_raises"})


def _uneven(after: Assessment, name: str) -> bool:
    """Whether both legs were tested and differ by more than the consensus allows."""
    found = {test.side: test.value for test in after.tests if test.name == name}
    both = [value for side in SIDES if isinstance(value := found.get(side), float)]
    return len(both) == len(SIDES) and min(both) < (1 - RAISES_ASYMMETRY) * max(both)


def _heel_raises(raises: Mapping[SideOrBoth, float | str]) -> str:
    counts = [value for side in SIDES if isinstance(value := raises.get(side), float)]
    if len(counts) < len(SIDES):
        return "heel_raises_missing"
    enough = min(counts) >= ENOUGH_RAISES and min(counts) >= (1 - RAISES_ASYMMETRY) * max(counts)
    return "ready" if enough else "heel_raises_low"


def _worse(primary: str | None, change: Contrast) -> bool:
    """Whether a real change goes to the deviating side of what stood first before."""
    if primary is None or change.verdict != "real" or change.value is None:
        return False
    leg = next((side for side in SIDES if primary.endswith(f"_{side}")), None)
    if leg is not None and change.side not in (leg, "both"):
        return False
    node = chain_graph().nodes[primary if leg is None else primary.removesuffix(f"_{leg}")]
    signs = {"+": 1, "-": -1}
    return any(
        row.name == change.name and not row.contradicted and change.value * signs.get(row.direction or "", 0) > 0
        for row in node.indicators
    )


STEPS: dict[StepKind, Text] = {
    "stop": Text(ja="次の段階：まず医療機関へ", en="Next: a doctor first"),
    "back": Text(ja="次の段階：一つ戻す", en="Next: one stage back"),
    "hold": Text(ja="次の段階：今のまま続ける", en="Next: stay at this stage"),
    "forward": Text(ja="次の段階：進める", en="Next: move on"),
}
VERDICTS = {
    "real": Text(ja="誤差を超える変化", en="changed beyond its error"),
    "none": Text(ja="変化は見られない", en="no change seen"),
    "unclear": Text(ja="まだ判断できない", en="cannot be told yet"),
}
LEGS: dict[SideOrBoth, Text] = {
    "left": Text(ja="左", en="left"),
    "right": Text(ja="右", en="right"),
    "both": Text(ja="両", en="both"),
}
_NOT = Text(ja="比べられないもの：", en="Not comparable:")


def comparison_lines(comparison: Comparison, language: Language) -> list[str]:
    """Return the comparison as lines for a terminal, the real changes first."""
    order = ("real", "none", "unclear")
    lines = []
    for change in sorted(comparison.changes, key=lambda change: order.index(change.verdict)):
        label = glossary.quantity(change.name).label[language]
        sdc = "" if change.sdc is None else f", SDC {change.sdc:.3g}"
        amount = f"{change.a:.3g} → {change.b:.3g} {change.unit} ({change.value:+.2g}{sdc})"
        lines.append(f"{LEGS[change.side][language]}  {label}: {amount}  {VERDICTS[change.verdict][language]}")
    for test in comparison.tests:
        item = plan_rows().items.get(test.name)
        label = test.name if item is None else item.label[language]
        lines.append(
            f"{LEGS[test.side][language]}  {label}: {test.a:g} → {test.b:g}  {VERDICTS[test.verdict][language]}"
        )
    why: dict[str, list[str]] = {}
    for row in comparison.not_comparable:
        why.setdefault(row.why[language], []).append(glossary.quantity(row.name).label[language])
    if why:
        lines.append(_NOT[language])
        lines += [f"  {reason} {', '.join(dict.fromkeys(names))}" for reason, names in why.items()]
    lines.append(STEPS[comparison.advice.step][language])
    return [*lines, *(f"  {reason[language]}" for reason in comparison.advice.reasons)]
