"""Rows of knowledge in TOML: validated one table at a time, with errors that name the file and the line."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ValidationError

_HEADER = re.compile(r"\s*(\[{1,2})\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")

Row = TypeVar("Row", bound=BaseModel)
#: Names of tables and keys, from the outside in; behind the name of an array of tables, the row's number from 0.
KeyPath = tuple[str | int, ...]


def knowledge_text(file: str) -> str:
    """Return the text of a file in `knowledge`."""
    return resources.files("kinechain.knowledge").joinpath(file).read_text(encoding="utf-8")


def parse_toml(file: str, text: str) -> dict[str, object]:
    """Return the tables of a TOML text.

    Raises
    ------
    ValueError
        Where the text is not TOML, naming the file; the parser names the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"knowledge/{file}: {error}") from error


def line_of(text: str, path: KeyPath) -> int:
    """Return the line (from 1) of the header or key that comes closest to a path of keys; 1 where none does."""
    best, line = 0, 1
    table: KeyPath = ()
    rows: Counter[KeyPath] = Counter()
    for number, content in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(content):
            table = tuple(header[2].split("."))
            if header[1] == "[[":
                rows[table] += 1
                table = (*table, rows[table] - 1)
            here = table
        elif key := _KEY.match(content):
            here = (*table, *key[1].split("."))
        else:
            continue
        if len(here) > best and here == path[: len(here)]:
            best, line = len(here), number
    return line


def at(file: str, text: str, path: KeyPath, reason: object) -> ValueError:
    """Return the error for a row or field, with file, line and name."""
    name = ".".join(step for step in path if isinstance(step, str))
    return ValueError(f"knowledge/{file}, line {line_of(text, path)}: {name}: {reason}")


def check_row(file: str, text: str, table: object, row: type[Row], path: KeyPath, *, named: bool = False) -> Row:
    """Return one table as a `row`.

    Parameters
    ----------
    file, text
        Name and content of the file, for the messages.
    table
        The table, as read from the text.
    row
        Model of the table.
    path
        Where the table stands in the text.
    named
        Whether the model has a field `id` to be filled with the last step of `path`.

    Raises
    ------
    ValueError
        For a table that the model refuses, naming file, line and field.
    """
    if not isinstance(table, Mapping):
        raise at(file, text, path, "a table is expected")
    try:
        return row.model_validate({"id": path[-1], **table} if named else table)
    except ValidationError as error:
        first = error.errors()[0]
        # The path ends at the first list index: lines inside of a list have no key of their own.
        steps = itertools.takewhile(lambda step: isinstance(step, str), first["loc"])
        raise at(file, text, (*path, *steps), first["msg"]) from error


def check_rows(
    file: str, text: str, tables: object, row: type[Row], *, under: KeyPath = (), named: bool = True
) -> dict[str, Row]:
    """Return each table of `tables` as a `row`, whose `id` is the table's name.

    Parameters
    ----------
    file, text
        Name and content of the file, for the messages.
    tables
        Table of tables, as read from the text.
    row
        Model of one table.
    under
        Names of the tables around, `("gate",)` for `[gate.clot]`.
    named
        Whether the model has a field `id` to be filled with the table's name.

    Raises
    ------
    ValueError
        For a table that the model refuses, naming file, line and field.
    """
    if not isinstance(tables, Mapping):
        raise at(file, text, under, "a table of rows is missing")
    return {name: check_row(file, text, table, row, (*under, name), named=named) for name, table in tables.items()}


def check_list(file: str, text: str, tables: object, row: type[Row], name: str) -> tuple[Row, ...]:
    """Return each table of the array of tables `[[name]]` as a `row`; errors as in `check_rows`."""
    if not isinstance(tables, list):
        raise at(file, text, (name,), "an array of tables is expected")
    return tuple(check_row(file, text, table, row, (name, n)) for n, table in enumerate(tables))
