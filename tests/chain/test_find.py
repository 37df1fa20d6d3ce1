"""Findings: known answers of z and verdict."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from kinechain.chain import find
from kinechain.model.assessment import Finding, Measurement, MethodError
from kinechain.model.athlete import Athlete
from kinechain.text import Text

BAND = SimpleNamespace(mean=20.0, sd=3.0, sex="male", population=Text(ja="男性13人", en="13 men"))
MAN = Athlete(sex="male")


def band_of(name: str, speed_mps: float) -> SimpleNamespace:
    return BAND


def finding(value: float, *, half: float = 0.0, athlete: Athlete = MAN) -> Finding:
    error = MethodError(bias=0.0, sd=0.0, source="test")
    (found,) = find((row(value, half, error),), athlete, 3.5, band_of)
    return found


def row(value: float | None, half: float, error: MethodError | None) -> Measurement:
    span = (None, None) if value is None else (value - half, value + half)
    why = None if value is not None else Text(ja="a", en="a")
    return Measurement(
        id="c1.shank_angle_ms_deg.left", clip="c1", name="shank_angle_ms_deg", side="left", value=value, low=span[0],
        high=span[1], unit="deg", n_strides=8, method_error=error, missing_because=why,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "z", "verdict"),
    [
        (20.0, 0, "within"),
        (22.9, 2.9 / 3, "within"),
        (24.0, 4 / 3, "watch"),
        (26.5, 6.5 / 3, "marked"),
        (12.0, -8 / 3, "marked"),
    ],
)
def test_known_z_and_verdict(value: float, z: float, verdict: str) -> None:
    found = finding(value)
    assert found.z == pytest.approx(z)
    assert found.verdict == verdict
    assert (found.band.low, found.band.high, found.band.speed_mps) == (17.0, 23.0, 3.5)
    assert found.id == "finding.c1.shank_angle_ms_deg.left"


def test_the_error_of_the_measurement_lowers_z() -> None:
    found = finding(28.0, half=1.96 * 12)
    assert found.z == pytest.approx(8 / math.hypot(3, 12))
    assert found.verdict == "within"


def test_large_z_inside_the_error_of_the_method_is_watched_only() -> None:
    narrow = SimpleNamespace(mean=20.0, sd=0.1, sex="male", population=Text(ja="男性13人", en="13 men"))
    known = MethodError(bias=0.0, sd=2.0, source="test")
    measurement = row(25.0, 0.0, known).model_copy(update={"sdc": 1.96 * math.sqrt(2) * 2.0})
    (found,) = find((measurement,), MAN, 3.5, lambda *_: narrow)
    assert found.z is not None
    assert found.z > 2
    assert found.verdict == "watch"  # 5 < 1.96 · √2 · 2


@pytest.mark.parametrize("athlete", [Athlete(), Athlete(sex="female")])
def test_no_verdict_without_reference_for_this_runner(athlete: Athlete) -> None:
    found = finding(40.0, athlete=athlete)
    assert found.verdict == "unclear"
    assert found.z is not None


def test_a_band_of_men_and_women_judges_everyone() -> None:
    both = SimpleNamespace(mean=20.0, sd=3.0, sex="both", population=Text(ja="男女40人", en="40 runners"))
    measurement = row(12.0, 0.0, MethodError(bias=0.0, sd=0.0, source="test"))
    for athlete in (MAN, Athlete(), Athlete(sex="female")):
        (found,) = find((measurement,), athlete, 3.5, lambda *_: both)
        assert found.verdict == "marked"


def test_one_camera_never_marks_the_frontal_plane() -> None:
    known = MethodError(bias=0.0, sd=0.0, source="test")
    for value, verdict in ((21.0, "within"), (24.0, "watch"), (40.0, "watch")):
        measurement = row(value, 0.0, known).model_copy(update={"name": "femoral_adduction_ms_deg"})
        (found,) = find((measurement,), MAN, 3.5, band_of)
        assert found.verdict == verdict


def test_unknown_method_error_is_unclear_and_missing_things_give_no_finding() -> None:
    measurement = row(40.0, 1.0, None)
    (found,) = find((measurement,), MAN, 3.5, band_of)
    assert found.verdict == "unclear"
    assert find((measurement,), MAN, None, band_of) == ()
    assert find((measurement,), MAN, 3.5, lambda *_: None) == ()
    assert find((row(None, 0.0, None),), MAN, 3.5, band_of) == ()
