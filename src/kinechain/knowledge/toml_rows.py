"""Rows of knowledge in TOML: validated one table at a time, with errors that name the file and the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ValidationError

_HEADER = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")

Row = TypeVar("Row", bound=BaseModel)


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


def line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line (from 1) of the header or key that comes closest to a path of keys; 1 where none does."""
    best, line = 0, 1
    table: tuple[str, ...] = ()
    for number, content in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(content):
            here = table = tuple(header[1].split("."))
        elif key := _KEY.match(content):
            here = (*table, *key[1].split("."))
        else:
            continue
        if len(here) > best and here == path[: len(here)]:
            best, line = len(here), number
    return line


def at(file: str, text: str, path: tuple[str, ...], reason: object) -> ValueError:
    """Return the error for a row or field, with file, line and name."""
    return ValueError(f"knowledge/{file}, line {line_of(text, path)}: {'.'.join(path)}: {reason}")


def check_rows(
    file: str, text: str, tables: object, row: type[Row], *, under: tuple[str, ...] = (), named: bool = True
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
    rows: dict[str, Row] = {}
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise at(file, text, (*under, name), "a table is expected")
        try:
            rows[name] = row.model_validate({"id": name, **table} if named else table)
        except ValidationError as error:
            first = error.errors()[0]
            # The path ends at the first list index: lines inside of a list have no key of their own.
            steps: list[str] = []
            for step in first["loc"]:
                if not isinstance(step, str):
                    break
                steps.append(step)
            raise at(file, text, (*under, name, *steps), first["msg"]) from error
    return rows
