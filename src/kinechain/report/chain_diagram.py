"""The chain with this runner on it: an upright SVG that can be read on a phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kinechain.model.assessment import SideOrBoth
from kinechain.report.marks import SIDE_COLOUR
from kinechain.report.states import State

_WIDTH, _GAP = 358.0, 12.0
_LINE, _CHIP = 14.0, 19.0
_SIDE, _MAIN = (8.0, 158.0), (192.0, 158.0)  # left edge and width of the two lanes
_FAR_LEFT, _BETWEEN, _FAR_RIGHT = 3.0, 179.0, 355.0  # upright runs of the arrows
_HEIGHT = 2 * _LINE + _CHIP + 11.0

#: Row and lane of each link: the way down the leg in the main lane, what joins it from the side in the other.
_PLACE: dict[str, tuple[int, tuple[float, float]]] = {
    "C2": (0, _MAIN),
    "C3": (1, _SIDE),
    "C4": (1, _MAIN),
    "C5": (2, _SIDE),
    "C6": (2, _MAIN),
    "C7": (3, _MAIN),
    "C11": (4, _SIDE),
    "C8": (4, _MAIN),
    "C10": (5, _SIDE),
    "C9": (5, _MAIN),
}
_COMPLAINT_ROW = 6
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
    height = _top(_COMPLAINT_ROW) + _LINE + _CHIP + 19
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
    side_end, main, main_end = _SIDE[0] + _SIDE[1], _MAIN[0], _MAIN[0] + _MAIN[1]
    end = _top(_COMPLAINT_ROW) - 1

    def half(row: int) -> float:
        return _top(row) + _HEIGHT / 2

    def down(row: int, lane: tuple[float, float] = _MAIN) -> str:
        return f"M{lane[0] + lane[1] / 2} {_top(row) + _HEIGHT}V{_top(row + 1) - 1}"

    def across(row: int) -> str:
        return f"M{side_end} {half(row)}H{main - 1}"

    return {
        ("C2", "C3"): f"M{main} {half(0)}H{_BETWEEN}V{half(1)}H{side_end + 1}",
        ("C2", "C4"): down(0),
        ("C2", "C8"): f"M{main_end} {half(0)}H{_FAR_RIGHT}V{half(4)}H{main_end + 1}",
        ("C3", "C5"): down(1, _SIDE),
        ("C4", "C6"): down(1),
        ("C6", "C7"): down(2),
        ("C7", "C8"): down(3),
        ("C8", "C9"): down(4),
        ("C9", "complaint"): down(5),
        ("C10", "C9"): across(5),
        ("C11", "C8"): across(4),
        ("C7", "complaint"): f"M{main} {half(3)}H{_FAR_LEFT}V{end}",
        ("C5", "complaint"): f"M{_SIDE[0]} {half(2)}H{_FAR_LEFT}V{end}",
    }


def _node(node: Node) -> str:
    row, (left, width) = _PLACE[node.link]
    top = _top(row)
    dash = ' stroke-dasharray="6 4"' if node.contradicted else ""
    box = (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_HEIGHT}" rx="6" fill="#fff" stroke="#595959" '
        f'stroke-width="1.5"{dash}/>'
    )
    first = top + 14.5 + (0 if len(node.lines) > 1 else _LINE / 2)
    words = "".join(
        f'<text x="{left + width / 2}" y="{first + i * _LINE}" text-anchor="middle">{escape(line)}</text>'
        for i, line in enumerate(node.lines)
    )
    return box + words + _chips(node.chips, left + 6, top + _HEIGHT - _CHIP - 4, width - 12)


def _chips(chips: Sequence[Chip], left: float, top: float, width: float) -> str:
    each = (width - 6 * (len(chips) - 1)) / max(1, len(chips))
    return "".join(_chip(chip, left + i * (each + 6), top, each) for i, chip in enumerate(chips))


def _chip(chip: Chip, left: float, top: float, width: float) -> str:
    colour, thick = _STROKE[chip.state]
    drawn = (
        f'<rect class="{chip.state}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_CHIP}" rx="3" '
        f'fill="{_FILL[chip.state]}" stroke="{colour}" stroke-width="{thick}"/>'
        f'<text class="chip {chip.state}" x="{left + width / 2:.1f}" y="{top + 14:.1f}" text-anchor="middle">'
        f"{escape(chip.text)}</text>"
    )
    if chip.target is None:
        return drawn
    tap = (
        f'<rect class="tap" x="{left:.1f}" y="{top + _CHIP + 4 - _HEIGHT:.1f}" width="{width:.1f}" '
        f'height="{_HEIGHT:.1f}" fill="transparent"/>'
    )
    return f'<a href="#{escape(chip.target)}">{tap}{drawn}</a>'


def _complaint(label: str, chips: Sequence[Chip]) -> str:
    top, width = _top(_COMPLAINT_ROW), _WIDTH - 2
    height = _LINE + 14 + (_CHIP + 4 if chips else 0)
    words = f'<text class="complaint" x="{_WIDTH / 2}" y="{top + 18}" text-anchor="middle">{escape(label)}</text>'
    marks = ""
    for i, chip in enumerate(chips):
        left = _WIDTH / 2 - 43 * len(chips) + 86 * i + 3
        dash = ' stroke-dasharray="5 3"' if chip.side == "right" else ""
        marks += (
            f'<rect x="{left}" y="{top + 26}" width="80" height="{_CHIP}" rx="3" fill="#fff" '
            f'stroke="{SIDE_COLOUR[chip.side]}" stroke-width="2.5"{dash}/>'
            f'<text class="chip" x="{left + 40}" y="{top + 40}" text-anchor="middle">{escape(chip.text)}</text>'
        )
    return (
        f'<rect x="1" y="{top}" width="{width}" height="{height}" rx="6" fill="#fff" stroke="#1a1a1a" '
        f'stroke-width="2.5"/>{words}{marks}'
    )


def _legend(legend: Mapping[str, str]) -> str:
    left, parts = _SIDE[0], []
    for i, (key, word) in enumerate(legend.items()):
        y = 3.0 + i * 13.2
        state: State | None = next((state for state in _FILL if state == key), None)
        fill, (colour, thick) = ("#fff", ("#595959", 1.5)) if state is None else (_FILL[state], _STROKE[state])
        dash = ' stroke-dasharray="6 4"' if state is None else ""
        parts.append(
            f'<rect x="{left}" y="{y}" width="24" height="10" rx="3" fill="{fill}" stroke="{colour}" '
            f'stroke-width="{thick}"{dash}/><text class="legend" x="{left + 31}" y="{y + 9}">{escape(word)}</text>'
        )
    return "".join(parts)


def fit(label: str, link: str) -> tuple[str, ...]:
    """Return a label in lines that fit the box of its link, a Japanese one broken where a phrase ends."""
    most = _PLACE[link][1][1] - 8
    if _room(label) <= most:
        return (label,)
    if " " in label or label.isascii():
        return _words_in_lines(label.split(" "), most)
    breaks = [i for i in range(1, len(label)) if _room(label[:i]) <= most and _room(label[i:]) <= most]
    ends = [i for i in breaks if label[i - 1] in _PHRASE_END]
    at = min(ends or breaks, key=lambda i: abs(2 * i - len(label)), default=(len(label) + 1) // 2)
    return label[:at], label[at:]


_PHRASE_END = "、がをにへでず"


def _words_in_lines(words: Sequence[str], most: float) -> tuple[str, ...]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _room(longer) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _room(text: str) -> float:
    """Return about how wide a text of the boxes is drawn."""
    return sum(7.0 if letter.isascii() else 13.0 for letter in text)
