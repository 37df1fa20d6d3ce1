"""Files that cannot be used: each its own error, as early as possible."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import disguised_files
from kinechain import errors
from kinechain.video.boxes import picture_code, top_level_boxes
from kinechain.video.containers import HEAD_BYTES, begins_as_video
from kinechain.video.reader import open_clip
from video_clips import make_clip, make_sound, number_of, numbered_clip, painted


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    with pytest.raises(errors.FileMissing):
        open_clip(tmp_path / "nothing.mp4")
    with pytest.raises(errors.NotAFile):
        open_clip(tmp_path)
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(errors.EmptyFile):
        open_clip(tmp_path / "empty.mp4")


@pytest.mark.parametrize(
    "content",
    [
        b"This is a letter, not a clip.\n" * 50,
        "走ると\nふくらはぎが痛い。\n".encode() * 50,
        b"\0" * 5000,
        np.random.default_rng(5).bytes(300_000),
        b"<html><body>404</body></html>",
        b"a",
    ],
    ids=["text", "japanese", "zeros", "noise", "html", "one byte"],
)
def test_what_is_no_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(errors.NotAVideo) as caught:
        open_clip(path)
    assert str(path) in caught.value.message.ja


@pytest.mark.parametrize("kind", [".png", ".jpg", ".bmp", ".webp", ".tiff"])
def test_still_pictures_are_no_video(tmp_path: Path, kind: str) -> None:
    still, path = tmp_path / f"still{kind}", tmp_path / "clip.mp4"
    assert cv2.imwrite(str(still), painted(3))
    still.rename(path)
    with pytest.raises(errors.NotAVideo):
        open_clip(path)


@pytest.mark.parametrize("name", ["sound.mp4", "sound.m4a", "sound.mkv", "sound.aac"])
def test_sound_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.NoVideoStream):
        open_clip(make_sound(tmp_path / name))


def test_cover_picture_is_no_video_stream(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    _, jpeg = cv2.imencode(".jpg", painted(1))
    with av.open(str(make_sound(tmp_path / "plain.mp4"))) as old, av.open(str(path), "w") as new:
        sound = new.add_stream_from_template(old.streams.audio[0])
        cover = new.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 160, 96, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.Packet(jpeg.tobytes())
        picture.stream, picture.pts, picture.dts = cover, 0, 0
        new.mux(picture)
        for packet in old.demux(old.streams.audio[0]):
            if packet.size:
                packet.stream = sound
                new.mux(packet)
    with pytest.raises(errors.NoVideoStream):
        open_clip(path)


def test_one_frame_is_too_short(tmp_path: Path) -> None:
    with pytest.raises(errors.ClipTooShort) as caught:
        open_clip(numbered_clip(tmp_path / "clip.mp4", 1))
    assert caught.value.details["frames"] == 1
    assert open_clip(numbered_clip(tmp_path / "two.mp4", 2)).info.n_frames == 2


def test_unknown_coding(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", 5)
    assert picture_code(path) == "avc1"
    path.write_bytes(path.read_bytes().replace(b"avc1", b"xyz1"))
    with pytest.raises(errors.UnsupportedCodec) as caught:
        open_clip(path)
    assert caught.value.details["codec"] == "xyz1"


def test_without_a_frame(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(disguised_files.without_frames())
    with pytest.raises(errors.ClipTooShort) as caught:
        open_clip(path)
    assert caught.value.details["frames"] == 0


def test_pictures_that_would_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "clip.mov"
    path.write_bytes(disguised_files.bomb())
    assert path.stat().st_size < 2 << 20
    with pytest.raises(errors.PictureTooLarge) as caught:
        open_clip(path)
    assert (caught.value.details["width"], caught.value.details["height"]) == (15_000, 15_000)
    path.write_bytes(disguised_files.bomb(7680, 4320, 2))
    assert open_clip(path).info.width == 7680, "what phones film is read"


def test_pictures_that_grow_within_a_clip_are_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "clip.mov"
    path.write_bytes(disguised_files.bomb(small_first=20))
    with pytest.raises(errors.TruncatedFile) as caught:
        list(open_clip(path).images())
    assert caught.value.details == {"path": path, "decoded": 20, "expected": 40}


@pytest.mark.parametrize("kind", [".mp4", ".mov", ".mkv", ".avi", ".webm", ".ts", ".m2ts", ".wmv"])
def test_a_container_is_known_by_its_first_bytes(tmp_path: Path, kind: str) -> None:
    written = tmp_path / f"clip{kind}"
    with av.open(str(written), "w") as container:
        stream = container.add_stream({".webm": "libvpx", ".wmv": "wmv2"}.get(kind, "mpeg4"), rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(30):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(painted(number), format="rgb24")))
        container.mux(stream.encode())
    assert begins_as_video(written.read_bytes()[:HEAD_BYTES])


@pytest.mark.parametrize("content", disguised_files.disguised().values(), ids=disguised_files.disguised())
def test_what_is_no_container_is_known_by_its_first_bytes(content: bytes) -> None:
    assert not begins_as_video(content[:HEAD_BYTES])


def noisy_clip(path: Path, n: int = 60, **how: object) -> Path:
    rng = np.random.default_rng(2)
    images = [painted(number) for number in range(n)]
    for image in images:
        image[40:60] = rng.integers(0, 255, (20, 160, 3))
    return make_clip(path, images, options={"g": "10"}, **how)  # type: ignore[arg-type]


def cut(path: Path, ratio: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(ratio * len(data))])
    return path


@pytest.mark.parametrize("ratio", [0.02, 0.3, 0.6, 0.95])
@pytest.mark.parametrize(
    "layout",
    [{}, {"movflags": "+faststart"}, {"movflags": "+frag_keyframe+empty_moov"}],
    ids=["index last", "index first", "fragments"],
)
def test_a_cut_off_file_is_told_when_opened(tmp_path: Path, ratio: float, layout: dict[str, str]) -> None:
    path = noisy_clip(tmp_path / "clip.mp4", container_options=layout)
    assert open_clip(path).info.n_frames == 60, "whole, it is fine"
    with pytest.raises(errors.TruncatedFile) as caught:
        open_clip(cut(path, ratio))
    assert caught.value.message.ja


def test_cut_off_file_says_how_much_is_there(tmp_path: Path) -> None:
    path = noisy_clip(tmp_path / "clip.mp4", container_options={"movflags": "+faststart"})
    with pytest.raises(errors.TruncatedFile) as caught:
        open_clip(cut(path, 0.5))
    assert caught.value.details["expected"] == 60
    assert 15 < int(str(caught.value.details["decoded"])) < 40


def test_a_few_missing_bytes_at_the_end_are_forgiven(tmp_path: Path) -> None:
    path = noisy_clip(tmp_path / "clip.mp4", container_options={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[:-20])
    clip = open_clip(path)
    seen = [number_of(image) for image in clip.images()]
    assert len(seen) == clip.info.n_frames >= 58
    assert seen[:58] == list(range(58))


def test_trailing_bytes_do_no_harm(tmp_path: Path) -> None:
    path = noisy_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes() + b"\0" * 100)
    assert open_clip(path).info.n_frames == 60


@pytest.mark.parametrize("fill", [b"\0", b"\xff"])
def test_damage_inside_is_told_while_reading(tmp_path: Path, fill: bytes) -> None:
    path = noisy_clip(tmp_path / "clip.mp4", container_options={"movflags": "+faststart"})
    data = bytearray(path.read_bytes())
    media = next(box for box in top_level_boxes(path) if box.kind == "mdat")
    start, length = media.start + (media.end - media.start) // 3, (media.end - media.start) // 3
    data[start : start + length] = fill * length
    path.write_bytes(data)
    clip = open_clip(path)
    good = []
    with pytest.raises(errors.TruncatedFile) as caught:
        good.extend(number_of(image) for image in clip.images())
    assert caught.value.details["expected"] == 60
    assert good[:15] == list(range(15))


def test_boxes_of_other_files_are_none(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "clip.mkv", 3)
    assert top_level_boxes(path) == ()
    assert picture_code(path) is None
    with pytest.raises(errors.TruncatedFile):
        open_clip(cut(path, 0.01))


def test_cut_exactly_before_the_index(tmp_path: Path) -> None:
    path = noisy_clip(tmp_path / "clip.mp4")
    index = next(box for box in top_level_boxes(path) if box.kind == "moov")
    path.write_bytes(path.read_bytes()[: index.start])
    with pytest.raises(errors.TruncatedFile):
        open_clip(path)


def test_pictures_that_decode_with_faults_count_as_lost(tmp_path: Path) -> None:
    path = noisy_clip(tmp_path / "clip.mp4", container_options={"movflags": "+faststart"})
    with av.open(str(path)) as container:
        spans = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data, rng = bytearray(path.read_bytes()), np.random.default_rng(0)
    for at, size in spans[20:40]:
        for byte in range(at + size // 2, min(at + size // 2 + 60, at + size)):
            data[byte] ^= int(rng.integers(1, 255))
    path.write_bytes(data)
    with pytest.raises(errors.TruncatedFile):
        list(open_clip(path).images())
