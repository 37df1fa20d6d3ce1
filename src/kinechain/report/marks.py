"""Small drawings made by hand as SVG: a dot and its interval for each leg on a common axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup, escape

from kinechain.model.assessment import SideOrBoth

#: Okabe–Ito; side is also told by line, dot and letter.
SIDE_COLOUR: dict[SideOrBoth, str] = {"left": "#0072B2", "right": "#D55E00", "both": "#1a1a1a"}
SIDE_LETTER: dict[SideOrBoth, str] = {"left": "L", "right": "R", "both": ""}
_WIDTH, _LANE, _AXIS = 300.0, 18.0, 20.0
_LEFT, _RIGHT = 22.0, 20.0


@dataclass(frozen=True)
class Dot:
    """One value with its interval, in the shown unit."""

    side: SideOrBoth
    value: float
    low: float
    high: float


def interval_mark(
    dots: tuple[Dot, ...], least_span: float, unit: str, band: tuple[float, float] | None = None
) -> Markup:
    """Return the drawing of values on a common axis that spans at least `least_span`, over a grey band if there is one.

    The drawing holds only lines, dots, digits, the unit and the letters L and R.
    """
    low, high = _span(dots, least_span, band)
    ticks = nice_ticks(low, high)
    height = _LANE * len(dots) + _AXIS
    scale = (_WIDTH - _LEFT - _RIGHT - _width(unit)) / (high - low)

    def x(value: float) -> float:
        return _LEFT + (value - low) * scale

    parts = [] if band is None else [_band(x(band[0]), x(band[1]), height - _AXIS)]
    parts += [f'<path class="grid" d="M{x(t):.1f} 2V{height - _AXIS:.1f}"/>' for t in ticks]
    parts += [_lane(dot, x(dot.low), x(dot.value), x(dot.high), i) for i, dot in enumerate(dots)]
    parts += [
        f'<text x="{x(t):.1f}" y="{height - 6:.1f}" text-anchor="middle">{tick_text(t, ticks)}</text>' for t in ticks
    ]
    parts.append(f'<text x="{_WIDTH:.0f}" y="{height - 6:.1f}" text-anchor="end">{escape(unit)}</text>')
    return Markup(  # noqa: S704 - numbers, fixed letters and an escaped unit
        f'<svg class="mark" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def nice_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Return two to `most` round numbers (1, 2 or 5 times a power of ten apart) within [low, high]."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    counted = {step: _multiples(low, high, step) for step in (power, 2 * power, 5 * power, 10 * power, 20 * power)}
    step = next(step for step, multiples in counted.items() if len(multiples) <= most)
    return tuple(k * step for k in counted[step])


def _width(text: str) -> float:
    """Return about how wide a text is drawn; a Japanese letter takes the room of two."""
    return sum(7.0 if letter.isascii() else 14.0 for letter in text)


def _multiples(low: float, high: float, step: float) -> range:
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def _lane(dot: Dot, low: float, middle: float, high: float, lane: int) -> str:
    y = _LANE * (lane + 0.5)
    colour = SIDE_COLOUR[dot.side]
    dash = ' stroke-dasharray="5 3"' if dot.side == "right" else ""
    if dot.side == "right":
        shape = f'<rect x="{middle - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{colour}"/>'
    else:
        shape = f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    return (
        f'<text x="2" y="{y + 4:.1f}">{SIDE_LETTER[dot.side]}</text>'
        f'<path d="M{low:.1f} {y:.1f}H{high:.1f}" stroke="{colour}" stroke-width="2.5"{dash}/>'
        f'<path d="M{low:.1f} {y - 4:.1f}v8M{high:.1f} {y - 4:.1f}v8" stroke="{colour}" stroke-width="1.5"/>{shape}'
    )


def _band(low: float, high: float, bottom: float) -> str:
    return f'<rect class="band" x="{low:.1f}" y="0" width="{high - low:.1f}" height="{bottom:.1f}" fill="#d9d9d9"/>'


def _span(dots: tuple[Dot, ...], least: float, band: tuple[float, float] | None) -> tuple[float, float]:
    ends = [] if band is None else list(band)
    low, high = min([*ends, *(dot.low for dot in dots)]), max([*ends, *(dot.high for dot in dots)])
    middle, half = (low + high) / 2, max(least, 1.15 * (high - low)) / 2
    return middle - half, middle + half


def tick_text(value: float, ticks: tuple[float, ...]) -> str:
    """Return a tick with as many decimals as its neighbours need to differ."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
