"""Where the templates of the pages are, with their filters; and how a page is written in both languages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kinechain.errors import OutputNotWritable
from kinechain.report.numbers import given, percent
from kinechain.report.words import REPORT
from kinechain.text import LANGUAGES, Language


@cache
def environment(room: str = REPORT) -> Environment:
    """Return the templates of a room (a package), with the filters that every page knows."""
    made = Environment(
        loader=PackageLoader(room, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(breakable=_breakable, fill=_fill, given=given, percent=percent, plain=_plain)
    return made


def write_pages(folder: Path, name: str, page: Callable[[Language], str]) -> tuple[Path, Path]:
    """Write `<name>.ja.html` and `<name>.en.html` into a folder and return their paths.

    Raises
    ------
    OutputNotWritable
        Where a page cannot be written.
    """
    paths = {language: folder / f"{name}.{language}.html" for language in LANGUAGES}
    for language, path in paths.items():
        write_text(path, page(language))
    return paths["ja"], paths["en"]


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8.

    Raises
    ------
    OutputNotWritable
        Where it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputNotWritable(path=path) from error


def _fill(text: str, **values: object) -> str:
    return text.format(**values)


def _breakable(name: str) -> Markup:
    return Markup("_<wbr>").join(name.split("_"))


def _plain(value: object) -> str:
    """Return a typed or kept number as one types it."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
