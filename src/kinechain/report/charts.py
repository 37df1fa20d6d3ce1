"""Curves over the stride as inline SVG: digits, units and the letters L and R only, so one drawing serves all pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from kinechain.model.assessment import CURVE_POINTS, Curve
from kinechain.model.skeleton import Side
from kinechain.report.marks import SIDE_COLOUR, SIDE_LETTER, nice_ticks, tick_text

Array = NDArray[np.float64]

_PERCENT = np.linspace(0.0, 100.0, CURVE_POINTS)
_INK, _SOFT, _REFERENCE, _GRID = "#1a1a1a", "#767676", "#d9d9d9", "#d0d0d0"
_DASH: dict[Side, str] = {"left": "", "right": ' stroke-dasharray="9 4"'}
_WIDTH, _HEIGHT = 360.0, 216.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, 338.0, 24.0, 190.0
_MARGIN = 0.06  # share of the span of the values left free above and below
_LETTER_OFF = 11.0  # from a curve to the middle of its letter, in units of the drawing
_LETTER_ROOM = 40.0  # farther than this from the other curve, a place for a letter is no better


@dataclass(frozen=True)
class _Frame:
    """The upright axis: the values at its ends, and its ticks; none where there is no value to show."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def y(self, value: float | Array) -> Array:
        return np.asarray(_BOTTOM - (_BOTTOM - _TOP) * (value - self.low) / (self.high - self.low), dtype=np.float64)


def curve_chart(curves: tuple[Curve, ...], unit: str) -> Markup:
    """Return the drawing of one quantity, left and right, with bands and toe-offs.

    The drawing has no ids, so that it can stand in a page any number of times.

    Parameters
    ----------
    curves : one or two curves of the same quantity
    unit : as it is written at the upright axis
    """
    frame = _frame(curves)
    parts = [*_reference(frame, curves), *_axes(frame, unit)]
    parts += [_interval(frame, curve) for curve in curves]
    parts += [_toe_off(curve.toe_off_pct, curve.side) for curve in curves if curve.toe_off_pct is not None]
    parts += [_line(frame, curve) for curve in curves]
    parts += _letters(frame, curves)
    return Markup(  # noqa: S704 - numbers, fixed letters and an escaped unit
        f'<svg class="chart" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" font-size="11" aria-hidden="true"'
        f' focusable="false">{"".join(parts)}</svg>'
    )


def _frame(curves: tuple[Curve, ...]) -> _Frame:
    drawn = [values for c in curves for values in (c.low, c.mean, c.high)]
    drawn += [values for c in curves[:1] for values in (c.reference_low, c.reference_high) if values is not None]
    values = np.concatenate([_array(v) for v in drawn])
    values = values[np.isfinite(values)]
    if not len(values):
        return _Frame(0.0, 1.0, ())
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 0.5
    return _Frame(low - margin, high + margin, nice_ticks(low - margin, high + margin))


def _axes(frame: _Frame, unit: str) -> Iterator[str]:
    ys = [(float(frame.y(tick)), tick_text(tick, frame.ticks)) for tick in frame.ticks]
    xs = [(float(_x(percent)), f"{percent}" if percent < 100 else "100 %") for percent in range(0, 101, 20)]
    grid = "".join(f"M{_LEFT:.1f} {y:.1f}H{_RIGHT:.1f}" for y, _ in ys)
    grid += "".join(f"M{x:.1f} {_TOP:.1f}V{_BOTTOM:.1f}" for x, _ in xs)
    yield f'<path d="{grid}" fill="none" stroke="{_GRID}" stroke-width=".6"/>'
    if frame.low < 0 < frame.high:
        yield f'<path d="M{_LEFT:.1f} {float(frame.y(0.0)):.1f}H{_RIGHT:.1f}" stroke="{_SOFT}" stroke-width=".9"/>'
    frame_line = f"M{_LEFT:.1f} {_TOP:.1f}V{_BOTTOM:.1f}H{_RIGHT:.1f}"
    frame_line += "".join(f"M{_LEFT:.1f} {y:.1f}h-3" for y, _ in ys)
    frame_line += "".join(f"M{x:.1f} {_BOTTOM:.1f}v3" for x, _ in xs)
    yield f'<path d="{frame_line}" fill="none" stroke="{_INK}" stroke-width=".8"/>'
    labels = [_text(_LEFT - 6, y + 4, "end", label) for y, label in ys]
    labels += [_text(x, _BOTTOM + 16, "middle", label) for x, label in xs]
    labels.append(_text(_LEFT - 6, _TOP - 4, "end", unit))
    yield f'<g fill="{_INK}">{"".join(labels)}</g>'


def _reference(frame: _Frame, curves: tuple[Curve, ...]) -> Iterator[str]:
    first = curves[0]
    if first.reference_low is not None and first.reference_high is not None:
        area = _area(frame, first.reference_low, first.reference_high)
        yield f'<path class="reference" d="{area}" fill="{_REFERENCE}"/>'


def _interval(frame: _Frame, curve: Curve) -> str:
    return f'<path d="{_area(frame, curve.low, curve.high)}" fill="{SIDE_COLOUR[curve.side]}" fill-opacity=".2"/>'


def _toe_off(percent: float, side: Side) -> str:
    x, colour = float(_x(percent)), SIDE_COLOUR[side]
    return (
        f'<g class="toe-off"><path d="M{x:.1f} {_TOP:.1f}V{_BOTTOM:.1f}" stroke="{colour}"{_DASH[side]}/>'
        f'<path d="M{x:.1f} {_TOP + 3:.1f}l-4 -7h8z" fill="{colour}"/></g>'
    )


def _line(frame: _Frame, curve: Curve) -> str:
    x, y = _x(_PERCENT), frame.y(_array(curve.mean))
    path = "".join(f"M{_points(x[run], y[run])}" for run in _runs(y))
    return (
        f'<path class="mean" d="{path}" fill="none" stroke="{SIDE_COLOUR[curve.side]}" stroke-width="2.4"'
        f'{_DASH[curve.side]} stroke-linejoin="round"/>'
    )


def _letters(frame: _Frame, curves: tuple[Curve, ...]) -> Iterator[str]:
    """Yield each curve's letter, close to it, where the other curve, the toe-offs and the other letter are far."""
    lines = [_seen(frame, curve) for curve in curves]
    toe_offs = [float(_x(c.toe_off_pct)) for c in curves if c.toe_off_pct is not None]
    taken: list[Array] = []
    for index, curve in enumerate(curves):
        if len(lines[index]) < 2:
            continue
        others = [line for line in (*lines[:index], *lines[index + 1 :], *taken) if len(line)]
        x, y = _letter_place(lines[index], others, toe_offs)
        taken.append(np.array([[x, y]]))
        yield (
            f'<text x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle" font-size="13" font-weight="700"'
            f' fill="{SIDE_COLOUR[curve.side]}" stroke="#fff" stroke-width="3" stroke-linejoin="round"'
            f' paint-order="stroke">{SIDE_LETTER[curve.side]}</text>'
        )


def _letter_place(line: Array, others: list[Array], toe_offs: list[float]) -> tuple[float, float]:
    along = np.gradient(line, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.hypot(along[:, 0], along[:, 1])[:, None]
    places = np.concatenate([line + _LETTER_OFF * normal, line - _LETTER_OFF * normal])
    room = np.min([_distance(places, other) for other in others] or [np.full(len(places), _LETTER_ROOM)], axis=0)
    score = np.minimum(room, _LETTER_ROOM)
    score -= np.maximum(0.0, 0.9 * _LETTER_OFF - _distance(places, line)) * 10
    for toe_off in toe_offs:
        score -= np.maximum(0.0, 9.0 - np.abs(places[:, 0] - toe_off)) * 2
    middle, half = (
        np.array([(_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2]),
        np.array([_RIGHT - _LEFT, _BOTTOM - _TOP]) / 2,
    )
    score -= np.maximum(0.0, np.abs(places - middle) - (half - 8.0)).sum(axis=1) * 10
    x, y = places[int(np.argmax(np.round(score, 6)))]
    return float(np.clip(x, _LEFT + 6, _RIGHT)), float(np.clip(y, _TOP, _BOTTOM - 6))


def _distance(places: Array, line: Array) -> Array:
    """Return how far each place is from the nearest point of a line."""
    return np.asarray(np.sqrt(np.square(places[:, None] - line[None]).sum(axis=2)).min(axis=1), dtype=np.float64)


def _seen(frame: _Frame, curve: Curve) -> Array:
    """Return the points of a mean that are there, as drawn; n × 2."""
    points = np.stack([_x(_PERCENT), frame.y(_array(curve.mean))], axis=1)
    return points[np.isfinite(points[:, 1])]


def _area(frame: _Frame, low: tuple[float | None, ...], high: tuple[float | None, ...]) -> str:
    x, bottom, top = _x(_PERCENT), frame.y(_array(low)), frame.y(_array(high))
    return "".join(
        f"M{_points(x[run], bottom[run])}L{_points(x[run][::-1], top[run][::-1])}z" for run in _runs(bottom + top)
    )


def _runs(values: Array) -> list[slice]:
    """Return the stretches without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(values), [False]]).astype(int)))
    return [slice(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _points(x: Array, y: Array) -> str:
    return " ".join(f"{a:.1f} {b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(percent: float | Array) -> Array:
    return np.asarray(_LEFT + (_RIGHT - _LEFT) * percent / 100.0, dtype=np.float64)


def _array(values: tuple[float | None, ...]) -> Array:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
