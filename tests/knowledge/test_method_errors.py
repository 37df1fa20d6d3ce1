"""Known errors of the method: every row is sound, and each view and leg gets its own."""

from __future__ import annotations

import pytest

from kinechain import glossary
from kinechain.gait.measurement_builder import (
    MeasurementBuilder,
    MeasureParameters,
    smallest_detectable_change,
    with_method_error,
)
from kinechain.knowledge.method_errors import ErrorRow, error_rows, method_errors
from kinechain.model.assessment import MethodError
from kinechain.signal.intervals import Interval


def test_rows_are_unique_and_have_a_source() -> None:
    rows = error_rows()
    assert len({(row.name, row.view, row.leg, row.uprights) for row in rows}) == len(rows) > 0
    for row in rows:
        assert len(row.source) > 20
        assert (row.leg == "both") == (glossary.quantity(row.name).sides == "both"), row.name
        assert (row.leg in ("near", "far")) == (row.view == "side" and row.leg != "both"), row.name


def test_near_and_far_leg_change_places_with_the_side() -> None:
    left, right = (method_errors(view, uprights_seen=True) for view in ("side_left", "side_right"))
    assert left["knee_flexion_peak_deg", "left"] == right["knee_flexion_peak_deg", "right"]
    assert left["knee_flexion_peak_deg", "left"] != left["knee_flexion_peak_deg", "right"]


def test_a_side_view_knows_nothing_of_the_rear() -> None:
    assert ("femoral_adduction_ms_deg", "left") not in method_errors("side_left", uprights_seen=True)
    assert method_errors("front", uprights_seen=True) == {}


def test_an_unknown_roll_widens_the_angles_against_the_vertical() -> None:
    level, unknown = (method_errors("side_left", uprights_seen=seen) for seen in (True, False))
    for name in ("shank_angle_ms_deg", "trunk_lean_deg"):
        side = "both" if name == "trunk_lean_deg" else "left"
        assert unknown[name, side].sd > level[name, side].sd, name  # type: ignore[index]


def row(runners: int, clips: int = 18) -> ErrorRow:
    return ErrorRow(
        name="cadence_spm",
        view="side",
        leg="both",
        uprights="seen",
        bias=0.0,
        sd=1.0,
        grade="A",
        clips=clips,
        runners=runners,
        source="test",
    )


def test_few_runners_widen_the_spread() -> None:
    assert row(6, 18).expected_sd == pytest.approx(2.1098 * (7 / 6) ** 0.5 / 1.96, rel=1e-4)
    assert row(1000, 3000).expected_sd == pytest.approx(1.0, rel=2e-3)
    assert row(4).expected_sd > row(8).expected_sd
    assert row(6, 7).expected_sd > row(6, 30).expected_sd


def test_bias_is_taken_off_and_spread_is_added_in_quadrature() -> None:
    error = MethodError(bias=-2.0, sd=2.0, source="test")
    value, low, high = with_method_error(Interval(10.0, 7.0, 13.0), error)
    assert value == 12.0
    assert value - low == pytest.approx((3.0**2 + (1.96 * 2.0) ** 2) ** 0.5)
    assert high - value == pytest.approx(value - low)


def test_smallest_detectable_change_of_a_method_without_scatter() -> None:
    error = MethodError(bias=0.0, sd=2.0, source="test")
    assert smallest_detectable_change(Interval(1.0, 1.0, 1.0), 10, error) == pytest.approx(1.96 * 2**0.5 * 2.0)


def test_a_stated_speed_has_no_error_of_the_method() -> None:
    builder = MeasurementBuilder("clip1", method_errors("side_left", uprights_seen=True), MeasureParameters(), 0)
    speed = builder.stated_speed(3.5, 8)
    assert (speed.value, speed.method_error, speed.sdc) == (3.5, None, None)
