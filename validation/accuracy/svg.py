"""Small drawings as SVG: what the page's figures are made of. Sizes in px, text 12 px in the page's own font."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

INK, GREY, BAND, ACCENT = "#1a1a1a", "#767676", "#d9d9d9", "#0072B2"
FONT = "'Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif"


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to px."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value; beyond the ends it is kept at them."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Return about so many round values within the scale."""
        raw = (self.high - self.low) / about
        power = 10.0 ** _exponent(raw)
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw)
        first = -(-self.low // step)
        return [round((first + i) * step, 10) for i in range(2 * about + 2) if (first + i) * step <= self.high + 1e-9]


def _exponent(value: float) -> int:
    text = f"{value:e}"
    return int(text.split("e")[1])


def line(x1: float, y1: float, x2: float, y2: float, *, colour: str = INK, width: float = 1, dash: str = "") -> str:
    """Return a line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def rect(x: float, y: float, width: float, height: float, *, colour: str = BAND) -> str:
    """Return a filled box."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def dot(x: float, y: float, *, hollow: bool = False, radius: float = 3.2) -> str:
    """Return a point, filled or hollow."""
    fill, stroke = ("#ffffff", GREY) if hollow else (INK, INK)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK, size: int = 12) -> str:
    """Return a line of text; `anchor` is start, middle or end."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}" font-size="{size}">{escape(words)}</text>'


def write(path: Path, width: float, height: float, title: str, parts: Iterable[str]) -> None:
    """Write a drawing on white; the title is what a screen reader says."""
    body = "\n".join(parts)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="{FONT}">'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    white = rect(0, 0, width, height, colour="#ffffff")
    path.write_text(f"{head}\n<title>{escape(title)}</title>\n{white}\n{body}\n</svg>\n", encoding="utf-8")
