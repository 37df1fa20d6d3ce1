"""Marks of an answer whose errors are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from peers.marks import marks
from peers.systems import Answer

TIME_S = np.arange(0, 3, 0.01)
KNEE = 45 + 30 * np.cos(2 * np.pi * TIME_S / 0.7)


def truth() -> dict[str, Any]:
    starts = {"right": (0.1, 0.8, 1.5, 2.2), "left": (0.45, 1.15, 1.85, 2.55)}
    events, strides, numbers = [], [], [{"name": "cadence_spm", "side": "both", "value": 171.4}]
    for side, own in starts.items():
        events += [{"time_s": s, "side": side, "kind": "initial_contact"} for s in own]
        events += [{"time_s": s + 0.25, "side": side, "kind": "toe_off"} for s in own]
        strides += [{"side": side, "start_s": s, "toe_off_s": s + 0.25} for s in own[:3]]
        windows = [np.interp(np.linspace(s, s + 0.175, 100), TIME_S, KNEE).max() for s in own[:3]]
        numbers += [
            {"name": "knee_flexion_peak_deg", "side": side, "value": float(np.mean(windows))},
            {"name": "contact_time_s", "side": side, "value": 0.25},
        ]
    return {
        "view": "side_right",
        "time_s": TIME_S.tolist(),
        "angles_deg": {"left_knee": KNEE.tolist(), "right_knee": KNEE.tolist()},
        "events": events,
        "strides": strides,
        "measurements": numbers,
    }


def perfect() -> Answer:
    return Answer(
        time_s=TIME_S,
        knee_deg={"left": KNEE, "right": KNEE},
        seconds=1.0,
        events=tuple((e["time_s"], e["side"], e["kind"]) for e in truth()["events"]),
        cadence_spm=171.4,
        contact_time_s={"left": 0.25, "right": 0.25},
        peak_deg={"left": None, "right": 50.0},
    )


def near(answer: Answer):
    return next(mark for mark in marks(answer, truth()) if mark.leg == "near")


def test_a_perfect_answer_has_no_errors() -> None:
    for mark in marks(perfect(), truth()):
        assert (mark.rmse_deg, mark.centred_deg, mark.cadence_spm, mark.contact_s) == (0, 0, 0, 0)
        assert mark.peak_deg == pytest.approx(0)
        assert (mark.missed, mark.false) == (0, 0)


def test_an_offset_is_no_centred_error() -> None:
    mark = near(replace(perfect(), knee_deg={"left": KNEE, "right": KNEE + 5}))
    assert (mark.rmse_deg, mark.peak_deg) == (pytest.approx(5), pytest.approx(5))
    assert mark.centred_deg == pytest.approx(0, abs=1e-9)


def test_events_that_are_missing_or_invented_are_counted() -> None:
    events = perfect().events
    assert events is not None
    without = tuple(e for e in events if e != (0.8, "right", "initial_contact"))
    assert near(replace(perfect(), events=without)).missed == 1
    assert near(replace(perfect(), events=(*events, (1.15, "right", "initial_contact")))).false == 1


def test_what_a_system_does_not_say_has_no_error() -> None:
    mark = near(replace(perfect(), events=None, cadence_spm=None, contact_time_s={}, peak_deg={}))
    assert (mark.missed, mark.false, mark.cadence_spm, mark.contact_s, mark.printed_peak_deg) == (None,) * 5
