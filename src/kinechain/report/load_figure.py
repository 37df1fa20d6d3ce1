"""Where the load of one step goes: right ÷ left first, then bars from zero on one axis, leg by leg."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from kinechain.model.assessment import Contrast, Load, SideOrBoth
from kinechain.model.skeleton import SIDES
from kinechain.report.marks import SIDE_COLOUR, SIDE_LETTER, Dot, nice_ticks, tick_text

#: Peak forces of one step on one axis, the tendon before its muscles.
FORCES = (
    "achilles_force_peak_bw",
    "soleus_force_peak_bw",
    "gastrocnemius_force_peak_bw",
    "vasti_force_peak_bw",
)
#: Forces that are a share of another one, the same share in both legs: right ÷ left is that of the other one.
RATIO_OF = {
    "soleus_force_peak_bw": "achilles_force_peak_bw",
    "gastrocnemius_force_peak_bw": "achilles_force_peak_bw",
}
#: Who absorbs the landing.
SHARES = ("hip_absorption_share", "knee_absorption_share", "ankle_absorption_share")
_WIDTH, _LANE, _AXIS, _LEFT = 300.0, 18.0, 20.0, 22.0


@dataclass(frozen=True)
class Ratio:
    """Right ÷ left with the widest interval that the two allow; `told` where it leaves 1 out."""

    value: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves 1 out."""
        return not self.low <= 1 <= self.high


def ratio_of(left: Load | None, right: Load | None) -> Ratio | None:
    """Return right ÷ left, None where one of them is missing or reaches zero.

    Both errors are taken as independent, which is too wide: what is common to both legs cancels. `measured_ratio` has
    what is left, where it was measured.
    """
    ends = [_ends(load) for load in (left, right)]
    if ends[0] is None or ends[1] is None:
        return None
    (l_value, l_low, l_high), (r_value, r_low, r_high) = ends[0], ends[1]
    if min(l_low, r_low) <= 0:
        return None
    value = r_value / l_value
    down = math.hypot(math.log(r_value / r_low), math.log(l_high / l_value))
    up = math.hypot(math.log(r_high / r_value), math.log(l_value / l_low))
    return Ratio(value, value * math.exp(-down), value * math.exp(up))


def measured_ratio(contrast: Contrast) -> Ratio | None:
    """Return b ÷ a with the interval of its measured error; None where it is not known, or a is not above zero."""
    if contrast.a is None or contrast.b is None or contrast.low is None or contrast.high is None or contrast.a <= 0:
        return None
    return Ratio(contrast.b / contrast.a, 1 + contrast.low / contrast.a, 1 + contrast.high / contrast.a)


def _ends(load: Load | None) -> tuple[float, float, float] | None:
    if load is None or load.value is None or load.low is None or load.high is None:
        return None
    return load.value, load.low, load.high


def dots_of(by_side: Mapping[SideOrBoth, Load], factor: float) -> tuple[Dot, ...]:
    """Return the told values of left and right in the shown unit."""
    found = ((side, _ends(by_side.get(side))) for side in SIDES)
    return tuple(
        Dot(side, ends[0] * factor, ends[1] * factor, ends[2] * factor) for side, ends in found if ends is not None
    )


def top_of(rows: Iterable[tuple[Dot, ...]]) -> float:
    """Return where the common axis ends."""
    return 1.05 * max((dot.high for dots in rows for dot in dots), default=1.0)


def load_bars(dots: tuple[Dot, ...], top: float, unit: str) -> Markup:
    """Return a bar for each leg from zero to its value, with its interval, on an axis that ends at `top`.

    The drawing holds only bars, lines, digits, the unit and the letters L and R.
    """
    ticks = nice_ticks(0.0, top)
    bottom = _LANE * len(dots)
    scale = (_WIDTH - _LEFT - 10.0 - 8.0 * sum(1 if c.isascii() else 2 for c in unit)) / top

    def x(value: float) -> float:
        return _LEFT + value * scale

    parts = [f'<path class="grid" d="M{x(tick):.1f} 0V{bottom:.1f}"/>' for tick in ticks]
    parts += [_bar(dot, x(0), x(dot.value), x(dot.low), x(dot.high), _LANE * (i + 0.5)) for i, dot in enumerate(dots)]
    parts.append(f'<path d="M{x(0):.1f} 0V{bottom:.1f}" stroke="#1a1a1a"/>')
    labels = [(x(tick), "middle", tick_text(tick, ticks)) for tick in ticks] + [(_WIDTH, "end", unit)]
    parts += [
        f'<text x="{at:.1f}" y="{bottom + 14:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        for at, anchor, text in labels
    ]
    return Markup(  # noqa: S704 - numbers, fixed letters and an escaped unit
        f'<svg class="mark" viewBox="0 0 {_WIDTH:.0f} {bottom + _AXIS:.0f}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def _bar(dot: Dot, zero: float, value: float, low: float, high: float, y: float) -> str:
    colour = SIDE_COLOUR[dot.side]
    dash = ' stroke-dasharray="5 3"' if dot.side == "right" else ""
    return (
        f'<text x="2" y="{y + 4:.1f}">{SIDE_LETTER[dot.side]}</text>'
        f'<rect x="{zero:.1f}" y="{y - 6:.1f}" width="{value - zero:.1f}" height="12" fill="{colour}" fill-opacity=".3"'
        f' stroke="{colour}" stroke-width="1.5"{dash}/>'
        f'<path d="M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4:.1f}v8M{high:.1f} {y - 4:.1f}v8" fill="none"'
        f' stroke="#1a1a1a" stroke-width="1.5"/>'
    )
