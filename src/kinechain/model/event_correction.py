"""A contact or toe-off set right by hand, kept apart from what the machine found."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kinechain.model.events import EventKind
from kinechain.model.skeleton import Side


def _written_out(value: object) -> object:
    """Return a TOML date or time as text."""
    return value.isoformat() if isinstance(value, date) else value


class EventCorrection(BaseModel):
    """One `[[event]]` of a session: what the machine had, and what holds in its place.

    Parameters
    ----------
    clip : str
        Id of the clip or of one of its segments, or its path or file name.
    side : "left" | "right"
        The foot.
    kind : "initial_contact" | "toe_off"
    found_s : float or None
        The machine's instant as `assessment.json` gives it [s]; None: the machine found nothing, the event is added.
    time_s : float or None
        The instant that holds [s]; None: there is no such event, it is taken out.
    found_side : "left" | "right" | None
        The foot to which the machine gave the event, where it was the other one.
    by, at : str or None
        Who corrected it, and when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    clip: str = Field(min_length=1)
    side: Side
    kind: EventKind
    found_s: float | None = None
    time_s: float | None = None
    found_side: Side | None = None
    by: str | None = Field(default=None, max_length=80)
    at: Annotated[str | None, BeforeValidator(_written_out), Field(max_length=40)] = None

    @model_validator(mode="after")
    def _says_something(self) -> EventCorrection:
        if self.found_s is None and self.time_s is None:
            raise ValueError("found_s or time_s is needed")
        if self.found_side is not None and (self.found_s is None or self.time_s is None):
            raise ValueError("found_side needs found_s and time_s")
        return self
