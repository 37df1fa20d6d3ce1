"""Contrasts on phantoms: does a difference within one runner hold the true one, and is none claimed where none is.

python validation/accuracy/contrasts.py FOLDER [--poses FOLDER] [--half report|tuning|all]
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from accuracy.compare import half_of, measured
from kinechain.chain.contrasts import ContrastClip, Difference, contrasts, difference, verdict
from kinechain.errors import KinechainError
from kinechain.knowledge.reference import band
from kinechain.pipeline.reasoning import running_speed_mps

RESULTS = Path(__file__).resolve().parents[1] / "results" / "contrasts.csv"
Truth = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Filmed:
    """A phantom as the product sees it, and what is true of it."""

    runner: str
    pace: str
    faults: str
    one: ContrastClip
    truth: Truth


@dataclass(frozen=True)
class Row:
    """One difference beside the true one.

    kind : side, side_fault (of runners with a fault), pace (of the product), fault (with and without, same view and
        pace), camera (identical running)
    """

    kind: str
    runner: str
    name: str
    side: str
    value: float
    truth: float
    low: float | None
    high: float | None
    sdc: float | None
    verdict: str


def filmed(folder: Path, poses: Path, half: str) -> Iterator[Filmed]:
    """Yield every phantom whose pose is kept; one that the product refuses is named."""
    for spec_file in sorted(folder.glob("*.toml")):
        name = spec_file.stem
        spec = tomllib.loads(spec_file.read_text(encoding="utf-8"))
        if half not in ("all", half_of(spec["runner"])) or not (poses / f"{name}.npz").is_file():
            continue
        truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        try:
            clip = measured(folder / f"{name}.mp4", poses / f"{name}.npz", truth)
        except KinechainError as error:
            print(f"{name}: {error.code}", file=sys.stderr)
            continue
        one = ContrastClip(
            clip.part.model_copy(update={"id": name}), running_speed_mps(clip.gait.measurements), clip.gait.measurements
        )
        known = {(m["name"], m["side"]): m["value"] for m in truth["measurements"] if isinstance(m["value"], float)}
        faults = "+".join(f"{fault['name']}_{fault['side']}" for fault in truth["faults"])
        yield Filmed(spec["runner"], spec["pace"], faults, one, known)


def rows(clips: list[Filmed]) -> Iterator[Row]:
    """Yield every difference that can be formed within a runner."""
    for runner in sorted({clip.runner for clip in clips}):
        own = [clip for clip in clips if clip.runner == runner]
        for faults in sorted({clip.faults for clip in own}):
            yield from _formed(runner, [clip for clip in own if clip.faults == faults], faults)
        for a, b in combinations(own, 2):
            kind = _kind(a, b)
            if kind is not None:
                yield from _pair(kind, *((b, a) if a.faults and not b.faults else (a, b)))


def _formed(runner: str, own: list[Filmed], faults: str) -> Iterator[Row]:
    """Yield the contrasts of the product; of two side views the truth is the mean as well."""
    known = {clip.one.clip.id: clip.truth for clip in own}
    for c in contrasts([clip.one for clip in own], band):
        truths = [known[clip] for clip in c.clips]
        keys = [(c.name, "left"), (c.name, "right")] if c.kind == "side" else [(c.name, c.side)]
        if c.value is None or any(key not in truth for truth in truths for key in keys):
            continue
        if c.kind == "side":
            true = sum(t[c.name, "right"] - t[c.name, "left"] for t in truths) / len(truths)
        else:
            true = truths[1][c.name, c.side] - truths[0][c.name, c.side]
        kind = "side_fault" if c.kind == "side" and faults else c.kind
        yield Row(kind, runner, c.name, c.side, c.value, true, c.low, c.high, c.sdc, c.verdict)


def _kind(a: Filmed, b: Filmed) -> str | None:
    if a.pace != b.pace:
        return None
    if a.faults == b.faults:
        return "camera" if a.one.clip.view != b.one.clip.view else None
    return "fault" if a.one.clip.view == b.one.clip.view and "" in (a.faults, b.faults) else None


def _pair(kind: str, a: Filmed, b: Filmed) -> Iterator[Row]:
    numbers = a.one.numbers, b.one.numbers
    for key in numbers[0].keys() & numbers[1].keys() & a.truth.keys() & b.truth.keys():
        found: Difference | None = difference(numbers[0][key], numbers[1][key])
        if found is not None:
            true = b.truth[key] - a.truth[key]
            said = verdict(found, same_set_up=kind == "fault")
            yield Row(kind, a.runner, *key, found.value, true, found.low, found.high, found.sdc, said)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each kind: count, share within the interval, share with the right sign of real ones, false claims."""
    known = table.dropna(subset=["low", "sdc"]).copy()
    known["inside"] = (known.low <= known.truth) & (known.truth <= known.high)
    known["within_sdc"] = (known.value - known.truth).abs() <= known.sdc
    known["real"] = known.verdict == "real"
    known["right_sign"] = known.value * known.truth > 0
    grouped = known.groupby("kind")
    found = grouped[["inside", "within_sdc", "real"]].mean()
    found.insert(0, "n", grouped.size())
    found["right_sign_of_real"] = known[known.real].groupby("kind")["right_sign"].mean()
    return found.round(3).reset_index()


def main() -> int:
    """Measure, write the table and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--poses", type=Path)
    parser.add_argument("--half", choices=("report", "tuning", "all"), default="report")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    clips = list(filmed(chosen.clips, chosen.poses or chosen.clips / "poses", chosen.half))
    table = pd.DataFrame([asdict(row) for row in rows(clips)])
    if table.empty:
        return 1
    found = summary(table)
    found.insert(1, "clips", len(clips))
    found.to_csv(chosen.out, index=False)
    print(found.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
