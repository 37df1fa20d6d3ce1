"""myogait on landmarks that were found by somebody else: run by the peers' own Python, see `command.py`.

    python run_myogait.py LANDMARKS.json RESULT.json

Its own way from video to numbers with its defaults (`extract`, `normalize`, `compute_angles`, `detect_events`,
`segment_cycles`, `analyze_gait`); only its pose model is replaced by one that reads the landmarks back.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
from pathlib import Path

import myogait
import numpy as np

#: `myogait.extract` names a function, too.
extraction = importlib.import_module("myogait.extract")


class Given:
    """A pose model of myogait that returns what was seen before, image after image."""

    name = "given landmarks"
    n_landmarks = 33
    landmark_names = extraction.MP_LANDMARK_NAMES
    is_coco_format = False

    def __init__(self, landmarks: dict) -> None:
        self._frames = iter(landmarks["landmarks"])

    def setup(self) -> None:
        """Nothing to load."""

    def teardown(self) -> None:
        """Nothing to close."""

    def process_frame(self, _: np.ndarray) -> np.ndarray | None:
        """Return the next image's points, shape (33, 3): x and y from 0 to 1, visibility."""
        rows = next(self._frames, None)
        return None if rows is None else np.array(rows, dtype=float)


def run(landmarks: dict) -> dict:
    """Return what myogait says of a clip, left and right as the runner's."""
    extraction.get_extractor = lambda *_, **__: Given(landmarks)
    data = myogait.extract(landmarks["video"], model="mediapipe", show_progress=False)
    data = myogait.normalize(data)
    data = myogait.compute_angles(data)
    data = myogait.canonicalize_angle_signs(data)
    data = myogait.detect_events(data)
    cycles = myogait.segment_cycles(data)
    stats = myogait.analyze_gait(data, cycles)["spatiotemporal"]
    # a runner to the right is mirrored by `extract`, and left and right change their names with it
    letters = ("R", "L") if data["extraction"]["was_flipped"] else ("L", "R")
    names = dict(zip(("left", "right"), letters, strict=True))
    full = {"L": "left", "R": "right"}
    fps = data["meta"]["fps"]
    frames = data["angles"]["frames"]
    result = {
        "time_s": [frame["frame_idx"] / fps for frame in frames],
        "knee_deg": {side: [frame[f"knee_{letter}"] for frame in frames] for side, letter in names.items()},
        "events": [],
        "cadence_spm": stats["cadence_steps_per_min"] or None,
        "contact_time_s": {},
    }
    for side, letter in names.items():
        share, stride = stats[f"stance_pct_{full[letter]}"], stats[f"stride_time_{full[letter]}_s"]
        result["contact_time_s"][side] = None if share is None or stride is None else share / 100 * stride
        for short, kind in (("hs", "initial_contact"), ("to", "toe_off")):
            rows = data["events"].get(f"{full[letter]}_{short}", [])
            result["events"] += [{"time_s": row["frame"] / fps, "side": side, "kind": kind} for row in rows]
    return result


def main() -> None:
    """Read the landmarks, run myogait, write the result."""
    source, target = map(Path, sys.argv[1:3])
    landmarks = json.loads(source.read_text(encoding="utf-8"))
    logging.disable(logging.WARNING)
    start = time.perf_counter()
    result = run(landmarks)
    target.write_text(json.dumps(result | {"seconds": time.perf_counter() - start}), encoding="utf-8")


main()
