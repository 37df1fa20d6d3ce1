"""Curves over the stride as inline SVG: digits, units and the letters L and R only, so one drawing serves all pages."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from kinechain.model.assessment import CURVE_POINTS, Curve
from kinechain.model.skeleton import SIDES
from kinechain.report.marks import SIDE_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENT = np.linspace(0.0, 100.0, CURVE_POINTS)
_LINE = {"left": "-", "right": (0, (5, 2.2))}
_LETTER = {"left": "L", "right": "R"}
_INK, _REFERENCE, _GRID = "#1a1a1a", "#d9d9d9", "#d0d0d0"
_SIZE_IN = (5.0, 3.0)
_STYLE: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "kinechain", "font.size": 11.0}


def curve_chart(curves: tuple[Curve, ...], unit: str, prefix: str) -> Markup:
    """Return the drawing of one quantity, left and right, with bands and toe-offs.

    Parameters
    ----------
    curves : one or two curves of the same quantity
    unit : as it is written at the upright axis
    prefix : makes the drawing's ids its own among the drawings of a page
    """
    import matplotlib as mpl  # noqa: PLC0415 - half a second that only a page with curves pays
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_SIZE_IN)
        axes = figure.add_axes((0.105, 0.125, 0.835, 0.755))
        _draw_reference(axes, curves)
        for curve in curves:
            _draw_curve(axes, curve)
        _finish(axes, unit)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return Markup(inline_svg(buffer.getvalue(), prefix))  # noqa: S704 - drawn from numbers and a unit of words.toml


def inline_svg(document: str, prefix: str) -> str:
    """Return an SVG document of matplotlib as an element that can stand in a page among others of its kind."""
    body = document[document.index("<svg") :]
    body = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*<defs>\s*</defs>", "", body)
    body = re.sub(r'<svg[^>]*?viewBox="([^"]+)"[^>]*>', r'<svg class="chart" viewBox="\1" aria-hidden="true">', body)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r"url\(#", f"url(#{prefix}-", body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body)
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", body).strip()


def _draw_reference(axes: Axes, curves: tuple[Curve, ...]) -> None:
    for curve in curves[:1]:
        if curve.reference_low is not None and curve.reference_high is not None:
            low, high = _array(curve.reference_low), _array(curve.reference_high)
            axes.fill_between(_PERCENT, low, high, color=_REFERENCE, linewidth=0, zorder=1)


def _draw_curve(axes: Axes, curve: Curve) -> None:
    colour, order = SIDE_COLOUR[curve.side], 3 + SIDES.index(curve.side)
    low, high = _array(curve.low), _array(curve.high)
    axes.fill_between(_PERCENT, low, high, color=colour, alpha=0.2, linewidth=0, zorder=2)
    axes.plot(
        _PERCENT,
        _array(curve.mean),
        color=colour,
        linestyle=_LINE[curve.side],
        linewidth=2.2,
        label=_LETTER[curve.side],
        zorder=order,
    )
    if curve.toe_off_pct is not None:
        axes.axvline(curve.toe_off_pct, color=colour, linestyle=_LINE[curve.side], linewidth=1.0, zorder=2)
        axes.plot(
            [curve.toe_off_pct], [1.0], marker="v", markersize=7, color=colour, transform=axes.get_xaxis_transform(),
            clip_on=False, linestyle="none", zorder=5,
        )  # fmt: skip


def _finish(axes: Axes, unit: str) -> None:
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20), [*(str(p) for p in range(0, 100, 20)), "100 %"])
    axes.margins(y=0.06)
    axes.locator_params(axis="y", nbins=6)
    axes.tick_params(colors=_INK, length=3)
    axes.grid(visible=True, color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0.0, color="#767676", linewidth=0.9, zorder=1.5)
    axes.text(-0.02, 1.045, unit, transform=axes.transAxes, ha="right", va="bottom", color=_INK)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.03), ncols=2, frameon=False, handlelength=2.6, borderaxespad=0.0,
        borderpad=0.0, labelcolor=_INK,
    )  # fmt: skip


def _array(values: tuple[float | None, ...]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
