"""The page's tables of events and curves."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from accuracy.markdown import table
from accuracy.table import kind_of_view


def events(rows: pd.DataFrame) -> Iterator[str]:
    """Yield bias and spread of contacts and toe-offs."""
    lines = []
    own = rows[rows["kind"] == "event"]
    own = own.assign(kind_of_view=own["view"].map(kind_of_view))
    for (view, name, leg, fps), group in own.groupby(["kind_of_view", "name", "leg", "fps"], sort=True):
        seen = group.dropna(subset=["value"])
        if len(seen) > 1:
            bias, sd = f"{1000 * seen['value'].mean():+.1f}", f"{1000 * seen['value'].std():.1f}"
            wrong = f"{int(group['detail'].sum())} of {int(group['n'].sum())}"
            lines.append(
                (view, name, leg, f"{fps:g}", len(seen), bias, sd, f"{1000 * seen['spread'].median():.1f}", wrong)
            )
    yield "\n## Contacts and toe-offs (report half)\n"
    spread = ("bias [ms]", "SD between clips [ms]", "SD within [ms]", "missed or false")
    yield from table(("view", "event", "leg", "fps", "clips", *spread), lines)


def curves(rows: pd.DataFrame) -> Iterator[str]:
    """Yield how far the angles over the stride are off."""
    lines = [
        (f"`{name}`", leg, len(own), *(f"{own[c].mean():{form}}" for c, form in _CURVE))
        for (name, leg), own in rows[rows["kind"] == "curve"].groupby(["name", "leg"], sort=True)
    ]
    yield "\n## Angles over the whole cycle (report half)\n"
    yield "As the curves print them, nothing taken off.\n"
    yield from table(("curve", "leg", "clips", "RMSE [°]", "mean difference [°]", "RMSE without it [°]"), lines)


_CURVE = (("value", ".1f"), ("spread", "+.1f"), ("detail", ".1f"))
