"""From the intake to the test plan of a session: which clips and tests, in which order, and why each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kinechain.chain.evidence import answer, complaint_sides
from kinechain.knowledge.intake import questions
from kinechain.knowledge.red_flags import gates
from kinechain.knowledge.test_plan import Item, plan_rows
from kinechain.model.assessment import View
from kinechain.model.session_plan import Camera, LeftOut, Place, SessionPlan, Step
from kinechain.pipeline.session import contradictions, speed_of_pace
from kinechain.text import Language, Text

#: Last run over the longest of 30 days from which the distance rises too steeply (Frandsen 2025,
#: doi 10.1136/bjsports-2024-109380).
SPIKE = 1.10

NO_TIME = Text(ja="時間に収まらないため、今回は見送ります。", en="It does not fit into the time of this session.")
NO_CLIP = Text(
    ja="見分けるための動画がこの計画にないため、今回は見送ります。",
    en="The clip that it is read from is not in this plan.",
)
NOT_ALONE = Text(ja="一人ではできません。", en="It cannot be done alone.")


def plan_session(intake: Mapping[str, object], place: Place, minutes: int | None = None) -> SessionPlan:
    """Return the test plan for the answers of an intake.

    Fresh clips and untiring tests come first, then tests that tire, then the tired clip; among them first the core, the
    least that could settle the question. Where time is short, the core is chosen first, then what weighs most.

    Parameters
    ----------
    minutes : time of the session [min]; by default that of the place
    """
    rows = plan_rows()
    minutes = minutes or (rows.budget.studio_minutes if place == "studio" else rows.budget.alone_minutes)
    stops, cautions = gates(intake), contradictions(intake)
    if stops:
        return SessionPlan(
            place=place,
            minutes=minutes,
            stop=True,
            gates=tuple(gate.id for gate in stops),
            messages=tuple(dict.fromkeys(gate.message for gate in stops)),
            questions=tuple(dict.fromkeys(key for gate in stops for key in gate.questions)),
            cautions=cautions,
        )
    wanted, left_out = _wanted(_conditions(intake), place)
    left = minutes - rows.budget.set_up_minutes
    chosen: list[_Wanted] = []
    for one in sorted(wanted, key=lambda one: (not one.core, -one.weight, one.item.id)):
        needed = one.item.minutes_at(place)
        if one.item.needs is not None and one.item.needs not in {other.item.id for other in chosen}:
            left_out.append(LeftOut(id=one.item.id, label=one.item.label, because=NO_CLIP))
        elif needed <= left:
            chosen.append(one)
            left -= needed
        else:
            left_out.append(LeftOut(id=one.item.id, label=one.item.label, because=NO_TIME))
    ordered = sorted(chosen, key=lambda one: (_phase(one.item), not one.core, -one.weight, one.item.id))
    return SessionPlan(
        place=place,
        minutes=minutes,
        set_up_minutes=rows.budget.set_up_minutes,
        stop=False,
        steps=tuple(_step(one, intake, place) for one in ordered),
        left_out=tuple(left_out),
        cautions=cautions,
    )


@dataclass(frozen=True)
class _Wanted:
    item: Item
    core: bool
    weight: float
    because: tuple[Text, ...]


def _wanted(conditions: frozenset[str], place: Place) -> tuple[list[_Wanted], list[LeftOut]]:
    """Return what the answers ask for with the reasons, the weightiest first, and what is not to be done."""
    rows = plan_rows()
    avoided = {
        name: row.because for row in reversed(rows.avoid) if conditions.issuperset(row.when) for name in row.items
    }
    wanted: list[_Wanted] = []
    left_out: list[LeftOut] = []
    for name, item in rows.items.items():
        met = [rule for rule in rows.rules if rule.item == name and conditions.issuperset(rule.when)]
        met.sort(key=lambda rule: -rule.weight)
        if not met:
            continue
        if name in avoided or not item.minutes_at(place):
            left_out.append(LeftOut(id=name, label=item.label, because=avoided.get(name, NOT_ALONE)))
            continue
        reasons = tuple(dict.fromkeys(rule.because for rule in met))
        wanted.append(_Wanted(item=item, core=any(rule.core for rule in met), weight=met[0].weight, because=reasons))
    return wanted, left_out


def _conditions(intake: Mapping[str, object]) -> frozenset[str]:
    """Return every condition that the answers meet, as the rows write them."""
    said = {f"{key}={str(value).lower()}" for key, value in intake.items() if key in questions()}
    complaint = complaint_sides(intake)
    said.add(f"complaint={str(complaint is not None).lower()}")
    said.add("leg=both" if complaint is None or complaint[0] == "both" else "leg=one")
    ratio = answer(intake, "longest_run_ratio")
    said.add(f"spike={str(isinstance(ratio, float) and ratio > SPIKE).lower()}")
    return frozenset(said)


def _phase(item: Item) -> int:
    """Return when an item has its turn: nothing that tires comes before what has to be fresh."""
    if item.condition == "tired":
        return 2
    return 1 if item.tiring else 0


def _step(one: _Wanted, intake: Mapping[str, object], place: Place) -> Step:
    item, pace = one.item, intake.get("trigger_pace")
    provoking = item.pace == "provoking" and isinstance(pace, str)
    return Step(
        id=item.id,
        kind=item.kind,
        core=one.core,
        minutes=item.minutes_at(place),
        view=_view(item, intake),
        camera=_CAMERAS.get(item.view or ""),
        pace=item.pace,
        speed_mps=speed_of_pace(str(pace)) if provoking else None,
        condition=item.condition,
        label=item.label,
        how=item.how,
        because=one.because,
    )


_CAMERAS: dict[str, Camera] = {"near": "side", "far": "side", "rear": "rear", "feet": "feet"}


def _view(item: Item, intake: Mapping[str, object]) -> View | None:
    if item.view is None:
        return None
    if item.view in ("rear", "feet"):
        return "rear"
    left = intake.get("side") == "left"
    return "side_left" if left == (item.view == "near") else "side_right"


_HEAD = Text(ja="テスト計画（{place}、{minutes} 分）", en="Test plan ({place}, {minutes} min)")
_PLACES: dict[Place, Text] = {"studio": Text(ja="スタジオ", en="studio"), "alone": Text(ja="一人で", en="alone")}
_CORE = Text(ja="★ まずここまで", en="* the least that could settle it")
_NOT = Text(ja="今回は行わないもの：", en="Left out this time:")
_ASKED = Text(ja="未回答、または「はい」の質問：", en="Open questions, or answered yes:")


def plan_lines(plan: SessionPlan, language: Language) -> list[str]:
    """Return the plan as lines for a terminal."""
    head = _HEAD[language].format(place=_PLACES[plan.place][language], minutes=plan.minutes)
    cautions = [caution.message[language] for caution in plan.cautions]
    if plan.stop:
        asked = [f"  {key}: {questions()[key].label[language]}" for key in plan.questions if key in questions()]
        return [*(message[language] for message in plan.messages), _ASKED[language], *asked, *cautions]
    lines = [head, _CORE[language]]
    for number, step in enumerate(plan.steps, start=1):
        speed = "" if step.speed_mps is None else f" ({step.speed_mps:.2f} m/s)"
        view = "" if step.view is None else f" [{step.view}]"
        mark = "★" if step.core else " "
        lines.append(f"{number:2d} {mark} {step.label[language]}{view}{speed}  {step.minutes} min")
        lines.append(f"      {step.how[language]}")
        lines += [f"      → {reason[language]}" for reason in step.because]
    if plan.left_out:
        lines.append(_NOT[language])
        lines += [f"    {item.label[language]}: {item.because[language]}" for item in plan.left_out]
    return lines + cautions
