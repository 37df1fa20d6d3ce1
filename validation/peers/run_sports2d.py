"""Sports2D on landmarks that were found by somebody else: run by the peers' own Python, see `command.py`.

    python run_sports2d.py LANDMARKS.json RESULT.json

Sports2D reads points of a picture from a .trc in px (`load_trc_px`) in place of its own pose estimation; everything
else is its default. It gives angles over time and no contacts.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from Sports2D import Sports2D

#: Point of Sports2D ← point of BlazePose, and its number there.
POINTS = {
    "Nose": 0,
    "LShoulder": 11,
    "RShoulder": 12,
    "LElbow": 13,
    "RElbow": 14,
    "LWrist": 15,
    "RWrist": 16,
    "LHip": 23,
    "RHip": 24,
    "LKnee": 25,
    "RKnee": 26,
    "LAnkle": 27,
    "RAnkle": 28,
    "LHeel": 29,
    "RHeel": 30,
    "LBigToe": 31,
    "RBigToe": 32,
}


def write_trc(landmarks: dict, path: Path) -> None:
    """Write the points as Sports2D writes its own: px, y downwards, z 0."""
    names, fps, frames = list(POINTS), landmarks["fps"], landmarks["points_px"]
    head = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        head,
        "\t".join(map(str, (fps, fps, len(frames), len(names), "px", fps, 0, len(frames)))),
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)),
    ]
    for number, points in enumerate(frames):
        cells = [f"{'' if c is None else c}" for index in POINTS.values() for c in (*points[index], 0.0)]
        lines.append("\t".join([str(number), str(number / fps), *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def config(landmarks: dict, trc: Path, folder: Path) -> dict:
    """Return what differs from Sports2D's defaults: no windows, no pictures, the points given."""
    video = Path(landmarks["video"])
    return {
        "base": {
            "video_input": video.name,
            "video_dir": str(video.parent),
            "result_dir": str(folder),
            "load_trc_px": str(trc),
            "nb_persons_to_detect": 1,
            "person_ordering_method": "highest_likelihood",
            "first_person_height": landmarks["height_m"],
            "visible_side": ["auto"],
            "show_realtime_results": False,
            "save_vid": False,
            "save_img": False,
            "save_pose": True,
            "calculate_angles": True,
            "save_angles": True,
        },
        "post-processing": {"show_graphs": False, "save_graphs": False},
    }


def read_angles(folder: Path) -> dict:
    """Return time and knee flexion of the .mot that Sports2D left."""
    path = next(folder.rglob("*angles*person00*.mot"))
    text = path.read_text(encoding="utf-8").split("endheader\n")[1]
    lines = [line.split() if i else line.split("\t") for i, line in enumerate(text.strip().splitlines())]
    table = pd.DataFrame([list(map(float, line)) for line in lines[1:]], columns=[name.strip() for name in lines[0]])
    column = {name.lower().replace("_", " "): name for name in table}
    knees = {side: table[column[f"{side} knee"]] for side in ("left", "right")}
    return {
        "time_s": table[column["time"]].tolist(),
        "knee_deg": {side: [None if pd.isna(v) else v for v in values] for side, values in knees.items()},
    }


def main() -> None:
    """Read the landmarks, run Sports2D, write the result."""
    source, target = map(Path, sys.argv[1:3])
    landmarks = json.loads(source.read_text(encoding="utf-8"))
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        trc = Path(folder) / "landmarks_px.trc"
        write_trc(landmarks, trc)
        start = time.perf_counter()
        Sports2D.process(config(landmarks, trc, Path(folder)))
        seconds = time.perf_counter() - start
        result = read_angles(Path(folder))
    target.write_text(json.dumps(result | {"seconds": seconds}), encoding="utf-8")


main()
