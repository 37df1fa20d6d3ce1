"""While a doctor has to look first, no file that kinechain writes asks for another clip or test."""

from __future__ import annotations

import pytest

from kinechain.knowledge.intake import questions
from kinechain.knowledge.red_flags import gates
from kinechain.model.athlete import Athlete
from kinechain.pipeline.reasoning import reason

RED_FLAGS = tuple(key for key, question in questions().items() if question.group == "red_flag")
COMPLAINT: dict[str, object] = {"side": "right", "place": "soleus", "trigger": "pace"}


@pytest.mark.parametrize("key", RED_FLAGS)
def test_each_red_flag_alone_makes_the_doctor_the_next_step(key: str) -> None:
    intake = COMPLAINT | dict.fromkeys(RED_FLAGS, False) | {key: True}
    reasoning = reason((), (), Athlete(), intake)
    assert reasoning.conclusion.next_step == gates(intake)[0].message
    assert reasoning.plan.stop


def test_open_questions_leave_the_next_step_as_it_is() -> None:
    answered = reason((), (), Athlete(), COMPLAINT | dict.fromkeys(RED_FLAGS, False))
    assert reason((), (), Athlete(), COMPLAINT).conclusion == answered.conclusion
