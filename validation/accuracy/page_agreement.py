"""The page's table of agreement: whether differences between runners are read in full, by poseaudit's statistics."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import poseaudit

from accuracy.markdown import label, table
from accuracy.page_measurements import errors
from accuracy.table import kind_of_view

#: Readings from which a slope means anything.
LEAST_READINGS = 8
DRAWS = 1000


def agreement(rows: pd.DataFrame) -> Iterator[str]:
    """Yield slope and intraclass correlation of measured on true, runners resampled as clusters.

    Parameters
    ----------
    rows : of the report half, with and without faults: a fault is a difference that must be read
    """
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")].dropna(subset=["value", "truth"])
    lines = []
    for view in ("side", "rear", "front"):
        own = kept[kept["view"].map(kind_of_view) == view]
        for name, leg, _ in errors(own):
            chosen = own[(own["name"] == name) & (own["leg"] == leg)]
            if len(chosen) >= LEAST_READINGS and chosen["truth"].std() > 0:
                lines.append((view, label(name), leg, len(chosen), *_audited(chosen)))
    yield "\n## Are differences read in full? (report half)\n"
    yield (
        "All clips of the half, with and without faults. Slope of measured on true (1: a true difference of 10° reads "
        "10°; under 1 it shrinks) and ICC(A,1), each with its 95 % interval from resampling whole runners, computed by "
        "[poseaudit](https://pypi.org/project/poseaudit/) (MIT), independently of the tables above. With seven runners "
        "these intervals are too narrow rather than too wide.\n"
    )
    yield from table(("view", "measurement", "leg", "readings", "slope", "ICC(A,1)"), lines)


def _audited(chosen: pd.DataFrame) -> tuple[str, str]:
    value, truth = chosen["value"].tolist(), chosen["truth"].tolist()
    found = poseaudit.audit_values(value, truth, 1.0, subject=chosen["runner"].tolist(), resamples=DRAWS, wrap=False)
    return _ranged(found.gain, found.gain_ci), _ranged(found.icc, found.icc_ci)


def _ranged(value: float | None, limits: tuple[float, float] | None) -> str:
    if value is None or limits is None:
        return "–"
    return f"{value:.2f} ({limits[0]:.2f} to {limits[1]:.2f})"
