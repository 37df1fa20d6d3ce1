"""The small table that the product reads: bias and spread of each measurement, from the tuning half alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from accuracy.summary import Error, error_of
from kinechain.knowledge.reference import band

TABLE = Path(__file__).resolve().parents[2] / "src" / "kinechain" / "knowledge" / "method_error.csv"
COLUMNS = ("name", "view", "leg", "uprights", "bias", "sd", "grade", "clips", "runners", "source")
#: Speed of the reference runners beside whose spread an error is graded [m/s].
GRADE_SPEED_MPS = 3.5
#: SD of the error ÷ SD between the reference runners, up to which each grade goes; D above (ours).
GRADES = {"A": 0.5, "B": 1.0, "C": 2.0}
#: Clips of a camera farther off square than this say nothing about square ones.
MOST_YAW_DEG = 10.0


def calibration(rows: pd.DataFrame) -> dict[tuple[str, str, str, str], Error]:
    """Return the error of what the product reads off the picture, by name, view, leg and uprights, on the tuning half.

    Clips with faults or a camera more than 10° off square are left out. What the product had taken off before is put
    back first, so that the table does not depend on the one in use.
    """
    kept = rows[
        (rows["kind"] == "measurement")
        & (rows["half"] == "tuning")
        & rows["faults"].isna()
        & (rows["yaw_deg"].abs() <= MOST_YAW_DEG)
        & (rows["name"] != "strike_class")
    ]
    raw = kept.assign(value=kept["value"] + kept["taken_off"].fillna(0.0), kept_view=kept["view"].map(kind_of_view))
    found = {}
    for (name, view, leg, uprights), group in raw.groupby(["name", "kept_view", "leg", "uprights"], sort=True):
        error = error_of(group)
        if error is not None:
            found[str(name), str(view), str(leg), str(uprights)] = error
    return found


def kind_of_view(view: str) -> str:
    """Return "side" for both sides: the near leg is what counts."""
    return "side" if view.startswith("side_") else view


def grade(name: str, sd: float) -> str:
    """Return how an error stands beside what differs between runners; empty where that is not known."""
    reference = band(name, GRADE_SPEED_MPS)
    if reference is None:
        return ""
    return next((letter for letter, most in GRADES.items() if sd <= most * reference.sd), "D")


def write_table(rows: pd.DataFrame, path: Path = TABLE) -> str:
    """Write the table and return its text."""
    lines = [",".join(COLUMNS)]
    for (name, view, leg, uprights), error in calibration(rows).items():
        source = f"phantoms of the tuning half: {error.n_clips} clips of {error.n_runners} runners (docs/accuracy)"
        numbers = f"{error.bias:.4g},{error.own_sd:.4g},{grade(name, error.own_sd)},{error.n_clips},{error.n_runners}"
        lines.append(f'{name},{view},{leg},{uprights},{numbers},"{source}"')
    text = "\n".join(lines) + "\n"
    path.write_text(text, encoding="utf-8")
    return text
