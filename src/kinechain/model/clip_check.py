"""The result of a quick look at a clip, schema `kinechain.clip_check/1`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kinechain.model.assessment import Caution, View
from kinechain.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class Problem(_Part):
    """Why a clip cannot be used, and what to do: an error of the analysis."""

    code: str
    message: Text
    advice: Text


class ClipCheck(_Part):
    """What a quick look at a part of a clip shows.

    Parameters
    ----------
    usable : whether the part that was looked at can be analysed
    problem : why not
    fps, duration_s : of the whole clip [Hz], [s]; None where it cannot be read
    looked_at_s : beginning and end of the part [s]
    view, view_confidence : what the camera sees, and how sure that is, 0…1
    whole_body_ratio : share of the frames looked at in which shoulders to toes are in the picture
    cadence_spm : steps a minute
    strides_expected : strides of each leg in the whole clip, if all of it is like the part
    cautions : what would make the numbers less sure; most are mended by filming again
    """

    schema_name: Literal["kinechain.clip_check/1"] = Field(default="kinechain.clip_check/1", alias="schema")
    usable: bool
    problem: Problem | None = None
    fps: float | None = None
    duration_s: float | None = None
    looked_at_s: tuple[float, float] | None = None
    view: View | None = None
    view_confidence: float | None = None
    whole_body_ratio: float | None = None
    cadence_spm: float | None = None
    strides_expected: int | None = None
    cautions: tuple[Caution, ...] = ()

    def to_json(self) -> str:
        """Return the file's text: UTF-8, two spaces of indentation, numbers finite or null."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
