"""Clips with fewer frames: what each frame is made of, and that its time and truth stay."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from accuracy.rates import slower, weights
from kinechain.video.reader import open_clip
from kinechain.video.writer import VideoWriter
from phantoms.spec import ClipSpec, Picture, to_toml


def test_a_shutter_open_for_half_the_frame_is_even_about_its_time() -> None:
    assert weights(2).tolist() == [1.0]
    assert weights(4).tolist() == [0.25, 0.5, 0.25]
    for factor in (2, 4, 6, 8):
        assert weights(factor).sum() == pytest.approx(1.0)
        assert len(weights(factor)) % 2 == 1
    with pytest.raises(ValueError, match="no middle half"):
        weights(3)


def clip(folder: Path, levels: list[int]) -> None:
    spec = ClipSpec(name="c", picture=Picture(fps=120.0, duration_s=len(levels) / 120, width=64, height=64, crf=1))
    (folder / "c.toml").write_text(to_toml(spec), encoding="utf-8")
    (folder / "c.json").write_text(json.dumps({"clip": "c", "fps": 120.0, "frames": len(levels), "events": [1, 2]}))
    with VideoWriter(folder / "c.mp4", 120.0, crf=1) as writer:
        for i, level in enumerate(levels):
            writer.write(np.full((64, 64, 3), level, dtype=np.uint8), i / 120)


def test_frames_are_means_at_their_own_times(tmp_path: Path) -> None:
    levels = [40 + 4 * i for i in range(40)]
    clip(tmp_path, levels)
    assert slower(tmp_path, "c", 30.0, tmp_path / "slow") == "c_30fps"
    made = open_clip(tmp_path / "slow" / "c_30fps.mp4")
    seen = [float(image.mean()) for image in made.images()]
    # a ramp's mean about a frame is the frame; the first has no frame before it and counts itself twice
    assert seen[1:] == pytest.approx([levels[i] for i in range(4, 40, 4)], abs=2.5)
    assert made.info.time_s == pytest.approx(np.arange(10) / 30, abs=1e-4)


def test_the_truth_stays_but_for_the_frame_rate(tmp_path: Path) -> None:
    clip(tmp_path, [90] * 40)
    slower(tmp_path, "c", 60.0, tmp_path / "slow")
    truth = json.loads((tmp_path / "slow" / "c_60fps.json").read_text(encoding="utf-8"))
    assert truth == {"clip": "c_60fps", "fps": 60.0, "frames": 20, "events": [1, 2]}
