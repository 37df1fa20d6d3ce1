"""C3D: markers of a treadmill or overground trial, or the points that our own export wrote."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from kinechain.errors import PointsFileInvalid, PointsMissing
from kinechain.pose.c3d_reading import read_apart
from kinechain.pose.importers.markers import MarkerSet, Trial, marker_sets, plain, with_toes
from kinechain.pose.importers.names import NEEDED, our_name
from kinechain.pose.importers.raw import LIMITS, METRES, About, Array, RawPoints, Unit, cleaned, require_frames

FORMAT = "C3D"
_BLOCK = 512
_UNITS: dict[str, Unit] = {"mm": "mm", "m": "m"}


def looks_like(head: bytes) -> bool:
    """Return whether a file begins as a C3D does: parameter block number, then 0x50."""
    return len(head) >= _BLOCK and head[1] == 0x50 and 2 <= head[0] <= 127


def read(path: Path, about: About) -> RawPoints:
    """Read the markers of a C3D file.

    Points named as ours (`left_hip`, `LHip` …) are taken as they are. Else the marker set is recognised
    (`marker_sets.toml`) and joint centres computed; where the trial has no knee and ankle markers, from the standing
    trial: `about.static`, or the only C3D in the same folder whose name has `static` or `cal` in it.

    Raises
    ------
    PointsFileInvalid, PointsFileTooLarge, PointsMissing
    """
    trial, rate, unit = _load(path)
    ours = {name: xyz for name, xyz in trial.items() if our_name(name)}
    notes: tuple[str, ...] = ()
    source = "points of a C3D file"
    if not set(NEEDED) <= {our_name(name) for name in ours}:
        plain_trial = _plain(trial, path)
        chosen = next((one for one in marker_sets() if one.belongs(plain_trial)), None)
        if chosen is None:
            raise PointsMissing(path=path, points=", ".join(n for n in NEEDED if n not in map(our_name, ours)))
        ours, notes = _from_markers(chosen, plain_trial, unit, path, about)
        source = f"markers of a C3D file ({chosen.name})"
    position = cleaned(np.stack(list(ours.values()), axis=1))
    return RawPoints(
        names=tuple(ours),
        position=position,
        confidence=np.ones(position.shape[:2]),
        unit=unit,
        source=source,
        rate_hz=rate,
        notes=notes,
    )


def _from_markers(
    chosen: MarkerSet, trial: Trial, unit: Unit, path: Path, about: About
) -> tuple[dict[str, Array], tuple[str, ...]]:
    to_mm = 1000 * METRES[unit]
    trial = {name: to_mm * xyz for name, xyz in trial.items()}
    found = chosen.joints(trial)
    notes: tuple[str, ...] = (f"marker set {chosen.name}: {chosen.title}",)
    static = about.static or _static_beside(path)
    if static is not None:
        standing, _, static_unit = _load(static)
        in_mm = {name: 1000 * METRES[static_unit] * xyz for name, xyz in _plain(standing, static).items()}
        found |= chosen.carried_joints(trial, in_mm)
        notes += (f"joint centres from the standing trial {static.name}",)
    return {name: xyz / to_mm for name, xyz in with_toes(found).items()}, notes


def _static_beside(path: Path) -> Path | None:
    """Return the only standing trial in the folder of a trial, or None."""
    named = [
        file
        for file in sorted(path.parent.iterdir())
        if file.suffix.lower() == ".c3d"
        and file != path
        and ("static" in file.stem.lower() or "cal" in file.stem.lower())
    ]
    return named[0] if len(named) == 1 else None


def _plain(trial: dict[str, Array], path: Path) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name, xyz in trial.items():
        if plain(name) in found:
            raise PointsFileInvalid(path=path, format=FORMAT, reason=f"marker {name[:40]!r} is there twice")
        found[plain(name)] = xyz
    return found


def _load(path: Path) -> tuple[dict[str, Array], float, Unit]:
    """Return the paths of the markers by label, each of shape (n, 3), the rate [Hz] and the unit."""
    _check_header(path)
    try:
        content = read_apart(path)
    except ValueError as error:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=error) from error
    unit_name, rate = content.unit.strip().lower(), content.rate_hz
    if unit_name not in _UNITS:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"unit {unit_name[:20]!r}; mm or m are known")
    if not math.isfinite(rate):
        raise PointsFileInvalid(path=path, format=FORMAT, reason="no frame rate")
    n, k = content.points.shape[:2]
    require_frames(path, n)
    labels = [label.strip() for label in content.labels[:k]]
    if k == 0 or len(labels) < k or k > LIMITS.points:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"{k} points, {len(labels)} labels")
    doubled = sorted({label for label in labels if labels.count(label) > 1})
    if doubled:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"marker {doubled[0][:40]!r} is there twice")
    nowhere = (content.points == 0).all(axis=2, keepdims=True)
    xyz = cleaned(np.where(nowhere, np.nan, content.points))
    return {label: xyz[:, i] for i, label in enumerate(labels)}, rate, _UNITS[unit_name]


def _check_header(path: Path) -> None:
    """Refuse a file whose header announces more than it holds, before the library believes it."""
    with path.open("rb") as opened:
        head = opened.read(_BLOCK)
        opened.seek((max(head[0] if head else 1, 1) - 1) * _BLOCK)
        parameters = opened.read(4)
    if not looks_like(head) or len(parameters) < 4:
        raise PointsFileInvalid(path=path, format=FORMAT, reason="no C3D header")
    order = ">" if parameters[3] == 86 else "<"
    points, analog, first, last = struct.unpack(f"{order}4H", head[2:10])
    data_block = struct.unpack(f"{order}H", head[16:18])[0]
    width = 2 if struct.unpack(f"{order}I", head[12:16])[0] >> (31 if parameters[3] != 85 else 15) & 1 == 0 else 4
    if parameters[3] not in (84, 85, 86):
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"processor type {parameters[3]}")
    frames = last - first + 1
    if points == 0 or frames <= 0 or points > LIMITS.points:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"{points} points in {frames} frames")
    needed = (data_block - 1) * _BLOCK + frames * (4 * points + analog) * width
    size = path.stat().st_size
    if data_block < 2 or needed > size:
        raise PointsFileInvalid(path=path, format=FORMAT, reason=f"it ends early: {size} of {needed} bytes")
