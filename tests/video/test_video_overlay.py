"""The overlay video and what is drawn on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_runner import GREY, HEIGHT, POINTS, WIDTH, between, colours_near, grey_clip, shows, standing_pose

from kinechain.errors import OutputNotWritable
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.pose import Flag
from kinechain.model.skeleton import KEYPOINTS
from kinechain.video.codecs import available_codecs
from kinechain.video.drawing import BLACK, SIDE_COLOURS, Bodies, blur_face, dashes, draw_body, runner_height_px
from kinechain.video.overlay import contact_marks, draw_frame, write_overlay
from kinechain.video.reader import open_clip
from kinechain.video.timebar import TimeBar
from kinechain.video.writer import VideoWriter
from video_clips import numbered_clip

LEFT, RIGHT = SIDE_COLOURS["left"], SIDE_COLOURS["right"]
NO_EVENTS = GaitEvents(())


def grey() -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), GREY, np.uint8)


def drawn(pose, frame: int = 0) -> np.ndarray:
    image = grey()
    draw_body(image, Bodies(pose)[frame])
    return image


def step(start: float, end: float, side: str, confidence: float = 1.0) -> tuple[GaitEvent, GaitEvent]:
    return (
        GaitEvent(start, side, "initial_contact", confidence),  # type: ignore[arg-type]
        GaitEvent(end, side, "toe_off", confidence),  # type: ignore[arg-type]
    )


def ink(image: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(image.astype(int) - colour).max(axis=2) <= 12).sum())


# --- skeleton --------------------------------------------------------------------------------------------------------


def test_sides_have_their_colours_and_the_trunk_is_black() -> None:
    image = drawn(standing_pose())
    for a, b in (("hip", "knee"), ("shoulder", "elbow"), ("ankle", "toe")):
        assert shows(image, between(f"left_{a}", f"left_{b}"), LEFT)
        assert not shows(image, between(f"left_{a}", f"left_{b}"), RIGHT)
        assert shows(image, between(f"right_{a}", f"right_{b}"), RIGHT)
        assert not shows(image, between(f"right_{a}", f"right_{b}"), LEFT)
    assert shows(image, between("left_shoulder", "left_hip"), BLACK)
    assert shows(image, between("left_hip", "right_hip"), BLACK)
    assert LEFT == (0x00, 0x72, 0xB2)
    assert RIGHT == (0xD5, 0x5E, 0x00)


def test_mirrored_names_swap_the_colours() -> None:
    pose = standing_pose()
    names = [{"left": "right", "right": "left"}.get(n.split("_")[0], "") + n[n.find("_") :] for n in KEYPOINTS]
    swap = {name: other if other in KEYPOINTS else name for name, other in zip(KEYPOINTS, names, strict=True)}
    image = drawn(pose.assign_coords(keypoint=[swap[name] for name in KEYPOINTS]))
    assert shows(image, between("left_hip", "left_knee"), RIGHT)
    assert shows(image, between("right_hip", "right_knee"), LEFT)


def test_the_right_side_is_dashed_and_the_left_solid() -> None:
    image = drawn(standing_pose())
    along = np.linspace(0.15, 0.85, 60)
    solid = [shows(image, between("left_hip", "left_knee", s), LEFT, reach=1) for s in along]
    dashed = [shows(image, between("right_hip", "right_knee", s), RIGHT, reach=1) for s in along]
    assert all(solid)
    assert 0.25 < np.mean(dashed) < 0.95


def test_the_far_side_is_thinner() -> None:
    seen = {view: drawn(standing_pose(view=view)) for view in ("side_left", "side_right", "front")}
    assert ink(seen["side_left"], RIGHT) < 0.85 * ink(seen["front"], RIGHT)
    assert ink(seen["side_left"], LEFT) == pytest.approx(ink(seen["front"], LEFT), rel=0.06)
    assert ink(seen["side_right"], LEFT) < 0.85 * ink(seen["front"], LEFT)


@pytest.mark.parametrize("flag", [Flag.OUT_OF_PICTURE, Flag.GUESSED, Flag.ABSENT])
def test_points_that_are_not_usable_are_not_drawn(flag: Flag) -> None:
    pose = standing_pose()
    pose["flag"].loc[{"keypoint": "left_ankle"}] = flag
    image = drawn(pose)
    assert (colours_near(image, between("left_knee", "left_ankle", 0.8)) == GREY).all()
    assert shows(image, between("left_hip", "left_knee"), LEFT)


def test_nobody_there_leaves_the_picture_alone() -> None:
    pose = standing_pose(3)
    pose["position"].values[1] = np.nan
    pose["raw_position"].values[1] = np.nan
    pose["flag"].values[1] = Flag.ABSENT
    image = grey()
    draw_frame(image, Bodies(pose)[1], contact_marks(GaitEvents(step(0.0, 0.04, "left")), pose["time"].values)[1])
    blur_face(image, Bodies(pose)[1])
    assert (image == GREY).all()
    pose["position"].values[:] = np.nan
    assert runner_height_px(pose) == 0


@pytest.mark.parametrize("flag", [Flag.SWAPPED, Flag.SPIKE])
def test_repaired_points_have_a_square(flag: Flag) -> None:
    pose = standing_pose()
    pose["flag"].loc[{"keypoint": "left_wrist"}] = flag
    changed = np.argwhere((drawn(pose) != drawn(standing_pose())).any(axis=2))
    x, y = POINTS["left_wrist"]
    extent = np.abs(changed - (y, x)).max(axis=0)
    assert 3 < extent[0] < 20
    assert 3 < extent[1] < 20


def test_dashes_start_and_end_on_the_line() -> None:
    start, end = (0.0, 0.0), (30.0, 40.0)
    parts = dashes(start, end, 5, 4)
    np.testing.assert_allclose(parts[0][0], start)
    np.testing.assert_allclose(parts[-1][1], end)
    lengths = [float(np.hypot(*np.subtract(b, a))) for a, b in parts]
    np.testing.assert_allclose(lengths, lengths[0])
    assert len(parts) == 6
    assert len(dashes(start, start, 5, 4)) == 1


# --- contacts and time -----------------------------------------------------------------------------------------------


def test_marks_say_when_a_foot_is_on_the_ground() -> None:
    times = np.arange(20) / 50
    marks = contact_marks(GaitEvents((*step(0.1, 0.2, "left"), *step(0.25, 0.3, "right", 0.3))), times)
    on_ground = {side: [any(m.on_ground and m.side == side for m in f) for f in marks] for side in ("left", "right")}
    assert [i for i, on in enumerate(on_ground["left"]) if on] == [5, 6, 7, 8, 9, 10]
    assert [i for i, on in enumerate(on_ground["right"]) if on] == [13, 14, 15]
    flashes = {i: m for i, f in enumerate(marks) for m in f if m.flash and m.side == "left"}
    assert flashes[5].flash == "initial_contact"
    assert flashes[10].flash == "toe_off"
    assert 7 not in flashes
    assert all(m.hollow == (m.side == "right") for f in marks for m in f)


def test_an_event_between_slow_frames_still_flashes() -> None:
    marks = contact_marks(GaitEvents((GaitEvent(0.26, "left", "toe_off"),)), np.arange(5) / 10)
    assert [len(frame) for frame in marks] == [0, 0, 0, 1, 0]


def below(side: str) -> tuple[float, float]:
    (hx, _), (tx, ty) = POINTS[f"{side}_heel"], POINTS[f"{side}_toe"]
    return (hx + tx) / 2, ty + 3.2 * 480 / 160 + 1


@pytest.mark.parametrize("confidence", [1.0, 0.4])
def test_contact_mark_lies_under_the_foot_that_is_down(confidence: float) -> None:
    pose = standing_pose()
    marks = contact_marks(GaitEvents(step(0.1, 0.3, "left", confidence)), pose["time"].values)
    down, up = grey(), grey()
    draw_frame(down, Bodies(pose)[10], marks[10])
    draw_frame(up, Bodies(pose)[0], marks[0])
    changed = (down != up).any(axis=2)
    ys, xs = np.nonzero(changed)
    assert xs.max() < WIDTH / 2, "only the left foot has a mark"
    assert ys.min() >= POINTS["left_toe"][1] - 2
    x, y = below("left")
    filled = np.abs(down[round(y), round(x)].astype(int) - LEFT).max() <= 12
    assert filled == (confidence >= 0.5)


def test_rings_flash_around_the_foot_at_events() -> None:
    pose = standing_pose()
    marks = contact_marks(GaitEvents(step(0.1, 0.3, "right")), pose["time"].values)
    bodies = Bodies(pose)
    images = {index: grey() for index in (5, 10, 15)}
    for index, image in images.items():
        draw_frame(image, bodies[index], marks[index])
    quiet = ink(images[10], RIGHT)
    assert ink(images[5], RIGHT) > quiet + 100
    assert ink(images[15], RIGHT) > quiet + 60


def test_time_bar_has_a_row_for_each_foot_and_a_cursor() -> None:
    bar = TimeBar(GaitEvents((*step(0.2, 0.4, "left"), *step(0.6, 0.8, "right"))), 1.0, 720, 60)
    strips = {}
    for time in (0.0, 0.5, 1.0):
        strips[time] = np.zeros((60, 720, 3), np.uint8)
        bar.draw(strips[time], time)
    rows = {c: np.argwhere((strips[0.0][:, 190:] == c).all(axis=2))[:, 0].mean() for c in (LEFT, RIGHT)}
    assert rows[LEFT] < 30 < rows[RIGHT]
    columns = {c: np.argwhere((strips[0.0][:, 190:] == c).all(axis=2))[:, 1].mean() for c in (LEFT, RIGHT)}
    assert columns[LEFT] < columns[RIGHT]
    cursor = {t: int(np.argwhere((s[:, 170:] == 0).all(axis=(0, 2)))[0, 0]) for t, s in strips.items()}
    assert cursor[0.0] < cursor[0.5] < cursor[1.0]
    assert abs(cursor[0.0] + cursor[1.0] - 2 * cursor[0.5]) <= 2


def test_time_bar_turns_pages_in_long_clips() -> None:
    bar = TimeBar(GaitEvents(step(12.0, 13.0, "left")), 30.0, 720, 60)
    strip = np.zeros((60, 720, 3), np.uint8)
    seen = {}
    for time in (5.0, 12.5, 25.0):
        bar.draw(strip, time)
        seen[time] = ink(strip[:, 190:], LEFT)
    assert seen[12.5] > 100
    assert seen[5.0] == seen[25.0] == 0


# --- the file --------------------------------------------------------------------------------------------------------


def test_overlay_has_the_frames_and_times_of_the_clip(tmp_path: Path) -> None:
    times = np.concatenate([[0.0], np.cumsum(np.random.default_rng(3).uniform(0.01, 0.05, 24))])
    clip = grey_clip(time_s=times)
    pose = standing_pose(25).assign_coords(time=times)
    done: list[int] = []
    write_overlay(
        clip,
        pose,
        GaitEvents(step(0.2, 0.4, "left")),
        tmp_path / "overlay.mp4",
        on_image=lambda index, _: done.append(index + 1),
    )
    overlay = open_clip(tmp_path / "overlay.mp4")
    np.testing.assert_allclose(overlay.info.time_s, times, atol=1e-5)
    images = list(overlay.images())
    assert len(images) == 25
    assert done == list(range(1, 26))
    assert images[0].shape[1] == WIDTH
    assert images[0].shape[0] > HEIGHT, "the time bar lies below the picture"
    assert shows(images[3], between("left_hip", "left_knee"), LEFT, off=60)
    assert shows(images[3], between("right_hip", "right_knee", 0.42), RIGHT, reach=6, off=60)
    assert [path.name for path in tmp_path.iterdir()] == ["overlay.mp4"]


def test_large_pictures_are_made_smaller_and_points_follow(tmp_path: Path) -> None:
    write_overlay(
        grey_clip(3, scale=2), standing_pose(3, scale=2), NO_EVENTS, tmp_path / "o.mp4", max_short_side_px=400
    )
    image = next(open_clip(tmp_path / "o.mp4").images())
    assert image.shape[1] == WIDTH
    assert shows(image, between("left_hip", "left_knee"), LEFT, off=60)


def test_overlay_of_a_file_keeps_image_and_time_together(tmp_path: Path) -> None:
    clip = open_clip(numbered_clip(tmp_path / "clip.mp4", 12, options={"preset": "medium", "bf": "2"}))
    pose = standing_pose(12)
    pose["flag"].values[:] = Flag.ABSENT
    write_overlay(clip, pose, NO_EVENTS, tmp_path / "overlay.mp4")
    for number, image in enumerate(open_clip(tmp_path / "overlay.mp4").images()):
        bits = [image[8, 16 * bit + 8].mean() > 128 for bit in range(10)]
        assert sum(1 << bit for bit, on in enumerate(bits) if on) == number


def test_pose_of_another_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="19 frames, the clip 20"):
        write_overlay(grey_clip(20), standing_pose(19), NO_EVENTS, tmp_path / "o.mp4")
    assert list(tmp_path.iterdir()) == []


def test_face_is_hidden_only_when_asked_and_only_the_face() -> None:
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    body = Bodies(standing_pose())[0]
    plain, hidden = noise.copy(), noise.copy()
    draw_frame(plain, body, ())
    draw_frame(hidden, body, (), hide_face=True)
    face = np.s_[48:58, 165:180]  # free of lines
    assert (plain[face] == noise[face]).all()
    assert hidden[face].std() < 0.3 * noise[face].std()
    assert (plain[280:] == hidden[280:]).all()
    blurred = noise.copy()
    blur_face(blurred, body)
    assert (blurred[:, :80] == noise[:, :80]).all()


def test_face_is_hidden_where_points_are_flagged_too() -> None:
    pose = standing_pose()
    head = [name for name in KEYPOINTS if name.split("_")[-1] in ("nose", "eye", "ear")]
    pose["position"].loc[{"keypoint": head}] = np.nan
    pose["flag"].loc[{"keypoint": head}] = Flag.GUESSED
    image = np.random.default_rng(4).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    before = image.copy()
    blur_face(image, Bodies(pose)[0])
    assert (image[55:65, 195:205] != before[55:65, 195:205]).any()


# --- the writer ------------------------------------------------------------------------------------------------------


def test_writer_leaves_nothing_after_an_error(tmp_path: Path) -> None:
    def interrupted() -> None:
        with VideoWriter(tmp_path / "clip.mp4", 25) as video:
            for number in range(10):
                video.write(grey(), number / 25)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_writer_keeps_an_older_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"old")
    with VideoWriter(path, 25) as video:
        video.write(grey(), 0.0)
        video.write(grey(), 0.5)
        assert path.read_bytes() == b"old"
    assert open_clip(path).info.time_s.tolist() == [0.0, 0.5]
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first"


def test_writer_makes_odd_sizes_even_and_refuses_falling_times(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, 25) as video:
        video.write(np.full((97, 161, 3), 200, np.uint8), 0.0)
        video.write(np.full((97, 161, 3), 200, np.uint8), 0.1)
        with pytest.raises(ValueError, match="rise"):
            video.write(np.full((97, 161, 3), 200, np.uint8), 0.1)
    info = open_clip(path).info
    assert (info.width, info.height, info.n_frames) == (160, 96, 2)


def test_writer_without_frames_makes_no_file(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "clip.mp4", 25):
        pass
    assert list(tmp_path.iterdir()) == []


def test_writer_says_when_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable), VideoWriter(tmp_path / "nowhere" / "clip.mp4", 25):
        pass


def test_writer_says_when_the_disk_is_full(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    images = np.random.default_rng(6).integers(0, 255, (40, 240, 320, 3), dtype=np.uint8)

    def fill() -> None:
        with VideoWriter(tmp_path / "clip.mp4", 25) as video:
            for number, image in enumerate(images):
                video.write(image, number / 25)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputNotWritable):
            fill()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_this_installation_has_the_codecs() -> None:
    report = available_codecs()
    assert report.decode == {"h264": True, "hevc": True}
    assert report.encode == {"libx264": True}
    assert report.complete
    assert report.versions["PyAV"]
    assert report.versions["libavcodec"].count(".") == 2
