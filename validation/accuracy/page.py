"""The page `docs/accuracy.md`: what the report half says of every number that the product prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from accuracy.summary import STRIDES, Error, error_of, wilson
from accuracy.table import MOST_YAW_DEG, kind_of_view
from kinechain import glossary

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
MARK = "<!-- tables: made by `make validate`, not by hand -->\n"
GROUPS = ("time_space", "side_view", "rear_front")
LEGS = ("near", "far", "both", "each")


def write_page(rows: pd.DataFrame, path: Path = PAGE) -> str:
    """Write the tables below the mark of the page, keep what stands above it, and return them."""
    head = path.read_text(encoding="utf-8").split(MARK)[0].rstrip() + "\n\n" + MARK
    tables = "\n".join(_tables(rows))
    path.write_text(head + tables, encoding="utf-8")
    return tables


def _tables(rows: pd.DataFrame) -> Iterator[str]:
    report = rows[(rows["half"] == "report") & rows["faults"].isna()]
    square = report[report["yaw_deg"].abs() <= MOST_YAW_DEG]
    yield from _clips(rows)
    yield from _coverage(square)
    for view in ("side", "rear", "front"):
        yield from _measurements(square[square["view"].map(kind_of_view) == view], view)
    yield from _events(square[square["kind"] == "event"])
    yield from _curves(square[square["kind"] == "curve"])


def _clips(rows: pd.DataFrame) -> Iterator[str]:
    yield "\n## Clips\n"
    yield from _head("half", "runners", "clips", "side", "rear", "front", "with faults", "refused")
    for half, group in rows.groupby("half", sort=True):
        clips = group.drop_duplicates("clip")
        views = clips["view"].map(kind_of_view)
        counts = " | ".join(str(int((views == view).sum())) for view in ("side", "rear", "front"))
        refused = int((clips["kind"] == "refused").sum())
        faults = int(clips["faults"].notna().sum())
        yield f"| {half} | {clips['runner'].nunique()} | {len(clips)} | {counts} | {faults} | {refused} |"


def _coverage(rows: pd.DataFrame) -> Iterator[str]:
    ranged = rows[rows["kind"] == "measurement"].dropna(subset=["value", "low", "high", "truth"])
    inside = int(((ranged["low"] <= ranged["truth"]) & (ranged["truth"] <= ranged["high"])).sum())
    low, high = wilson(inside, len(ranged))
    share = 100 * inside / max(1, len(ranged))
    yield "\n## Do the printed intervals hold the truth?\n"
    yield f"{inside} of {len(ranged)} intervals of the report half ({share:.1f} %; {100 * low:.0f}–{100 * high:.0f} %)."


def _measurements(rows: pd.DataFrame, view: str) -> Iterator[str]:
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")]
    lines = list(_measurement_lines(kept))
    if not lines:
        return
    changes = tuple(f"SDC {n} strides" for n in STRIDES)
    yield f"\n## Measurements, {view} view (report half)\n"
    basis = ("measurement", "leg", "clips (runners)", "bias (95 %)", "SD", "95 % limits")
    yield from _head(*basis, *changes, "interval holds truth", "no value")
    yield from lines


def _measurement_lines(rows: pd.DataFrame) -> Iterator[str]:
    names = [name for group in GROUPS for name, row in glossary.quantities().items() if row.group == group]
    for name in names:
        for leg in LEGS:
            chosen = rows[(rows["name"] == name) & (rows["leg"] == leg)]
            error = error_of(chosen) if len(chosen) else None
            if error is not None:
                yield _measurement_line(name, leg, error)


def _measurement_line(name: str, leg: str, e: Error) -> str:
    scale, unit = (1000.0, "ms") if name.endswith("_s") else (1.0, glossary.quantity(name).unit or "")
    f = _formatter(e.sd * scale)
    bias = f"{f(e.bias * scale)} ({f(e.bias_low * scale)} to {f(e.bias_high * scale)})"
    limits = " to ".join(f(limit * scale) for limit in e.limits)
    changes = " | ".join(f(e.sdc(n) * scale).lstrip("+") for n in STRIDES)
    covered = "–" if e.covered is None else f"{100 * e.covered:.0f} %"
    label = f"`{name}` [{unit}]" if unit else f"`{name}`"
    sd = f(e.sd * scale).lstrip("+")
    counts = f"{e.n_clips} ({e.n_runners})"
    return (
        f"| {label} | {leg} | {counts} | {bias} | {sd} | {limits} | {changes} | {covered} | {100 * e.missing:.0f} % |"
    )


def _head(*columns: str) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)


def _formatter(size: float):
    digits = 0 if size >= 10 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    return lambda value: f"{value:+.{digits}f}"


def _events(rows: pd.DataFrame) -> Iterator[str]:
    yield "\n## Contacts and toe-offs (report half)\n"
    errors = ("bias [ms]", "SD between clips [ms]", "SD within [ms]", "missed or false")
    yield from _head("view", "event", "leg", "fps", "clips", *errors)
    grouped = rows.assign(kind_of_view=rows["view"].map(kind_of_view))
    for (view, name, leg, fps), group in grouped.groupby(["kind_of_view", "name", "leg", "fps"], sort=True):
        seen = group.dropna(subset=["value"])
        if len(seen) > 1:
            bias, sd = 1000 * seen["value"].mean(), 1000 * seen["value"].std()
            errors = f"{bias:+.1f} | {sd:.1f} | {1000 * seen['spread'].median():.1f}"
            wrong = f"{int(group['detail'].sum())} of {int(group['n'].sum())}"
            yield f"| {view} | {name} | {leg} | {fps:g} | {len(seen)} | {errors} | {wrong} |"


def _curves(rows: pd.DataFrame) -> Iterator[str]:
    yield "\n## Angles over the whole cycle (report half)\n"
    yield from _head("curve", "leg", "clips", "RMSE [°]", "mean difference [°]", "RMSE without it [°]")
    for (name, leg), group in rows.groupby(["name", "leg"], sort=True):
        rmse, offset, centred = group["value"].mean(), group["spread"].mean(), group["detail"].mean()
        yield f"| `{name}` | {leg} | {len(group)} | {rmse:.1f} | {offset:+.1f} | {centred:.1f} |"
