"""Known errors of the measuring method, from comparisons with known truth."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from scipy.special import stdtrit

from kinechain import glossary
from kinechain.model.assessment import Grade, MethodError, QuantityName, SideOrBoth, View
from kinechain.model.skeleton import SIDES

#: Errors by measurement name and side.
MethodErrors = Mapping[tuple[str, SideOrBoth], MethodError]

ViewKind = Literal["side", "rear", "front"]
Leg = Literal["near", "far", "each", "both"]
Uprights = Literal["seen", "unseen"]


class ErrorRow(BaseModel):
    """One row of `method_error.csv`.

    Parameters
    ----------
    leg : of a side view the one towards the camera or the other one; "each" of a view without such a difference;
        "both" of a quantity without sides
    uprights : whether the camera's roll was read off the scene; where it was not, it is part of the error
    bias, sd : measured − true, mean and SD between clips, in the measurement's unit
    grade : by the SD beside that between the reference runners: A up to a half, B up to 1, C up to 2, D above
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: QuantityName
    view: ViewKind
    leg: Leg
    uprights: Uprights
    bias: float
    sd: float = Field(ge=0)
    grade: Grade | None
    clips: int = Field(gt=0)
    runners: int = Field(gt=0)
    source: str = Field(min_length=1)

    @property
    def expected_sd(self) -> float:
        """SD of the error in a new clip, for a normal distribution: `sd` widened for how little it rests on.

        1.96 of it are t₀.₉₇₅(clips − 1) · √(1 + 1 / runners) of `sd`: the spread is known from the clips, the bias from
        the runners. With every runner of the tuning half left out in turn, intervals so made hold 95 of 100 truths.
        """
        quantile = float(stdtrit(max(1, self.clips - 1), 0.975))
        return self.sd * quantile * math.sqrt(1 + 1 / self.runners) / 1.96


@cache
def error_rows() -> tuple[ErrorRow, ...]:
    """Return every row.

    Raises
    ------
    ValueError
        Where a row is wrong or names a quantity that the glossary does not hold, naming file and line.
    """
    text = resources.files("kinechain.knowledge").joinpath("method_error.csv").read_text(encoding="utf-8")
    found: list[ErrorRow] = []
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            found.append(ErrorRow.model_validate({key: value or None for key, value in row.items()}))
        except ValueError as error:
            raise ValueError(f"knowledge/method_error.csv, line {line}: {error}") from error
    return tuple(found)


def method_errors(view: View, *, uprights_seen: bool) -> MethodErrors:
    """Return the known errors in a view by measurement name and side; absent = not measured yet.

    Parameters
    ----------
    uprights_seen : whether the camera's roll was read off the scene
    """
    uprights = "seen" if uprights_seen else "unseen"
    errors: dict[tuple[str, SideOrBoth], MethodError] = {}
    for row in error_rows():
        if (row.view, row.uprights) == (view.partition("_")[0], uprights):
            error = MethodError(bias=row.bias, sd=row.expected_sd, source=row.source, grade=row.grade)
            errors |= dict.fromkeys(((row.name, side) for side in _sides(row, view)), error)
    return errors


def _sides(row: ErrorRow, view: View) -> tuple[SideOrBoth, ...]:
    if row.leg == "both":
        return ("both",) if glossary.quantity(row.name).sides == "both" else SIDES
    if row.leg == "each":
        return SIDES
    return tuple(side for side in SIDES if (view == f"side_{side}") == (row.leg == "near"))
