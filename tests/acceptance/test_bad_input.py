"""Bad input: its own error code, a sentence that says what to do, its exit status, and nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from kinechain.cli import app
from kinechain.model.frames import Image
from kinechain.pose.weights import WeightFiles
from kinechain.video.reader import open_clip
from kinechain.video.writer import VideoWriter

Maker = Callable[[Path], Path]


def write_clip(path: Path, images: list[Image], fps: float = 30.0) -> Path:
    with VideoWriter(path, fps) as video:
        for number, image in enumerate(images):
            video.write(image, number / fps)
    return path


def demo_images(n: int, demo_clip: Path, every: int = 1) -> list[Image]:
    return [image for index, image in zip(range(n * every), open_clip(demo_clip).images()) if index % every == 0]  # noqa: B905


def empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "text.mp4"
    path.write_text("this is not a video\n" * 200, encoding="utf-8")
    return path


def sound(folder: Path) -> Path:
    path = folder / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def one_frame(folder: Path) -> Path:
    return write_clip(folder / "one.mp4", [np.full((240, 320, 3), 128, np.uint8)])


def noise(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    return write_clip(folder / "noise.mp4", [rng.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(45)])


def nobody(folder: Path) -> Path:
    wall = np.broadcast_to(np.linspace(40, 200, 320)[None, :, None], (240, 320, 3)).astype(np.uint8)
    return write_clip(folder / "nobody.mp4", [wall] * 45)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result, code: str, status: int, out: Path) -> None:
    """Check that a request ended with its error, with advice, and that nothing was left behind."""
    assert result.exit_code == status, result.output
    assert f"[{code}]" in result.stderr
    assert len(result.stderr.strip().splitlines()) >= 3  # the sentence, what to do, the code
    assert "Traceback" not in result.output
    assert not out.exists()
    assert not list(out.parent.glob(".kinechain-*"))


@pytest.mark.weights
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("make", "code", "status"),
    [
        (lambda folder: folder / "missing.mp4", "file_missing", 10),
        (lambda folder: folder, "not_a_file", 11),
        (empty, "file_empty", 12),
        (text, "not_a_video", 13),
        (sound, "no_video_stream", 14),
        (one_frame, "clip_too_short", 16),
        (noise, "no_person", 20),
        (nobody, "no_person", 20),
    ],
)
def test_files_that_show_no_runner(
    tmp_path: Path, weights: WeightFiles, make: Maker, code: str, status: int, lang: str
) -> None:
    out = tmp_path / "out"
    refused(run("assess", make(tmp_path), "--out", out, "--lang", lang), code, status, out)


@pytest.mark.weights
def test_a_cut_off_file(tmp_path: Path, weights: WeightFiles, demo_clip: Path) -> None:
    path, out = tmp_path / "cut.mp4", tmp_path / "out"
    path.write_bytes(demo_clip.read_bytes()[:200_000])
    refused(run("assess", path, "--out", out), "file_truncated", 15, out)


@pytest.mark.weights
def test_a_person_who_stands(tmp_path: Path, weights: WeightFiles, demo_clip: Path) -> None:
    (image,) = demo_images(1, demo_clip)
    rng = np.random.default_rng(2)
    still = [np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8) for _ in range(45)]
    out = tmp_path / "out"
    refused(run("assess", write_clip(tmp_path / "still.mp4", still), "--out", out), "no_running", 21, out)


@pytest.mark.weights
@pytest.mark.shared
def test_a_person_who_walks(tmp_path: Path, weights: WeightFiles, shared_data: Path) -> None:
    out = tmp_path / "out"
    refused(run("assess", shared_data / "video" / "walking_side.mp4", "--out", out), "walking", 22, out)


@pytest.mark.weights
def test_fifteen_frames_a_second(tmp_path: Path, weights: WeightFiles, demo_clip: Path) -> None:
    slow = write_clip(tmp_path / "slow.mp4", demo_images(45, demo_clip, every=4), fps=15)
    out = tmp_path / "out"
    refused(run("assess", slow, "--out", out), "frame_rate_too_low", 25, out)


@pytest.mark.weights
def test_a_view_from_behind_is_not_measured_as_a_side_view(
    tmp_path: Path, weights: WeightFiles, demo_clip: Path
) -> None:
    rear = write_clip(tmp_path / "rear.mp4", demo_images(75, demo_clip.with_name("demo_rear.mp4")), fps=60)
    out = tmp_path / "out"
    refused(run("assess", rear, "--view", "side_left", "--out", out), "view_contradicted", 24, out)


@pytest.mark.weights
def test_a_view_that_the_picture_contradicts(tmp_path: Path, weights: WeightFiles, demo_clip: Path) -> None:
    clip = write_clip(tmp_path / "right.mp4", demo_images(90, demo_clip), fps=60)
    out = tmp_path / "out"
    refused(run("assess", clip, "--view", "side_left", "--out", out), "view_contradicted", 24, out)


@pytest.mark.parametrize(
    "content",
    [
        "[athlete]\nheight_cm = 1786\n",
        "[athlete]\nheight_cm = 1.786\n",
        "[athlete]\nmass_kg = 0\n",
        "[athlete]\nage_y = -3\n",
        '[athlete]\nsex = "m"\n',
        "[athlete]\nheight = 178\n",
        "[athlete]\nheight_cm = nan\n",
        "[runner]\nheight_cm = 178\n",
        "height_cm 178",
    ],
)
def test_absurd_athletes(tmp_path: Path, demo_clip: Path, content: str) -> None:
    athlete, out = tmp_path / "athlete.toml", tmp_path / "out"
    athlete.write_text(content, encoding="utf-8")
    refused(run("assess", demo_clip, "--athlete", athlete, "--out", out), "athlete_invalid", 40, out)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[intake]\nside = "right"\ntrigger_x = "pace"\n', ("line 3", "trigger_x", "trigger")),
        ('[intake]\nside = "middle"\n', ("line 2", "side", "left")),
        ("[intake]\n\nweekly_km = -5\n", ("line 3", "weekly_km")),
        ('[intake]\nrf_limp = "perhaps"\n', ("line 2", "rf_limp")),
        ("[athlete]\nheight_cm = 178\n", ("[intake]",)),
        ("side = right", ("line 1",)),
    ],
)
def test_wrong_intakes_name_the_line(tmp_path: Path, demo_clip: Path, content: str, told: tuple[str, ...]) -> None:
    intake, out = tmp_path / "intake.toml", tmp_path / "out"
    intake.write_text(content, encoding="utf-8")
    result = run("assess", demo_clip, "--intake", intake, "--out", out, "--lang", "en")
    refused(result, "intake_invalid", 43, out)
    assert all(word in result.stderr for word in told), result.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("--speed", "40"), ("--speed", "-3"), ("--slow-motion", "0"), ("--speed", "nan")]
)
def test_impossible_options(tmp_path: Path, demo_clip: Path, option: str, value: str) -> None:
    out = tmp_path / "out"
    refused(run("assess", demo_clip, option, value, "--out", out), "option_invalid", 41, out)


@pytest.mark.parametrize("command", ["assess", "measure"])
def test_unknown_view_is_wrong_use(tmp_path: Path, demo_clip: Path, command: str) -> None:
    result = run(command, demo_clip, "--view", "from_above", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "side_left" in result.output  # what it could be


def test_missing_weights_name_the_command_that_gets_them(
    tmp_path: Path, demo_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINECHAIN_MODELS", str(tmp_path / "nothing"))
    out = tmp_path / "out"
    result = run("assess", demo_clip, "--out", out, "--lang", "en")
    refused(result, "model_missing", 30, out)
    assert "kinechain models fetch" in result.stderr


@pytest.mark.weights
def test_output_that_cannot_be_written(tmp_path: Path, weights: WeightFiles, demo_clip: Path) -> None:
    out = tmp_path / "file"
    out.write_text("mine", encoding="utf-8")
    result = run("assess", demo_clip, "--out", out)
    assert result.exit_code == 2
    assert "[output_not_writable]" in result.stderr
    assert out.read_text(encoding="utf-8") == "mine"


def test_an_error_reaches_a_script_as_json(tmp_path: Path) -> None:
    result = run("export", tmp_path, "--to", "csv", "--json", "-")
    assert result.exit_code == 19
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "assessment_file_invalid"
    assert error["exit_status"] == 19
    assert set(error["message"]) == set(error["hint"]) == {"ja", "en"}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": "kinechain.assessment/9"}', "\x00\x01", '{"schema": NaN}']
)
def test_damaged_assessments(tmp_path: Path, content: str) -> None:
    (tmp_path / "assessment.json").write_text(content, encoding="utf-8")
    result = run("export", tmp_path, "--to", "csv")
    assert result.exit_code == 19
    assert "[assessment_file_invalid]" in result.stderr
