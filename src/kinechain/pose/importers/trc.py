"""OpenSim's .trc: tab-separated text, as Sports2D, Pose2Sim, OpenSim and our own export write it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from kinechain.errors import PointsFileInvalid
from kinechain.pose.importers.raw import LIMITS, Array, RawPoints, Unit, cleaned, require_frames

FORMAT = "TRC"
_UNITS: dict[str, Unit] = {"px": "px", "pixels": "px", "mm": "mm", "m": "m", "meters": "m", "metres": "m"}


def looks_like(head: bytes) -> bool:
    """Return whether a file begins as a .trc does."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"PathFileType")


def read(path: Path) -> RawPoints:
    """Read a .trc.

    Units: px, mm or m as the header says; Sports2D writes `m` over pixels, so what would be taller than 20 m is px.
    Which way y points is read off the body: hips stand over ankles. Times are those of the time column.

    Raises
    ------
    PointsFileInvalid, PointsFileTooLarge
    """
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    if len(lines) < 5:
        raise _invalid(path, "it ends within its header")
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    names = _marker_names(lines[3], path)
    rows = [line for line in lines[5:] if line.strip()]
    require_frames(path, len(rows))
    table = _table(rows, names, path)
    unit = _UNITS.get(header.get("Units", "").strip().lower())
    if unit is None:
        raise _invalid(path, f"unit {header.get('Units', '')[:20]!r}; px, mm or m are known")
    declared = _number(header.get("NumMarkers", ""))
    if declared != len(names):
        raise _invalid(path, f"{len(names)} marker names, but NumMarkers is {header.get('NumMarkers', '')[:20]!r}")
    rate = _number(header.get("DataRate", ""))
    time_s = table[:, 1]
    has_times = np.isfinite(time_s).all() and (len(time_s) < 2 or float(np.ptp(time_s)) > 0)
    position = cleaned(table[:, 2:].reshape(len(rows), len(names), 3))
    return RawPoints(
        names=names,
        position=position,
        confidence=np.ones(position.shape[:2]),
        unit=unit,
        source=f"points of a .trc file ({unit})",
        rate_hz=rate if math.isfinite(rate) else None,
        time_s=time_s if has_times else None,
    )


def _marker_names(line: str, path: Path) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in line.split("\t")[2:] if cell.strip())
    if not names or len(names) > LIMITS.points:
        raise _invalid(path, f"{len(names)} markers")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise _invalid(path, f"marker {doubled[0][:40]!r} is there twice")
    return names


def _table(rows: list[str], names: tuple[str, ...], path: Path) -> Array:
    """Return frame number, time and coordinates, shape (n, 2 + 3 k); empty cells are NaN."""
    width = 2 + 3 * len(names)
    table = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        cells = row.split("\t")
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        # the last markers of a frame may be missing, and editors cut what is empty at a line's end
        if len(cells) > width or len(cells) < 2:
            raise _invalid(path, f"frame {i + 1} has {len(cells)} columns, {len(names)} markers need {width}")
        for j, cell in enumerate(cells):
            if cell.strip():
                table[i, j] = _number(cell)
                if j < 2 and not math.isfinite(table[i, j]):
                    raise _invalid(path, f"frame {i + 1} has no time")
    return table


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _invalid(path: Path, reason: str) -> PointsFileInvalid:
    return PointsFileInvalid(path=path, format=FORMAT, reason=reason)
