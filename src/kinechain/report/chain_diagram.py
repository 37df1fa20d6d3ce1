"""The chain with this runner on it: an upright SVG that can be read on a phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kinechain.model.assessment import SideOrBoth
from kinechain.report.marks import SIDE_COLOUR
from kinechain.report.states import State

_WIDTH, _GAP = 358.0, 24.0
_LINE, _CHIP = 16.0, 22.0
_MAIN, _BRANCH = (20.0, 156.0), (198.0, 148.0)  # left edge and width of the two lanes
_FAR_LEFT, _NEAR_LEFT, _BETWEEN, _RIGHT = 4.0, 12.0, 187.0, 352.0  # upright runs of the arrows
_HEIGHT = 2 * _LINE + _CHIP + 15.0

#: Row and lane of each link; the lane of the branches holds the rivals and side branches.
_PLACE: dict[str, tuple[int, tuple[float, float]]] = {
    "C2": (0, _MAIN),
    "C3": (1, _MAIN),
    "C4": (2, _MAIN),
    "C5": (2, _BRANCH),
    "C6": (3, _MAIN),
    "C7": (4, _MAIN),
    "C8": (5, _MAIN),
    "C11": (5, _BRANCH),
    "C9": (6, _MAIN),
    "C10": (6, _BRANCH),
}
_COMPLAINT_ROW = 7
_FILL: dict[State, str] = {"within": "#fff", "watch": "#F0E442", "marked": "#D55E00", "unclear": "url(#chain-hatch)"}
_STROKE: dict[State, tuple[str, float]] = {
    "within": ("#767676", 1.5),
    "watch": ("#1a1a1a", 1.5),
    "marked": ("#1a1a1a", 2.5),
    "unclear": ("#767676", 1.0),
}
_DEFINITIONS = (
    '<defs><pattern id="chain-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><path d="M0 0V6" stroke="#e0e0e0" '
    'stroke-width="3"/></pattern><marker id="chain-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
    'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#595959"/></marker></defs>'
)


@dataclass(frozen=True)
class Chip:
    """The state of one leg at one link."""

    side: SideOrBoth
    text: str
    state: State
    target: str | None


@dataclass(frozen=True)
class Node:
    """One link of the chain, ready to be drawn; `contradicted` where the literature speaks against it."""

    link: str
    lines: tuple[str, ...]
    chips: tuple[Chip, ...]
    contradicted: bool


def chain_drawing(
    nodes: Sequence[Node],
    edges: Mapping[tuple[str, str], bool],
    complaint: tuple[str, Sequence[Chip]],
    legend: Mapping[str, str],
    title: str,
) -> Markup:
    """Return the drawing.

    Parameters
    ----------
    nodes : links that have a place in the drawing
    edges : whether published work speaks against each arrow (cause, effect)
    complaint : what the chain ends in, and its sides
    legend : word of each state, and of `contradicted`
    title : what the drawing is, for those who do not see it
    """
    shown = {node.link for node in nodes}
    height = _top(_COMPLAINT_ROW) + _LINE + _CHIP + 20
    parts = [
        _DEFINITIONS,
        *_edges(shown, edges),
        *(_node(node) for node in nodes),
        _complaint(*complaint),
        _legend(legend),
    ]
    return Markup(  # noqa: S704 - numbers, and words escaped below
        f'<svg class="chain" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="group" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _top(row: int) -> float:
    return 3 + row * (_HEIGHT + _GAP)


def _edges(shown: set[str], edges: Mapping[tuple[str, str], bool]) -> list[str]:
    drawn = []
    for (cause, effect), path in _paths().items():
        if (cause, effect) in edges and {cause, effect} <= shown | {"complaint"}:
            dash = ' stroke-dasharray="5 4"' if edges[cause, effect] else ""
            drawn.append(f'<path class="edge" d="{path}"{dash} marker-end="url(#chain-arrow)"/>')
    return drawn


def _paths() -> dict[tuple[str, str], str]:
    """Return the way of each arrow that has one; the weak side ways of the graph are left out for clarity."""
    left, right = _MAIN[0], _MAIN[0] + _MAIN[1]
    middle, far, end = left + _MAIN[1] / 2, _BRANCH[0] + _BRANCH[1], _top(_COMPLAINT_ROW) - 1

    def half(row: int, shift: float = 0) -> float:
        return _top(row) + _HEIGHT / 2 + shift

    def down(row: int) -> str:
        return f"M{middle} {_top(row) + _HEIGHT}V{_top(row + 1) - 1}"

    return {
        ("C2", "C3"): down(0),
        ("C2", "C4"): f"M{left} {half(0, 8)}H{_NEAR_LEFT}V{half(2)}H{left - 1}",
        ("C2", "C8"): f"M{left} {half(0, -8)}H{_FAR_LEFT}V{half(5)}H{left - 1}",
        ("C3", "C5"): f"M{right} {half(1)}H{_BRANCH[0] + _BRANCH[1] / 2}V{_top(2) - 1}",
        ("C4", "C6"): down(2),
        ("C6", "C7"): down(3),
        ("C7", "C8"): down(4),
        ("C8", "C9"): down(5),
        ("C9", "complaint"): down(6),
        ("C10", "C9"): f"M{_BRANCH[0]} {half(6)}H{right + 1}",
        ("C11", "C8"): f"M{_BRANCH[0]} {half(5)}H{right + 1}",
        ("C7", "complaint"): f"M{right} {half(4)}H{_BETWEEN}V{end}",
        ("C5", "complaint"): f"M{far} {half(2)}H{_RIGHT}V{end}",
    }


def _node(node: Node) -> str:
    row, (left, width) = _PLACE[node.link]
    top = _top(row)
    dash = ' stroke-dasharray="6 4"' if node.contradicted else ""
    box = (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_HEIGHT}" rx="6" fill="#fff" stroke="#595959" '
        f'stroke-width="1.5"{dash}/>'
    )
    first = top + 18 + (0 if len(node.lines) > 1 else _LINE / 2)
    words = "".join(
        f'<text x="{left + width / 2}" y="{first + i * _LINE}" text-anchor="middle">{escape(line)}</text>'
        for i, line in enumerate(node.lines)
    )
    return box + words + _chips(node.chips, left + 6, top + _HEIGHT - _CHIP - 6, width - 12)


def _chips(chips: Sequence[Chip], left: float, top: float, width: float) -> str:
    each = (width - 6 * (len(chips) - 1)) / max(1, len(chips))
    return "".join(_chip(chip, left + i * (each + 6), top, each) for i, chip in enumerate(chips))


def _chip(chip: Chip, left: float, top: float, width: float) -> str:
    colour, thick = _STROKE[chip.state]
    drawn = (
        f'<rect class="{chip.state}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_CHIP}" rx="3" '
        f'fill="{_FILL[chip.state]}" stroke="{colour}" stroke-width="{thick}"/>'
        f'<text class="chip {chip.state}" x="{left + width / 2:.1f}" y="{top + 15.5:.1f}" text-anchor="middle">'
        f"{escape(chip.text)}</text>"
    )
    return drawn if chip.target is None else f'<a href="#{escape(chip.target)}">{drawn}</a>'


def _complaint(label: str, chips: Sequence[Chip]) -> str:
    top, width = _top(_COMPLAINT_ROW), _WIDTH - 2
    height = _LINE + 14 + (_CHIP + 4 if chips else 0)
    words = f'<text class="complaint" x="{_WIDTH / 2}" y="{top + 20}" text-anchor="middle">{escape(label)}</text>'
    marks = ""
    for i, chip in enumerate(chips):
        left = _WIDTH / 2 - 43 * len(chips) + 86 * i + 3
        dash = ' stroke-dasharray="5 3"' if chip.side == "right" else ""
        marks += (
            f'<rect x="{left}" y="{top + 27}" width="80" height="{_CHIP}" rx="3" fill="#fff" '
            f'stroke="{SIDE_COLOUR[chip.side]}" stroke-width="2.5"{dash}/>'
            f'<text class="chip" x="{left + 40}" y="{top + 42.5}" text-anchor="middle">{escape(chip.text)}</text>'
        )
    return (
        f'<rect x="1" y="{top}" width="{width}" height="{height}" rx="6" fill="#fff" stroke="#1a1a1a" '
        f'stroke-width="2.5"/>{words}{marks}'
    )


def _legend(legend: Mapping[str, str]) -> str:
    left, parts = _BRANCH[0] + 8, []
    for i, (key, word) in enumerate(legend.items()):
        y = 6.0 + i * 21
        state: State | None = next((state for state in _FILL if state == key), None)
        fill, (colour, thick) = ("#fff", ("#595959", 1.5)) if state is None else (_FILL[state], _STROKE[state])
        dash = ' stroke-dasharray="6 4"' if state is None else ""
        parts.append(
            f'<rect x="{left}" y="{y}" width="26" height="14" rx="3" fill="{fill}" stroke="{colour}" '
            f'stroke-width="{thick}"{dash}/><text class="legend" x="{left + 33}" y="{y + 11.5}">{escape(word)}</text>'
        )
    return "".join(parts)


def fit(label: str, link: str) -> tuple[str, ...]:
    """Return a label in lines that fit the box of its link; a Japanese letter takes the room of two."""
    most = int((_PLACE[link][1][1] - 8) / _HALF_WIDTH)
    words = label.split(" ") if label.isascii() or " " in label else list(label)
    space = " " if " " in label else ""
    lines = [""]
    for word in words:
        longer = f"{lines[-1]}{space}{word}" if lines[-1] else word
        # a line never begins with a Japanese comma
        if _room(longer) <= most or word in "、。":
            lines[-1] = longer
        else:
            lines.append(word)
    return _balanced(lines) if not space else tuple(lines)


_HALF_WIDTH = 7.2


def _balanced(lines: list[str]) -> tuple[str, ...]:
    """Return two Japanese lines of about the same length, broken after a comma where there is one."""
    text = "".join(lines)
    if len(lines) != 2:
        return tuple(lines)
    comma = text.find("、") + 1
    at = comma if 0 < comma <= len(lines[0]) else (len(text) + 1) // 2
    return text[:at], text[at:]


def _room(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)
