"""Results for other tools, from the files that an assessment left: `pose.nc` and `assessment.json`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd

from kinechain.errors import OutputNotWritable, PoseFileInvalid, ScaleUnknown, ViewUnsupported
from kinechain.gait.analysis import GaitParameters
from kinechain.gait.angles import body_angles
from kinechain.gait.mot import write_mot
from kinechain.gait.sagittal import to_sagittal
from kinechain.model.assessment import Assessment, read_assessment
from kinechain.model.events import GaitEvent, GaitEvents
from kinechain.model.pose import load_pose
from kinechain.pipeline.measure import event_table, measurement_table, write_table
from kinechain.pose.c3d import write_c3d
from kinechain.pose.trc import write_trc

Exporter = Callable[[Path], tuple[Path, ...]]


def _guarded(write: Exporter) -> Exporter:
    """Turn a full or read-only disk into our own error."""

    def guarded(folder: Path) -> tuple[Path, ...]:
        try:
            return write(folder)
        except OSError as error:
            raise OutputNotWritable(path=folder) from error

    return guarded


def export_trc(folder: Path) -> tuple[Path, ...]:
    """Write the points as OpenSim `.trc`."""
    path = folder / "pose.trc"
    write_trc(load_pose(folder / "pose.nc"), path, metres_per_px=_metres_per_px(folder))
    return (path,)


def export_c3d(folder: Path) -> tuple[Path, ...]:
    """Write the points as C3D.

    Raises
    ------
    ScaleUnknown
        Where neither height nor speed turned pixels into metres, which C3D needs.
    """
    path = folder / "pose.c3d"
    metres_per_px = _metres_per_px(folder)
    if metres_per_px is None:
        raise ScaleUnknown
    write_c3d(load_pose(folder / "pose.nc"), path, metres_per_px=metres_per_px)
    return (path,)


def export_mot(folder: Path) -> tuple[Path, ...]:
    """Write the angles as OpenSim `.mot`.

    Raises
    ------
    PoseFileInvalid
        Where the pose holds no runner seen from the side.
    ViewUnsupported
        Where the clip is not one from the side: the angles are those of the sagittal plane.
    """
    assessment = read_assessment(folder / "assessment.json")
    pose = load_pose(folder / "pose.nc")
    smoothing = GaitParameters().smoothing
    view = assessment.clips[0].view
    if view not in ("side_left", "side_right"):
        raise ViewUnsupported(view=view)
    facing = 1 if view == "side_right" else -1
    motion = to_sagittal(pose, facing, smoothing.angles_hz, smoothing)
    if motion is None:
        raise PoseFileInvalid(path=folder / "pose.nc", reason="no runner")
    path = folder / "angles.mot"
    write_mot(motion.time_s, body_angles(motion, _events(assessment)), path)
    return (path,)


def export_csv(folder: Path) -> tuple[Path, ...]:
    """Write measurements, events and curves as CSV."""
    assessment = read_assessment(folder / "assessment.json")
    tables = {
        "measurements": measurement_table(assessment.measurements),
        "events": event_table(assessment.events),
        "curves": curve_table(assessment),
    }
    paths = tuple(folder / f"{name}.csv" for name in tables)
    for path, table in zip(paths, tables.values(), strict=True):
        write_table(table, path)
    return paths


def curve_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row a point of each curve."""
    rows = [
        {"clip": curve.clip, "name": curve.name, "side": curve.side, "unit": curve.unit, "cycle_pct": percent}
        | {"mean": mean, "low": low, "high": high}
        for curve in assessment.curves
        for percent, (mean, low, high) in enumerate(zip(curve.mean, curve.low, curve.high, strict=True))
    ]
    return pd.DataFrame(rows)


def _metres_per_px(folder: Path) -> float | None:
    return read_assessment(folder / "assessment.json").clips[0].metres_per_px


def _events(assessment: Assessment) -> GaitEvents:
    return GaitEvents(
        tuple(GaitEvent(e.time_s, e.side, e.kind, e.confidence, e.reason or "") for e in assessment.events)
    )


ExportKind = Literal["trc", "mot", "c3d", "csv"]

EXPORTERS: dict[ExportKind, Exporter] = {
    "trc": _guarded(export_trc),
    "mot": _guarded(export_mot),
    "c3d": _guarded(export_c3d),
    "csv": _guarded(export_csv),
}
