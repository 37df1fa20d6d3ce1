"""Answers that the tests of this room start from."""

from __future__ import annotations

from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Conclusion, Hypothesis
from kinechain.text import Text

RED_FLAGS = tuple(key for key, question in questions().items() if question.group == "red_flag")
NO_RED_FLAG: dict[str, object] = dict.fromkeys(RED_FLAGS, False)
CALF: dict[str, object] = {**NO_RED_FLAG, "side": "right", "place": "soleus", "onset": "gradual", "trigger": "pace"}
NOTHING = Conclusion(primary=None, cannot_tell=True, next_step=Text(ja="撮ります。", en="Film."))


def hypothesis(id: str, posterior: float, contribution: float | None = None) -> Hypothesis:  # noqa: A002
    link = "rival" if id.startswith("rival") else id.split("_", maxsplit=1)[0]
    return Hypothesis(
        id=id, link=link, posterior=posterior, contribution=contribution, grade="C", text=Text(ja="可能性", en="may")
    )
