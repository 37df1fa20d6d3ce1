"""What is said about a small picture set into a clip, and about black bars."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from analytic_camera import Camera, film, frame_times
from analytic_runner import running
from kinechain.model.assessment import Segment
from kinechain.model.frames import ClipInfo
from kinechain.pipeline.clip_quality import whole_clip_cautions
from kinechain.pipeline.seeing import SeenClip
from kinechain.pipeline.segments import boxes
from kinechain.settings import Protocol
from kinechain.video.insets import Additions

TIME_S = frame_times(30.0, 2.0)
POSE = film(running(3.5), TIME_S, Camera())
LEFT, TOP, RIGHT, BOTTOM = (float(edge) for edge in np.median(boxes(POSE), axis=0))


@pytest.mark.parametrize(
    ("added", "code"),
    [
        (Additions(), None),
        (Additions((LEFT - 9, TOP - 9, RIGHT + 9, BOTTOM + 9), inset_share=0.25), "runner_in_inset"),
        (Additions((0.0, 0.0, LEFT / 2, TOP + 9), inset_share=0.25), "inset_left_out"),
        (Additions(bars=0.25), "black_bars"),
        (Additions(bars=0.02), None),
    ],
)
def test_what_was_added_to_the_picture_is_said(added: Additions, code: str | None) -> None:
    info = ClipInfo(Path("a.mp4"), 900, 700, TIME_S, 0, 1.0, "h264")
    whole = Segment(start_s=0.0, end_s=float(TIME_S[-1]))
    seen = SeenClip(info, None, POSE, (whole,), "0" * 64, additions=added)
    measured = [(SimpleNamespace(id="clip1"), SimpleNamespace(scale=None))]
    said = list(whole_clip_cautions(seen, None, measured, Protocol()))  # type: ignore[arg-type]
    assert [caution.code for caution in said] == ([] if code is None else [code])
    for caution in said:
        assert "25%" in caution.message.ja
        assert "25%" in caution.message.en
