"""The rear clip that ships, end to end, against the truth beside it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.model.assessment import Assessment, Measurement, read_assessment
from kinechain.pose.weights import WeightFiles

pytestmark = pytest.mark.weights

CONTACT_S, ADDUCTION_DEG, STEP_WIDTH, CADENCE_SPM = 0.04, 4.0, 0.04, 0.5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, weights: WeightFiles, demo_clip: Path) -> Path:
    out = tmp_path_factory.mktemp("rear") / "out"
    clip = demo_clip.with_name("demo_rear.mp4")
    result = CliRunner().invoke(app, ["assess", str(clip), "--out", str(out), "--lang", "en"])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def seen(folder: Path) -> Assessment:
    return read_assessment(folder / "assessment.json")


@pytest.fixture(scope="module")
def truth(demo_clip: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(demo_clip.with_name("demo_rear.json").read_text(encoding="utf-8"))
    return known


def at_mid_stance(truth: dict[str, Any], side: str) -> list[tuple[float, float]]:
    """Return adduction [deg] and the ankle's place across [leg lengths] at the lowest point of the hips."""
    joints = {name: np.array(path) for name, path in truth["joints_px"].items()}
    solid = {name: np.array(path) for name, path in truth["joints_m"].items()}
    s, medial = side[0].upper(), 1 if side == "left" else -1
    hip, knee = joints[f"upperleg01.{s}"], joints[f"lowerleg01.{s}"]
    chain = [solid[f"{name}.{s}"] for name in ("upperleg01", "lowerleg01", "foot")]
    leg = sum(np.linalg.norm(a - b, axis=1).mean() for a, b in pairwise(chain))
    low = joints["upperleg01.L"][:, 1] + joints["upperleg01.R"][:, 1]
    time_s = np.array(truth["time_s"])
    found = []
    for event in truth["grf_events"]:
        inside = (time_s >= event["initial_contact_s"]) & (time_s <= event["toe_off_s"])
        if event["side"] == side[0] and event["toe_off_s"] < time_s[-1]:
            i = int(np.argmax(np.where(inside, low, -np.inf)))
            tilt = np.degrees(np.arctan2(medial * (knee - hip)[i, 0], (knee - hip)[i, 1]))
            found.append((float(tilt), float(chain[2][i, 0] / leg)))
    return found


def test_view_steps_and_cadence(seen: Assessment, truth: dict[str, Any]) -> None:
    assert seen.clips[0].view == "rear"
    contacts = [event for event in seen.events if event.kind == "initial_contact"]
    assert len(contacts) >= len(truth["grf_events"]) - 1
    assert all(a.side != b.side for a, b in pairwise(contacts))
    for kind in ("initial_contact", "toe_off"):
        for event in (e for e in seen.events if e.kind == kind):
            true = [e[f"{kind}_s"] for e in truth["grf_events"] if e["side"] == event.side[0]]
            assert np.abs(np.array(true) - event.time_s).min() < CONTACT_S
    strides = [
        np.diff([e["initial_contact_s"] for e in truth["grf_events"] if e["side"] == side]).mean() for side in "lr"
    ]
    assert seen.measurement("cadence_spm", "both").value == pytest.approx(120 / np.mean(strides), abs=CADENCE_SPM)


def test_adduction_and_step_width(seen: Assessment, truth: dict[str, Any]) -> None:
    true = {side: np.mean(at_mid_stance(truth, side), axis=0) for side in ("left", "right")}
    for side in ("left", "right"):
        found = seen.measurement("femoral_adduction_ms_deg", side)
        assert read_off(found) == pytest.approx(true[side][0], abs=ADDUCTION_DEG)
    assert (
        seen.measurement("femoral_adduction_ms_deg", "right").value
        > seen.measurement("femoral_adduction_ms_deg", "left").value
    )
    width = abs(true["left"][1] - true["right"][1])
    step_width = seen.measurement("step_width_ratio", "both")
    assert read_off(step_width) == pytest.approx(width, abs=STEP_WIDTH)
    assert step_width.low <= width <= step_width.high


def read_off(measurement: Measurement) -> float:
    """What is seen in the picture, before the known error of the method is taken off."""
    assert isinstance(measurement.value, float)
    assert measurement.method_error is not None
    return measurement.value + measurement.method_error.bias


def test_what_is_withheld_says_why(seen: Assessment) -> None:
    for name in ("pelvic_drop_peak_deg", "heel_eversion_peak_deg", "rolloff_class", "contact_time_s"):
        for side in ("left", "right"):
            measurement = seen.measurement(name, side)
            assert measurement.value is None
            assert measurement.missing_because is not None


def test_pictures_and_pages_are_there(folder: Path, seen: Assessment) -> None:
    named = {m.frame for m in seen.measurements if m.frame is not None}
    assert named == {f"frames/{path.name}" for path in (folder / "frames").iterdir()}
    assert {Path(name).stem.split("_", 1)[1] for name in named} >= {
        "femoral_adduction_ms_deg_left",
        "knee_medial_shift_ms_ratio_right",
        "step_width_ratio_both",
    }
    assert "from the rear" in (folder / "report.en.html").read_text(encoding="utf-8")


def test_angles_of_the_side_view_are_not_exported(folder: Path) -> None:
    result = CliRunner().invoke(app, ["export", str(folder), "--to", "mot"])
    assert result.exit_code == 23
    assert not (folder / "angles.mot").exists()
