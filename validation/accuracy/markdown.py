"""Tables and numbers as the page writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from accuracy.summary import Error, share_interval
from kinechain import glossary

#: Order of the legs in a table.
LEGS = ("near", "far", "both", "each")


def table(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield a table of Markdown."""
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    yield from ("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
    yield ""


def scaled(name: str) -> tuple[float, str]:
    """Return the factor and the unit in which a quantity is shown: seconds as ms, the others as they are."""
    return (1000.0, "ms") if name.endswith("_s") else (1.0, glossary.quantity(name).unit or "")


def label(name: str) -> str:
    """Return a quantity with its unit."""
    unit = scaled(name)[1]
    return f"`{name}` [{unit}]" if unit else f"`{name}`"


def formatter(size: float) -> Callable[[float], str]:
    """Return a writer of signed numbers with digits that suit an error of this size."""
    digits = 0 if size >= 10 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    return lambda value: f"{value:+.{digits}f}"


def bias_sd(name: str, error: Error | None) -> str:
    """Return an error in short: bias ± SD (clips)."""
    if error is None:
        return "–"
    scale = scaled(name)[0]
    write = formatter(error.sd * scale)
    return f"{write(error.bias * scale)} ± {write(error.sd * scale).lstrip('+')} ({error.n_clips})"


def percent(hits: pd.Series, runners: pd.Series) -> str:
    """Return a share of cases with its interval; runners are clusters."""
    if hits.empty:
        return "–"
    low, high = share_interval(hits.to_numpy(dtype=np.bool_), runners.to_numpy(dtype=str))
    digits = 1 if 0.99 <= hits.mean() < 1 else 0
    return f"{100 * hits.mean():.{digits}f} % ({100 * low:.0f}–{100 * high:.0f})"


def of(hits: pd.Series, runners: pd.Series) -> str:
    """Return a share of cases with their number and its interval."""
    return "–" if hits.empty else f"{int(hits.sum())} of {len(hits)}, {percent(hits, runners)}"
