"""What every group of operations has: its place, its refusals, pages of long lists, and the person's desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from kinechain.store.desk import Desk
from kinechain.web.api.answers import Listed, Refusal
from kinechain.web.doors import Visitor
from kinechain.web.studio import studio_of

V1 = "/api/v1"
LONGEST_PAGE = 200
_REFUSALS = {
    400: "the body cannot be read",
    401: "no key, or one that cannot be used",
    403: "not for this role, or consent is missing",
    404: "there is none, or it is somebody else's",
    409: "changed meanwhile",
    413: "too large",
    422: "a value that cannot be",
    429: "too many wrong keys from this address",
    503: "the database is busy; try again",
    507: "the disk is full",
}
Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)


class Part(BaseModel):
    """Which part of a long list is asked for."""

    limit: int
    offset: int


def _part(
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="how many at most")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000, description="how many to leave out first")] = 0,
) -> Part:
    return Part(limit=limit, offset=offset)


Paging = Annotated[Part, Depends(_part)]


def operations(tag: str) -> APIRouter:
    """Return the router of a group of operations."""
    refused: dict[int | str, dict[str, Any]] = {
        status: {"model": Refusal, "description": text} for status, text in _REFUSALS.items()
    }
    return APIRouter(prefix=V1, tags=[tag], responses=refused, generate_unique_id_function=_name)


@contextmanager
def reading(request: Request, visitor: Visitor) -> Iterator[Desk]:
    """Give the desk of a person who only reads."""
    with studio_of(request).database.reading() as session:
        yield Desk.of(session, visitor.user_id)


@contextmanager
def writing(request: Request, visitor: Visitor) -> Iterator[Desk]:
    """Give the desk of a person; what is changed there is kept when the block ends well."""
    with studio_of(request).database.writing() as session:
        yield Desk.of(session, visitor.user_id)


def part_of(rows: Sequence[Row], part: Part, answer: Callable[[Row], Item]) -> Listed[Item]:
    """Return the part of a list that is asked for."""
    chosen = rows[part.offset : part.offset + part.limit]
    return listed([answer(row) for row in chosen], len(rows), part)


def listed(items: list[Item], total: int, part: Part) -> Listed[Item]:
    """Return a part that was read already."""
    end = part.offset + len(items)
    return Listed(items=items, total=total, next_offset=end if items and end < total else None)


def _name(route: APIRoute) -> str:
    return route.name
