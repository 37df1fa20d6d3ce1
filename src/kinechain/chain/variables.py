"""Names of the network's variables: one of each node, or one for each leg."""

from __future__ import annotations

from kinechain.knowledge.chain import Node
from kinechain.model.assessment import SideOrBoth
from kinechain.model.skeleton import SIDES


def variables_of(node: Node, side: SideOrBoth = "both") -> tuple[str, ...]:
    """Return the variables of a node, of one leg or of both; a node without sides has one."""
    if not node.sided:
        return (node.id,)
    return tuple(f"{node.id}_{leg}" for leg in SIDES if side in (leg, "both"))


def side_of(variable: str, node: Node) -> SideOrBoth:
    """Return the leg of a variable, "both" where its node has no sides."""
    if not node.sided:
        return "both"
    return "left" if variable.endswith("_left") else "right"
