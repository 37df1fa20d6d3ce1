"""The product's chain asked about one clip: findings, judgement, and what is true beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accuracy.compare import half_of, measured
from kinechain.chain.findings import find
from kinechain.chain.judge import Judgement, judge
from kinechain.knowledge.chain import chain_graph
from kinechain.model.assessment import Hypothesis, Measurement
from kinechain.model.athlete import Athlete
from kinechain.pipeline.reasoning import running_speed_mps
from reasoning.bands import BandOf
from reasoning.truth import Deviation, detectable, deviating, numbers_of, size_sdc

#: Of a fault that has no side, both legs complain.
SIDELESS = frozenset({"upright_trunk"})
#: Views that tell no speed: there it is stated, as a trainer reads it off the belt.
SPEEDLESS = ("rear", "front")


@dataclass(frozen=True)
class Case:
    """One clip: its measurements, its truth, and the true numbers of the same runner at this pace without a fault."""

    name: str
    truth: Mapping[str, Any]
    measurements: tuple[Measurement, ...]
    plain: Mapping[tuple[str, str], float] | None

    @property
    def runner(self) -> str:
        """Whose running it is."""
        return str(self.truth["source"].split("_")[0])

    @property
    def speed_mps(self) -> float | None:
        """Running speed as the product knows it [m/s]."""
        if self.truth["view"] in SPEEDLESS:
            return float(self.truth["speed_mps"])
        return running_speed_mps(self.measurements)

    @property
    def complaint(self) -> str:
        """The leg that hurts: the faulted one; without a fault the near one, from behind the right one."""
        faults = self.truth["faults"]
        if faults:
            return "both" if faults[0]["name"] in SIDELESS else str(faults[0]["side"])
        near = str(self.truth["view"]).removeprefix("side_")
        return near if near in ("left", "right") else "right"

    @property
    def about(self) -> dict[str, Any]:
        """What the clip is."""
        faults = self.truth["faults"]
        return {
            "clip": self.name,
            "half": half_of(self.runner),
            "runner": self.runner,
            "view": self.truth["view"],
            "speed_mps": self.truth["speed_mps"],
            "faults": "+".join(fault["name"] for fault in faults),
            "grade_deg": faults[0]["grade"] if faults else None,
            "complaint": self.complaint,
        }


def read_case(folder: Path, name: str, poses: Path, truths: Path) -> Case:
    """Measure a clip from landmarks that are kept.

    Parameters
    ----------
    truths : folder in which the truth of the same runner without a fault is looked for

    Raises
    ------
    KinechainError
        Where the product refuses the clip.
    """
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    clip = measured(folder / f"{name}.mp4", poses / f"{name}.npz", truth)
    return Case(name, truth, clip.gait.measurements, _plain(truths, truth))


def _plain(folder: Path, truth: Mapping[str, Any]) -> dict[tuple[str, str], float] | None:
    """Return the true numbers of the same runner, body and pace without a fault, whatever the camera saw."""
    for path in sorted(folder.glob("*.json")):
        other = json.loads(path.read_text(encoding="utf-8"))
        same = all(other[key] == truth[key] for key in ("source", "height_m"))
        if same and not other["faults"]:
            return numbers_of(other)
    return None


def asked(case: Case, bands: BandOf) -> Judgement:
    """Judge a clip with a complaint that says no more than the leg.

    The motion is that of men, so the runner is told to be a man, whatever body it was given.
    """
    athlete = Athlete(height_cm=100 * case.truth["height_m"], sex="male")
    findings = find(case.measurements, athlete, case.speed_mps, bands)
    return judge(findings, case.measurements, {"side": case.complaint, "sex": "male"}, ())


def answer_row(case: Case, judgement: Judgement, bands: BandOf) -> dict[str, Any]:
    """Return one row: what was put in, what was answered."""
    graph, first = chain_graph(), judgement.hypotheses[0]
    links = {fault["link"] for fault in case.truth["faults"]}
    own = {h.id: h for h in judgement.hypotheses if h.link in links and _on_side(h, case.complaint)}
    ranks = [rank for rank, h in enumerate(judgement.hypotheses, start=1) if h.id in own]
    chain = [h for h in judgement.hypotheses if h.link != "rival"]
    link_ranks = [rank for rank, h in enumerate(chain, start=1) if h.id in own]
    true, sdc = numbers_of(case.truth), detectable(case.measurements)
    by_truth = deviating(graph, case.truth, case.measurements, bands)
    sizes = [
        size_sdc(graph.nodes[fault["link"]], fault["side"], true, case.plain, sdc)
        for fault in case.truth["faults"]
        if case.plain is not None
    ]
    named = judgement.conclusion.primary
    return case.about | {
        "link": "+".join(sorted(links)),
        "size_sdc": max((size for size in sizes if size is not None), default=None),
        "fault_deviates": any(_there(by_truth, variable) for variable in own) if links else None,
        "deviating": "+".join(sorted(variable for variable in by_truth if by_truth[variable].detectable)),
        "first": first.id,
        "first_link": chain[0].id,
        "rank": min(ranks, default=None),
        "rank_link": min(link_ranks, default=None),
        "posterior": max((h.posterior for h in own.values()), default=None),
        "named": named,
        "named_is_fault": named in own if links else None,
        "named_deviates": None if named is None else _there(by_truth, named),
        "observed": any(h.evidence_for or h.against for h in own.values()) if links else None,
    }


def _there(by_truth: Mapping[str, Deviation], variable: str) -> bool:
    return variable in by_truth and by_truth[variable].detectable


def _on_side(hypothesis: Hypothesis, complaint: str) -> bool:
    return complaint == "both" or hypothesis.id.endswith(f"_{complaint}")


def link_rows(case: Case, judgement: Judgement, bands: BandOf) -> Iterator[dict[str, Any]]:
    """Yield one row for each link and leg that the clip can show: posterior, and whether it deviates by truth."""
    by_truth = deviating(chain_graph(), case.truth, case.measurements, bands)
    posteriors = {h.id: h.posterior for h in judgement.hypotheses}
    for variable, (there, outside) in by_truth.items():
        if variable.startswith("C"):
            own = {"variable": variable, "posterior": posteriors[variable], "deviates": there, "outside": outside}
            yield case.about | own
