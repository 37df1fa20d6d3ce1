"""The state of a link of the chain: the one place where a posterior becomes a colour and a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kinechain.model.assessment import Hypothesis, SideOrBoth

State = Literal["within", "watch", "marked", "unclear"]

MARKED_FROM = 0.75
WATCH_FROM = 0.5
WITHIN_BELOW = 0.35

#: Links in the order of the chain as they are drawn.
LINKS = ("C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11")


def state_of(hypothesis: Hypothesis) -> State:
    """Return the state of a link; without evidence against it nobody knows that it is within its range."""
    if hypothesis.posterior >= MARKED_FROM:
        return "marked"
    if hypothesis.posterior >= WATCH_FROM:
        return "watch"
    return "within" if hypothesis.posterior < WITHIN_BELOW and hypothesis.against else "unclear"


def side_of(hypothesis: Hypothesis) -> SideOrBoth:
    """Return the side that the id of a hypothesis ends in, or `both`."""
    ending = hypothesis.id.rpartition("_")[2]
    return "left" if ending == "left" else "right" if ending == "right" else "both"


def by_link(hypotheses: tuple[Hypothesis, ...]) -> Mapping[str, Mapping[SideOrBoth, Hypothesis]]:
    """Return the hypotheses of the drawn links by link and side."""
    found: dict[str, dict[SideOrBoth, Hypothesis]] = {}
    for hypothesis in hypotheses:
        if hypothesis.link in LINKS:
            found.setdefault(hypothesis.link, {})[side_of(hypothesis)] = hypothesis
    return found
