"""The contract itself: OpenAPI for programs, and a page of it for people."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from kinechain.web.api.routing import V1
from kinechain.web.doors import ANYONE
from kinechain.web.page import page

router = APIRouter(prefix=V1, include_in_schema=False)


@router.get("/openapi.json", dependencies=[ANYONE])
def show_openapi(request: Request) -> Response:
    """Hand out the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/", dependencies=[ANYONE])
def show_operations(request: Request) -> Response:
    """Show the operations by group."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in request.app.openapi()["paths"].items():
        for method, operation in methods.items():
            row = {"method": method.upper(), "path": path, "does": operation["description"]}
            groups.setdefault(operation["tags"][0], []).append(row)
    return page(request, "api.html.j2", groups=groups)
