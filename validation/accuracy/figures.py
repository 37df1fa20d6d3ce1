"""The figures of the page: bias and spread, agreement, coverage, calibration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from accuracy import svg
from accuracy.markdown import scaled
from accuracy.page_measurements import VIEWS, covered, errors
from accuracy.page_reasoning import bins
from accuracy.summary import Error, share_interval
from accuracy.table import kind_of_view

#: Measurements whose agreement is drawn: name, leg, kind of view.
AGREEMENT = (
    ("knee_flexion_peak_deg", "side"),
    ("shank_angle_ms_deg", "side"),
    ("ankle_dorsiflexion_peak_deg", "side"),
    ("contact_time_s", "side"),
    ("thigh_angle_to_deg", "side"),
    ("femoral_adduction_ms_deg", "rear"),
)
#: Coverage that is aimed at.
AIM = (0.90, 0.98)
ROW = 17


def write_figures(rows: pd.DataFrame, links: pd.DataFrame | None, folder: Path) -> None:
    """Write every figure for which there is data.

    Parameters
    ----------
    rows : of the report half, without faults
    links : posteriors and truths of the links
    """
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")]
    for view in VIEWS:
        own = list(errors(kept[kept["view"].map(kind_of_view) == view]))
        if own:
            _bias(own, view, folder / f"accuracy_{view}.svg")
    _agreement(kept, folder / "accuracy_agreement.svg")
    _coverage(rows, folder / "accuracy_coverage.svg")
    if links is not None and len(links):
        _calibration(links[links["half"] == "report"], folder / "accuracy_calibration.svg")


def _bias(own: list[tuple[str, str, Error]], view: str, path: Path) -> None:
    """Draw bias ± SD, one panel a unit: near filled, far hollow."""
    panels: dict[str, list[tuple[str, str, Error]]] = {}
    for name, leg, error in own:
        panels.setdefault(scaled(name)[1] or "ratio", []).append((name, leg, error))
    parts, y = [], 24.0
    for unit, group in panels.items():
        drawn, y = _bias_panel(unit, group, y)
        parts += drawn
    legend = "● near or both legs   ○ far leg   line: ± 1 SD between clips"
    parts.append(svg.text(8, 14, legend, colour=svg.GREY, size=11))
    svg.write(path, 640, y, f"Bias and spread of every measurement, {view} view", parts)


def _bias_panel(unit: str, group: list[tuple[str, str, Error]], top: float) -> tuple[list[str], float]:
    factor = scaled(group[0][0])[0]
    most = 1.05 * max((abs(error.bias) + error.sd) * factor for _, _, error in group) or 1.0
    scale = svg.Scale(-most, most, 250, 625)
    names = list(dict.fromkeys(name for name, _, _ in group))
    bottom = top + ROW * len(names) + 4
    parts = [svg.line(scale(0), top, scale(0), bottom, colour=svg.GREY)]
    for tick in scale.ticks():
        parts.append(svg.line(scale(tick), bottom, scale(tick), bottom + 4, colour=svg.GREY))
        parts.append(svg.text(scale(tick), bottom + 16, f"{tick:+g}" if tick else "0", anchor="middle", size=11))
    parts.append(svg.text(244, bottom + 16, f"measured − true [{unit}]", anchor="end", colour=svg.GREY, size=11))
    for i, name in enumerate(names):
        middle = top + ROW * (i + 0.6)
        parts.append(svg.text(244, middle + 4, name, anchor="end", size=11))
        for leg, error in ((leg, error) for own, leg, error in group if own == name):
            at = middle + (3.5 if leg == "far" else -2.5 if leg == "near" else 0)
            low, high = (factor * (error.bias + sign * error.sd) for sign in (-1, 1))
            colour = svg.GREY if leg == "far" else svg.INK
            parts.append(svg.line(scale(low), at, scale(high), at, colour=colour, width=1.4))
            parts.append(svg.dot(scale(factor * error.bias), at, hollow=leg == "far", radius=2.8))
    return parts, bottom + 30


def _agreement(rows: pd.DataFrame, path: Path) -> None:
    """Draw measured − true against their mean, with bias and 95 % limits (Bland & Altman 1986)."""
    parts: list[str] = []
    views = rows["view"].map(kind_of_view)
    for i, (name, view) in enumerate(AGREEMENT):
        own = rows[(rows["name"] == name) & (views == view)].dropna(subset=["value", "truth"])
        if len(own) > 2:
            parts += _agreement_panel(name, own, 20 + 310 * (i % 2), 16 + 190 * (i // 2))
    parts.append(svg.text(8, 598, "● near or each leg   ○ far leg   dashed: bias ± 1.96 SD", colour=svg.GREY, size=11))
    svg.write(path, 640, 606, "Measured minus true against their mean", parts)


def _agreement_panel(name: str, own: pd.DataFrame, left: float, top: float) -> Iterator[str]:
    factor, unit = scaled(name)
    value, truth = factor * own["value"].to_numpy(), factor * own["truth"].to_numpy()
    mean, error = (value + truth) / 2, value - truth
    bias, sd = float(error.mean()), float(error.std(ddof=1))
    most = max(float(np.abs(error).max()), abs(bias) + 2 * sd) * 1.1
    span = max(float(np.ptp(mean)), 1e-9)
    x = svg.Scale(float(mean.min()) - 0.08 * span, float(mean.max()) + 0.08 * span, left + 40, left + 280)
    y = svg.Scale(-most, most, top + 142, top + 16)
    yield svg.text(left + 40, top + 8, f"{name} [{unit}]", size=11)
    yield svg.line(left + 40, y(0), left + 280, y(0), colour=svg.BAND)
    for at, dash in ((bias, ""), (bias - 1.96 * sd, "4 3"), (bias + 1.96 * sd, "4 3")):
        yield svg.line(left + 40, y(at), left + 280, y(at), colour=svg.ACCENT, dash=dash)
    for tick in y.ticks(4):
        yield svg.text(left + 34, y(tick) + 4, f"{tick:+g}" if tick else "0", anchor="end", size=10)
    for tick in x.ticks(4):
        yield svg.text(x(tick), top + 158, f"{tick:g}", anchor="middle", size=10)
    for m, e, leg in zip(mean, error, own["leg"], strict=True):
        yield svg.dot(x(m), y(e), hollow=leg == "far", radius=2.6)


def _coverage(rows: pd.DataFrame, path: Path) -> None:
    """Draw the share of intervals that hold the truth by measurement, runners as clusters."""
    own = [(f"{name} ({view})", group) for view, name, group in covered(rows)]
    scale, top = svg.Scale(0.5, 1.0, 290, 620), 16
    bottom = top + ROW * len(own) + 4
    parts = [svg.rect(scale(AIM[0]), top, scale(AIM[1]) - scale(AIM[0]), bottom - top)]
    for tick in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        parts.append(svg.line(scale(tick), bottom, scale(tick), bottom + 4, colour=svg.GREY))
        parts.append(svg.text(scale(tick), bottom + 16, f"{100 * tick:.0f} %", anchor="middle", size=11))
    for i, (name, group) in enumerate(own):
        middle = top + ROW * (i + 0.6)
        low, high = share_interval(group["inside"].to_numpy(dtype=np.bool_), group["runner"].to_numpy(dtype=str))
        parts.append(svg.text(284, middle + 4, name, anchor="end", size=11))
        parts.append(svg.line(scale(low), middle, scale(high), middle, width=1.4))
        parts.append(svg.dot(scale(float(group["inside"].mean())), middle, radius=2.8))
    parts.append(svg.text(270, bottom + 16, "aim: 90–98 % (grey)", anchor="end", colour=svg.GREY, size=11))
    svg.write(path, 640, bottom + 28, "Share of the printed intervals that hold the truth", parts)


def _calibration(links: pd.DataFrame, path: Path) -> None:
    """Draw the share of links that deviate against the mean posterior of its bin."""
    x, y = svg.Scale(0, 1, 60, 380), svg.Scale(0, 1, 330, 20)
    parts = [svg.line(x(0), y(0), x(1), y(1), colour=svg.GREY, dash="4 3")]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(svg.text(x(tick), 348, f"{tick:g}", anchor="middle", size=11))
        parts.append(svg.text(54, y(tick) + 4, f"{tick:g}", anchor="end", size=11))
    parts += [svg.line(x(0), y(0), x(1), y(0)), svg.line(x(0), y(0), x(0), y(1))]
    for _, _, posterior, own in bins(links):
        hits, runners = own["deviates"].to_numpy(dtype=np.bool_), own["runner"].to_numpy(dtype=str)
        low, high = share_interval(hits, runners)
        parts.append(svg.line(x(posterior), y(low), x(posterior), y(high), width=1.4))
        parts.append(svg.dot(x(posterior), y(float(hits.mean()))))
        parts.append(svg.text(x(posterior) + 6, y(float(hits.mean())) - 5, str(len(own)), colour=svg.GREY, size=10))
    parts.append(svg.text(220, 368, "posterior printed for a link (mean of the bin)", anchor="middle", size=11))
    parts.append(svg.text(60, 12, "share that deviates by truth; number of links", size=11))
    svg.write(path, 400, 376, "Posterior against the share of links that deviate", parts)
