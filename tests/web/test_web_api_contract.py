"""The contract of the interface held against what it answers, with values made from the contract itself (Schemathesis).

Nothing that is asked may end in a defect (5xx), and every answer has the form that the contract promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from kinechain.store.tables import Clip, DiaryEntry, Job, ShareLink, Upload, Visit, now
from kinechain.web.app import create_app
from kinechain.web.studio import Studio

#: What would end the test's own key or its runner is held against the contract elsewhere (`test_web_api.py`).
ENDING = {"erase_everything", "revoke_key"}
QUICKLY, LONG = 4, 150


def operations() -> Iterator[tuple[str, str]]:
    """Yield every operation of the contract by method and path."""
    for path, methods in create_app(Studio.__new__(Studio)).openapi()["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] not in ENDING:
                yield method.upper(), path
