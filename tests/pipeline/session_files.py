"""Sessions of the analytic runner: clips as files of points, so that nothing has to be estimated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from analytic_camera import Camera, film, frame_times
from analytic_runner import Runner
from kinechain.model.assessment import Assessment
from kinechain.pipeline.assess import assess_session
from kinechain.pipeline.clip_store import ClipStore
from kinechain.pipeline.session import read_session
from kinechain.pose.estimator import PoseEstimator
from kinechain.settings import Protocol
from point_files import trc_text, with_toes


def write_clip(
    path: Path,
    runner: Runner,
    *,
    facing: int = 1,
    seed: int = 0,
    px_per_m: float = 350.0,
    fps: float = 120.0,
    seconds: float = 5.0,
) -> Path:
    """Film a runner and write the points as Sports2D does."""
    camera = Camera(facing=facing, noise_px=1.0, seed=seed, px_per_m=px_per_m)
    pose = film(runner, frame_times(fps, seconds), camera)
    path.write_text(trc_text(with_toes(pose), pose["time"].values), encoding="utf-8")
    return path


def longer_trunk(text: str) -> str:
    """Return a file of points with the shoulders and all above them moved up by 60 px."""
    lines = text.splitlines()
    names = lines[3].split("\t")
    above = [names.index(name) + 1 for name in ("LShoulder", "RShoulder", "Neck", "Head", "Nose")]
    for number, line in enumerate(lines[5:], start=5):
        cells = line.split("\t")
        for column in above:
            cells[column] = str(float(cells[column]) - 60.0)
        lines[number] = "\t".join(cells)
    return "\n".join(lines) + "\n"


def write_session(folder: Path, clips: Sequence[str], more: str = "", athlete: str = "height_cm = 175") -> Path:
    """Write a session file; each clip is the body of a `[[clip]]`."""
    path = folder / "session.toml"
    parts = [f"[athlete]\n{athlete}\n", *(f"[[clip]]\n{clip}\n" for clip in clips), more]
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def no_estimator() -> PoseEstimator:
    """Nothing is to be estimated here."""
    raise AssertionError("an estimator was asked for")


def assessed(session: Path, out: Path) -> Assessment:
    """Assess a session of points, without the loads: they take seconds a clip and have tests of their own."""
    out.mkdir()
    with patch("kinechain.pipeline.assess.clip_loads", lambda *_: ((), ())):
        return assess_session(
            read_session(session),
            no_estimator,
            ClipStore(out / "kept"),
            out,
            protocol=Protocol(),
            progress=lambda *_: None,
        )
