"""The page's table of side differences seen from behind: in one clip, and from one clip of a runner to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from accuracy.markdown import formatter, label, table


def sides(rows: pd.DataFrame) -> Iterator[str]:
    """Yield the error of left − right, and of its change between two clips of one runner.

    Parameters
    ----------
    rows : of the report half, without faults
    """
    yield "\n## Side differences from the rear (report half)\n"
    yield (
        "Left − right of one clip, measured − true: what the camera's yaw and roll do to one leg they do to the other "
        "the other way round, so it counts twice here. “Re-test” is the error of the change of that difference between "
        "two clips of one runner (other pace, other camera): the SD a studio has to reckon with from visit to visit. "
        "In brackets clips and runners, or pairs of clips.\n"
    )
    seen = rows[(rows["kind"] == "measurement") & (rows["view"] == "rear") & (rows["leg"] == "each")]
    lines = [line for name, own in seen.groupby("name", sort=True) if (line := _line(str(name), own)) is not None]
    yield from table(("measurement", "bias ± SD", "RMS", "true difference, RMS", "re-test, RMS"), lines)


def _line(name: str, rows: pd.DataFrame) -> tuple[str, ...] | None:
    by_clip = differences(rows)
    if len(by_clip) < 3:
        return None
    error, changes = by_clip["error"], changes_within(by_clip)
    write = formatter(float(error.std(ddof=1)))
    size = [write(_rms(values)).lstrip("+") for values in (error.to_numpy(), by_clip["true"].to_numpy())]
    spread = write(float(error.std(ddof=1))).lstrip("+")
    retest = f"{write(_rms(changes)).lstrip('+')} ({len(changes)})" if len(changes) else "–"
    counted = f"({len(by_clip)}; {by_clip['runner'].nunique()})"
    return label(name), f"{write(float(error.mean()))} ± {spread} {counted}", *size, retest


def differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Return left − right of every clip that has both: columns `runner`, `true` and `error`."""
    legs = {side: rows[rows["side"] == side].set_index("clip") for side in ("left", "right")}
    found = pd.DataFrame(
        {
            "runner": legs["left"]["runner"],
            "true": legs["left"]["truth"] - legs["right"]["truth"],
            "error": (legs["left"]["value"] - legs["left"]["truth"])
            - (legs["right"]["value"] - legs["right"]["truth"]),
        }
    )
    return found.dropna()


def changes_within(by_clip: pd.DataFrame) -> np.ndarray:
    """Return the error of every change between two clips of one runner."""
    errors = [own["error"].to_numpy() for _, own in by_clip.groupby("runner")]
    return np.array([b - a for values in errors for a, b in combinations(values, 2)])


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))
