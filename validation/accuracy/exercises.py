"""Phantoms of the exercises: what the check says of each clip beside what is true, and the section of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from accuracy.replay import Replay
from accuracy.summary import wilson
from kinechain.errors import KinechainError
from kinechain.exercise.kinds import KINDS, ExerciseId
from kinechain.exercise.stream import Outcome
from kinechain.exercise.verdict import judged
from kinechain.knowledge.exercise_checks import FaultRule, exercise_checks
from kinechain.pipeline.exercise_check import in_picture, see, watch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose import weights
from kinechain.pose.blazepose import BlazePose
from kinechain.settings import Protocol

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
BEGIN, END = "<!-- exercises: made by `accuracy exercises`, not by hand -->\n", "<!-- end of exercises -->\n"
#: A fault this many times beyond its threshold counts as one that a trainer sees.
VISIBLE = 1.25


@dataclass(frozen=True)
class Row:
    """One answer of one clip.

    Parameters
    ----------
    kind : "count" (whole repetitions), "hold" [s], "fault", or "refused" where the clip shows something else
    name : what was counted, held or judged; of a refusal the exercise that was asked for
    good : whether the clip was made without a fault
    truth, value : what is true and what the check read; None where it read nothing
    found : of a fault, whether it was named; else whether the answer is right (hold: within 1 s)
    shows : what is in the clip, as the check names it; empty where that is the exercise of the clip
    """

    clip: str
    half: str
    exercise: str
    view: str
    good: bool
    kind: str
    name: str
    truth: float
    value: float | None
    found: bool
    looks_like: str
    shows: str = ""


def measure(folder: Path, poses: Path) -> Iterator[Row]:
    """Yield the rows of every clip in a folder; the estimator's results are kept in `poses`."""
    protocol = Protocol()
    blazepose = BlazePose(weights.locate(), protocol.estimator)
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        estimator = Replay(blazepose, poses / f"{path.stem}.npz")
        try:
            pose, _ = see(ClipRequest(path.with_suffix(".mp4")), lambda: estimator, protocol, lambda *_: None)  # noqa: B023
            points = in_picture(pose)
            outcomes = {asked: watch(points, asked) for asked in KINDS}
        except KinechainError as error:
            print(f"{path.stem}: {error.code}")
            continue
        finally:
            estimator.save()
        yield from _rows(path.stem, truth, outcomes)


def _rows(clip: str, truth: dict[str, Any], outcomes: dict[ExerciseId, Outcome]) -> Iterator[Row]:
    own: ExerciseId = truth["exercise"]
    outcome, shows = outcomes[own], truth.get("shows", "")
    facts = {
        "clip": clip,
        "half": truth["half"],
        "exercise": own,
        "view": truth["view"],
        "good": clip.endswith("_good"),
        "looks_like": outcome.looks_like,
        "shows": shows,
    }
    for asked, other in outcomes.items():
        if shows or asked != own:
            count = len(other.counted) + len(other.holds) if other.recognised else 0
            yield Row(**facts, kind="refused", name=asked, truth=0, value=count, found=not other.recognised)
    if shows:
        return
    whole = sum(counted.whole for counted in outcome.counted) if outcome.recognised else 0
    true = truth["repetitions"]
    yield Row(**facts, kind="count", name="repetitions", truth=true, value=whole, found=whole == true)
    holds = outcome.holds if outcome.recognised else ()
    for hold in truth["holds"]:
        mine = [one.hold.seconds for one in holds if one.hold.side == hold["side"]]
        value = mine[0] if len(mine) == len(holds) == 1 else None
        right = value is not None and abs(value - hold["seconds"]) <= 1.0
        yield Row(**facts, kind="hold", name=hold["side"], truth=hold["seconds"], value=value, found=right)
    rules = exercise_checks()[1][truth["exercise"]].fault
    for name, size in truth["faults"].items():
        rule = rules[name]
        if not rule.shown(not truth["view"].startswith("side")):
            continue
        value = _value(outcome, rule)
        yield Row(
            **facts, kind="fault", name=name, truth=size, value=value, found=value is not None and rule.broken(value)
        )


def _value(outcome: Outcome, rule: FaultRule) -> float | None:
    seen = judged(outcome, rule) if outcome.recognised and outcome.shows(rule) else []
    return float(np.median([one.value for one in seen])) if seen else None


def write_section(rows: pd.DataFrame, path: Path = PAGE) -> str:
    """Write the section between its marks on the page, keep everything else, and return it."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    section = "\n".join(_section(rows)) + "\n\n"
    path.write_text(before + BEGIN + "\n" + section + END + after, encoding="utf-8")
    return section


def visible(row: pd.Series) -> bool:
    """Whether a fault is so far beyond its threshold that a trainer sees it."""
    rule = exercise_checks()[1][row["exercise"]].fault[row["name"]]
    if rule.worse == "above":
        return bool(row["truth"] >= (rule.threshold if rule.unit == "count" else VISIBLE * rule.threshold))
    return bool(row["truth"] <= rule.threshold / VISIBLE)


def _section(rows: pd.DataFrame) -> Iterator[str]:
    faults = rows[rows["kind"] == "fault"].copy()
    faults["visible"] = faults.apply(visible, axis=1)
    yield (
        "| half | clips | repetitions exact | hold within 1 s | visible faults found | false alarms on good form | "
        "another movement refused |"
    )
    yield "|---|---|---|---|---|---|---|"
    for half in ("report", "tuning"):
        own, judged_ = rows[rows["half"] == half], faults[faults["half"] == half]
        good = judged_[judged_["good"]]
        cells = [
            _share(own[(own["kind"] == "count") & (own["exercise"] != "glute_stretch")]["found"]),
            _share(own[own["kind"] == "hold"]["found"]),
            _share(judged_[judged_["visible"]]["found"]),
            _share(good["found"]),
            _share(own[own["kind"] == "refused"]["found"]),
        ]
        yield f"| {half} | {own['clip'].nunique()} | " + " | ".join(cells) + " |"
    yield ""
    yield "| fault | threshold | true sizes | read − true, mean ± SD (clips) | visible found | named on good form |"
    yield "|---|---|---|---|---|---|"
    yield from _fault_lines(faults[faults["half"] == "report"])
    yield ""
    yield "| in the clip (report half) | asked for as | clips | refused | named for what it is |"
    yield "|---|---|---|---|---|"
    yield from _refusal_lines(rows[(rows["kind"] == "refused") & (rows["half"] == "report")].fillna({"shows": ""}))


def _refusal_lines(refused: pd.DataFrame) -> Iterator[str]:
    inside = refused["shows"].where(refused["shows"] != "", refused["exercise"])
    for (shown, asked), group in refused.groupby([inside, "name"], sort=True):
        own = KINDS.get(shown, {shown})
        named = int(group["looks_like"].isin(own).sum())
        yield f"| `{shown}` | `{asked}` | {len(group)} | {int(group['found'].sum())} | {named} |"


def _fault_lines(faults: pd.DataFrame) -> Iterator[str]:
    for (exercise, name), group in faults.groupby(["exercise", "name"], sort=True):
        rule = exercise_checks()[1][str(exercise)].fault[str(name)]
        error = (group["value"] - group["truth"]).dropna()
        spread = f" ± {error.std(ddof=1):.2g}" if len(error) > 1 else ""
        wrong = group[group["visible"]]
        sizes = f"{wrong['truth'].min():.2g}–{wrong['truth'].max():.2g}" if len(wrong) else "–"
        sign = "≥" if rule.worse == "above" else "<"
        good = group[group["good"]]
        read = f"{error.mean():+.2g}{spread} ({len(error)})"
        yield (
            f"| `{name}` | {sign} {rule.threshold:g} {rule.unit} | {sizes} | {read} | "
            f"{int(wrong['found'].sum())} of {len(wrong)} | {int(good['found'].sum())} of {len(good)} |"
        )


def _share(found: pd.Series) -> str:
    """Return a share with its 95 % interval."""
    if found.empty:
        return "–"
    yes, n = int(found.sum()), len(found)
    low, high = wilson(yes, n)
    return f"{yes} of {n} ({100 * max(low, 0.0):.0f}–{100 * high:.0f} %)"
