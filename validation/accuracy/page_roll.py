"""The page's table of what knowing the camera's roll is worth."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from accuracy.markdown import LEGS, bias_sd, label, table
from accuracy.summary import error_of
from accuracy.table import kind_of_view

#: Quantities against the vertical, and one that is not.
NAMES = (
    "shank_angle_ic_deg",
    "shank_angle_ms_deg",
    "thigh_angle_to_deg",
    "trailing_limb_angle_to_deg",
    "trunk_lean_deg",
    "overstride_ic_ratio",
    "femoral_adduction_ms_deg",
    "knee_flexion_peak_deg",
)


def roll(rows: pd.DataFrame) -> Iterator[str]:
    """Yield bias and spread of angles with the camera's roll known and unknown.

    Parameters
    ----------
    rows : each clip twice, once with `uprights` "seen" and once "unseen"
    """
    yield "\n## With the camera's roll known and unknown (report half)\n"
    yield (
        "Every clip counts twice: as found, and in the other case (where no upright was in the picture, the true roll "
        "with the error of the reading stands in). Cameras are rolled by up to ± 3°.\n"
    )
    numbers = rows[(rows["kind"] == "measurement") & (rows["view"].map(kind_of_view) != "front")]
    lines = []
    for name in NAMES:
        for leg in LEGS:
            own = numbers[(numbers["name"] == name) & (numbers["leg"] == leg)]
            errors = {key: error_of(own[own["uprights"] == key]) for key in ("seen", "unseen")}
            if all(error is not None for error in errors.values()):
                lines.append((label(name), leg, *(bias_sd(name, error) for error in errors.values())))
    yield from table(("measurement", "leg", "known: bias ± SD", "unknown: bias ± SD"), lines)
    lines = [
        (f"`{name}`", leg, *(f"{own[own['uprights'] == key]['value'].mean():.1f}" for key in ("seen", "unseen")))
        for (name, leg), own in rows[rows["kind"] == "curve"].groupby(["name", "leg"], sort=True)
    ]
    yield from table(("curve over the cycle", "leg", "known: RMSE [°]", "unknown: RMSE [°]"), lines)
