"""The training log: what was done of the plan, and the pain before, during, after and the next morning.

In TOML one table `[[done]]` for each exercise of a day, in JSON a list `done` of the same:

    [[done]]
    date = 2026-05-04
    exercise = "bent_knee_calf_raise"
    sets = 3
    pain_before = 1          # of 10
    pain_during = 2
    pain_after = 2
    pain_next_morning = 1    # filled in the day after

A diary may keep other tables beside `done`; this container reads only its own.
"""

from __future__ import annotations

import datetime
import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kinechain.errors import TrainingLogInvalid

#: Pain on a scale from 0 to 10.
Pain = Annotated[float, Field(ge=0, le=10)]


class Done(BaseModel):
    """One exercise of one day.

    Parameters
    ----------
    date : day
    exercise : id of the exercise, such as "hip_hinge"
    sets : sets done, both sides of an exercise done on each side counting as one; 0 where it was left out
    pain_before, pain_during, pain_after, pain_next_morning : of 10; None where it was not noted
    limp : whether the runner limped during or after it
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    date: datetime.date
    exercise: str = Field(min_length=1)
    sets: int = Field(ge=0, le=50)
    pain_before: Pain | None = None
    pain_during: Pain | None = None
    pain_after: Pain | None = None
    pain_next_morning: Pain | None = None
    limp: bool = False

    @property
    def peak(self) -> float | None:
        """Highest pain during and after; None where neither was noted."""
        noted = [pain for pain in (self.pain_during, self.pain_after) if pain is not None]
        return max(noted, default=None)

    @property
    def worse_next_morning(self) -> bool | None:
        """Whether the next morning was worse than before; None where one of them was not noted."""
        if self.pain_next_morning is None or self.pain_before is None:
            return None
        return self.pain_next_morning > self.pain_before


class TrainingLog(BaseModel):
    """Everything that was done, in any order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    done: tuple[Done, ...] = ()

    def of(self, exercise: str, first: datetime.date, days: int) -> tuple[Done, ...]:
        """Return what was done of one exercise from a day on, in order of the days."""
        last = first + datetime.timedelta(days=days)
        rows = [row for row in self.done if row.exercise == exercise and first <= row.date < last]
        return tuple(sorted(rows, key=lambda row: row.date))

    @property
    def first_day(self) -> datetime.date | None:
        """Day of the first entry, None of an empty log."""
        return min((row.date for row in self.done), default=None)


def read_training_log(path: Path) -> TrainingLog:
    """Read a log in TOML or, where the name ends in `.json`, JSON.

    Raises
    ------
    TrainingLogInvalid
        Where the file is missing, is neither, or has a value that is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        return TrainingLog.model_validate(tables)
    except OSError as error:
        raise TrainingLogInvalid(path=path, reason=error.strerror or error) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step + 1 if isinstance(step, int) else step) for step in first["loc"]) or "file"
        raise TrainingLogInvalid(path=path, reason=f"{where}: {first['msg']}") from error
    except ValueError as error:  # not UTF-8, not TOML, not JSON
        raise TrainingLogInvalid(path=path, reason=error) from error
