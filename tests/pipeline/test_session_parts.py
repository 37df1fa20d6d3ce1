"""Parts of one file as clips of a session: only the part is read, and parts that overlap count once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from grey_films import FPS, SPEEDS, KnowsTheRunner, write_films
from session_files import assessed, write_clip, write_session

from analytic_runner import running
from kinechain.errors import PartOutsideClip, SessionInvalid
from kinechain.model.frames import FilePart
from kinechain.pipeline.clip_store import ClipStore
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pipeline.session import read_session
from kinechain.settings import Protocol
from kinechain.video.reader import file_sha256, open_clip
from video_clips import number_of, numbered_clip


def test_a_part_holds_its_pictures_and_no_others(tmp_path: Path) -> None:
    clip = open_clip(numbered_clip(tmp_path / "a.mp4", 200, options={"g": "30", "bf": "2"}))
    for start, stop in ((0, 20), (37, 90), (150, 200)):
        part = clip.of(FilePart(start / 25, stop / 25))
        assert [number_of(image) for image in part.images()] == list(range(start, stop))
        np.testing.assert_allclose(part.info.time_s, np.arange(stop - start) / 25)
    assert clip.of(FilePart(4.0)).info.n_frames == 100
    with pytest.raises(PartOutsideClip):
        clip.of(FilePart(8.5))


def test_a_part_is_named_in_the_seconds_of_the_player(tmp_path: Path) -> None:
    slowed = open_clip(numbered_clip(tmp_path / "a.mp4", 100), slow_motion=4.0).of(FilePart(1.0, 3.0))
    assert [number_of(image) for image in slowed.images()] == list(range(25, 75))
    assert slowed.info.duration_s == pytest.approx(49 / 100)


def test_parts_of_one_file_are_clips_and_overlapping_ones_are_named(tmp_path: Path) -> None:
    write_clip(tmp_path / "long.trc", running(3.0))
    parts = [
        "to_s = 2.5",
        "from_s = 2.5\nto_s = 5.0",
        "from_s = 2.4\nto_s = 3.0",
        "from_s = 2.5\nto_s = 5.0",
        "from_s = 90",
    ]
    clips = [f'path = "long.trc"\nview = "side_right"\n{part}' for part in parts]
    found = assessed(write_session(tmp_path, clips), tmp_path / "o")
    assert [clip.id for clip in found.clips] == ["clip1", "clip2"]
    places = [clip.part for clip in found.clips]
    assert [(round(p.start_s, 2), round(p.end_s, 2)) for p in places if p is not None] == [(0.0, 2.49), (2.5, 4.99)]
    named = [(c.code, c.clip) for c in found.cautions if c.code.startswith(("clip_parts", "clip_twice", "clip_left"))]
    assert named == [("clip_parts_overlap", "clip3"), ("clip_twice", "clip4"), ("clip_left_out", "clip5")]
    assert all(event.time_s < 2.6 for event in found.events)


def test_a_part_must_end_after_it_begins(tmp_path: Path) -> None:
    with pytest.raises(SessionInvalid):
        read_session(write_session(tmp_path, ['path = "a.mp4"\nfrom_s = 3\nto_s = 2']))


def test_each_part_is_seen_and_kept_for_itself(tmp_path: Path) -> None:
    grey = min(SPEEDS)
    write_films(tmp_path, [grey])
    clip, store, estimator = tmp_path / f"{grey}.mp4", ClipStore(tmp_path / "store"), KnowsTheRunner()

    def look(part: FilePart) -> int:
        request = ClipRequest(clip, view="side_right", part=part)
        seen = store.see(request, file_sha256(clip), lambda: estimator, Protocol(), lambda *_: None, Stopwatch())
        return seen.info.n_frames

    first, second = look(FilePart(0.0, 1.5)), look(FilePart(1.5, 3.0))
    assert first == second == round(1.5 * FPS) == estimator.images / 2
    assert look(FilePart(0.0, 1.5)) == first
    assert estimator.images == first + second
