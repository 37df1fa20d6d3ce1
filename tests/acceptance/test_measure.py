"""`measure`: tables without reasoning, in three forms that say the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from conftest import Run
from kinechain.model.athlete import Athlete
from kinechain.model.frames import Image
from kinechain.model.pose import load_pose
from kinechain.pipeline.clip import ClipRequest
from kinechain.pipeline.measure import TableFormat, measure
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import Detection
from kinechain.settings import Protocol

pytestmark = pytest.mark.weights


class Replay:
    """An estimator that gives again what BlazePose gave for the demo clip."""

    name = BlazePose.name  # whose errors are known
    model_sha256: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, pose: xr.Dataset) -> None:
        self._position = pose["raw_position"].values
        self._confidence = pose["confidence"].values
        self._next = 0

    def start(self) -> None:
        self._next = 0

    def estimate(self, image: Image) -> Detection:  # noqa: ARG002 - it has seen the clip before
        index, self._next = self._next, self._next + 1
        return Detection(self._position[index], self._confidence[index], None)


def tables(
    demo_run: Run, demo_clip: Path, folder: Path, form: TableFormat, slow_motion: float = 1.0
) -> dict[str, list]:
    request = ClipRequest(demo_clip, slow_motion=slow_motion)
    estimator = Replay(load_pose(demo_run.folder / "pose.nc"))
    return json.loads(
        measure(request, Athlete(height_cm=188.6), lambda: estimator, folder, form, Protocol(), lambda *_: None)
    )


def test_the_three_forms_say_the_same(demo_run: Run, demo_clip: Path, tmp_path: Path) -> None:
    document = tables(demo_run, demo_clip, tmp_path, "json")
    assert json.loads((tmp_path / "measure.json").read_text(encoding="utf-8")) == document
    tables(demo_run, demo_clip, tmp_path, "csv")
    tables(demo_run, demo_clip, tmp_path, "parquet")
    for name in ("clips", "events", "strides", "measurements"):
        csv, parquet = pd.read_csv(tmp_path / f"{name}.csv"), pd.read_parquet(tmp_path / f"{name}.parquet")
        assert list(csv.columns) == list(parquet.columns)
        assert len(csv) == len(parquet) == len(document[name])
        numbers = parquet.select_dtypes("number").columns
        np.testing.assert_allclose(csv[numbers], parquet[numbers])


def test_tables_are_the_assessment_without_reasoning(demo_run: Run, demo_clip: Path, tmp_path: Path) -> None:
    document = tables(demo_run, demo_clip, tmp_path, "json")
    assert set(document) == {"schema", "clips", "events", "strides", "measurements"}
    rows = {row["id"]: row for row in document["measurements"]}
    for m in demo_run.assessment.measurements:
        row = rows[m.id]
        if isinstance(m.value, float):
            assert row["value"] == pytest.approx(m.value, rel=1e-6)
        else:
            assert row["class"] == m.value
        assert (row["missing_because"] is None) == (m.missing_because is None)
    assert len(document["strides"]) == sum(demo_run.assessment.clips[0].n_strides.model_dump().values())


def test_slow_motion_gives_the_runners_time(demo_run: Run, demo_clip: Path, tmp_path: Path) -> None:
    """A stated factor divides every time: steps come faster, the runner is faster."""
    real = {row["id"]: row for row in tables(demo_run, demo_clip, tmp_path, "json")["measurements"]}
    faster = {row["id"]: row for row in tables(demo_run, demo_clip, tmp_path, "json", slow_motion=1.25)["measurements"]}
    assert faster["clip1.cadence_spm.both"]["value"] == pytest.approx(
        1.25 * real["clip1.cadence_spm.both"]["value"], rel=0.002
    )
    before, after = (rows["clip1.speed_mps.both"] for rows in (real, faster))
    speed = next(m for m in demo_run.assessment.measurements if m.name == "speed_mps")
    assert speed.method_error is not None
    bias = speed.method_error.bias  # taken off both, whatever the speed
    assert after["value"] + bias == pytest.approx(1.25 * (before["value"] + bias), rel=0.02)
