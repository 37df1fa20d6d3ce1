"""The words of the page, in both languages, from `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from kinechain.text import Language, Text

REPORT = "kinechain.report"
Words = dict[str, dict[str, str]]


@cache
def read_words(room: str) -> dict[str, dict[str, Text]]:
    """Return every word in the `words.toml` of a room (a package), by section and key."""
    text = resources.files(room).joinpath("words.toml").read_text(encoding="utf-8")
    return {
        section: {key: Text.model_validate(pair) for key, pair in rows.items()}
        for section, rows in tomllib.loads(text).items()
    }


def all_words() -> dict[str, dict[str, Text]]:
    """Return every word of the report."""
    return read_words(REPORT)


@cache
def words_in(language: Language, room: str = REPORT) -> Words:
    """Return the words of one language by section and key."""
    return {section: {key: text[language] for key, text in rows.items()} for section, rows in read_words(room).items()}
