"""The loads that bear on a link, beside its evidence: value and verdict, right ÷ left, fast ÷ slow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kinechain import glossary
from kinechain.knowledge.chain import chain_graph
from kinechain.model.assessment import Assessment, Contrast, Hypothesis, Load
from kinechain.report.labels import Labels
from kinechain.report.load_figure import measured_ratio
from kinechain.report.rows import RowMaker
from kinechain.report.states import side_of
from kinechain.report.words import Words


@dataclass(frozen=True)
class LoadClue:
    """One load of one clip: what it is called, and what can be said about it."""

    label: str
    said: tuple[str, ...]


def load_clues(
    assessment: Assessment, hypothesis: Hypothesis, labels: Labels, maker: RowMaker, words: Words
) -> tuple[LoadClue, ...]:
    """Return the loads that bear on a hypothesis, of its leg; nothing where none was told."""
    side = side_of(hypothesis)
    node = chain_graph().nodes.get(hypothesis.id.removesuffix(f"_{side}"))
    names = set() if node is None else {row.name for row in node.indicators if _is_load(row.name)}
    found: dict[tuple[str, str], list[Load]] = {}
    for load in assessment.loads:
        if load.name in names and load.value is not None and side in ("both", load.side):
            found.setdefault((load.name, load.clip), []).append(load)
    verdicts = {finding.measurement: words["verdict"][finding.verdict] for finding in assessment.findings}
    clues = []
    for (name, clip), loads in found.items():
        values = (_value(load, verdicts.get(load.id), maker, words) for load in loads)
        contrasts = (
            one for one in assessment.contrasts if one.name == name and clip in one.clips and one.side in ("both", side)
        )
        said = (*values, *(text for one in contrasts for text in _contrast(one, maker, words)))
        clues.append(LoadClue(labels.quantity(name, clip), said))
    return tuple(clues)


def _is_load(name: str) -> bool:
    return glossary.quantity(name).group == "load"


def _value(load: Load, verdict: str | None, maker: RowMaker, words: Words) -> str:
    number = maker.value_text(load.as_measurement(error_known=False)) or ""
    what = f"{words['side'][load.side]} {number}"
    return words["evidence"]["judged"].format(what=what, verdict=verdict or words["evidence"]["no_band"])


def _contrast(contrast: Contrast, maker: RowMaker, words: Words) -> Iterator[str]:
    """Yield a contrast in words: a ratio of forces and lengths, a difference of shares."""
    if contrast.value is None or contrast.kind not in ("side", "pace"):
        return
    ratio = None if contrast.name.endswith("_share") else measured_ratio(contrast)
    if ratio is None:
        plus = "+" if contrast.value > 0 else ""
        number = maker.amount(contrast.name, contrast.value, contrast.low, contrast.high)
        what = f"{words['difference_of'][contrast.kind]} {plus}{number}"
        yield words["evidence"]["judged"].format(what=what, verdict=words["difference_verdict"][contrast.verdict])
        return
    yield _sentence(contrast, words).format(
        value=f"{ratio.value:.2f}", low=f"{ratio.low:.2f}", high=f"{ratio.high:.2f}"
    )


def _sentence(contrast: Contrast, words: Words) -> str:
    real = contrast.verdict == "real"
    if contrast.kind == "side":
        return words["load"]["ratio_told"] if real else words["load"]["ratio_unclear"]
    return words["load"]["pace_told"] if real else words["load"]["pace_unclear"]
