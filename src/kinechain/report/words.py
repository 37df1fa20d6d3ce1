"""The words of the page, in both languages, from `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from kinechain.text import Language, Text

Words = dict[str, dict[str, str]]


@cache
def all_words() -> dict[str, dict[str, Text]]:
    """Return every word of the page by section and key."""
    text = resources.files("kinechain.report").joinpath("words.toml").read_text(encoding="utf-8")
    return {
        section: {key: Text.model_validate(pair) for key, pair in rows.items()}
        for section, rows in tomllib.loads(text).items()
    }


def words_in(language: Language) -> Words:
    """Return the words of one language by section and key."""
    return {section: {key: text[language] for key, text in rows.items()} for section, rows in all_words().items()}
