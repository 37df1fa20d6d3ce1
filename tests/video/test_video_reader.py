"""Images and their true times, as phones store them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain.model.frames import Frames
from kinechain.video.reader import Orientation, VideoFrames, file_sha256, open_clip, orientation_of_matrix
from video_clips import (
    HEIGHT,
    WIDTH,
    make_clip,
    number_of,
    numbered_clip,
    painted,
    patch_edit_list,
    patch_track_matrix,
    remux,
)


def numbers(clip: Frames) -> list[int]:
    return [number_of(image) for image in clip.images()]


B_FRAMES = {"preset": "medium", "bf": "3", "b_strategy": "0"}


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "options"),
    [
        ("libx264", "yuv420p", {}),
        ("libx264", "yuv420p", B_FRAMES),
        ("libx264", "yuv420p10le", {}),
        ("libx265", "yuv420p", {}),
        ("libx265", "yuv420p10le", {}),
    ],
)
def test_every_image_comes_with_its_time(tmp_path: Path, codec: str, pix_fmt: str, options: dict[str, str]) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", 30, codec=codec, pix_fmt=pix_fmt, options=options)
    clip = open_clip(path)
    assert clip.info.n_frames == 30
    assert (clip.info.width, clip.info.height) == (WIDTH, HEIGHT)
    assert clip.info.codec == {"libx264": "h264", "libx265": "hevc"}[codec]
    np.testing.assert_allclose(clip.info.time_s, np.arange(30) / 25, atol=1e-9)
    assert clip.info.fps == pytest.approx(25)
    assert numbers(clip) == list(range(30))
    assert numbers(clip) == list(range(30)), "a second pass gives the same"


@pytest.mark.parametrize("options", [{}, B_FRAMES])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv"])
def test_variable_frame_rate_keeps_true_times(tmp_path: Path, options: dict[str, str], name: str) -> None:
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.integers(8, 60, 40))
    clip = open_clip(numbered_clip(tmp_path / name, 40, times_ms=times.tolist(), options=options))
    np.testing.assert_allclose(clip.info.time_s, (times - times[0]) / 1000, atol=6e-4)
    assert clip.info.time_s[0] == 0
    assert numbers(clip) == list(range(40))


def test_edit_list_hides_frames_at_both_ends(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", 30, options=B_FRAMES)  # B-frames make the writer add an edit list
    ticks = 16000 // 25  # media ticks a frame: the writer raises 1000 to 16000
    patch_edit_list(path, skip_ticks=7 * ticks, duration_units=12 * 40)
    clip = open_clip(path)
    shown = numbers(clip)
    assert shown[0] == 7
    assert shown == list(range(7, 7 + len(shown)))
    assert 12 <= len(shown) <= 14, "frames beyond the edit are hidden, but for what the codec's delay lets through"
    np.testing.assert_allclose(clip.info.time_s, np.arange(len(shown)) / 25, atol=1e-9)


def test_late_start_is_moved_to_zero(tmp_path: Path) -> None:
    clip = open_clip(numbered_clip(tmp_path / "clip.mp4", 10, times_ms=range(1500, 1900, 40)))
    np.testing.assert_allclose(clip.info.time_s, np.arange(10) / 25, atol=1e-9)
    assert numbers(clip) == list(range(10))


def test_slow_motion_factor_divides_time(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", 10)
    clip = open_clip(path, slow_motion=8)
    np.testing.assert_allclose(clip.info.time_s, np.arange(10) / 200, atol=1e-9)
    assert clip.info.time_scale == 8
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="slow_motion"):
            open_clip(path, slow_motion=wrong)


@pytest.mark.parametrize(
    ("matrix", "turned_back", "clockwise"),
    [  # matrix of the track header; how the coded picture is made from the upright one; what the file asks for
        ((1, 0, 0, 1), lambda image: image, 0),
        ((0, 1, -1, 0), lambda image: np.rot90(image, 1), 90),  # phone held upright
        ((-1, 0, 0, -1), lambda image: np.rot90(image, 2), 180),
        ((0, -1, 1, 0), lambda image: np.rot90(image, 3), 270),
        ((-1, 0, 0, 1), lambda image: image[:, ::-1], 0),
    ],
)
def test_rotation_of_the_container_gives_upright_images(tmp_path, matrix, turned_back, clockwise) -> None:
    coded = [np.ascontiguousarray(turned_back(painted(number))) for number in range(5)]
    path = make_clip(tmp_path / "clip.mp4", coded)
    patch_track_matrix(path, *matrix)
    clip = open_clip(path)
    assert (clip.info.width, clip.info.height) == (WIDTH, HEIGHT)
    assert clip.info.rotation_deg == clockwise
    assert numbers(clip) == list(range(5))


def test_rotation_as_the_encoder_library_writes_it(tmp_path: Path) -> None:
    coded = [np.ascontiguousarray(np.rot90(painted(number), -1)) for number in range(5)]
    clip = open_clip(make_clip(tmp_path / "clip.mp4", coded, rotation_ccw_deg=90))
    assert clip.info.rotation_deg == 270
    assert numbers(clip) == list(range(5))


@given(st.sampled_from([0, 90, 180, 270]), st.booleans(), st.integers(-20, 20))
def test_orientation_of_any_matrix_near_a_quarter_turn(clockwise: int, mirrored: bool, off_deg: int) -> None:
    angle = np.radians(clockwise + off_deg)
    a, b, c, d = np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)
    if mirrored:
        a, b = -a, -b
    orientation = orientation_of_matrix((a, b, c, d))
    assert orientation == Orientation(mirrored, clockwise // 90)
    width, height = orientation.size(40, 20)
    assert orientation.apply(np.zeros((20, 40, 3), np.uint8)).shape == (height, width, 3)


def test_stretched_pixels_are_made_square(tmp_path: Path) -> None:
    wide = [np.ascontiguousarray(painted(number)[:, ::2]) for number in range(5)]
    path = make_clip(tmp_path / "clip.mp4", wide, options={"aspect": "2:1"})
    clip = open_clip(path)
    assert (clip.info.width, clip.info.height) == (WIDTH, HEIGHT)
    assert next(clip.images()).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    ("times", "kept"),
    [
        ([0, 40, 40, 80, 120], [0, 1, 3, 4]),  # one time twice
        ([0, 40, 80, 60, 120], [0, 1, 2, 4]),  # one time falls back
        ([0, 0, 0, 40, 80], [0, 3, 4]),
    ],
)
def test_a_frame_whose_time_does_not_rise_is_dropped(tmp_path: Path, times: list[int], kept: list[int]) -> None:
    source = numbered_clip(tmp_path / "source.mp4", 5)
    dts = np.minimum.accumulate(times[::-1])[::-1]
    path = remux(source, tmp_path / "clip.mkv", list(zip(times, dts.tolist(), strict=True)), Fraction(1, 1000))
    clip = open_clip(path)
    np.testing.assert_allclose(clip.info.time_s, np.array(times)[kept] / 1000, atol=1e-9)
    assert numbers(clip) == kept


def test_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kinechain" * 300_000)
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


_PEAK = """
import resource, sys
from pathlib import Path
from kinechain.video.reader import open_clip
clip = open_clip(Path(sys.argv[1]))
count = sum(1 for _ in clip.images())
assert count == clip.info.n_frames
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    for n in (60, 600):  # 600 RGB images of this size would be 552 MB
        image = np.full((480, 640, 3), 90, np.uint8)
        path = make_clip(tmp_path / f"{n}.mp4", [image] * n)
        run = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(run.stdout))
    assert peaks[1] - peaks[0] < 30, f"peak memory [MB] of 60 and 600 frames: {peaks}"


def test_leaving_early_closes_the_file(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", 30)
    clip = open_clip(path)
    images = clip.images()
    assert number_of(next(images)) == 0
    images.close()  # type: ignore[attr-defined]
    path.unlink()
    with pytest.raises(FileNotFoundError):
        next(clip.images())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "width", "height", "n", "fps"),
    [
        ("side_treadmill_5p10mps.mp4", 1280, 720, 205, 29.97),
        ("side_treadmill_60fps.mp4", 1080, 1920, 388, 60.0),
        ("walking_side.mp4", 1768, 554, 136, 30.0),
    ],
)
def test_real_clips(shared_data: Path, name: str, width: int, height: int, n: int, fps: float) -> None:
    clip = open_clip(shared_data / "video" / name)
    assert isinstance(clip, VideoFrames)
    assert (clip.info.width, clip.info.height, clip.info.n_frames) == (width, height, n)
    assert clip.info.fps == pytest.approx(fps, abs=0.05)
    *_, image = clip.images()
    assert image.shape == (height, width, 3)
    assert image.std() > 20
