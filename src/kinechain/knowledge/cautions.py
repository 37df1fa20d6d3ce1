"""Cautions: sentences for what a reader must know before using the numbers."""

from __future__ import annotations

from functools import cache

from kinechain.knowledge.toml_rows import check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Caution
from kinechain.text import Text

FILE = "cautions.toml"


@cache
def caution_texts() -> dict[str, Text]:
    """Return the sentence of each caution by its code."""
    text = knowledge_text(FILE)
    return check_rows(FILE, text, parse_toml(FILE, text), Text, named=False)


def caution(code: str, clip: str | None = None, **values: object) -> Caution:
    """Return a caution with its placeholders filled in; KeyError for an unknown code or a missing value."""
    return Caution(code=code, clip=clip, message=caution_texts()[code].format(**values))
