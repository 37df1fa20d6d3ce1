"""Files of running watches: real ones, damaged ones, foreign ones; and what they answer in the intake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kinechain.cli import app
from kinechain.errors import (
    EmptyFile,
    FileMissing,
    NotAFile,
    WatchFileInvalid,
    WatchFileNotARun,
    WatchFileTooLarge,
)
from kinechain.load.sessions import Run
from kinechain.pipeline.fit_file import FitLimits, read_runs
from kinechain.pipeline.training import with_runs

START = datetime(2026, 5, 31, 7, tzinfo=UTC)


@pytest.fixture
def fit(shared_data: Path) -> Path:
    return shared_data / "fit"


@pytest.mark.shared
def test_a_run_with_contact_time_of_the_session(fit: Path) -> None:
    (run,) = read_runs(fit / "fitparse_activity-small-fenix2-run.fit")
    assert run.start == datetime(2015, 8, 15, 14, 45, 8, tzinfo=UTC)
    assert (run.distance_km, run.duration_s, run.contact_s) == pytest.approx((9.00822, 2832.0, 0.252))
    assert run.cadence_spm == pytest.approx(162.0)


@pytest.mark.shared
def test_counted_strides_go_before_the_mean_rate(fit: Path) -> None:
    (run,) = read_runs(fit / "fitparse_garmin-fenix-5-run.fit")
    assert run.steps == pytest.approx(2 * 78)


@pytest.mark.shared
def test_contact_time_of_the_records_where_the_session_has_none(fit: Path) -> None:
    (run,) = read_runs(fit / "fitparse_developer-types-sample.fit")
    assert run.contact_s == pytest.approx(0.348, abs=0.001)


@pytest.mark.shared
@pytest.mark.parametrize("end", [1, 10, 14, 200, 3000, 5596])
def test_a_file_cut_off_is_refused(fit: Path, tmp_path: Path, end: int) -> None:
    cut = tmp_path / "cut.fit"
    cut.write_bytes((fit / "fitparse_garmin-fenix-5-run.fit").read_bytes()[:end])
    with pytest.raises(WatchFileInvalid):
        read_runs(cut)


@pytest.mark.shared
def test_a_damaged_file_is_refused_wherever_the_damage_is(fit: Path, tmp_path: Path) -> None:
    whole = np.frombuffer((fit / "fitparse_garmin-fenix-5-run.fit").read_bytes(), dtype=np.uint8)
    rng = np.random.default_rng(5)
    path = tmp_path / "damaged.fit"
    for place in rng.integers(14, len(whole) - 2, 60):
        damaged = whole.copy()
        damaged[place] ^= np.uint8(1 << rng.integers(8))
        path.write_bytes(damaged.tobytes())
        with pytest.raises(WatchFileInvalid):
            read_runs(path)


@pytest.mark.shared
def test_more_than_an_activity_holds_is_refused(fit: Path) -> None:
    path = fit / "fitparse_garmin-fenix-5-run.fit"
    for limits in (FitLimits(bytes=1000), FitLimits(messages=20)):
        with pytest.raises(WatchFileTooLarge):
            read_runs(path, limits)
    with pytest.raises(WatchFileNotARun):
        read_runs(path, FitLimits(distance_km=(1.0, 170.0)))


@pytest.mark.parametrize("content", [b"hello", b"\x00" * 4000, b'<?xml version="1.0"?><gpx/>' * 50, b".FIT" * 9])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.fit"
    path.write_bytes(content)
    with pytest.raises(WatchFileInvalid):
        read_runs(path)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_runs(tmp_path / "none.fit")
    with pytest.raises(NotAFile):
        read_runs(tmp_path)
    (tmp_path / "empty.fit").touch()
    with pytest.raises(EmptyFile):
        read_runs(tmp_path / "empty.fit")


def _run(days_ago: float, km: float) -> Run:
    return Run(START - timedelta(days=days_ago), km, km * 300, km * 850, 0.24)


def _codes(intake: dict[str, object], *runs: Run) -> tuple[dict[str, object], set[str]]:
    answers, cautions = with_runs(intake, runs)
    return answers, {caution.code for caution in cautions}


SHOWN = {"watch_step_rate", "watch_contact_time"}


def test_runs_answer_what_was_left_open() -> None:
    answers, codes = _codes({"side": "right"}, _run(0, 12.0), _run(10, 9.0), _run(40, 20.0))
    assert answers == {"side": "right", "last_run_km": 12.0, "longest_run_30d_km": 9.0}
    assert codes == {"watch_last_run_taken", "watch_longest_run_taken", "watch_session_weighed", *SHOWN}


def test_answers_win_over_the_watch() -> None:
    answers, codes = _codes({"last_run_km": 5, "longest_run_30d_km": 0}, _run(0, 12.0), _run(10, 9.0))
    assert answers == {"last_run_km": 5, "longest_run_30d_km": 0}
    assert codes == {"watch_answers_given", "watch_session_weighed", *SHOWN}


def test_one_run_leaves_the_longest_open() -> None:
    answers, codes = _codes({}, _run(0, 12.0))
    assert answers == {"last_run_km": 12.0}
    assert codes == {"watch_last_run_taken", "watch_longest_run_unknown", *SHOWN}


def test_without_files_nothing_changes() -> None:
    assert with_runs({"last_run_km": 3}, ()) == ({"last_run_km": 3}, ())


def test_a_bad_file_ends_the_command_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "run.fit").write_bytes(b"hello")
    out = tmp_path / "out"
    command = ["assess", str(tmp_path / "clip.mp4"), "--watch", str(tmp_path / "run.fit"), "--out", str(out)]
    result = CliRunner().invoke(app, [*command, "--lang", "en"])
    assert result.exit_code == 45
    assert "[watch_file_invalid]" in result.stderr
    assert not out.exists()
