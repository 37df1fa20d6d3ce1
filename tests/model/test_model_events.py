"""Gait events and the facts about a clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.frames import ClipInfo
from kinechain.text import Text

IC, TO = "initial_contact", "toe_off"


def _event(time_s: float, side: str = "left", kind: str = IC, confidence: float = 1.0) -> GaitEvent:
    return GaitEvent(time_s, side, kind, confidence)  # type: ignore[arg-type]


events = st.builds(
    _event,
    st.floats(-1e4, 1e4),
    st.sampled_from(["left", "right"]),
    st.sampled_from([IC, TO]),
    st.floats(0, 1),
)


@given(found=st.lists(events, max_size=20))
def test_events_come_in_order_of_time_whatever_order_they_were_given_in(found):
    ordered = GaitEvents(tuple(found))
    times = [event.time_s for event in ordered]
    assert times == sorted(times)
    assert len(ordered) == len(found)
    assert GaitEvents(tuple(reversed(found))) == ordered
    assert sum(len(ordered.of(kind)) for kind in (IC, TO)) == len(found)  # type: ignore[arg-type]


@given(found=st.lists(events, max_size=20), side=st.sampled_from(["left", "right"]))
def test_a_stance_is_a_contact_and_the_next_toe_off_of_the_same_foot(found, side):
    ordered = GaitEvents(tuple(found))
    for contact, off in ordered.stance(side):
        assert (contact.side, contact.kind, off.side, off.kind) == (side, IC, side, TO)
        assert contact.time_s <= off.time_s
        between = [e for e in ordered if e.side == side and contact.time_s < e.time_s < off.time_s]
        assert between == []


def test_stances_of_a_clip():
    found = GaitEvents(
        (
            _event(0.1, "left", TO),  # the contact lies before the clip
            _event(0.4),
            _event(0.5, "right", TO),
            _event(0.62, "left", TO),
            _event(1.0),
            _event(1.1),  # a second contact without a toe-off between: the later one counts
            _event(1.3, "left", TO),
            _event(1.7),
        )
    )
    assert [(a.time_s, b.time_s) for a, b in found.stance("left")] == [(0.4, 0.62), (1.1, 1.3)]
    assert found.stance("right") == ()
    assert found.times_s("toe_off", "left") == pytest.approx([0.1, 0.62, 1.3])
    assert found.times_s("toe_off") == pytest.approx([0.1, 0.5, 0.62, 1.3])
    assert found.times_s("initial_contact", "right").shape == (0,)


@pytest.mark.parametrize(("confidence", "usable"), [(0.0, False), (0.49, False), (0.5, True), (1.0, True)])
def test_usable_from_one_half(confidence, usable):
    assert _event(0.0, confidence=confidence).usable is usable


def test_the_reason_does_not_make_another_event():
    assert GaitEvent(1.0, "left", IC, 0.3, "foot_out_of_picture") == GaitEvent(1.0, "left", IC, 0.3)


@pytest.mark.parametrize(
    "values",
    [
        (float("nan"), "left", IC, 1.0),
        (float("inf"), "left", IC, 1.0),
        (0.0, "near", IC, 1.0),
        (0.0, "left", "landing", 1.0),
        (0.0, "left", IC, 1.1),
        (0.0, "left", IC, -0.1),
        (0.0, "left", IC, float("nan")),
    ],
)
def test_impossible_events_are_refused(values):
    with pytest.raises(ValueError, match="event"):
        _event(*values)


def _info(time_s: list[float]) -> ClipInfo:
    return ClipInfo(Path("a.mp4"), 640, 480, np.array(time_s), 0, 1.0, "h264")


def test_frame_rate_is_that_of_the_usual_interval():
    info = _info([0.0, 0.01, 0.02, 0.03, 0.13])
    assert info.fps == pytest.approx(100)
    assert info.n_frames == 5
    assert info.duration_s == pytest.approx(0.13)


@pytest.mark.parametrize("time_s", [[], [0.0]])
def test_a_clip_without_intervals_has_no_rate(time_s):
    assert _info(time_s).fps == 0.0
    assert _info(time_s).duration_s == 0.0


def test_text_in_both_languages():
    text = Text(ja="{n} 歩", en="{n} steps")
    assert text["ja"] == "{n} 歩"
    assert text.format(n=3) == Text(ja="3 歩", en="3 steps")
    assert text.format(n=3)["en"] == "3 steps"
