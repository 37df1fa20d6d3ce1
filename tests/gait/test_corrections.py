"""Contacts and toe-offs set right by hand: exactly what was set changes, and what cannot be is refused."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import pytest
from gait_runs import analysed, filmed, numbers

from analytic_camera import Camera, film, frame_times
from analytic_frontal import FrontalRunner, RoundCamera, film_around
from analytic_runner import running
from kinechain.gait.analysis import GaitAnalysis, GaitParameters, Known, analyse
from kinechain.gait.view import detect_view, settle_view
from kinechain.model.event_correction import EventCorrection
from kinechain.model.events import ByHand, GaitEvent
from kinechain.model.skeleton import other

RUNNER = running(3.5)


@cache
def pose(facing=1):
    return film(RUNNER, frame_times(120.0, 6.0), Camera(facing=facing))


def with_corrections(*corrections, of=None) -> GaitAnalysis:
    clip = pose() if of is None else of
    view = settle_view(detect_view(clip), None)
    known = Known(height_m=1.75)
    return analyse(clip, view, known, {}, GaitParameters(), clip="c1", corrections=corrections)


def plain() -> GaitAnalysis:
    return filmed(RUNNER)


def correction(event: GaitEvent | None = None, **told) -> EventCorrection:
    about = {"clip": "clip1"} if event is None else {"clip": "clip1", "side": event.side, "kind": event.kind}
    return EventCorrection(**(about | ({} if event is None else {"found_s": event.time_s}) | told))


def a_stance(analysis: GaitAnalysis, side="right", number=3):
    return analysis.events.stance(side)[number]


def faults(analysis: GaitAnalysis) -> list[str]:
    return [refused.fault for refused in analysis.refused]


def same(a: GaitAnalysis, b: GaitAnalysis) -> bool:
    return a.events == b.events and a.measurements == b.measurements and a.table.rows.equals(b.table.rows)


@pytest.mark.parametrize("shift_s", [0.02, -0.02])
def test_a_moved_toe_off_changes_the_contact_time_of_exactly_that_stance(shift_s):
    contact, off = a_stance(plain())
    moved = with_corrections(correction(off, time_s=off.time_s + shift_s, by="A", at="now"))
    before, after = plain().table.rows, moved.table.rows
    change = after["contact_time_s"] - before["contact_time_s"]
    here = before["start_s"] == contact.time_s
    assert here.sum() == 1
    assert change[here].item() == pytest.approx(shift_s, abs=1e-9)
    assert (change[~here] == 0).all()
    assert [e.by_hand for e in moved.events if e.by_hand] == [ByHand(off.time_s, None, "A", "now")]
    mean = [numbers(analysis)["contact_time_s", "right"] for analysis in (plain(), moved)]
    assert mean[1] - mean[0] == pytest.approx(shift_s / len(plain().table.of("right")), abs=1e-9)


def test_the_machine_s_own_instant_changes_nothing():
    events = [*a_stance(plain()), *a_stance(plain(), "left", 2)]
    confirmed = with_corrections(*(correction(e, found_s=e.time_s + 0.01, time_s=e.time_s + 0.0003) for e in events))
    assert same(confirmed, plain())
    assert not any(event.by_hand for event in confirmed.events)
    assert not confirmed.refused


def test_a_stance_taken_out_and_added_again_is_the_same():
    contact, off = a_stance(plain())
    gone = with_corrections(correction(contact), correction(off))
    assert set(plain().events) - set(gone.events) == {contact, off} == set(gone.taken_out)
    assert len(gone.table.of("right")) == len(plain().table.of("right")) - 2  # its own stride, and the one it ended
    again = with_corrections(
        correction(contact), correction(off), *(correction(e, found_s=None, time_s=e.time_s) for e in (contact, off))
    )
    assert same(again, plain())
    assert [e.by_hand for e in again.events if e.by_hand] == [ByHand(), ByHand()]
    alone = with_corrections(correction(off))
    assert not alone.refused, "what was not seen may be taken out alone"


def test_an_exchanged_side_is_the_same_as_taken_out_and_added_and_mirrors():
    def exchanged(analysis: GaitAnalysis, clip, side: str) -> GaitAnalysis:
        contact, off = a_stance(analysis, side)
        taken = [correction(e) for e in analysis.events if e.side == other(side)]
        return with_corrections(
            *taken,
            *(correction(e, side=other(side), found_side=side, time_s=e.time_s) for e in (contact, off)),
            of=clip,
        )

    one = exchanged(plain(), pose(), "right")
    two = exchanged(with_corrections(of=pose(-1)), pose(-1), "right")
    for analysis, clip in ((one, pose()), (two, pose(-1))):
        machine = with_corrections(of=clip)
        contact, off = a_stance(machine, "right")
        moved = [e for e in analysis.events if e.by_hand]
        assert [(e.time_s, e.side, e.by_hand.found_side) for e in moved] == [
            (contact.time_s, "left", "right"),
            (off.time_s, "left", "right"),
        ]
        by_two = with_corrections(
            *(correction(e) for e in machine.events if e.side == "left"),
            *(
                c
                for e in (contact, off)
                for c in (correction(e), correction(e, side="left", found_s=None, time_s=e.time_s))
            ),
            of=clip,
        )
        assert same(analysis, by_two)


def test_exchanging_every_event_exchanges_the_times_of_the_sides():
    swapped = with_corrections(
        *(correction(e, side=other(e.side), found_side=e.side, time_s=e.time_s) for e in plain().events)
    )
    assert not swapped.refused
    for side in ("left", "right"):
        for name in ("contact_time_s", "flight_time_s", "stride_time_s"):
            np.testing.assert_array_equal(swapped.table.of(side)[name], plain().table.of(other(side))[name])


def test_the_order_of_corrections_does_not_matter():
    contact, off = a_stance(plain())
    later = a_stance(plain(), "left", 4)[0]
    told = (
        correction(off, time_s=off.time_s + 0.015),
        correction(contact, time_s=contact.time_s + 0.01),
        correction(later, time_s=later.time_s + 0.02),
        correction(later, time_s=later.time_s - 0.02),
    )
    results = [with_corrections(*order) for order in permutations(told)]
    assert all(same(result, results[0]) and result.refused == results[0].refused for result in results)
    assert faults(results[0]) == ["twice", "twice"]


def test_what_cannot_be_is_refused_and_the_rest_is_used():
    contact, off = a_stance(plain())
    good = a_stance(plain(), "left", 2)[1]
    fine = correction(good, time_s=good.time_s + 0.01)
    cases = {
        "not_found": correction(off, found_s=off.time_s + 0.021, time_s=off.time_s),
        "outside": correction(off, time_s=6.5),
        "too_short": correction(off, time_s=contact.time_s + 0.01),
        "out_of_turn": correction(off, found_s=None, time_s=off.time_s + 0.07),
    }
    for fault, wrong in cases.items():
        result = with_corrections(wrong, fine)
        assert faults(result) == [fault]
        assert same(result, with_corrections(fine))
    before = correction(off, time_s=contact.time_s - 0.1)
    assert faults(with_corrections(before)) == ["out_of_turn"]


def test_the_same_correction_twice_counts_once():
    _, off = a_stance(plain())
    told = [correction(off, time_s=off.time_s + 0.02, at=at) for at in ("2026-05-05", "2026-05-04")]
    twice = with_corrections(*told)
    assert same(twice, with_corrections(told[0]))
    assert not twice.refused
    assert [e.by_hand.at for e in twice.events if e.by_hand] == ["2026-05-05"]


def test_a_step_seen_from_behind_goes_to_the_other_foot_or_away():
    clip = film_around(FrontalRunner(), frame_times(60.0, 6.0), RoundCamera())
    machine = analysed(clip)
    contact, off = machine.events.stance("left")[3]
    gone = with_corrections(correction(contact), correction(off), of=clip)
    assert len(gone.table.of("left")) == len(machine.table.of("left")) - 2
    again = with_corrections(
        correction(contact),
        correction(off),
        *(correction(e, found_s=None, time_s=e.time_s) for e in (contact, off)),
        of=clip,
    )
    assert len(again.table.rows) == len(machine.table.rows)
    swapped = with_corrections(
        *(correction(e, side="right", found_side="left", time_s=e.time_s) for e in (contact, off)), of=clip
    )
    assert not swapped.refused
    assert [e.side for e in swapped.events if e.by_hand] == ["right", "right"]
    assert len(swapped.table.of("left")) == len(machine.table.of("left")) - 2
