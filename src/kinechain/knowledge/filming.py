"""How to film for an assessment, read from `filming.toml`: set-ups of the camera and what to keep to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kinechain.knowledge.toml_rows import check_list, check_rows, knowledge_text, parse_toml
from kinechain.model.assessment import Surface
from kinechain.text import Text

FILE = "filming.toml"
_LISTS: tuple[str, ...] = ("always", "treadmill", "ground")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FilmingPoint(_Row):
    """One thing to keep to, and why."""

    text: Text
    because: Text
    source: Annotated[str, Field(min_length=1)]


class CameraRow(_Row):
    """One set-up of the camera; `surfaces` on which its drawing differs, none where there is one drawing alone."""

    id: str
    label: Text
    surfaces: tuple[Surface, ...]
    points: Annotated[tuple[FilmingPoint, ...], Field(min_length=1)]


class FilmingRows(_Row):
    """All set-ups by the name of the camera, what holds for every clip, and what holds on each surface."""

    cameras: Mapping[str, CameraRow]
    always: tuple[FilmingPoint, ...]
    treadmill: tuple[FilmingPoint, ...]
    ground: tuple[FilmingPoint, ...]


def parse_filming(text: str) -> FilmingRows:
    """Return the rows of a TOML text.

    Raises
    ------
    ValueError
        Names file, line and field of what is wrong.
    """
    tables = parse_toml(FILE, text)
    always, treadmill, ground = (check_list(FILE, text, tables.pop(name, None), FilmingPoint, name) for name in _LISTS)
    return FilmingRows(
        cameras=check_rows(FILE, text, tables, CameraRow), always=always, treadmill=treadmill, ground=ground
    )


@cache
def filming() -> FilmingRows:
    """Return the rows that ship with the package."""
    return parse_filming(knowledge_text(FILE))
