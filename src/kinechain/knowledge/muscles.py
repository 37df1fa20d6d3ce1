"""Muscle groups of the planar leg: relative strength and moment arms.

`muscles.csv` is made by `validation/muscle_table.py`: strengths that start from the scaled models and are fitted to the
mean peaks at 3.5 m/s (so they stand for force–length–velocity there), effective sagittal moment arms by regression of
the net torques on the muscle forces of 13 runners (model of Rajagopal et al. 2016, IEEE TBME 63:2068,
doi 10.1109/TBME.2016.2586891, scaled and solved by A. Fox on the data of Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298,
doi 10.7717/peerj.3298, CC BY 4.0).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field


class MuscleRow(BaseModel):
    """One muscle group.

    `strength`: effective strength ÷ that of the soleus. `*_arm_m`: moment arm at the joint's middle angle, + for
    extension and plantarflexion; `*_slope_m`: its change for a radian of flexion or dorsiflexion.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    strength: float = Field(gt=0)
    ankle_arm_m: float
    ankle_slope_m: float
    ankle_middle_deg: float
    knee_arm_m: float
    knee_slope_m: float
    knee_middle_deg: float
    hip_arm_m: float
    hip_slope_m: float
    hip_middle_deg: float
    source: str = Field(min_length=1)


@cache
def muscles() -> tuple[MuscleRow, ...]:
    """Return the muscle groups."""
    text = resources.files("kinechain.knowledge").joinpath("muscles.csv").read_text(encoding="utf-8")
    return tuple(MuscleRow.model_validate(row) for row in csv.DictReader(text.splitlines()))
