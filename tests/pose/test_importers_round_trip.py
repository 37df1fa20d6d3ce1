"""What `export` writes comes back through `assess`: same events, same measurements, no weights needed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner, Result

from kinechain.cli import app
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.model.pose import save_pose
from kinechain.pipeline.export import EXPORTERS
from point_files import filmed, openpose_folder, openpose_person, trc_text, with_toes

FPS = 60.0


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def assessed(points: Path, out: Path, *options: object) -> Assessment:
    result = run("assess", points, "--out", out, "--lang", "en", *options)
    assert result.exit_code == 0, result.output
    return read_assessment(out / "assessment.json")


@pytest.fixture(scope="module")
def pose() -> xr.Dataset:
    return filmed(8.0, fps=FPS, px_per_m=300.0)


@pytest.fixture(scope="module")
def athlete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("athlete") / "athlete.toml"
    path.write_text("[athlete]\nheight_cm = 175\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def first(pose: xr.Dataset, athlete: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an assessment with a pose.nc: of the points in px, as Sports2D writes them."""
    folder = tmp_path_factory.mktemp("first")
    source = folder / "sports2d.trc"
    source.write_text(trc_text(with_toes(pose), pose["time"].values, rate=FPS), encoding="utf-8")
    assessed(source, folder / "out", "--athlete", athlete)
    return folder / "out"


def agree(a: Assessment, b: Assessment) -> None:
    """Check that events lie within a frame of one another and measurements within their intervals."""
    assert len(a.events) == len(b.events)
    for x, y in zip(a.events, b.events, strict=True):
        assert (x.side, x.kind) == (y.side, y.kind)
        assert abs(x.time_s - y.time_s) < 1 / FPS
    compared = 0
    for x, y in zip(a.measurements, b.measurements, strict=True):
        assert (x.name, x.side) == (y.name, y.side)
        if isinstance(x.value, str) or x.value is None or x.low is None or x.high is None:
            assert x.value == y.value, x.name
            continue
        assert isinstance(y.value, float)
        slack = 1e-3 * max(1.0, abs(x.value))  # the analytic runner's strides do not scatter: intervals are points
        assert x.low - slack <= y.value <= x.high + slack, (x.name, x.side)
        compared += 1
    assert compared > 25


@pytest.mark.parametrize("kind", ["trc", "c3d"])
def test_an_export_is_assessed_as_the_clip_was(kind: str, first: Path, athlete: Path, tmp_path: Path) -> None:
    (path,) = EXPORTERS[kind](first)  # type: ignore[index]
    again = assessed(path, tmp_path / "out", "--athlete", athlete)
    before = read_assessment(first / "assessment.json")
    assert before.clips[0].scale_source == "athlete_height"
    assert again.clips[0].scale_source == "points_file"
    agree(before, again)


def test_what_is_written_without_a_picture(first: Path) -> None:
    names = {path.name for path in first.iterdir()}
    assert names >= {"assessment.json", "report.ja.html", "report.en.html", "pose.nc", "frames"}
    assert "overlay.mp4" not in names
    assert not list((first / "frames").iterdir())
    page = (first / "report.en.html").read_text(encoding="utf-8")
    assert "There are no pictures and no video: this was measured from a file of body points." in page
    assert "写真と動画はありません" in (first / "report.ja.html").read_text(encoding="utf-8")
    assert "<video" not in page


def test_provenance_and_cautions_name_the_source(first: Path) -> None:
    assessment = read_assessment(first / "assessment.json")
    assert assessment.provenance.estimator == "points of a .trc file (m)"
    assert assessment.provenance.model_sha256 == {}
    codes = {caution.code for caution in assessment.cautions}
    assert "points_from_file" in codes
    assert "points_without_shoulders" not in codes
    assert all(m.method_error is None for m in assessment.measurements)
    assert assessment.clips[0].view == "side_right"


def test_no_weights_are_needed(pose: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINECHAIN_MODELS", str(tmp_path / "nothing"))
    points = with_toes(pose)
    folder = openpose_folder(tmp_path / "json", [[openpose_person(points, i)] for i in range(len(pose["time"]))])
    assert run("measure", folder, "--out", tmp_path / "out", "--fps", FPS).exit_code == 0
    assert (tmp_path / "out" / "measure.json").is_file()
    refused = run("measure", folder, "--out", tmp_path / "none", "--lang", "en")
    assert refused.exit_code == 18
    assert "[points_rate_unknown]" in refused.stderr
    assert "--fps" in refused.stderr
    assert not (tmp_path / "none").exists()


def test_without_shoulders_only_what_needs_them_is_missing(pose: xr.Dataset, athlete: Path, tmp_path: Path) -> None:
    names = [f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "heel", "big_toe")]
    path = tmp_path / "legs.trc"
    path.write_text(trc_text(with_toes(pose), pose["time"].values, rate=FPS, names=names), encoding="utf-8")
    assessment = assessed(path, tmp_path / "out", "--athlete", athlete)
    values = {(m.name, m.side): m for m in assessment.measurements}
    needing = {"trunk_lean_deg", "hip_flexion_ic_deg", "hip_flexion_excursion_deg", "vertical_oscillation_m"}
    for (name, side), row in values.items():
        if name in needing:
            assert row.value is None, (name, side)
            assert row.missing_because is not None
    assert values["knee_flexion_peak_deg", "left"].value is not None
    assert values["stride_length_m", "left"].value is None  # height ÷ leg and trunk needs the trunk
    assert "points_without_shoulders" in {caution.code for caution in assessment.cautions}
    assert assessment.clips[0].view == "side_right"


def test_a_view_that_contradicts_is_refused(first: Path, tmp_path: Path) -> None:
    (path,) = EXPORTERS["trc"](first)
    refused = run("assess", path, "--view", "side_left", "--out", tmp_path / "out", "--lang", "en")
    assert refused.exit_code == 24
    assert not (tmp_path / "out").exists()


def test_several_people_are_said(pose: xr.Dataset, tmp_path: Path) -> None:
    points = with_toes(pose)
    other = {name: 0.4 * xy + np.array([900.0, 100.0]) for name, xy in points.items()}
    people = [[openpose_person(other, i), openpose_person(points, i)] for i in range(len(pose["time"]))]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"fps": FPS, "frames": [{"people": both} for both in people]}), encoding="utf-8")
    assessment = assessed(path, tmp_path / "out")
    told = [c.message.en for c in assessment.cautions if c.code == "points_several_people"]
    assert len(told) == 1
    assert "2 people" in told[0]


@pytest.mark.parametrize(("option", "value"), [("--fps", "0"), ("--fps", "1e9"), ("--picture-size", "wide")])
def test_impossible_options_are_refused(option: str, value: str, first: Path, tmp_path: Path) -> None:
    (path,) = EXPORTERS["trc"](first)
    refused = run("measure", path, option, value, "--out", tmp_path / "out")
    assert refused.exit_code == 41
    assert not (tmp_path / "out").exists()


def test_a_pose_of_our_own_estimator_goes_through_files_too(pose: xr.Dataset, first: Path, tmp_path: Path) -> None:
    """The trc in px of a pose whose scale is unknown comes back as it was, y turned over and back."""
    folder = tmp_path / "folder"
    folder.mkdir()
    save_pose(pose, folder / "pose.nc")
    unscaled = json.loads((first / "assessment.json").read_text(encoding="utf-8"))
    unscaled["clips"][0]["metres_per_px"] = unscaled["clips"][0]["scale_source"] = None
    (folder / "assessment.json").write_text(json.dumps(unscaled), encoding="utf-8")
    (path,) = EXPORTERS["trc"](folder)
    again = assessed(path, tmp_path / "out")
    assert again.clips[0].scale_source is None
    assert abs(len(again.events) - len(unscaled["events"])) <= 1
