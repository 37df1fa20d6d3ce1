"""The Assessment: what it refuses, and that its file says the same after a round trip."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kinechain import glossary
from kinechain.errors import AssessmentFileInvalid
from kinechain.model.assessment import (
    CURVE_POINTS,
    Assessment,
    Caution,
    Clip,
    ClipQuality,
    Conclusion,
    Curve,
    Event,
    Exercise,
    Finding,
    Hypothesis,
    Measurement,
    Plan,
    Provenance,
    Segment,
    Strides,
    read_assessment,
)
from kinechain.model.athlete import Athlete
from kinechain.text import Text

TEXT = Text(ja="足が見えません。", en="The foot is not seen.")
NUMERIC = [q.name for q in glossary.quantities().values() if q.classes is None]


def measurement(**changes: Any) -> Measurement:
    row: dict[str, Any] = {
        "id": "c1.contact_time_s.left",
        "clip": "c1",
        "name": "contact_time_s",
        "side": "left",
        "value": 0.24,
        "low": 0.23,
        "high": 0.25,
        "unit": "s",
        "n_strides": 8,
    }
    return Measurement.model_validate(row | changes)


def clip(**changes: Any) -> Clip:
    row: dict[str, Any] = {
        "id": "c1",
        "file": "走り.mp4",
        "sha256": "0" * 64,
        "view": "side_left",
        "view_confidence": 0.9,
        "fps": 120.0,
        "time_scale": 1.0,
        "duration_s": 6.0,
        "frames": 720,
        "width_px": 1920,
        "height_px": 1080,
        "segments": (Segment(start_s=0.0, end_s=6.0),),
        "n_strides": Strides(left=8, right=7),
        "quality": ClipQuality(
            person_found_ratio=1.0,
            leg_swaps_repaired=2,
            spikes_repaired=5,
            foot_out_of_picture_ratio=0.1,
            leg_points_unusable_ratio=0.02,
        ),
    }
    return Clip.model_validate(row | changes)


def assessment(**changes: Any) -> Assessment:
    row: dict[str, Any] = {
        "athlete": Athlete(height_cm=172, sex="female"),
        "clips": (clip(),),
        "events": (
            Event(
                clip="c1", time_s=0.5, side="left", kind="initial_contact", confidence=0.3, reason="foot_out_of_picture"
            ),
        ),
        "measurements": (
            measurement(),
            measurement(id="c1.strike_class.left", name="strike_class", unit="", value="rearfoot", low=None, high=None),
            measurement(
                id="c1.speed_mps.both",
                name="speed_mps",
                side="both",
                unit="m/s",
                value=None,
                low=None,
                high=None,
                missing_because=TEXT,
            ),
        ),
        "curves": (
            Curve(
                clip="c1",
                name="knee_flexion_deg",
                side="right",
                unit="deg",
                n_strides=4,
                mean=(10.0,) * CURVE_POINTS,
                low=(9.0,) * 50 + (None,) + (9.0,) * 50,
                high=(11.0,) * CURVE_POINTS,
            ),
        ),
        "hypotheses": (Hypothesis(id="h", link="C3", posterior=0.4, grade="C", evidence_for=("f1",), text=TEXT),),
        "conclusion": Conclusion(primary=None, cannot_tell=True, next_step=TEXT),
        "plan": Plan(stop=True, gates=("unanswered",)),
        "cautions": (Caution(code="low_frame_rate", clip="c1", message=TEXT),),
        "provenance": Provenance(
            versions={"kinechain": "0.1.0"},
            estimator="analytic",
            model_sha256={},
            protocol={"gait": {"least_fps": 24.0}},
            knowledge_version="1",
            seconds={"pose": 1.5},
        ),
    }
    return Assessment.model_validate(row | changes)


# --- round trip ------------------------------------------------------------------------------------------------------


def test_json_round_trip_keeps_everything(tmp_path: Path):
    made = assessment()
    path = tmp_path / "assessment.json"
    path.write_text(made.to_json(), encoding="utf-8")
    assert read_assessment(path) == made


def test_json_uses_the_names_of_the_contract():
    text = assessment().to_json()
    data = json.loads(text)
    assert data["schema"] == "kinechain.assessment/1"
    assert "schema_name" not in data
    assert data["hypotheses"][0]["for"] == ["f1"]
    assert data["measurements"][2]["value"] is None
    assert data["measurements"][2]["missing_because"] == {"ja": TEXT.ja, "en": TEXT.en}
    assert "走り.mp4" in text, "UTF-8, not escaped"
    assert text.endswith("}\n")
    assert {
        "clips", "events", "measurements", "findings", "contrasts", "curves", "loads", "hypotheses", "conclusion",
        "plan", "cautions", "provenance",
    } <= set(data)  # fmt: skip


finite = st.floats(allow_nan=False, allow_infinity=False, width=64)


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    name = draw(st.sampled_from(NUMERIC))
    low, value, high = sorted(draw(st.tuples(finite, finite, finite)))
    missing = draw(st.booleans())
    return measurement(
        id=draw(st.text(min_size=1)),
        name=name,
        unit=glossary.quantity(name).unit,
        side=draw(st.sampled_from(["left", "right", "both"])),
        value=None if missing else value,
        low=None if missing else low,
        high=None if missing else high,
        n_strides=draw(st.integers(0, 10**6)),
        sdc=draw(st.none() | finite),
        grade=draw(st.none() | st.sampled_from("ABCDX")),
        method=draw(st.text()),
        missing_because=Text(ja=draw(st.text()), en=draw(st.text())) if missing else None,
    )


@settings(max_examples=40)
@given(rows=st.lists(measurements(), max_size=5, unique_by=lambda m: m.id), seconds=finite)
def test_any_content_survives_the_file(rows, seconds):
    made = assessment(
        measurements=tuple(rows),
        provenance=assessment().provenance.model_copy(update={"seconds": {"pose": seconds}}),
    )
    text = made.to_json()
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert Assessment.model_validate_json(text) == made


def test_lookup_by_name_and_side():
    made = assessment()
    assert made.measurement("contact_time_s", "left").value == 0.24
    assert made.measurement("contact_time_s", "left", clip="c1").value == 0.24
    with pytest.raises(KeyError, match="contact_time_s right"):
        made.measurement("contact_time_s", "right")


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"unit": "ms"}, "unit"),
        ({"name": "contact"}, "not a quantity"),
        ({"side": "near"}, "side"),
        ({"value": None, "low": None, "high": None}, "reason"),
        ({"missing_because": TEXT}, "reason"),
        ({"low": None}, "come together"),
        ({"high": None}, "come together"),
        ({"low": 0.245}, "does not hold"),
        ({"high": 0.235}, "does not hold"),
        ({"n_strides": -1}, "n_strides"),
        ({"grade": "E"}, "grade"),
        ({"value": math.nan}, "finite"),
        ({"value": math.inf, "low": None, "high": None}, "finite"),
        ({"sdc": math.nan}, "finite"),
        ({"comment": "x"}, "comment"),
    ],
)
def test_a_measurement_that_contradicts_itself_is_refused(changes, says):
    with pytest.raises(ValidationError, match=says):
        measurement(**changes)


def test_a_class_has_no_interval():
    with pytest.raises(ValidationError, match="does not hold"):
        measurement(name="strike_class", unit="", value="rearfoot", low=0.0, high=1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "strike_class", "unit": "", "value": "tiptoe", "low": None, "high": None},
        {"name": "strike_class", "unit": "", "value": 3.0, "low": None, "high": None},
        {"value": "fast", "low": None, "high": None},
    ],
    ids=["unknown class", "number for a class", "text for a number"],
)
def test_a_value_fits_its_quantity(changes):
    with pytest.raises(ValidationError):
        measurement(**changes)


def test_parts_are_frozen():
    made = measurement()
    with pytest.raises(ValidationError, match="frozen"):
        made.value = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        (clip, {"view": "above"}),
        (clip, {"fps": 0.0}),
        (clip, {"frames": 0}),
        (clip, {"time_scale": -1.0}),
        (clip, {"view_confidence": 1.5}),
        (clip, {"metres_per_px": 0.0}),
    ],
)
def test_impossible_clips_are_refused(part, changes):
    with pytest.raises(ValidationError):
        part(**changes)


def test_a_segment_runs_forwards():
    with pytest.raises(ValidationError, match="later"):
        Segment(start_s=2.0, end_s=2.0)


@pytest.mark.parametrize("points", [CURVE_POINTS - 1, CURVE_POINTS + 1])
def test_a_curve_has_101_points(points):
    whole = assessment().curves[0].model_dump()
    with pytest.raises(ValidationError, match="mean"):
        Curve.model_validate(whole | {"mean": (1.0,) * points})


def test_a_stopped_plan_names_its_gate_and_trains_nothing():
    exercise = Exercise(id="hip_hinge", sets=2, reps=10, per_side=True, days_per_week=3, weeks=6, because="h")
    with pytest.raises(ValidationError, match="gate"):
        Plan(stop=True)
    with pytest.raises(ValidationError, match="no exercise"):
        Plan(stop=True, gates=("unanswered",), exercises=(exercise,))
    assert Plan(stop=False, exercises=(exercise,)).exercises == (exercise,)


def test_parts_refer_to_what_is_there():
    with pytest.raises(ValidationError, match="c2"):
        assessment(measurements=(measurement(clip="c2"),))
    with pytest.raises(ValidationError, match="not unique"):
        assessment(measurements=(measurement(), measurement()))
    finding = Finding.model_validate(
        {
            "id": "f",
            "measurement": "gone",
            "band": {"low": 0, "high": 1, "population": {"ja": "走者", "en": "runners"}},
            "z": 0,
            "verdict": "within",
        }
    )
    with pytest.raises(ValidationError, match="gone"):
        assessment(findings=(finding,))


@pytest.mark.parametrize(
    ("field", "value"),
    [("height_cm", 1.75), ("height_cm", 300), ("mass_kg", 5), ("age_y", 150), ("sex", "x"), ("shoe", 1)],
)
def test_an_absurd_athlete_is_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        Athlete.model_validate({field: value})


def test_everything_about_the_athlete_is_optional():
    assert Athlete() == Athlete(height_cm=None, mass_kg=None, sex=None, age_y=None)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        '{"schema": "kinechain.assessment/1"}',
        assessment().to_json().replace("assessment/1", "assessment/2"),
        assessment().to_json().replace('"left"', '"near"', 1),
    ],
    ids=["missing", "empty", "cut off", "list", "null", "hollow", "other schema", "unknown side"],
)
def test_other_files_are_refused(tmp_path: Path, content: str | None):
    path = tmp_path / "assessment.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(AssessmentFileInvalid) as caught:
        read_assessment(path)
    assert str(path) in caught.value.message.ja


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(AssessmentFileInvalid):
        read_assessment(tmp_path)
