"""The demo clip end to end: what is written, and how far it is from the truth that ships beside the clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import ezc3d
import jsonschema
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from conftest import Run
from kinechain import glossary
from kinechain.cli import app
from kinechain.model.assessment import Assessment
from kinechain.model.pose import load_pose

pytestmark = pytest.mark.weights

CONTACT_S, CONTACT_TIME_S, SHANK_DEG, CADENCE_SPM, SPEED_RATIO = 0.020, 0.012, 3.0, 0.5, 0.05
TRUE_SPEED_MPS = 3.58
"""The stance foot's speed in the rendered body's own metres (the clip's README)."""


def true_times(truth: dict[str, Any], kind: str, side: str) -> np.ndarray:
    return np.array([e[f"{kind}_s"] for e in truth["grf_events"] if e["side"] == side[0]])


def true_shank_at_mid_stance(truth: dict[str, Any], side: str) -> float:
    """Contract: shank against the vertical at the maximum of knee flexion in the first 70 % of stance."""
    joints = {name: np.array(path) for name, path in truth["joints_px"].items()}
    hip, knee, ankle = (joints[f"{name}.{side[0].upper()}"] for name in ("upperleg01", "lowerleg01", "foot"))
    facing = 1  # the camera sees the runner's right
    thigh = np.degrees(np.arctan2(facing * (knee - hip)[:, 0], (knee - hip)[:, 1]))
    shank = np.degrees(np.arctan2(facing * (knee - ankle)[:, 0], (ankle - knee)[:, 1]))
    time_s = np.arange(len(hip)) / truth["fps"]
    values = []
    for contact, off in zip(
        true_times(truth, "initial_contact", side), true_times(truth, "toe_off", side), strict=True
    ):
        if off > time_s[-1]:
            continue
        t = np.linspace(contact, contact + 0.7 * (off - contact), 100)
        values.append(np.interp(t[np.argmax(np.interp(t, time_s, thigh + shank))], time_s, shank))
    return float(np.mean(values))


def test_every_file_of_the_contract_is_written(demo_run: Run) -> None:
    names = {path.name for path in demo_run.folder.iterdir()}
    pages = {f"{page}.{language}.html" for page in ("report", "runner", "taping") for language in ("ja", "en")}
    assert names == {"assessment.json", "overlay.mp4", "pose.nc", "frames", *pages}
    assert "report.en.html" in demo_run.printed
    assert not list(demo_run.folder.parent.glob(".kinechain-*"))


def test_assess_asks_nothing_of_the_network(demo_run: Run) -> None:
    # the standard library asks uname for the machine; anything else could go online
    assert set(demo_run.network) <= {"started uname"}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("kind", ["initial_contact", "toe_off"])
def test_each_event_is_near_the_force_plate(demo_run: Run, demo_truth: dict[str, Any], side: str, kind: str) -> None:
    true = true_times(demo_truth, kind, side)
    found = np.array([e.time_s for e in demo_run.assessment.events if e.side == side and e.kind == kind])
    assert len(found) >= len(true) - 1  # the last one may be cut off by the end of the clip
    assert np.abs(found[:, None] - true[None]).min(axis=1).max() <= CONTACT_S


@pytest.mark.parametrize("side", ["left", "right"])
def test_contact_time_and_shank_angle(demo_run: Run, demo_truth: dict[str, Any], side: str) -> None:
    spans = true_times(demo_truth, "toe_off", side) - true_times(demo_truth, "initial_contact", side)
    shank = true_shank_at_mid_stance(demo_truth, side)
    for name, truth, limit in (
        ("contact_time_s", spans.mean(), CONTACT_TIME_S),
        ("shank_angle_ms_deg", shank, SHANK_DEG),
    ):
        found = demo_run.assessment.measurement(name, side)
        assert found.value + found.method_error.bias == pytest.approx(truth, abs=limit)  # as read off the picture
        assert found.low <= truth <= found.high


def test_cadence_and_blind_speed(demo_run: Run, demo_truth: dict[str, Any]) -> None:
    strides = np.concatenate([np.diff(true_times(demo_truth, "initial_contact", side)) for side in ("left", "right")])
    assert demo_run.assessment.measurement("cadence_spm", "both").value == pytest.approx(
        120 / strides.mean(), abs=CADENCE_SPM
    )
    speed = demo_run.assessment.measurement("speed_mps", "both")
    assert speed.value == pytest.approx(TRUE_SPEED_MPS, rel=SPEED_RATIO)
    assert speed.low <= TRUE_SPEED_MPS <= speed.high


def test_the_file_fits_the_shipped_schema_and_round_trips(demo_run: Run) -> None:
    text = (demo_run.folder / "assessment.json").read_text(encoding="utf-8")
    schema = Path(glossary.__file__).with_name("model") / "assessment.schema.json"
    document = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the file"))
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    assert Assessment.model_validate_json(text).to_json() == text


def test_every_measurement_is_there_and_a_missing_one_says_why(demo_run: Run) -> None:
    assessment = demo_run.assessment
    expected = {
        (name, side)
        for name, row in glossary.quantities().items()
        if row.group in ("time_space", "side_view", "rear_front")
        for side in (("left", "right") if row.sides == "each" else ("both",))
    }
    assert {(m.name, m.side) for m in assessment.measurements} == expected
    for m in assessment.measurements:
        group = glossary.quantity(m.name).group
        assert (m.value is None) == (group == "rear_front"), m.id
        assert (m.value is None) == (m.missing_because is not None)


def test_every_picture_named_exists_and_every_picture_is_named(demo_run: Run) -> None:
    named = {m.frame for m in demo_run.assessment.measurements if m.frame is not None}
    assert named == {f"frames/{path.name}" for path in (demo_run.folder / "frames").iterdir()}
    assert len(named) >= 20


def test_overlay_has_the_clips_frames_at_the_clips_times(demo_run: Run, demo_clip: Path) -> None:
    def times(path: Path) -> list[float]:
        with av.open(str(path)) as container:
            return [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]

    assert np.allclose(times(demo_run.folder / "overlay.mp4"), times(demo_clip), atol=1e-3)


def test_no_training_advice_without_the_health_questions(demo_run: Run) -> None:
    plan = demo_run.assessment.plan
    assert plan.stop
    assert plan.gates == ("unanswered",)
    assert plan.exercises == ()


@pytest.mark.parametrize("kind", ["trc", "mot", "c3d", "csv"])
def test_export(demo_run: Run, kind: str) -> None:
    result = CliRunner().invoke(app, ["export", str(demo_run.folder), "--to", kind, "--json", "-"])
    assert result.exit_code == 0, result.output
    written = [Path(path) for path in json.loads(result.stdout)["written"]]
    frames = demo_run.assessment.clips[0].frames
    if kind == "c3d":
        assert ezc3d.c3d(str(written[0]))["data"]["points"].shape[2] == frames
    elif kind == "trc":
        assert len(written[0].read_text(encoding="utf-8").strip().splitlines()) >= frames
    elif kind == "mot":
        table = pd.read_csv(written[0], sep="\t", skiprows=6)
        peak = demo_run.assessment.measurement("knee_flexion_peak_deg", "right")
        assert table["knee_angle_r"].between(-15, 160).all()
        assert table["knee_angle_r"].max() > peak.value  # swing bends the knee more than stance
    else:
        measured = pd.read_csv(written[0]).set_index("id")
        assert measured.loc["clip1.cadence_spm.both", "value"] == pytest.approx(
            demo_run.assessment.measurement("cadence_spm", "both").value
        )
    for path in written:
        path.unlink()


def test_pose_file_opens_with_flags(demo_run: Run) -> None:
    pose = load_pose(demo_run.folder / "pose.nc")
    assert pose.attrs["view"] == "side_right"
    assert pose.sizes["time"] == demo_run.assessment.clips[0].frames
