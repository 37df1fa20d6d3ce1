"""How a runner is doing between two sessions, in one word: from this week's plan and what the diary says of pain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, get_args

from kinechain.knowledge.monitoring import Seen
from kinechain.model.diary import WEEK, Diary
from kinechain.model.training_plan import TrainingPlan

#: The one who needs attention most comes first.
Doing = Literal["stopped", "pain", "quiet", "retest", "no_plan", "steady", "improving"]
ATTENTION: tuple[Doing, ...] = get_args(Doing)
#: Without an entry for so many days somebody is asked how it goes (ours).
QUIET_DAYS = WEEK
#: Rules that hold without pain being flagged: a long run, something that was not noted, and all well.
_NO_PAIN = {"spike", "not_noted", "green"}


def doing(plan: TrainingPlan | None, seen: Sequence[Seen], diary: Diary, today: dt.date) -> Doing:
    """Return how a runner is doing.

    Parameters
    ----------
    plan : of this week, None where nothing was assessed yet
    seen : what the rules of monitoring say of the week that ends today
    diary : everything that was noted
    """
    if (plan is not None and plan.stop) or any(one.rule.step == "stop" for one in seen):
        return "stopped"
    if any(one.rule.id not in _NO_PAIN for one in seen):
        return "pain"
    if plan is None:
        return "no_plan"
    if (today - max(plan.start, diary.last or plan.start)).days >= QUIET_DAYS:
        return "quiet"
    if plan.retest_on is not None and plan.retest_on <= today:
        return "retest"
    moves = {exercise.move for exercise in plan.exercises}
    return "improving" if "forward" in moves and "back" not in moves else "steady"
