"""The page's tables of the same clips at several frame rates."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from accuracy.markdown import bias_sd, label, table
from accuracy.page_measurements import errors
from accuracy.summary import error_of


def rates(rows: pd.DataFrame | None) -> Iterator[str]:
    """Yield bias and spread of each measurement at each frame rate, then contacts and toe-offs."""
    yield "\n## By frame rate (report half)\n"
    if rows is None or rows.empty:
        yield "Not measured: `python validation/accuracy rates` makes and measures the clips.\n"
        return
    found = sorted(rows["fps"].unique(), reverse=True)
    heads = tuple(f"{fps:g} fps" for fps in found)
    yield (
        f"{rows['source'].nunique()} fault-free side clips filmed at {found[0]:g} frames a second, measured again with "
        "fewer frames, each the mean of half of those it stands for (a shutter open for half of the time). Bias ± SD "
        "(clips); runner, camera and truth are the same in every column.\n"
    )
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")]
    by_rate = [kept[kept["fps"] == fps] for fps in found]
    lines = []
    for name, leg, _ in errors(kept):
        own = [group[(group["name"] == name) & (group["leg"] == leg)] for group in by_rate]
        lines.append((label(name), leg, *(bias_sd(name, error_of(group) if len(group) else None) for group in own)))
    yield from table(("measurement", "leg", *heads), lines)
    yield from table(("event [ms]", "leg", *heads), list(_events(rows, found)))
    refused = rows[rows["kind"] == "refused"]
    if len(refused):
        counts = ", ".join(
            f"{len(own)} at {fps:g} fps ({name})" for (fps, name), own in refused.groupby(["fps", "name"])
        )
        yield f"Refused: {counts}.\n"


def _events(rows: pd.DataFrame, found: list[float]) -> Iterator[tuple[object, ...]]:
    own = rows[rows["kind"] == "event"]
    for (name, leg), group in own.groupby(["name", "leg"], sort=True):
        cells = []
        for fps in found:
            at = group[group["fps"] == fps]
            seen = 1000 * at["value"].dropna()
            wrong = f"; {int(at['detail'].sum())} of {int(at['n'].sum())} missed or false"
            cells.append(f"{seen.mean():+.1f} ± {seen.std():.1f} ({len(seen)}){wrong}" if len(seen) > 1 else "–")
        yield (name, leg, *cells)
