"""The runner: what is known about the body; all of it optional."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Sex = Literal["female", "male"]


class Athlete(BaseModel):
    """Facts about the runner; what is missing limits what can be said.

    Bounds are those of people who run, children included; a value outside them is a typing error or another unit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    height_cm: float | None = Field(default=None, ge=100, le=230)
    mass_kg: float | None = Field(default=None, ge=20, le=200)
    sex: Sex | None = None
    age_y: float | None = Field(default=None, ge=5, le=100)
