"""Loads of a whole clip: the analytic runner filmed from the side, through the pipeline's hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analytic_camera import Camera, film, frame_times
from analytic_runner import running
from kinechain.chain.findings import find
from kinechain.errors import ChangeNotPossible, OptionInvalid
from kinechain.gait.analysis import GaitParameters, Known, analyse
from kinechain.gait.strides import StrideTable
from kinechain.gait.view import detect_view, settle_view
from kinechain.knowledge.reference import band
from kinechain.model.assessment import Load
from kinechain.model.athlete import Athlete
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.loads import clip_loads, contrasts_of_loads, loads_to_judge
from kinechain.pipeline.what_if import parse_change
from kinechain.settings import Protocol

RUNNER = Athlete(height_cm=175, mass_kg=70, sex="female")
UNTOLD = "gluteus_maximus_force_peak_bw"
HEIGHT_ONLY = Athlete(height_cm=175, sex="female")


@cache
def clip(height_m: float | None = 1.75, view: str | None = None) -> MeasuredClip:
    pose = film(running(3.5), frame_times(120.0, 4.0, 0.0), Camera())
    seen = settle_view(detect_view(pose), None)
    gait = analyse(pose, seen, Known(height_m=height_m), {}, GaitParameters(), clip="c1")
    decided = seen if view is None else replace(seen, view=cast("Any", view))
    whole = SimpleNamespace(measurable=lambda _: pose)
    return cast("MeasuredClip", SimpleNamespace(id="c1", seen=whole, view=decided, gait=gait, part=PART))


PART = SimpleNamespace(segments=(None,))


def values(loads: tuple[Load, ...]) -> dict[tuple[str, str], float | None]:
    return {(load.name, load.side): load.value for load in loads}


def test_every_load_of_the_contract_has_a_row_and_both_legs_agree() -> None:
    loads, cautions = clip_loads((clip(),), RUNNER, Protocol())
    found = values(loads)
    assert len(loads) == 28
    for name in ("peak_vgrf_bw", "ankle_moment_peak_nmpkg", "achilles_force_peak_bw"):
        left, right = found[name, "left"], found[name, "right"]
        assert left is not None
        assert right == pytest.approx(left, rel=0.1)
    assert found["gluteus_maximus_force_peak_bw", "left"] is None
    assert all((load.value is None) == (load.missing_because is not None) for load in loads)
    assert {caution.code for caution in cautions} == {"loads_compare_only"}


def test_the_last_run_adds_up_what_a_kilometre_loads() -> None:
    loads, cautions = clip_loads((clip(),), RUNNER, Protocol(), {"last_run_km": 10})
    per_km = values(loads)["achilles_load_per_km", "left"]
    told = next(caution for caution in cautions if caution.code == "loads_of_last_run")
    assert per_km is not None
    assert f"{float(f'{10 * per_km:.2g}'):.0f} (" in told.message.en


@pytest.mark.parametrize(
    ("height_m", "athlete", "name", "because"),
    [
        (None, Athlete(), "achilles_force_peak_bw", "speed"),
        (1.75, Athlete(height_cm=175), "leg_stiffness_knpm", "mass or body height"),
        (1.75, RUNNER, "gluteus_maximus_force_peak_bw", "who has more"),
    ],
)
def test_a_missing_load_says_why(height_m: float | None, athlete: Athlete, name: str, because: str) -> None:
    loads, _ = clip_loads((clip(height_m),), athlete, Protocol())
    reasons = {load.missing_because.en for load in loads if load.name == name and load.missing_because is not None}
    assert len(reasons) == 1
    assert because in reasons.pop()


def test_without_height_and_speed_only_the_vertical_force_is_told() -> None:
    loads, cautions = clip_loads((clip(None),), Athlete(), Protocol())
    told = {load.name for load in loads if load.value is not None}
    assert told == {"peak_vgrf_bw"}
    assert {caution.code for caution in cautions} == {"loads_need_speed", "loads_need_mass"}


def retimed(share: float, sides: tuple[str, ...] = ("left", "right"), strides: int | None = None) -> MeasuredClip:
    """The clip with other contact times on some legs, or with only the first strides of each leg."""
    whole = clip()
    rows = whole.gait.table.rows.copy()
    rows.loc[rows["side"].isin(sides), "contact_time_s"] *= share
    if strides is not None:
        rows = rows.groupby("side").head(strides)
    return cast(
        "MeasuredClip", SimpleNamespace(**{**vars(whole), "gait": replace(whole.gait, table=StrideTable(rows, 0))})
    )


@pytest.mark.parametrize("share", [0.3, 2.5])
def test_a_contact_time_that_fits_no_runner_tells_no_load_and_says_why(share: float) -> None:
    loads, cautions = clip_loads((retimed(share),), RUNNER, Protocol())
    assert {load.value for load in loads} == {None}
    assert {load.missing_because.en for load in loads if load.missing_because} == {
        "The contact time of this leg hardly fits running."
    }
    assert [caution.code for caution in cautions] == ["loads_contact_implausible"]
    assert f"{share * float(clip().gait.table.of('left')['contact_time_s'].mean()):.2f} s" in cautions[0].message.en


def test_the_other_leg_is_still_told_where_one_legs_contacts_fit_no_runner() -> None:
    loads, cautions = clip_loads((retimed(0.3, ("left",)),), RUNNER, Protocol())
    found = values(loads)
    assert found["achilles_force_peak_bw", "left"] is None
    assert found["achilles_force_peak_bw", "right"] is not None
    assert {caution.code for caution in cautions} == {"loads_contact_implausible", "loads_compare_only"}


@pytest.mark.parametrize("strides", [1, 2])
def test_a_single_clean_stride_has_no_mean_so_no_load_and_says_why(strides: int) -> None:
    loads, cautions = clip_loads((retimed(1.0, strides=strides),), RUNNER, Protocol())
    assert {load.value for load in loads} == {None}
    assert [caution.code for caution in cautions] == ["loads_too_few_strides"]
    because = {load.missing_because.en for load in loads if load.missing_because and load.name != UNTOLD}
    assert because == {"Too few strides of this leg were measured."}


def test_without_mass_all_is_told_in_body_weights_but_the_stiffness() -> None:
    with_mass, without = (values(clip_loads((clip(),), who, Protocol())[0]) for who in (RUNNER, HEIGHT_ONLY))
    assert without["leg_stiffness_knpm", "left"] is None
    told = {key for key, value in without.items() if value is not None}
    assert told == {key for key, value in with_mass.items() if value is not None} - {
        ("leg_stiffness_knpm", "left"), ("leg_stiffness_knpm", "right"),
    }  # fmt: skip
    assert {key: without[key] for key in told} == {key: with_mass[key] for key in told}


@pytest.mark.parametrize(("source", "known"), [("BlazePose heavy, MediaPipe 0.10", True), ("TRC file", False)])
def test_only_loads_whose_error_was_measured_may_be_judged(source: str, known: bool) -> None:
    part = SimpleNamespace(id="c1", view="side_right", condition=None, shoe=None, surface=None, segments=(None,))
    seen = SimpleNamespace(measurable=clip().seen.measurable, pose=SimpleNamespace(attrs={"source": source}))
    one = cast("MeasuredClip", SimpleNamespace(id="c1", seen=seen, view=clip().view, gait=clip().gait, part=part))
    loads, _ = clip_loads((clip(),), RUNNER, Protocol())
    judged = loads_to_judge((one,), loads)
    assert {row.id for row in judged} == {load.id for load in loads if load.value is not None}
    assert {row.method_error is not None for row in judged} == {known}
    found = {row.name: row for row in contrasts_of_loads((one,), judged, doubtful=())}
    assert ("achilles_force_peak_bw" in found) is known
    assert {row.verdict for row in found.values()} <= {"none"}  # the legs are alike
    verdicts = {row.verdict for row in find(judged, Athlete(sex="male"), 3.5, band)}
    assert verdicts
    assert known or verdicts == {"unclear"}


def test_a_view_from_behind_has_no_loads() -> None:
    assert clip_loads((clip(view="rear"),), RUNNER, Protocol()) == ((), ())


@pytest.mark.parametrize(
    ("text", "kind", "size"),
    [("step_rate=+5%", "step_rate", 0.05), ("speed=-10%", "speed", -0.1), ("speed=+0.5", "speed", 0.5)],
)
def test_changes_are_read(text: str, kind: str, size: float) -> None:
    assert parse_change(text)[:2] == (kind, pytest.approx(size))


@pytest.mark.parametrize(
    "text", ["", "step_rate=5", "step_rate=+5", "shank=+3%", "speed=+90%", "trunk_lean=+40", "x=+1"]
)
def test_changes_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(OptionInvalid):
        parse_change(text)


def test_the_refusal_names_what_is_missing() -> None:
    error = ChangeNotPossible(change="shank", name="soleus_length_change_ratio")
    assert "soleus_length_change_ratio" in error.message.ja
    assert error.exit_status == 47
