"""Clips as people film them: cuts, a paused and panned screen recording in slow motion, and other encodings."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from conftest import Run
from kinechain.model.athlete import Athlete
from kinechain.pipeline.assess import assess_session
from kinechain.pipeline.clip import MeasuredClip, measure_clip
from kinechain.pipeline.clip_store import ClipStore
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pipeline.session import read_session
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.weights import WeightFiles
from kinechain.settings import Protocol
from kinechain.video.insets import Additions, InsetWatcher
from kinechain.video.reader import open_clip
from kinechain.video.scene import Scene, SceneWatcher
from possible_angles import impossible_angles

ROOT = Path(__file__).resolve().parents[2]


def scene_of(path: Path) -> Scene:
    watcher = SceneWatcher()
    for index, image in enumerate(open_clip(path).images()):
        watcher.look(index, image)
    return watcher.scene()


@pytest.mark.parametrize("mirrored", [False, True])
def test_no_clip_of_a_phone_has_an_inset_or_bars(shared_data: Path, demo_clip: Path, mirrored: bool) -> None:
    for path in (*sorted((shared_data / "video").glob("*.mp4")), *sorted(demo_clip.parent.glob("*.mp4"))):
        clip = open_clip(path)
        watcher = InsetWatcher(clip.info.n_frames)
        for index, image in enumerate(clip.images()):
            watcher.look(index, image[:, ::-1] if mirrored else image)
        assert watcher.additions() == Additions(), path.name


def measured(path: Path, weights: WeightFiles, slow_motion: float | None = None) -> tuple[MeasuredClip, ...]:
    protocol = Protocol()
    estimator = BlazePose(weights, protocol.estimator)
    request = ClipRequest(path, slow_motion=slow_motion)
    return measure_clip(request, Athlete(), lambda: estimator, protocol, lambda *_: None, Stopwatch())


def value(clip: MeasuredClip, name: str, side: str = "both") -> float:
    (found,) = (m.value for m in clip.gait.measurements if (m.name, m.side) == (name, side))
    assert isinstance(found, float)
    return found


@pytest.mark.shared
def test_the_cuts_of_a_clip_of_five_paces(shared_data: Path) -> None:
    """Looked at frame by frame: there the sky, the runner's pose or the pace on screen jump."""
    scene = scene_of(shared_data / "video" / "side_five_paces.mp4")
    assert scene.cuts == pytest.approx((62, 205, 345, 524), abs=3)
    assert not scene.repeated.any()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["side_treadmill_5p10mps", "walking_side", "rear_overground"])
def test_a_fixed_camera_has_no_cuts(shared_data: Path, name: str) -> None:
    scene = scene_of(shared_data / "video" / f"{name}.mp4")
    assert scene.cuts == ()
    assert scene.repeated_ratio < 0.02


@pytest.mark.weights
@pytest.mark.shared
def test_five_paces(shared_data: Path, weights: WeightFiles) -> None:
    clips = measured(shared_data / "video" / "side_five_paces.mp4", weights)
    assert [clip.id for clip in clips] == [f"clip1.{number}" for number in range(1, 6)]
    cadences = [value(clip, "cadence_spm") for clip in clips]
    assert cadences[:4] == sorted(cadences[:4])
    assert 150 < cadences[0] < cadences[3] < 205
    contact = {clip.id: value(clip, "contact_time_s", "left") for clip in clips[1:4]}
    assert list(contact.values()) == sorted(contact.values(), reverse=True)  # shorter the faster
    assert {clip.view.view for clip in clips} == {"side_right"}
    assert any(c.code.startswith("camera_") for clip in clips for c in clip.cautions)


@pytest.mark.weights
@pytest.mark.shared
def test_five_paces_as_one_session(shared_data: Path, weights: WeightFiles, tmp_path: Path) -> None:
    """Parts of one file as clips: what changes with pace stands beside its error, and nothing is claimed beyond it."""
    path = shared_data / "video" / "side_five_paces.mp4"
    cuts = (0.0, 2.067, 6.833, 11.5, 17.467, 22.3)
    paces = ("6:30/km", "5:15/km", "3:45/km", "3:00/km", "2:10/km")
    entries = [
        f'[[clip]]\npath = "{path}"\nfrom_s = {start}\nto_s = {end}\npace = "{pace}"\n'
        for start, end, pace in zip(cuts[:-1], cuts[1:], paces, strict=True)
    ]
    (tmp_path / "session.toml").write_text("\n".join(entries), encoding="utf-8")
    protocol, out = Protocol(), tmp_path / "out"
    out.mkdir()
    estimator = BlazePose(weights, protocol.estimator)
    session = read_session(tmp_path / "session.toml")
    store = ClipStore(tmp_path / "kept")
    found = assess_session(session, lambda: estimator, store, out, protocol=protocol, progress=lambda *_: None)
    assert [clip.id for clip in found.clips] == [f"clip{number}" for number in range(1, 6)]
    assert sum(clip.frames for clip in found.clips) == open_clip(path).info.n_frames
    paces_compared = [c for c in found.contrasts if c.kind == "pace"]
    faster = {(c.name, c.side): c for c in paces_compared if c.clips[1] == "clip5"}
    contact, cadence = faster["contact_time_s", "left"], faster["cadence_spm", "both"]
    assert contact.high is not None
    assert cadence.low is not None
    assert contact.high < 0 < cadence.low, "shorter and quicker the faster"
    for contrast in paces_compared:
        assert contrast.low is not None
        assert contrast.high is not None
        assert contrast.value is not None
        assert contrast.low < contrast.value < contrast.high
        assert contrast.verdict != "real", "nothing goes further than in the reference runners"
        assert contrast.clips[1] != "clip5" or contrast.verdict == "unclear", "none of them ran 2:10 min/km"
    assert {c.verdict for c in paces_compared if c.clips[1] == "clip3"} == {"none"}
    assert not any(c.code == "pace_contradicted" for c in found.cautions)
    assert not impossible_angles(found.measurements)


@pytest.mark.weights
@pytest.mark.shared
def test_a_panned_screen_recording(shared_data: Path, weights: WeightFiles) -> None:
    """Paused at first, then a moment at normal speed, then four times slower; every sixth picture is shown twice."""
    path = shared_data / "video" / "side_panning_duplicates.mp4"
    (clip,) = measured(path, weights, slow_motion=4.0)
    assert clip.part.quality.duplicated_frames_ratio == pytest.approx(0.27, abs=0.015)
    assert {"duplicated_frames", "camera_moves"} <= {c.code for c in clip.cautions}
    (segment,) = clip.part.segments
    assert segment.start_s * 4 > 1.0  # the paused start is cut off
    contacts = [e.time_s for e in clip.gait.events if e.kind == "initial_contact"]
    assert min(contacts) > segment.start_s
    assert np.diff(contacts) == pytest.approx(np.full(len(contacts) - 1, 0.314), abs=0.02)
    assert value(clip, "cadence_spm") == pytest.approx(191, abs=4)


@contextmanager
def validation(name: str) -> Iterator[ModuleType]:
    """A script of the validation folder as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "validation" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


@pytest.mark.weights
def test_the_same_run_stored_in_another_way(
    tmp_path: Path, weights: WeightFiles, demo_clip: Path, demo_run: Run
) -> None:
    """HEVC, half the frame rate, turned with a rotation flag, and four times slower, all at once."""
    with validation("check_reencoding") as script:
        variant = script.Variant("libx265", window=script._turned, every=2, slower=4, turn_deg=-90)
        path = script.write_variant(demo_clip, variant, tmp_path / "copy.mp4", 260)
        (clip,) = measured(path, weights, slow_motion=4.0)
        found = script.agreement(demo_run.assessment.measurements, clip.gait.measurements)
    assert len(found.ratios) >= 25
    assert found.agreeing >= 0.9 * len(found.ratios), found.ratios
    assert clip.part.fps == pytest.approx(30, abs=0.5)
