"""What each system says of a clip, in one form: the product here, the others by scripts in their own environment."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accuracy.compare import measured
from kinechain.gait.angles import body_angles
from kinechain.gait.sagittal import to_sagittal
from kinechain.model.skeleton import SIDES, Side
from kinechain.settings import Protocol

Array = NDArray[np.float64]

#: Name of a peer → its script and the package whose version is told.
PEERS = {"Sports2D": "run_sports2d.py", "myogait": "run_myogait.py"}
PRODUCT = "kinechain"


@dataclass(frozen=True)
class Answer:
    """What one system says of one clip.

    Parameters
    ----------
    time_s, knee_deg : knee flexion over time; its own filter, nothing taken off [s], [deg]
    events : time [s], side, kind; None where the system has none
    peak_deg : peak of stance as it is printed, where a system prints one
    seconds : from clip and landmarks to numbers
    """

    time_s: Array
    knee_deg: Mapping[Side, Array]
    seconds: float
    events: tuple[tuple[float, Side, str], ...] | None = None
    cadence_spm: float | None = None
    contact_time_s: Mapping[Side, float | None] = field(default_factory=dict)
    peak_deg: Mapping[Side, float | None] = field(default_factory=dict)


def product_answer(folder: Path, name: str, poses: Path, truth: dict[str, Any]) -> Answer:
    """Return the product's answer from landmarks that are kept.

    Raises
    ------
    KinechainError
    """
    start = time.perf_counter()
    clip = measured(folder / f"{name}.mp4", poses / f"{name}.npz", truth)
    seconds = time.perf_counter() - start
    smoothing = Protocol().gait.smoothing
    pose = clip.seen.measurable(clip.part.segments[0])
    motion = to_sagittal(pose, clip.view.facing, smoothing.angles_hz, smoothing)
    if motion is None:
        raise ValueError(f"{name}: no runner")
    legs = body_angles(motion, clip.gait.events).legs
    printed = {(m.name, m.side): m.value for m in clip.gait.measurements if isinstance(m.value, float)}
    return Answer(
        time_s=motion.time_s,
        knee_deg={side: legs[side].knee_flexion for side in SIDES},
        seconds=seconds,
        events=tuple((event.time_s, event.side, event.kind) for event in clip.gait.events),
        cadence_spm=printed.get(("cadence_spm", "both")),
        contact_time_s={side: printed.get(("contact_time_s", side)) for side in SIDES},
        peak_deg={side: printed.get(("knee_flexion_peak_deg", side)) for side in SIDES},
    )


def peer_answer(script: str, python: Path, video: Path, kept: Path, truth: dict[str, Any]) -> Answer:
    """Return what a peer says, run by another Python on landmarks that are kept.

    Raises
    ------
    RuntimeError
        Where the peer ends without a result: its last line.
    """
    with tempfile.TemporaryDirectory() as folder:
        landmarks, result = Path(folder) / "landmarks.json", Path(folder) / "result.json"
        landmarks.write_text(json.dumps(_landmarks(video, kept, truth)), encoding="utf-8")
        command = [str(python), str(Path(__file__).with_name(script)), str(landmarks), str(result)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not result.is_file():
            raise RuntimeError((done.stderr.strip().splitlines() or ["no result"])[-1])
        return _answer(json.loads(result.read_text(encoding="utf-8")))


def _landmarks(video: Path, kept: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """Return the estimator's points as the peers' scripts read them: in px, and as shares of the picture."""
    seen = np.load(kept)
    points, confidence = seen["position"].astype(np.float64), seen["confidence"].astype(np.float64)
    found = np.isfinite(points).all(axis=(1, 2))
    shares = np.concatenate([points / np.array(truth["image_size"]), confidence[..., None]], axis=2)
    return {
        "video": str(video.resolve()),
        "fps": truth["fps"],
        "height_m": truth["height_m"],
        "points_px": np.where(np.isfinite(points), points, None).tolist(),
        "landmarks": [rows.tolist() if there else None for rows, there in zip(shares, found, strict=True)],
    }


def _answer(told: dict[str, Any]) -> Answer:
    events = told.get("events")
    return Answer(
        time_s=np.array(told["time_s"], dtype=np.float64),
        knee_deg={side: np.array(told["knee_deg"][side], dtype=np.float64) for side in SIDES},
        seconds=told["seconds"],
        events=None if events is None else tuple((row["time_s"], row["side"], row["kind"]) for row in events),
        cadence_spm=told.get("cadence_spm"),
        contact_time_s=told.get("contact_time_s", {}),
    )


def version_of(package: str, python: Path) -> str | None:
    """Return the version of a package in another environment, None where it is not there."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    try:
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None
