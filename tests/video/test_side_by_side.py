"""Before and after beside one another: contacts coincide, and nothing is shown where there is no stride."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinechain.video.reader import open_clip
from kinechain.video.side_by_side import images_at, phases, write_side_by_side
from video_clips import make_clip


def test_contacts_of_both_fall_into_the_same_picture() -> None:
    a, b = np.array([0.2, 0.9, 1.6]), np.array([1.0, 1.6, 2.3])
    one, two = phases(a, b, 30 * 4)
    assert len(one) == len(two)
    for contact, other in zip(a[:2], b[:2], strict=True):
        assert two[np.flatnonzero(one == contact)] == pytest.approx([other])
    assert (np.diff(one) > 0).all()
    assert (np.diff(two) > 0).all()


def test_the_video_shows_both_in_step(tmp_path: Path) -> None:
    clips = []
    for name in ("a", "b"):
        images = [np.full((64, 48, 3), 8 * i % 250, np.uint8) for i in range(60)]
        make_clip(tmp_path / f"{name}.mp4", images, times_ms=[round(1000 * i / 30) for i in range(60)])
        clips.append(open_clip(tmp_path / f"{name}.mp4", None))
    shown = list(images_at(clips[0], np.array([0.0, 0.5, 0.5, 1.0])))
    assert [round(float(image.mean()) / 8) for image in shown] == pytest.approx([0, 15, 15, 30], abs=1)
    out = tmp_path / "both.mp4"
    assert write_side_by_side(clips[0], clips[1], ([0.1, 0.8], [0.3, 1.0, 1.7]), out, height_px=64) == 1
    # 0.7 s of running, four times slower, at 30 pictures a second
    made = open_clip(out, None).info
    assert (made.width, made.height, made.n_frames) == (48 + 4 + 48, 64, 84)


def test_without_a_stride_nothing_is_written(tmp_path: Path) -> None:
    images = [np.full((64, 48, 3), 8 * i % 250, np.uint8) for i in range(30)]
    make_clip(tmp_path / "a.mp4", images, times_ms=[round(1000 * i / 30) for i in range(30)])
    clip = open_clip(tmp_path / "a.mp4", None)
    assert write_side_by_side(clip, clip, ([0.1], [0.1, 0.8]), tmp_path / "both.mp4") == 0
    assert not (tmp_path / "both.mp4").exists()
