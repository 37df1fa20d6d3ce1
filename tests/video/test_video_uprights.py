"""The camera's roll from uprights: known scenes, what must not mislead, and when nothing is said."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinechain.model.frames import Image
from kinechain.video.uprights import UprightParameters, UprightsWatcher

HEIGHT, WIDTH = 720, 540
NOBODY = np.full((4, 4), np.nan)
RUNNER = np.tile([200.0, 100.0, 340.0, 680.0], (4, 1))


def scene(leans_deg: dict[int, float], *, lines: tuple[tuple[int, int, int, int], ...] = ()) -> Image:
    """Draw boards whose edges lean, by their place across the picture, and other lines."""
    image = np.full((HEIGHT, WIDTH, 3), 200, dtype=np.uint8)
    for x, lean in leans_deg.items():
        dx = (HEIGHT - 200) * np.tan(np.radians(lean))
        board = np.array([[x, 600], [x + dx, 600 - 520], [x + dx + 30, 600 - 520], [x + 30, 600]])
        cv2.fillPoly(image, [np.round(board * 16).astype(np.int32)], (90, 80, 70), cv2.LINE_AA, 4)
    for a, b, c, d in lines:
        cv2.line(image, (a, b), (c, d), (20, 20, 20), 6, cv2.LINE_AA)
    return image


def lean_of(image: Image, boxes: np.ndarray = RUNNER) -> float | None:
    watcher = UprightsWatcher(4, UprightParameters(frames=4))
    for index in range(4):
        watcher.look(index, image)
    return watcher.lean_deg(boxes)


@pytest.mark.parametrize("lean", [-5.0, -1.5, 0.0, 2.0, 6.0])
def test_posts_tell_the_roll(lean: float) -> None:
    assert lean_of(scene({30: lean, 110: lean, 400: lean, 470: lean})) == pytest.approx(lean, abs=0.25)


def test_a_pitched_camera_is_read_at_the_runner() -> None:
    """Uprights that fan out, by 6° over a picture's height: at the runner, in the middle, they lean by 1°."""
    leans = {x: 1.0 + 6.0 * (x + 15 - 270) / HEIGHT for x in (20, 90, 390, 480)}
    assert lean_of(scene(leans)) == pytest.approx(1.0, abs=0.5)


def test_mirroring_turns_the_lean_round() -> None:
    image = scene({40: 2.5, 430: 2.5, 480: 2.5})
    there, back = lean_of(image), lean_of(np.ascontiguousarray(image[:, ::-1]))
    assert there is not None
    assert back is not None
    assert back == pytest.approx(-there, abs=0.2)


def test_a_leaning_frame_does_not_outweigh_walls() -> None:
    slanted = ((120, 600, 175, 330),)  # the console of a treadmill, 11.5°
    assert lean_of(scene({30: 0.0, 400: 0.0, 470: 0.0}, lines=slanted)) == pytest.approx(0.0, abs=0.4)


def test_the_runner_is_no_upright() -> None:
    leaning_body = scene({}, lines=((250, 600, 300, 200), (280, 600, 330, 200), (230, 620, 280, 220)))
    assert lean_of(leaning_body) is None


def test_nothing_upright_says_nothing() -> None:
    assert lean_of(scene({})) is None
    grass = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert lean_of(grass) is None


def test_uprights_that_disagree_say_nothing() -> None:
    assert lean_of(scene({20: -9.0, 100: 8.0, 380: -3.0, 450: 9.0})) is None


def test_without_a_runner_nothing_is_said() -> None:
    assert lean_of(scene({30: 2.0, 110: 2.0, 470: 2.0}), NOBODY) is None
