"""The questions, the answers of a session, and the test plan that follows from them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from kinechain.knowledge.intake import Question, questions
from kinechain.model.session_plan import Place, SessionPlan
from kinechain.pipeline.test_plan import plan_session
from kinechain.web.api.asked import Answers, TestResults
from kinechain.web.api.routing import operations, reading, writing
from kinechain.web.doors import Key
from kinechain.web.filming import wrong_answer
from kinechain.web.test_form import checked_results

router = operations("questions and test plan")


@router.get("/questions")
def list_questions(visitor: Key) -> list[Question]:  # noqa: ARG001 - the door
    """List every question with the answers that are taken, in the order of asking."""
    return list(questions().values())


@router.put("/visits/{visit_id}/intake")
def set_answers(request: Request, visitor: Key, visit_id: UUID, asked: Answers) -> Answers:
    """Set the answers of a session, all at once."""
    with writing(request, visitor) as desk:
        visit = desk.visit(visit_id)
        wrong = wrong_answer(asked.answers)
        if wrong is not None:
            raise wrong[1]
        visit.intake = dict(asked.answers)
        desk.note("answer", "visit", visit_id)
        return Answers(answers=visit.intake)


@router.put("/visits/{visit_id}/tests")
def set_test_results(request: Request, visitor: Key, visit_id: UUID, asked: TestResults) -> TestResults:
    """Set the results of the field tests of a session, all at once."""
    with writing(request, visitor) as desk:
        visit = desk.visit(visit_id)
        visit.tests = checked_results([one.model_dump() for one in asked.tests])
        desk.note("test", "visit", visit_id)
        return asked


@router.get("/visits/{visit_id}/test-plan")
def read_test_plan(
    request: Request, visitor: Key, visit_id: UUID, place: Annotated[Place, Query()] = "studio"
) -> SessionPlan:
    """Say what to film and test, in which order, and why."""
    with reading(request, visitor) as desk:
        return plan_session(desk.visit(visit_id).intake, place)
