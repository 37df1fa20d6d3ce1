"""The page `docs/accuracy.md`: what the report half says of every number that the product prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from accuracy import page_measurements, page_movement, page_roll
from accuracy.figures import write_figures
from accuracy.page_agreement import agreement
from accuracy.page_peers import peers
from accuracy.page_rates import rates
from accuracy.page_reasoning import reasoning
from accuracy.page_sides import sides
from accuracy.table import MOST_YAW_DEG, kind_of_view

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
MARK = "<!-- tables: made by `make validate`, not by hand -->\n"
#: The runner of the report half on whom, among others, the bend of the shoe was chosen.
CHOSEN_ON = "RBDS020"


def write_page(results: Path, path: Path = PAGE) -> str:
    """Write the tables below the mark of the page and its figures, keep what stands above it, and return the tables.

    Parameters
    ----------
    results : folder of the rows: `phantoms.csv`, and what there is of `frame_rates.csv`, `peers.csv`, `reasoning.csv`
    """
    rows = pd.read_csv(results / "phantoms.csv")
    tables = "\n".join(_tables(rows, results))
    head = path.read_text(encoding="utf-8").split(MARK)[0].rstrip() + "\n\n" + MARK
    path.write_text(head + tables.rstrip() + "\n", encoding="utf-8")
    write_figures(rows_of_report(rows), _optional(results / "reasoning_links.csv"), path.parent / "figures")
    return tables


def rows_of_report(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the report half without faults and with a camera at most 10° off square."""
    return rows[(rows["half"] == "report") & rows["faults"].isna() & (rows["yaw_deg"].abs() <= MOST_YAW_DEG)]


def _tables(rows: pd.DataFrame, results: Path) -> Iterator[str]:
    plain = rows_of_report(rows)
    faulted = rows[(rows["half"] == "report") & rows["faults"].notna() & (rows["yaw_deg"].abs() <= MOST_YAW_DEG)]
    yield from page_measurements.clips(rows)
    yield from page_measurements.coverage(plain, faulted)
    yield from page_measurements.contract(plain)
    for view in page_measurements.VIEWS:
        yield from page_measurements.measurements(plain[plain["view"].map(kind_of_view) == view], view)
    yield "![Measured against true](figures/accuracy_agreement.svg)\n"
    yield from agreement(pd.concat([plain, faulted]))
    yield from sides(plain)
    yield from page_measurements.strike_class(plain)
    yield from page_measurements.yaw(plain)
    other = _optional(results / "phantoms_other_roll.csv")
    if other is not None:
        yield from page_roll.roll(pd.concat([plain, rows_of_report(other)], ignore_index=True))
    yield from page_movement.events(plain)
    yield from page_measurements.without_runner(plain, CHOSEN_ON)
    yield from page_movement.curves(plain)
    yield from rates(_optional(results / "frame_rates.csv"))
    yield from peers(_optional(results / "peers.csv"))
    yield from reasoning(_optional(results / "reasoning.csv"), _optional(results / "reasoning_links.csv"))


def _optional(path: Path) -> pd.DataFrame | None:
    return pd.read_csv(path) if path.is_file() else None
