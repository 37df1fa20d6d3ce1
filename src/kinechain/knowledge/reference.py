"""Reference bands: how thirteen men ran on a treadmill at three speeds, in the product's own definitions.

The rows of `reference_bands.csv` and `reference_curves.csv` are made by `validation/reference_bands.py` from the data
of Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi 10.7717/peerj.3298 (CC BY 4.0). What that data does not hold may
have the band of a published group (`published_bands.toml`), wider by how far its definition may differ. A quantity
with neither has no band.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from kinechain import glossary
from kinechain.knowledge.toml_rows import check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import CURVE_POINTS, Grade, QuantityName
from kinechain.text import Text

Array = NDArray[np.float64]

BANDS_FILE = "reference_bands.csv"
CURVES_FILE = "reference_curves.csv"
PUBLISHED_FILE = "published_bands.toml"

#: Whom a band stands for.
BandSex = Literal["male", "both"]

#: Beyond the slowest and the fastest measured speed their values hold this far; farther out there is no band [m/s].
SPEED_MARGIN_MPS = 0.3

#: The runners behind every band.
POPULATION = Text(
    ja="トレッドミルを走る男性13人（22〜45歳、うち5人にけがの既往あり。"
    "3.5 m/sでの右足の接地は踵9人・足裏全体1人・前足部3人）",
    en="13 men aged 22–45 on a treadmill, five with a past injury "
    "(right foot strike at 3.5 m/s: 9 rearfoot, 1 midfoot, 3 forefoot)",
)


class BandRow(BaseModel):
    """One line of `reference_bands.csv`: mean and SD over runners at one speed, in the quantity's own unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    speed_mps: float = Field(gt=0)
    mean: float
    sd: float = Field(gt=0)
    n_runners: int = Field(ge=2)
    sex: Literal["male"]
    source: str = Field(min_length=1)


class PublishedRow(BaseModel):
    """One table of `published_bands.toml`: a published group at one speed, in the quantity's own unit.

    Parameters
    ----------
    id : the quantity
    sd : between its runners
    definition_sd : how far the zero of its definition may lie from ours (SD)
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: QuantityName
    speed_mps: float = Field(gt=0)
    mean: float
    sd: float = Field(gt=0)
    definition_sd: float = Field(ge=0)
    n_runners: int = Field(ge=2)
    sex: BandSex
    grade: Grade
    source: str = Field(min_length=1)
    population: Text


class CurveRow(BaseModel):
    """One line of `reference_curves.csv`: mean and SD over runners at one point of the stride, 0…100 %."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    speed_mps: float = Field(gt=0)
    point: int = Field(ge=0, lt=CURVE_POINTS)
    mean: float
    sd: float = Field(gt=0)
    n_runners: int = Field(ge=2)


Row = TypeVar("Row", BandRow, CurveRow)


@dataclass(frozen=True)
class ReferenceBand:
    """Mean and SD of a quantity over the reference runners at one speed.

    Parameters
    ----------
    name : quantity of the glossary; mean and sd are in its unit
    mean, sd : over runners (both legs of each averaged), interpolated between the measured speeds; of a published
        group the SD holds how far its definition may differ
    n_runners : how many runners
    sex : whom it stands for
    population, source : who they were, and where the data comes from
    lowest_mps, highest_mps : range of the measured speeds [m/s]
    """

    name: str
    mean: float
    sd: float
    n_runners: int
    population: Text
    source: str
    lowest_mps: float
    highest_mps: float
    sex: BandSex = "male"


def band(name: str, speed_mps: float) -> ReferenceBand | None:
    """Return the band of a quantity at a speed.

    Linear between the measured speeds; the end values hold for `SPEED_MARGIN_MPS` beyond.

    Parameters
    ----------
    name : of the glossary
    speed_mps : running speed [m/s]

    Returns
    -------
    ReferenceBand, or None where the quantity has no band or the speed is too far from the measured ones.

    Raises
    ------
    ValueError
        Where the glossary does not hold `name`.
    """
    rows = _bands().get(glossary.quantity(name).name)
    if rows is None:
        return _published_band(name, speed_mps)
    if not _covers([row.speed_mps for row in rows], speed_mps):
        return None
    speeds = [row.speed_mps for row in rows]
    return ReferenceBand(
        name=name,
        mean=float(np.interp(speed_mps, speeds, [row.mean for row in rows])),
        sd=float(np.interp(speed_mps, speeds, [row.sd for row in rows])),
        n_runners=min(row.n_runners for row in rows),
        population=POPULATION,
        source=rows[0].source,
        lowest_mps=speeds[0],
        highest_mps=speeds[-1],
    )


def _published_band(name: str, speed_mps: float) -> ReferenceBand | None:
    row = _published().get(name)
    if row is None or not _covers([row.speed_mps], speed_mps):
        return None
    sd = math.hypot(row.sd, row.definition_sd)
    return ReferenceBand(
        name, row.mean, sd, row.n_runners, row.population, row.source, row.speed_mps, row.speed_mps, row.sex
    )


def curve_band(name: str, speed_mps: float) -> tuple[Array, Array] | None:
    """Return mean − SD and mean + SD of an angle over the stride at a speed, contact to contact of the same foot.

    Returns
    -------
    Two arrays of shape (101,) in the curve's unit, or None as for `band`.

    Raises
    ------
    ValueError
        Where the glossary does not hold `name`.
    """
    by_speed = _curves().get(glossary.quantity(name).name)
    if by_speed is None or not _covers(list(by_speed), speed_mps):
        return None
    speeds = np.array(list(by_speed))
    table = np.stack(list(by_speed.values()))  # speed × (mean, sd) × point
    place = float(np.interp(speed_mps, speeds, np.arange(len(speeds))))
    lower = min(int(place), len(speeds) - 2) if len(speeds) > 1 else 0
    share = place - lower
    mean, sd = table[lower] if share == 0.0 else (1.0 - share) * table[lower] + share * table[lower + 1]
    return mean - sd, mean + sd


def _covers(speeds: list[float], speed_mps: float) -> bool:
    inside = min(speeds) - SPEED_MARGIN_MPS <= speed_mps <= max(speeds) + SPEED_MARGIN_MPS
    return math.isfinite(speed_mps) and inside


def read_bands(text: str, file: str) -> dict[str, tuple[BandRow, ...]]:
    """Read the rows of a table of bands, by name and in order of speed.

    Parameters
    ----------
    text : the CSV table
    file : its name, for messages

    Raises
    ------
    ValueError
        Where a row is wrong, unknown to the glossary, or there twice; names file and line.
    """
    found: dict[str, dict[float, BandRow]] = {}
    for line, row in _rows(text, file, BandRow.model_validate):
        if row.speed_mps in found.setdefault(row.name, {}):
            raise ValueError(f"{file}, line {line}: {row.name} at {row.speed_mps} m/s stands there twice")
        found[row.name][row.speed_mps] = row
    return {name: tuple(by_speed[speed] for speed in sorted(by_speed)) for name, by_speed in found.items()}


def read_curves(text: str, file: str) -> dict[str, dict[float, Array]]:
    """Read a table of curves: name → speed [m/s], rising → array of shape (2, 101), mean and SD.

    Raises
    ------
    ValueError
        Where a row is wrong, unknown to the glossary or there twice, or a curve is not whole; names file and line.
    """
    found: dict[tuple[str, float], Array] = {}
    first: dict[tuple[str, float], int] = {}
    for line, row in _rows(text, file, CurveRow.model_validate):
        key = row.name, row.speed_mps
        values = found.setdefault(key, np.full((2, CURVE_POINTS), np.nan))
        first.setdefault(key, line)
        if np.isfinite(values[0, row.point]):
            raise ValueError(f"{file}, line {line}: point {row.point} of {row.name} stands there twice")
        values[:, row.point] = row.mean, row.sd
    for (name, speed), values in found.items():
        if not np.isfinite(values).all():
            missing = int(np.flatnonzero(~np.isfinite(values[0]))[0])
            where = f"{file}, line {first[name, speed]}"
            raise ValueError(f"{where}: {name} at {speed} m/s has no point {missing}")
    names = dict.fromkeys(name for name, _ in found)
    return {name: {speed: found[n, speed] for n, speed in sorted(found) if n == name} for name in names}


def read_published(text: str, file: str) -> dict[str, PublishedRow]:
    """Read the bands of published groups, by name.

    Raises
    ------
    ValueError
        Where a table is wrong or unknown to the glossary; names file and line.
    """
    return check_rows(file, text, parse_toml(file, text), PublishedRow)


def _rows(text: str, file: str, validate: Callable[[object], Row]) -> Iterator[tuple[int, Row]]:
    """Yield each row with the number of its line, its name checked against the glossary."""
    for line, cells in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            row = validate(cells)
            glossary.quantity(row.name)
        except ValueError as error:
            raise ValueError(f"{file}, line {line}: {error}") from error
        yield line, row


def _text(file: str) -> str:
    return resources.files("kinechain.knowledge").joinpath(file).read_text(encoding="utf-8")


@cache
def _bands() -> dict[str, tuple[BandRow, ...]]:
    return read_bands(_text(BANDS_FILE), f"knowledge/{BANDS_FILE}")


@cache
def _curves() -> dict[str, dict[float, Array]]:
    return read_curves(_text(CURVES_FILE), f"knowledge/{CURVES_FILE}")


@cache
def _published() -> dict[str, PublishedRow]:
    return read_published(knowledge_text(PUBLISHED_FILE), PUBLISHED_FILE)
