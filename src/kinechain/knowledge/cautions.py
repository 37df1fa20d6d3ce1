"""Cautions: sentences for what a reader must know before using the numbers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from kinechain.model.assessment import Caution
from kinechain.text import Text


@cache
def caution_texts() -> dict[str, Text]:
    """Return the sentence of each caution by its code."""
    text = resources.files("kinechain.knowledge").joinpath("cautions.toml").read_text(encoding="utf-8")
    return {code: Text.model_validate(row) for code, row in tomllib.loads(text).items()}


def caution(code: str, clip: str | None = None, **values: object) -> Caution:
    """Return a caution with its placeholders filled in; KeyError for an unknown code or a missing value."""
    return Caution(code=code, clip=clip, message=caution_texts()[code].format(**values))
