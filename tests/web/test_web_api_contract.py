"""The contract of the interface held against what it answers, with values made from the contract itself (Schemathesis).

Nothing that is asked ends in a defect (5xx), and every answer has the form that the contract promises.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

#: What would end the key or the runner of the test comes last.
ENDING = ("revoke_key", "erase_everything")
FORM = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def hold(operation: APIOperation, mode: GenerationMode, key: str, rows: dict[str, UUID], examples: int) -> None:
    """Ask an operation of the rows that are there for many things, and hold each answer against the contract."""
    names = [parameter.name for parameter in operation.path_parameters]
    there = {name: str(rows[name]) for name in names if name in rows}
    headers = {"Authorization": key}

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=there))
    def ask(case: Case) -> None:
        case.validate_response(case.call(headers=headers), checks=FORM)

    ask()


def hold_all(program: TestClient, rows: dict[str, UUID], examples: int) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", program.app)
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) > 40
    found.sort(key=lambda one: one.definition.raw["operationId"] in ENDING)
    for operation in found:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            hold(operation, mode, program.headers["Authorization"], rows, examples)


def test_every_operation_answers_as_the_contract_says(programs: Callable[[str], TestClient], rows: dict[str, UUID]):
    hold_all(programs("trainer"), rows, examples=2)


@pytest.mark.e2e
@pytest.mark.parametrize("whose", ["trainer", "runner", "elsewhere"])
def test_every_operation_answers_as_the_contract_says_however_long_it_is_asked(
    whose: str, programs: Callable[[str], TestClient], rows: dict[str, UUID]
):
    hold_all(programs(whose), rows, examples=25)
