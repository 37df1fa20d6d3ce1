"""Tables behind the loads: body segments, force under the foot, errors of the models.

`body_segments.csv`: de Leva 1996, J Biomech 29:1223, doi 10.1016/0021-9290(95)00178-6: mass ÷ body mass, centre of mass
from the upper joint (foot: from the heel) ÷ length; radius of gyration about the side-to-side axis ÷ length (radii:
recall, and the paper's two columns are ambiguous; they differ by under 10 %).
`ground_force.csv`, `force_shape.csv`, `force_shape_features.csv` and `load_errors.csv` are made by
`validation/load_templates.py` from Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi 10.7717/peerj.3298 (CC BY 4.0).
`load_contrasts_plates.csv` (the same script) and `load_contrasts_video.csv` (`validation/check_load_video.py`) say how
far a difference between the legs or between two speeds of one runner is off.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.athlete import Sex

Array = NDArray[np.float64]


class SegmentRow(BaseModel):
    """One line of `body_segments.csv`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sex: Sex
    segment: str
    pairs: int = Field(ge=1, le=2)
    mass_ratio: float = Field(gt=0, lt=0.6)
    com_ratio: float | None = Field(default=None, gt=0, lt=1)
    radius_ratio: float | None = Field(default=None, gt=0, lt=0.5)


class LoadErrorRow(BaseModel):
    """One line of `load_errors.csv`: error of a model against force plates or laboratory moments.

    Relative to the true value (`relative`) or in the quantity's unit; over runners not used for fitting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    bias: float
    sd: float = Field(ge=0)
    kind: str = Field(pattern="^(relative|absolute)$")
    n_runners: int = Field(ge=1)
    source: str = Field(min_length=1)


@dataclass(frozen=True)
class ForceShape:
    """Vertical force ÷ its mean over contact, as a mean curve and components whose scores follow from what is seen.

    Parameters
    ----------
    mean : shape (101,)
    components : shape (c, 101)
    features : names, in the order of the next three
    feature_mean, feature_sd : over the stances of the fit, shape (f,)
    weights : scores for one SD of each feature, shape (f, c)
    """

    mean: Array
    components: Array
    features: tuple[str, ...]
    feature_mean: Array
    feature_sd: Array
    weights: Array


@dataclass(frozen=True)
class ForceTemplate:
    """Force under the foot over stance, 101 points from contact to toe-off; all shapes (101,).

    Parameters
    ----------
    vertical, vertical_per_mps
        Vertical force ÷ its mean over contact at `speed_mps`, and its change for each m/s.
    fore_aft, fore_aft_per_mps, fore_aft_per_deg
        Fore–aft force [BW], + forwards, at `speed_mps` and `inclination_deg`; change for each m/s and for each degree
        of foot inclination at contact.
    cop, cop_per_mps, cop_per_deg
        Centre of pressure ahead of the ankle ÷ heel–toe length; change for each m/s, and for each degree of foot
        inclination at contact.
    shape : vertical force from the motion of the body, where markers give it
    speed_mps, inclination_deg : where the templates stand without correction
    slowest_mps, fastest_mps, least_deg, most_deg : ranges that the data covers; beyond them its ends are used
    """

    vertical: Array
    vertical_per_mps: Array
    fore_aft: Array
    fore_aft_per_mps: Array
    fore_aft_per_deg: Array
    cop: Array
    cop_per_mps: Array
    cop_per_deg: Array
    shape: ForceShape
    speed_mps: float = 3.5
    inclination_deg: float = 10.0
    slowest_mps: float = 2.5
    fastest_mps: float = 4.5
    least_deg: float = -2.0
    most_deg: float = 23.0


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("kinechain.knowledge").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def body_segments() -> tuple[SegmentRow, ...]:
    """Return the rows of both sexes."""
    return tuple(
        SegmentRow.model_validate({key: value or None for key, value in row.items()})
        for row in _rows("body_segments.csv")
    )


@cache
def force_template() -> ForceTemplate:
    """Return the curves fitted on force plates."""
    rows = _rows("ground_force.csv")

    def column(name: str) -> Array:
        return np.array([float(row[name]) for row in rows])

    return ForceTemplate(
        vertical=column("vertical"),
        vertical_per_mps=column("vertical_per_mps"),
        fore_aft=column("fore_aft"),
        fore_aft_per_mps=column("fore_aft_per_mps"),
        fore_aft_per_deg=column("fore_aft_per_deg"),
        cop=column("cop"),
        cop_per_mps=column("cop_per_mps"),
        cop_per_deg=column("cop_per_deg"),
        shape=_force_shape(),
    )


def _force_shape() -> ForceShape:
    curves, features = _rows("force_shape.csv"), _rows("force_shape_features.csv")
    names = [name for name in curves[0] if name.startswith("component")]
    return ForceShape(
        mean=np.array([float(row["mean"]) for row in curves]),
        components=np.array([[float(row[name]) for row in curves] for name in names]),
        features=tuple(row["name"] for row in features),
        feature_mean=np.array([float(row["mean"]) for row in features]),
        feature_sd=np.array([float(row["sd"]) for row in features]),
        weights=np.array([[float(row[name]) for name in names] for row in features]),
    )


@cache
def load_errors() -> dict[str, LoadErrorRow]:
    """Return the errors of the load models by name."""
    rows = [LoadErrorRow.model_validate(row) for row in _rows("load_errors.csv")]
    return {row.name: row for row in rows}


class SpeedRow(BaseModel):
    """One line of `load_by_speed.csv`: how a load changed with speed within runners.

    `log_ratio`: mean over legs of ln(load ÷ load at 3.5 m/s); `log_sd_per_mps`: SD of that change between legs,
    for 1 m/s.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    speed_mps: float = Field(gt=0)
    log_ratio: float
    log_sd_per_mps: float = Field(ge=0)
    n_legs: int = Field(ge=2)
    source: str = Field(min_length=1)


@cache
def load_by_speed() -> tuple[SpeedRow, ...]:
    """Return the rows, in order of name and speed."""
    return tuple(SpeedRow.model_validate(row) for row in _rows("load_by_speed.csv"))


#: Kinds of difference whose errors were measured: right − left in a clip, faster − slower of a leg.
ContrastKind = Literal["side", "pace"]


class ContrastErrorRow(BaseModel):
    """One line of `load_contrasts_*.csv`: error of a difference, of ln(b ÷ a) (`relative`) or of b − a (`absolute`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    kind: ContrastKind
    scale: Literal["relative", "absolute"]
    bias: float
    sd: float = Field(ge=0)
    n: int = Field(ge=2)
    source: str = Field(min_length=1)


@dataclass(frozen=True)
class ContrastError:
    """Error of a difference of loads, one SD, its bias included; a share of the load where `relative`."""

    sd: float
    relative: bool


@cache
def load_contrast_error(name: str, kind: ContrastKind) -> ContrastError | None:
    """Return how far a difference of a load from video is off: what the video adds, and what the plates show the model.

    None where it was not measured from video. The length change of the soleus holds no force: nothing of the plates
    stands against it.
    """
    plates, video = (
        [row for row in map(ContrastErrorRow.model_validate, _rows(file)) if (row.name, row.kind) == (name, kind)]
        for file in ("load_contrasts_plates.csv", "load_contrasts_video.csv")
    )
    if not video:
        return None
    sd = math.hypot(*(part for row in (*plates, *video) for part in (row.bias, row.sd)))
    return ContrastError(sd, relative=video[0].scale == "relative")
