"""Reference bands: interpolation, ends, wrong rows, and whether the numbers agree with what others have published."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kinechain import glossary
from kinechain.knowledge import reference
from kinechain.knowledge.reference import band, curve_band, read_bands, read_curves
from kinechain.knowledge.toml_rows import knowledge_text

ROOT = Path(__file__).resolve().parents[2]
HEADER = "name,speed_mps,mean,sd,n_runners,sex,source"
CURVE_HEADER = "name,speed_mps,point,mean,sd,n_runners"
MEASURED = (2.5, 3.5, 4.5)
BANDS = read_bands(reference._text(reference.BANDS_FILE), reference.BANDS_FILE)
CURVES = read_curves(reference._text(reference.CURVES_FILE), reference.CURVES_FILE)


def value(name: str, speed_mps: float) -> tuple[float, float]:
    found = band(name, speed_mps)
    assert found is not None
    return found.mean, found.sd


@pytest.mark.parametrize("name", BANDS)
def test_a_band_meets_its_rows_at_the_measured_speeds_and_is_halfway_in_between(name: str) -> None:
    for row in BANDS[name]:
        assert value(name, row.speed_mps) == pytest.approx((row.mean, row.sd))
    slow, fast = np.array(value(name, 2.5)), np.array(value(name, 3.5))
    assert value(name, 3.0) == pytest.approx(tuple((slow + fast) / 2))
    assert value(name, 2.75) == pytest.approx(tuple(0.75 * slow + 0.25 * fast))


@pytest.mark.parametrize(("speed", "end"), [(2.21, 2.5), (2.5, 2.5), (4.5, 4.5), (4.79, 4.5)])
def test_the_end_values_hold_a_little_beyond_the_ends(speed: float, end: float) -> None:
    assert value("shank_angle_ms_deg", speed) == value("shank_angle_ms_deg", end)
    near, far = curve_band("knee_flexion_deg", speed), curve_band("knee_flexion_deg", end)
    assert near is not None
    assert far is not None
    np.testing.assert_array_equal(near, far)


@pytest.mark.parametrize("speed", [0.0, 2.19, 4.81, 5.1, float("nan"), float("inf"), -3.5])
def test_far_from_the_measured_speeds_there_is_no_band(speed: float) -> None:
    assert band("cadence_spm", speed) is None
    assert curve_band("knee_flexion_deg", speed) is None


def test_what_the_data_does_not_support_has_no_band() -> None:
    for name in ("hip_flexion_excursion_deg", "pelvic_drop_peak_deg", "heel_off_pct"):
        assert band(name, 3.5) is None
    assert curve_band("hip_flexion_deg", 3.5) is None


def test_a_published_band_holds_near_its_speed_and_is_widened_by_its_definition() -> None:
    lean = band("trunk_lean_deg", 3.6)
    assert lean is not None
    assert lean.mean == 7.2
    assert lean.sd == pytest.approx(np.hypot(4.4, 3.0))
    # the two halves of the published 40, put together again
    pooled = np.sqrt((2.8**2 + 2.2**2) / 2 + ((10.8 - 3.6) / 2) ** 2)
    assert lean.mean == (3.6 + 10.8) / 2
    assert lean.sd > pooled
    assert (lean.n_runners, lean.sex, lean.lowest_mps) == (40, "both", 3.4)
    assert "10.1249/MSS.0000000000000436" in lean.source
    assert band("trunk_lean_deg", 3.0) is None
    assert band("trunk_lean_deg", 4.5) is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sd = 4.4": "sd = 0.0"}, "sd"),
        ({'sex = "both"': 'sex = "female"'}, "sex"),
        ({"[trunk_lean_deg]": "[trunk_deg]"}, "trunk_deg"),
        ({'grade = "C"\n': ""}, "grade"),
        ({"definition_sd = 3.0": "definition_sd = -1.0"}, "definition_sd"),
    ],
)
def test_a_wrong_published_band_is_named_by_file_and_line(change: dict[str, str], word: str) -> None:
    text = knowledge_text(reference.PUBLISHED_FILE)
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(ValueError, match=rf"(?s)knowledge/bands\.toml, line \d+: .*{word}"):
        reference.read_published(text, "bands.toml")


def test_measured_bands_stand_for_men_alone() -> None:
    measured = band("cadence_spm", 3.5)
    assert measured is not None
    assert measured.sex == "male"


def test_a_name_outside_the_glossary_is_an_error() -> None:
    with pytest.raises(ValueError, match="cadance_spm"):
        band("cadance_spm", 3.5)
    with pytest.raises(ValueError, match="knee_deg"):
        curve_band("knee_deg", 3.5)


def test_a_band_says_who_and_from_where() -> None:
    found = band("cadence_spm", 3.2)
    assert found is not None
    assert (found.n_runners, found.lowest_mps, found.highest_mps) == (13, 2.5, 4.5)
    assert "10.7717/peerj.3298" in found.source
    assert "CC BY 4.0" in found.source
    assert "13 men" in found.population.en
    assert "男性13人" in reference.POPULATION.ja


def test_every_shipped_row_is_known_and_whole() -> None:
    assert len(BANDS) >= 15
    for name, rows in BANDS.items():
        assert glossary.quantity(name).group in ("time_space", "side_view", "rear_front", "load")
        assert tuple(row.speed_mps for row in rows) == MEASURED
        assert {row.n_runners for row in rows} == {13}
    for name, by_speed in CURVES.items():
        assert glossary.quantity(name).group == "curve"
        assert tuple(by_speed) == MEASURED


def test_a_curve_band_is_mean_plus_and_minus_sd_and_halfway_between_speeds() -> None:
    table = CURVES["shank_angle_deg"]
    found = curve_band("shank_angle_deg", 4.0)
    assert found is not None
    low, high = found
    assert low.shape == high.shape == (101,)
    np.testing.assert_allclose((low + high) / 2, (table[3.5][0] + table[4.5][0]) / 2)
    np.testing.assert_allclose((high - low) / 2, (table[3.5][1] + table[4.5][1]) / 2)


GOOD = "cadence_spm,2.5,162.4,12.0,13,male,somewhere"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("cadence_sp,2.5,162.4,12.0,13,male,somewhere", "glossary"),
        ("cadence_spm,3.5,162.4,0,13,male,somewhere", "sd"),
        ("cadence_spm,3.5,162.4,-1,13,male,somewhere", "sd"),
        ("cadence_spm,3.5,nan,12.0,13,male,somewhere", "mean"),
        ("cadence_spm,3.5,fast,12.0,13,male,somewhere", "mean"),
        ("cadence_spm,0,162.4,12.0,13,male,somewhere", "speed_mps"),
        ("cadence_spm,3.5,162.4,12.0,1,male,somewhere", "n_runners"),
        ("cadence_spm,3.5,162.4,12.0,13,female,somewhere", "sex"),
        ("cadence_spm,3.5,162.4,12.0,13,male,", "source"),
        ("cadence_spm,3.5,162.4,12.0,13,male", "source"),
        (GOOD, "twice"),
    ],
)
def test_a_wrong_row_is_named_by_file_and_line(row: str, word: str) -> None:
    with pytest.raises(ValueError, match=rf"(?s)bands\.csv, line 3: .*{word}"):
        read_bands("\n".join([HEADER, GOOD, row]), "bands.csv")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("knee_deg,2.5,0,1.0,1.0,13", r"curves\.csv, line 3: .*glossary"),
        ("knee_flexion_deg,2.5,101,1.0,1.0,13", r"(?s)curves\.csv, line 3: .*point"),
        ("knee_flexion_deg,2.5,0,1.0,1.0,13", r"curves\.csv, line 3: .*twice"),
        ("knee_flexion_deg,2.5,1,1.0,1.0,13", r"curves\.csv, line 2: .*no point 2"),
    ],
)
def test_a_wrong_curve_row_is_named_by_file_and_line(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_curves("\n".join([CURVE_HEADER, "knee_flexion_deg,2.5,0,1.0,1.0,13", row]), "curves.csv")


# Independent published values, each (mean, SD, speed): two groups differ by less than two SD of one of them.
@pytest.mark.parametrize(
    ("name", "mean", "sd", "speed"),
    [
        # Uninjured male runners: PMC6044588, table 2 (3D, left and right 39.2 ± 6.3 and 41.5 ± 6.1).
        ("knee_flexion_peak_deg", 40.4, 6.2, 3.0),
        # Uninjured male runners: PMC6044588.
        ("cadence_spm", 171.0, 7.9, 3.0),
        # Step rate of least metabolic cost at 3.0 m/s: Lieberman 2015, JEB 218:3406 (84.8 ± 3.6 strides/min).
        ("cadence_spm", 169.6, 7.2, 3.0),
    ],
)
def test_bands_agree_with_published_runners(name: str, mean: float, sd: float, speed: float) -> None:
    ours, our_sd = value(name, speed)
    assert abs(ours - mean) < sd
    assert sd / 2.5 < our_sd < 2.5 * sd


def test_contact_time_agrees_with_published_contact_and_with_the_data_sets_own_plate() -> None:
    # Submaximal young runners: 271 ± 23 ms contact, 35.5 ± 2.3 % duty factor (JEB, older against young runners;
    # speed not stated, about 2.7 m/s: recall). Force plate of 6 of the 13 runners: 268, 224 and 195 ms.
    assert value("contact_time_s", 2.7)[0] == pytest.approx(0.271, abs=0.023)
    assert value("duty_factor_ratio", 2.7)[0] == pytest.approx(0.355, abs=0.023)
    for speed, plate_s in zip(MEASURED, (0.268, 0.224, 0.195), strict=True):
        assert value("contact_time_s", speed)[0] == pytest.approx(plate_s, abs=0.008)


def test_bands_move_with_speed_as_runners_do() -> None:
    # Faster: shorter contact, longer and quicker strides, thigh farther back at toe-off (Schache 2015, JEB 218:2472).
    for name, direction in (
        ("contact_time_s", -1),
        ("duty_factor_ratio", -1),
        ("cadence_spm", 1),
        ("stride_length_m", 1),
        ("thigh_angle_to_deg", -1),
        ("overstride_ic_ratio", 1),
    ):
        means = [row.mean for row in BANDS[name]]
        assert np.all(direction * np.diff(means) > 0), name


def test_identities_between_bands_hold() -> None:
    for speed in MEASURED:
        stride_s = 120.0 / value("cadence_spm", speed)[0]
        contact, flight = value("contact_time_s", speed)[0], value("flight_time_s", speed)[0]
        assert 2 * (contact + flight) == pytest.approx(stride_s, rel=0.01)
        assert contact / stride_s == pytest.approx(value("duty_factor_ratio", speed)[0], rel=0.01)
        assert value("stride_length_m", speed)[0] == pytest.approx(speed * stride_s, rel=0.01)


def test_curves_agree_with_bands_and_with_each_other() -> None:
    for speed in MEASURED:
        mean = {name: by_speed[speed][0] for name, by_speed in CURVES.items()}
        knee = mean["thigh_angle_deg"] + mean["shank_angle_deg"]
        np.testing.assert_allclose(mean["knee_flexion_deg"], knee, atol=0.02)
        ankle = mean["shank_angle_deg"] + mean["foot_inclination_deg"]
        np.testing.assert_allclose(mean["ankle_dorsiflexion_deg"], ankle, atol=0.02)
        at_contact = value("shank_angle_ic_deg", speed)[0]
        assert mean["shank_angle_deg"][0] == pytest.approx(at_contact, abs=0.1)
        assert mean["knee_flexion_deg"][:30].max() == pytest.approx(value("knee_flexion_peak_deg", speed)[0], abs=1.5)
        np.testing.assert_allclose(mean["knee_flexion_deg"][0], mean["knee_flexion_deg"][-1], atol=1.0)


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = ROOT / "validation"
    if not folder.is_dir():
        pytest.skip("validation/ is not part of this copy")
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module("reference_bands")


@pytest.mark.shared
def test_one_runner_recomputed_lies_in_the_shipped_bands(
    validation: ModuleType, shared_data: Path, demo_truth: dict[str, Any]
) -> None:
    rbds = shared_data / "lab" / "rbds"
    runner = next(r for r in validation.runners(rbds) if r.name == "RBDS012")
    time_s, points = validation.figure(rbds, runner, "T35", validation.proportions(rbds))
    analysis = validation.analyse_figure(time_s, points, runner, 3.5)
    about = validation.About(None, runner.height_m, "male", 3.5)
    values = validation.trial_values(analysis) | validation.frontal_values(analysis, time_s, points)
    values |= validation.load_values(analysis, time_s, points, about)
    assert set(values) == set(BANDS)
    # One of the thirteen cannot be farther from their mean than (n − 1)/√n = 3.3 SD.
    for name, own in values.items():
        mean, sd = value(name, 3.5)
        assert abs(own - mean) < 3.33 * sd, name
    # The demo clip is this runner at this speed; its truth holds the contacts of the force plate.
    plate_s = np.mean([event["toe_off_s"] - event["initial_contact_s"] for event in demo_truth["grf_events"]])
    assert values["contact_time_s"] == pytest.approx(float(plate_s), abs=0.012)
    curves = validation.trial_curves(analysis)
    assert set(curves) == set(CURVES)
    assert curves["knee_flexion_deg"].shape == (101,)
