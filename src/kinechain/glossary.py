"""Every quantity of the product: name, symbol, unit, sign, definition, source, and its label in both languages.

The rows stand in `glossary.toml` beside this module. A name ends in its unit: `_s _m _mm _mps _deg _spm _bw _nmpkg
_knpm _hz _px _pct`, and without a unit `_ratio _share _class`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kinechain.text import Text

#: Unit of a name by its suffix; "" is dimensionless.
UNIT_OF_SUFFIX: dict[str, str] = {
    "s": "s",
    "m": "m",
    "mm": "mm",
    "mps": "m/s",
    "deg": "deg",
    "spm": "steps/min",
    "bw": "BW",
    "nmpkg": "N·m/kg",
    "knpm": "kN/m",
    "hz": "Hz",
    "px": "px",
    "pct": "%",
    "ratio": "",
    "share": "",
    "class": "",
}

Group = Literal["time_space", "side_view", "rear_front", "load", "curve"]


class Quantity(BaseModel):
    """One row of the glossary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    symbol: str
    unit: str
    group: Group
    sides: Literal["each", "both"]
    label: Text
    definition: Text
    sign: Text | None = None
    classes: dict[str, Text] | None = None
    source: str

    def admits(self, value: float | str) -> bool:
        """Whether a value is of the right kind: one of `classes`, or a number where there are none."""
        return not isinstance(value, str) if self.classes is None else value in self.classes


@cache
def quantities() -> dict[str, Quantity]:
    """Return every quantity by name, in the order of the contract."""
    text = resources.files("kinechain").joinpath("glossary.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return {name: Quantity(name=name, unit=_unit(name), **row) for name, row in rows.items()}


def quantity(name: str) -> Quantity:
    """Return the quantity called `name`; ValueError where the glossary does not hold it."""
    try:
        return quantities()[name]
    except KeyError:
        raise ValueError(f"{name!r} is not a quantity of the glossary") from None


def _unit(name: str) -> str:
    if name.endswith("_per_km"):
        return "BW·s/km"
    return UNIT_OF_SUFFIX[name.rsplit("_", 1)[1]]
