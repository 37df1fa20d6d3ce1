"""Slow motion from what cameras write into the container."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kinechain.video.reader import open_clip
from kinechain.video.slow_motion import recorded_capture_fps, recorded_time_scale
from video_clips import numbered_clip

TAGS = {"movflags": "use_metadata_tags"}


def android_clip(path: Path, capture_fps: float, *, as_float: bool = True) -> Path:
    """A clip of 25 frames/s with Android's key; phones write a 32-bit float, editors that copy it a text."""
    numbered_clip(
        path,
        30,
        container_options=TAGS,
        metadata={"com.android.capture.fps": "@@@@" if as_float else f"{capture_fps:.6f}"},
    )
    if as_float:
        data = path.read_bytes()
        old = struct.pack(">II", 1, 0) + b"@@@@"  # type 1: text
        assert data.count(old) == 1
        path.write_bytes(data.replace(old, struct.pack(">II", 23, 0) + struct.pack(">f", capture_fps)))
    return path


@pytest.mark.parametrize("as_float", [True, False])
def test_android_writes_its_rate(tmp_path: Path, as_float: bool) -> None:
    clip = open_clip(android_clip(tmp_path / "phone.mp4", 100.0, as_float=as_float))
    assert clip.info.time_scale == clip.info.recorded_time_scale == 4.0
    assert clip.info.fps == pytest.approx(100.0)


def test_a_stated_factor_wins(tmp_path: Path) -> None:
    clip = open_clip(android_clip(tmp_path / "phone.mp4", 100.0), slow_motion=2.0)
    assert clip.info.time_scale == 2.0
    assert clip.info.recorded_time_scale == 4.0
    assert clip.info.fps == pytest.approx(50.0)


def test_a_clip_played_as_it_was_taken(tmp_path: Path) -> None:
    clip = open_clip(android_clip(tmp_path / "phone.mp4", 25.0))
    assert clip.info.time_scale == clip.info.recorded_time_scale == 1.0


def test_a_clip_that_says_nothing(tmp_path: Path) -> None:
    clip = open_clip(numbered_clip(tmp_path / "plain.mp4"))
    assert clip.info.recorded_time_scale is None
    assert clip.info.time_scale == 1.0


@pytest.mark.parametrize(
    ("capture_fps", "played_fps", "factor"),
    [
        (240.0, 30000 / 1001, 8.0),  # nominal rates
        (120.0, 30.0, 4.0),
        (960.0, 30.0, 32.0),
        (100.0, 40.0, 2.5),
        (30.0, 24.6, 1.0),  # the camera took fewer pictures in the dark
        (10.0, 30.0, 1.0),  # time-lapse: nobody runs in it
        (240.0, 239.98, 1.0),
        (None, 30.0, None),
    ],
)
def test_factor_of_rates(capture_fps: float | None, played_fps: float, factor: float | None) -> None:
    assert recorded_time_scale(capture_fps, 1 / played_fps) == factor


@pytest.mark.parametrize("value", ["", "fast", "nan", "-30", "0", "inf"])
def test_a_rate_that_is_none(value: str) -> None:
    assert recorded_capture_fps({"com.android.capture.fps": value}) is None
