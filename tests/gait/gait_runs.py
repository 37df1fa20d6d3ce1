"""Runs of the gait room on the analytic runner, kept for all tests of one session."""

from __future__ import annotations

from functools import cache

import numpy as np
import xarray as xr

from analytic_camera import Camera, film, frame_times
from analytic_runner import Runner, events_s
from kinechain.gait.analysis import GaitAnalysis, GaitParameters, Known, analyse
from kinechain.gait.view import detect_view, settle_view
from kinechain.model.assessment import Measurement, View
from kinechain.model.events import EventKind, GaitEvent, GaitEvents
from kinechain.model.skeleton import SIDES, Side

Array = np.ndarray
KIND: tuple[EventKind, ...] = ("initial_contact", "toe_off")


def analysed(
    pose: xr.Dataset, known: Known | None = None, parameters: GaitParameters | None = None, stated: View | None = None
) -> GaitAnalysis:
    """Analyse a pose as `assess` does: the view first, then the gait."""
    view = settle_view(detect_view(pose), stated)
    return analyse(pose, view, known or Known(height_m=1.75), {}, parameters or GaitParameters(), clip="c1")


@cache
def filmed(
    runner: Runner,
    fps: float = 120.0,
    duration_s: float = 6.0,
    camera: Camera = Camera(),  # noqa: B008
    known: Known = Known(height_m=1.75),  # noqa: B008
    jitter_share: float = 0.0,
) -> GaitAnalysis:
    """Film the runner and analyse the clip."""
    return analysed(film(runner, frame_times(fps, duration_s, jitter_share), camera), known)


def by_name(analysis: GaitAnalysis) -> dict[tuple[str, str], Measurement]:
    """Return the measurements by name and side."""
    return {(m.name, m.side): m for m in analysis.measurements}


def numbers(analysis: GaitAnalysis) -> dict[tuple[str, str], float]:
    """Return the numeric values by name and side."""
    return {key: m.value for key, m in by_name(analysis).items() if isinstance(m.value, float)}


def widths(analysis: GaitAnalysis) -> dict[tuple[str, str], float]:
    """Return high − low by name and side."""
    return {k: m.high - m.low for k, m in by_name(analysis).items() if m.high is not None and m.low is not None}


def event_errors_s(analysis: GaitAnalysis, runner: Runner, kind: EventKind, side: Side) -> Array:
    """Return found − true for every event found [s]; the nearest true event counts."""
    found = analysis.events.times_s(kind, side)
    true = events_s(runner, kind, side, found[0] - 1, found[-1] + 1)
    return np.array([t - true[np.argmin(np.abs(true - t))] for t in found])


def true_events(runner: Runner, start_s: float, end_s: float) -> GaitEvents:
    """Return the events that are true, as the event detector would give them."""
    return GaitEvents(
        tuple(
            GaitEvent(float(t), side, kind)
            for side in SIDES
            for kind in KIND
            for t in events_s(runner, kind, side, start_s, end_s)
        )
    )
