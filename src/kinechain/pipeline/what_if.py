"""What a change of running would do: an assessment and a change in, a document of load changes out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict

from kinechain import glossary
from kinechain.errors import ChangeNotPossible, OptionInvalid
from kinechain.knowledge.load_tables import force_template, load_by_speed, load_errors
from kinechain.load import what_if
from kinechain.load.what_if import LoadChange
from kinechain.model.assessment import Assessment, SideOrBoth
from kinechain.model.skeleton import SIDES, Side
from kinechain.text import Language, Text

SCHEMA = "kinechain.what_if/1"
_CHANGE = re.compile(r"(step_rate|speed|foot_inclination|trunk_lean|shank)=([+-]\d+(?:\.\d+)?)(%?)")
FORMS = "step_rate=+5%, speed=+10%, speed=+0.5 (m/s), foot_inclination=-10, trunk_lean=+5, shank=-3 (deg)"
#: Shank length ÷ body height, and the height where it is not stated [m]; both only scale the soleus' stretch.
SHANK_RATIO, USUAL_HEIGHT_M = 0.247, 1.70


def parse_change(text: str) -> tuple[str, float, bool]:
    """Return kind, size (0.05 for 5 %) and whether it was in per cent.

    Raises
    ------
    OptionInvalid
    """
    match = _CHANGE.fullmatch(text.strip())
    if (
        match is None
        or (match[1] == "step_rate") > bool(match[3])
        or (match[1] not in ("step_rate", "speed") and match[3])
    ):
        raise OptionInvalid(option="--change", value=text, reason=FORMS)
    value, relative = float(match[2]), bool(match[3])
    if relative and not -20 <= value <= 20:
        raise OptionInvalid(option="--change", value=text, reason="−20 … +20 %")
    if not relative and abs(value) > 20:
        raise OptionInvalid(option="--change", value=text, reason="−20 … +20")
    return match[1], value / 100 if relative else value, relative


def changes_of(assessment: Assessment, text: str) -> str:
    """Return the document of load changes for the first clip, as JSON.

    Raises
    ------
    OptionInvalid
        Where the change cannot be read.
    ChangeNotPossible
        Where what it needs was not measured.
    """
    kind, size, relative = parse_change(text)
    rows = []
    for side in SIDES:
        for change in _changes(assessment, kind, size, side, relative=relative):
            before = next((x for x in assessment.loads if (x.name, x.side) == (change.name, side)), None)
            value = None if before is None else before.value
            rows.append(
                {
                    **asdict(change),
                    "side": side,
                    "before": value,
                    "after": None if value is None else value * change.ratio,
                    "unit": None if before is None else before.unit,
                }
            )
    document = {"schema": SCHEMA, "change": text.strip(), "clip": assessment.clips[0].id, "changes": rows}
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _changes(assessment: Assessment, kind: str, size: float, side: Side, *, relative: bool) -> Sequence[LoadChange]:
    if kind == "step_rate":
        return what_if.step_rate(size)
    if kind == "trunk_lean":
        return what_if.trunk_lean(size)
    if kind == "speed":
        now = _value(assessment, "speed_mps", None)
        try:
            return what_if.speed(now, now * (1 + size) if relative else now + size, load_by_speed())
        except ValueError as error:
            raise ChangeNotPossible(change=f"{kind} {size:+g}", name="speed_mps") from error
    if kind == "foot_inclination":
        now = _value(assessment, "foot_inclination_ic_deg", side)
        sd = load_errors()["ankle_moment_peak_nmpkg"].sd
        return what_if.foot_inclination(now, now + size, force_template(), sd)
    stretch = next(
        (x.value for x in assessment.loads if (x.name, x.side) == ("soleus_length_change_ratio", side) and x.value),
        None,
    )
    if stretch is None:
        raise ChangeNotPossible(change=kind, name="soleus_length_change_ratio")
    height = USUAL_HEIGHT_M if assessment.athlete.height_cm is None else assessment.athlete.height_cm / 100
    peak = _value(assessment, "ankle_dorsiflexion_peak_deg", side)
    return what_if.shank(stretch, peak, size, SHANK_RATIO * height)


def _value(assessment: Assessment, name: str, side: Side | None) -> float:
    where: SideOrBoth = "both" if side is None else side
    value = next((m.value for m in assessment.measurements if (m.name, m.side) == (name, where)), None)
    if not isinstance(value, float):
        raise ChangeNotPossible(change=name, name=name)
    return value


_RESTS = {
    "data": Text(ja="測定データから", en="from measurements on runners"),
    "model": Text(ja="モデルの計算のみ", en="from the model alone"),
}
_DAMAGE = Text(
    ja="1kmのアキレス腱への負荷（強い力を重く数える、指数{b}）",
    en="Achilles load of 1 km, peaks weighed (exponent {b})",
)
_SIDES = {"left": Text(ja="左", en="left"), "right": Text(ja="右", en="right")}


def lines_of(document: str, language: Language) -> list[str]:
    """Return one line a load for a terminal: its change in per cent with the band, and what that rests on."""
    lines = []
    for row in json.loads(document)["changes"]:
        name, (ratio, low, high) = row["name"], (row[key] for key in ("ratio", "low", "high"))
        exponent = name.removeprefix("achilles_damage_b")
        label = _DAMAGE.format(b=exponent) if exponent != name else glossary.quantity(name).label
        change = f"{100 * (ratio - 1):+.0f} % ({100 * (low - 1):+.0f} … {100 * (high - 1):+.0f})"
        lines.append(
            f"{_SIDES[row['side']][language]}  {label[language]}: {change}  {_RESTS[row['rests_on']][language]}"
        )
    return lines
