"""Corrections by hand in a session: read, placed, told apart in the assessment, and computed again without seeing."""

from __future__ import annotations

from pathlib import Path

import pytest
from session_files import assessed, write_clip, write_session

from analytic_runner import running
from kinechain.errors import SessionInvalid
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.pipeline.session import read_session

CLIPS = ['path = "a.trc"\nspeed_mps = 3.0\nview = "side_right"', 'path = "b.trc"\nspeed_mps = 3.8\nview = "side_right"']


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    write_clip(folder / "a.trc", running(3.0), seed=1)
    write_clip(folder / "b.trc", running(3.8), seed=2)
    return folder


@pytest.fixture(scope="module")
def before(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessed(write_session(films, CLIPS), tmp_path_factory.mktemp("out") / "before")


def event(**told: object) -> str:
    lines = (f"{key} = {value if isinstance(value, float) else repr(value)}" for key, value in told.items())
    return "[[event]]\n" + "\n".join(lines) + "\n"


def codes(assessment: Assessment) -> list[str]:
    return [c.code for c in assessment.cautions if c.code.startswith(("event_", "events_"))]


@pytest.mark.parametrize("named", ["clip2", "b.trc"])
def test_a_corrected_event_is_told_apart_and_only_its_clip_changes(
    films: Path, before: Assessment, tmp_path: Path, named: str
) -> None:
    off = [e for e in before.events if (e.clip, e.side, e.kind) == ("clip2", "right", "toe_off")][2]
    later_s = off.time_s + 0.02
    told = event(clip=named, side="right", kind="toe_off", found_s=round(off.time_s, 3), time_s=later_s, by="Sato")
    after = assessed(write_session(films, CLIPS, told + "at = 2026-05-04T10:30:00\n"), tmp_path / "after")
    (changed,) = [e for e in after.events if e.by_hand is not None]
    assert (changed.clip, changed.time_s) == ("clip2", later_s)
    assert changed.by_hand is not None
    assert changed.by_hand.model_dump() == {
        "found_s": off.time_s,
        "found_side": None,
        "by": "Sato",
        "at": "2026-05-04T10:30:00",
    }
    assert codes(after) == ["events_by_hand"]

    def values(assessment: Assessment, clip: str) -> list[object]:
        return [m for m in assessment.measurements if m.clip == clip]

    assert values(after, "clip1") == values(before, "clip1")
    grown = [a.measurement("contact_time_s", "right", "clip2") for a in (before, after)]
    assert float(grown[1].value or 0) - float(grown[0].value or 0) == pytest.approx(0.02 / grown[0].n_strides, abs=1e-9)
    assert read_assessment(tmp_path / "after" / "assessment.json").events == after.events


def test_what_cannot_be_used_is_named(films: Path, before: Assessment, tmp_path: Path) -> None:
    off = next(e for e in before.events if e.clip == "clip1" and e.kind == "toe_off")
    about = {"side": off.side, "kind": "toe_off"}
    told = [
        event(clip="c.trc", time_s=1.0, **about),
        event(clip="clip1", time_s=99.0, **about),
        event(clip="clip1", found_s=off.time_s + 0.05, **about),
        event(clip="clip1", found_s=off.time_s, **about),
    ]
    after = assessed(write_session(films, CLIPS, "".join(told)), tmp_path / "after")
    assert sorted(codes(after)) == ["event_clip_unknown", "event_not_found", "event_outside", "events_taken_out"]
    assert len(after.events) == len(before.events) - 1


@pytest.mark.parametrize(
    "told",
    [
        event(clip="clip1", side="right", kind="toe_off"),
        event(clip="clip1", side="both", kind="toe_off", time_s=1.0),
        event(clip="clip1", side="left", kind="landing", time_s=1.0),
        event(clip="clip1", side="left", kind="toe_off", time_s=1.0, found_side="right"),
        event(clip="clip1", side="left", kind="toe_off", time_s=1.0, who="me"),
    ],
)
def test_what_cannot_be_understood_is_refused(films: Path, told: str) -> None:
    with pytest.raises(SessionInvalid):
        read_session(write_session(films, CLIPS, told))
