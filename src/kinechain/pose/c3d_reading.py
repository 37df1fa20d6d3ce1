"""Reads a C3D file in a process of its own: a damaged file can crash the native library that parses it.

Run as `python -m kinechain.pose.c3d_reading FILE TARGET`: writes labels, unit, rate, points and residuals to TARGET
(`.npz`), or ends with status 1 and the reason on standard error. Imports little, so that it starts fast.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TIME_LIMIT_S = 120
_MEMORY_BYTES = 4_000_000_000


@dataclass(frozen=True)
class C3dContent:
    """What a C3D file holds of points.

    Parameters
    ----------
    labels : of the points, as many as the file gives
    unit : as written
    rate_hz : frames a second
    points : shape (n, k, 3); NaN where a point is invalid
    """

    labels: tuple[str, ...]
    unit: str
    rate_hz: float
    points: NDArray[np.float64]


def read_apart(path: Path) -> C3dContent:
    """Read a C3D file in a child process.

    Raises
    ------
    ValueError
        Where it cannot be read, saying why.
    """
    with tempfile.TemporaryDirectory(prefix="kinechain-") as folder:
        target = Path(folder) / "points.npz"
        command = [sys.executable, "-m", "kinechain.pose.c3d_reading", str(path.resolve()), str(target)]
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise ValueError(f"reading takes longer than {TIME_LIMIT_S} s") from error
        if run.returncode != 0:
            told = [line for line in run.stderr.splitlines() if line.strip()]
            raise ValueError(told[-1][:200] if run.returncode == 1 and told else "its inside is damaged")
        with np.load(target, allow_pickle=False) as stored:
            points = np.asarray(stored["points"], dtype=np.float64)
            missing = stored["missing"]
            labels = tuple(str(label) for label in stored["labels"])
            return C3dContent(
                labels, str(stored["unit"]), float(stored["rate"]), np.where(missing[..., None], np.nan, points)
            )


def _extract(path: str, target: str) -> None:
    import ezc3d  # noqa: PLC0415 - loaded in the child only

    file: Any = ezc3d.c3d(path)
    point = file["parameters"]["POINT"]
    points = np.asarray(file["data"]["points"], dtype=np.float64)[:3].transpose(2, 1, 0)
    residuals = np.asarray(file["data"]["meta_points"]["residuals"], dtype=np.float64)[0].T
    units = point["UNITS"]["value"]
    np.savez(
        target,
        labels=np.array([str(label) for label in point["LABELS"]["value"]], dtype=np.str_),
        unit=str(units[0]) if len(units) else "mm",
        rate=float(point["RATE"]["value"][0]),
        points=points,
        missing=residuals < 0,
    )


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def main() -> None:
    """Read the file named on the command line and write its points to the second path named."""
    _limit_memory()
    try:
        _extract(sys.argv[1], sys.argv[2])
    except Exception as error:  # noqa: BLE001 - whatever the library finds is told to the parent as one line
        sys.stderr.write(f"{type(error).__name__}: {error}".splitlines()[0] + "\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
