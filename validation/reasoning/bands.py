"""Reference bands for the score: the true values of the tuning half's fault-free runners, never of the one judged.

The bands that ship are made of all thirteen runners, those of the report half among them, and have no trunk, no toe
tip and no frontal plane. Whoever is judged by them is a thirteenth of his own reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from accuracy.compare import half_of
from kinechain.knowledge.reference import SPEED_MARGIN_MPS, ReferenceBand
from kinechain.text import Text

#: Band of a measurement at a speed, None where there is none.
BandOf = Callable[[str, float], ReferenceBand | None]

SOURCE = "truth of the tuning half's phantoms"


@dataclass(frozen=True)
class TrueValues:
    """What is true of the tuning half's fault-free clips.

    Parameters
    ----------
    rows : columns runner, pace, speed_mps, name, value; both legs and all clips of a runner at a pace averaged
    """

    rows: pd.DataFrame

    def bands(self, judged: str) -> BandOf:
        """Return the bands by which a runner is judged; his own values are left out."""
        others = self.rows[self.rows["runner"] != judged]
        groups = others.groupby(["name", "pace"]).agg(
            speed=("speed_mps", "mean"), mean=("value", "mean"), sd=("value", "std"), n=("runner", "nunique")
        )

        def band_of(name: str, speed_mps: float) -> ReferenceBand | None:
            if name not in groups.index.get_level_values("name"):
                return None
            own = groups.loc[name].dropna().sort_values("speed")
            if own.empty or not _covers(own["speed"], speed_mps):
                return None
            at = {column: float(np.interp(speed_mps, own["speed"], own[column])) for column in ("mean", "sd")}
            n, runners = int(own["n"].min()), Text(ja=f"計算上のランナー{int(own['n'].min())}人", en="rendered runners")
            lowest, highest = float(own["speed"].min()), float(own["speed"].max())
            return ReferenceBand(name, at["mean"], at["sd"], n, runners, SOURCE, lowest, highest)

        return band_of


def _covers(speeds: pd.Series, speed_mps: float) -> bool:
    """Whether a speed is near enough; the belt of a taller or smaller body runs up to 10 % faster or slower."""
    return bool(0.9 * speeds.min() - SPEED_MARGIN_MPS <= speed_mps <= 1.1 * speeds.max() + SPEED_MARGIN_MPS)


def true_values(folder: Path) -> TrueValues:
    """Read the truth of every fault-free clip of the tuning half.

    Parameters
    ----------
    folder : of phantoms
    """
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        runner, pace = truth["source"].split("_")[:2]
        if half_of(runner) == "tuning" and not truth["faults"]:
            about = {"runner": runner, "pace": pace, "speed_mps": truth["speed_mps"]}
            numbers = (row for row in truth["measurements"] if isinstance(row["value"], float))
            rows += [about | {"name": row["name"], "value": row["value"]} for row in numbers]
    table = pd.DataFrame(rows, columns=["runner", "pace", "speed_mps", "name", "value"])
    return TrueValues(table.groupby(["runner", "pace", "name"], as_index=False).mean())
