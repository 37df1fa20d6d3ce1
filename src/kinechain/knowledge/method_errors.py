"""Known errors of the measuring method, from comparisons with known truth."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from kinechain import glossary
from kinechain.model.assessment import MethodError


@cache
def method_errors() -> dict[str, MethodError]:
    """Return bias and SD by measurement name, in the measurement's unit; absent = not measured yet.

    Raises
    ------
    ValueError
        Where a row names a quantity that the glossary does not hold, naming file and line.
    """
    text = resources.files("kinechain.knowledge").joinpath("method_error.csv").read_text(encoding="utf-8")
    errors: dict[str, MethodError] = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            name = glossary.quantity(row.pop("name")).name
            errors[name] = MethodError.model_validate(row)
        except ValueError as error:
            raise ValueError(f"knowledge/method_error.csv, line {line}: {error}") from error
    return errors
