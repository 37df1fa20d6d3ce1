"""Measurements alone, as tables: for those who do their own reasoning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pandas as pd

from kinechain.model.assessment import Event, Measurement
from kinechain.model.athlete import Athlete
from kinechain.pipeline.clip import event_parts, measure_clip
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory
from kinechain.settings import Protocol

TableFormat = Literal["json", "csv", "parquet"]


def measure(
    request: ClipRequest,
    athlete: Athlete,
    load_estimator: EstimatorFactory,
    folder: Path,
    table_format: TableFormat,
    protocol: Protocol,
    progress: Progress,
) -> str:
    """Measure one clip and write its tables; return all of them as one JSON document.

    Raises
    ------
    InputFileError, SceneError
    """
    clips = measure_clip(request, athlete, load_estimator, protocol, progress, Stopwatch())
    tables = {
        "clips": pd.json_normalize([clip.part.model_dump(exclude={"segments"}) for clip in clips], sep="."),
        "events": event_table(tuple(event for clip in clips for event in event_parts(clip))),
        "strides": pd.concat([clip.gait.table.rows.assign(clip=clip.id) for clip in clips], ignore_index=True),
        "measurements": measurement_table(tuple(m for clip in clips for m in clip.gait.measurements)),
    }
    document = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
    text = json.dumps({"schema": "kinechain.measure/1", **document}, ensure_ascii=False, indent=2) + "\n"
    if table_format == "json":
        (folder / "measure.json").write_text(text, encoding="utf-8")
        return text
    for name, table in tables.items():
        write_table(table, folder / f"{name}.{table_format}")
    return text


def event_table(events: tuple[Event, ...]) -> pd.DataFrame:
    """Return one row an event; `by_hand` is true or false, `found_s` the machine's instant of one set by hand."""
    rows = [
        event.model_dump(exclude={"by_hand"})
        | {"by_hand": event.by_hand is not None, "found_s": None if event.by_hand is None else event.by_hand.found_s}
        for event in events
    ]
    return pd.DataFrame(rows, columns=[*Event.model_fields, "found_s"]).astype({"found_s": float})


def measurement_table(measurements: tuple[Measurement, ...]) -> pd.DataFrame:
    """Return one row a measurement; a class stands in `class`, its `value` is missing."""
    rows = []
    for measurement in measurements:
        row = measurement.model_dump(exclude={"method_error", "missing_because"})
        error, because = measurement.method_error, measurement.missing_because
        row["class"] = row["value"] if isinstance(row["value"], str) else None
        row["value"] = None if isinstance(row["value"], str) else row["value"]
        row["method_error_bias"] = None if error is None else error.bias
        row["method_error_sd"] = None if error is None else error.sd
        row["missing_because"] = None if because is None else because.en
        rows.append(row)
    return pd.DataFrame(rows).astype({"value": float, "low": float, "high": float, "sdc": float})


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV (UTF-8) or Parquet, by the ending of the path."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, encoding="utf-8")
