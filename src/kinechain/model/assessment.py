"""The Assessment: everything that is known about one runner, as `assessment.json` holds it.

Field names, units and signs are those of the outer contract (schema `kinechain.assessment/1`). Numbers are finite or
None; a missing value says why. Report, command line and web read only this.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kinechain import glossary
from kinechain.errors import AssessmentFileInvalid
from kinechain.model.athlete import Athlete
from kinechain.model.events import EventKind
from kinechain.model.skeleton import Side
from kinechain.text import Text

View = Literal["side_left", "side_right", "rear", "front", "foot_medial"]
SideOrBoth = Literal["left", "right", "both"]
Grade = Literal["A", "B", "C", "D", "X"]
Condition = Literal["fresh", "tired"]
Surface = Literal["treadmill", "ground"]
CURVE_POINTS = 101
#: Where the error of a load is from: it is in the interval already.
LOAD_ERROR_SOURCE = "docs/load: in the interval of the load"


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


def _known_quantity(name: str) -> str:
    glossary.quantity(name)
    return name


QuantityName = Annotated[str, AfterValidator(_known_quantity)]


class Segment(_Part):
    """A stretch of the clip that was measured, [start, end)."""

    start_s: float
    end_s: float

    @model_validator(mode="after")
    def _in_order(self) -> Segment:
        if self.end_s <= self.start_s:
            raise ValueError("segment: end_s must be later than start_s")
        return self


class Strides(_Part):
    """Complete strides that measurements rest on, a leg."""

    left: int = Field(ge=0)
    right: int = Field(ge=0)


class ClipQuality(_Part):
    """How well the clip shows the runner; ratios 0…1 of frames or of points."""

    person_found_ratio: float = Field(ge=0, le=1)
    leg_swaps_repaired: int = Field(ge=0)
    spikes_repaired: int = Field(ge=0)
    foot_out_of_picture_ratio: float = Field(ge=0, le=1)
    leg_points_unusable_ratio: float = Field(ge=0, le=1)
    duplicated_frames_ratio: float = Field(default=0.0, ge=0, le=1)
    runner_height_px: float | None = Field(default=None, gt=0)
    upright_lean_deg: float | None = None


class Clip(_Part):
    """One clip and what was found out about it; `filmed_at` is the ISO date and time that its file carries."""

    id: str
    file: str
    sha256: str
    view: View
    view_confidence: float = Field(ge=0, le=1)
    fps: float = Field(gt=0)
    time_scale: float = Field(gt=0)
    duration_s: float = Field(gt=0)
    frames: int = Field(gt=0)
    part: Segment | None = None
    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    metres_per_px: float | None = Field(default=None, gt=0)
    scale_source: Literal["athlete_height", "stated_speed", "points_file"] | None = None
    segments: tuple[Segment, ...]
    n_strides: Strides
    quality: ClipQuality
    condition: Condition | None = None
    surface: Surface | None = None
    shoe: str | None = None
    filmed_at: str | None = None


class EventByHand(_Part):
    """What the machine had where an event was set by hand (None: nothing; the same foot), who set it and when."""

    found_s: float | None
    found_side: Side | None = None
    by: str | None = None
    at: str | None = None


class Event(_Part):
    """One initial contact or toe-off in a clip; `by_hand` is None where the machine found it."""

    clip: str
    time_s: float
    side: Side
    kind: EventKind
    confidence: float = Field(ge=0, le=1)
    reason: str | None = None
    by_hand: EventByHand | None = None


class MethodError(_Part):
    """Known error of the method itself, from a comparison with known truth.

    Parameters
    ----------
    bias : measured − true, mean over clips; taken off the value
    sd : between clips; part of `low` and `high`
    grade : how large the error is beside what differs between runners
    """

    bias: float
    sd: float = Field(ge=0)
    source: str
    grade: Grade | None = None


class Measurement(_Part):
    """A quantity of the glossary for one leg or for both, mean over strides with its 95 % interval.

    Where the error of the method is known (`method_error`), its bias is taken off the value, its spread is part of the
    interval, and `sdc` and `grade` are given. Elsewhere the interval is the scatter over strides alone.
    """

    id: str
    clip: str
    name: QuantityName
    side: SideOrBoth
    value: float | str | None
    low: float | None
    high: float | None
    unit: str
    n_strides: int = Field(ge=0)
    sdc: float | None = None
    grade: Grade | None = None
    method: str = ""
    method_error: MethodError | None = None
    frame: str | None = None
    missing_because: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Measurement:
        quantity = glossary.quantity(self.name)
        if self.unit != quantity.unit:
            raise ValueError(f"measurement {self.id}: unit {self.unit!r} is not that of {self.name}")
        if self.value is not None and not quantity.admits(self.value):
            raise ValueError(f"measurement {self.id}: {self.value!r} is no value of {self.name}")
        if (self.value is None) != (self.missing_because is not None):
            raise ValueError(f"measurement {self.id}: a missing value needs its reason, a value has none")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"measurement {self.id}: low and high come together")
        if self.low is None or self.high is None:
            return self
        if not isinstance(self.value, float) or not self.low <= self.value <= self.high:
            raise ValueError(f"measurement {self.id}: low ≤ value ≤ high does not hold")
        return self


class Band(_Part):
    """Reference band of a finding."""

    low: float
    high: float
    population: Text
    speed_mps: float | None = None


class Finding(_Part):
    """A measurement or a load (`measurement` is its id) against a reference band at this speed and sex."""

    id: str
    measurement: str
    band: Band
    z: float | None
    verdict: Literal["within", "watch", "marked", "unclear"]


class Contrast(_Part):
    """A difference within one runner: `value` = b − a (b = right, faster, tired, other shoe, later).

    `clips` are those of a and b (of a pair of side views: both of them). A contrast of pace is judged against
    `reference_change`, how much the reference runners change between the same two speeds.
    """

    id: str
    kind: Literal["side", "pace", "fatigue", "shoe", "time"]
    name: QuantityName
    side: SideOrBoth
    a: float | None
    b: float | None
    value: float | None
    low: float | None
    high: float | None
    unit: str
    sdc: float | None
    verdict: Literal["real", "none", "unclear"]
    clips: tuple[str, ...] = ()
    reference_change: float | None = None


class FieldTest(_Part):
    """One result of a field test; names, units and norms stand in `knowledge`."""

    name: str
    side: SideOrBoth
    value: float | str

    @property
    def id(self) -> str:
        """Name under which a hypothesis refers to this result."""
        return f"test.{self.name}.{self.side}"


CurveValues = Annotated[tuple[float | None, ...], Field(min_length=CURVE_POINTS, max_length=CURVE_POINTS)]


class Curve(_Part):
    """A quantity over the gait cycle, 101 points from initial contact to the next one of the same foot."""

    clip: str
    name: QuantityName
    side: Side
    unit: str
    n_strides: int = Field(ge=1)
    toe_off_pct: float | None = Field(default=None, ge=0, le=100)
    mean: CurveValues
    low: CurveValues
    high: CurveValues
    reference_low: CurveValues | None = None
    reference_high: CurveValues | None = None


class Load(_Part):
    """An estimated load on a structure, with the model that gave it; `missing_because` where there is no value."""

    id: str
    name: QuantityName
    side: SideOrBoth
    clip: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    model: str
    missing_because: Text | None = None

    def as_measurement(self, *, error_known: bool) -> Measurement:
        """Return the load in the form in which numbers are judged and named.

        Parameters
        ----------
        error_known : whether its interval holds the measured error of models and points, so that it may be judged
        """
        known = error_known and self.low is not None and self.high is not None
        return Measurement(
            id=self.id,
            clip=self.clip,
            name=self.name,
            side=self.side,
            value=self.value,
            low=self.low,
            high=self.high,
            unit=self.unit,
            n_strides=0,
            grade="C",
            method=self.model,
            method_error=MethodError(bias=0.0, sd=0.0, source=LOAD_ERROR_SOURCE) if known else None,
            missing_because=self.missing_because,
        )


class Hypothesis(_Part):
    """A link of the chain: does it deviate, and how much of the complaint can it explain."""

    id: str
    link: str
    posterior: float = Field(ge=0, le=1)
    contribution: float | None = Field(default=None, ge=0, le=1)
    grade: Grade
    evidence_for: tuple[str, ...] = Field(default=(), alias="for")
    against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    text: Text


class Conclusion(_Part):
    """The answer, or that it cannot be given and what to do next."""

    primary: str | None
    cannot_tell: bool
    next_step: Text


class Exercise(_Part):
    """One exercise of the plan."""

    id: str
    sets: int = Field(ge=1)
    reps: int | None = Field(default=None, ge=1)
    hold_s: float | None = Field(default=None, gt=0)
    per_side: bool
    days_per_week: int = Field(ge=1, le=7)
    weeks: int = Field(ge=1)
    because: str


class Plan(_Part):
    """What to train; stopped while red-flag questions are open or positive."""

    stop: bool
    gates: tuple[str, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    running: dict[str, float | str | None] = Field(default_factory=dict)
    retest_in_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _stop_means_stop(self) -> Plan:
        if self.stop and (self.exercises or not self.gates):
            raise ValueError("plan: a stopped plan names its gate and holds no exercise")
        return self


class Caution(_Part):
    """Something a reader must know before using the numbers."""

    code: str
    clip: str | None
    message: Text


class Provenance(_Part):
    """What made this file."""

    versions: dict[str, str]
    estimator: str
    model_sha256: dict[str, str]
    protocol: dict[str, object]
    knowledge_version: str
    seconds: dict[str, float]


class Assessment(_Part):
    """The root of `assessment.json`; `date` is the day of filming, null where it was not stated."""

    schema_name: Literal["kinechain.assessment/1"] = Field(default="kinechain.assessment/1", alias="schema")
    date: datetime.date | None = None
    athlete: Athlete
    intake: dict[str, object] = Field(default_factory=dict)
    clips: tuple[Clip, ...]
    events: tuple[Event, ...]
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    tests: tuple[FieldTest, ...] = ()
    curves: tuple[Curve, ...] = ()
    loads: tuple[Load, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    conclusion: Conclusion
    plan: Plan
    cautions: tuple[Caution, ...]
    provenance: Provenance

    def judged_numbers(self) -> dict[str, Measurement]:
        """Return what findings may rest on, by id: measurements, and told loads in the form of measurements."""
        loads = (load.as_measurement(error_known=False) for load in self.loads if load.value is not None)
        return {one.id: one for one in (*self.measurements, *loads)}

    @model_validator(mode="after")
    def _references_resolve(self) -> Assessment:
        clips = {clip.id for clip in self.clips}
        used = {part.clip for parts in (self.events, self.measurements, self.curves, self.loads) for part in parts}
        if not used <= clips:
            raise ValueError(f"assessment: clips {sorted(used - clips)} are not in clips")
        ids = [m.id for m in self.measurements]
        if len(ids) != len(set(ids)):
            raise ValueError("assessment: measurement ids are not unique")
        known = {*ids, *(load.id for load in self.loads)}
        for finding in self.findings:
            if finding.measurement not in known:
                raise ValueError(f"assessment: finding {finding.id} rests on unknown {finding.measurement!r}")
        return self

    def to_json(self) -> str:
        """Return the file's text: UTF-8, two spaces of indentation, numbers finite or null."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    def measurement(self, name: str, side: SideOrBoth, clip: str | None = None) -> Measurement:
        """Return one measurement of a clip (the first clip by default); KeyError where it is not there."""
        clip = clip or self.clips[0].id
        for measurement in self.measurements:
            if (measurement.name, measurement.side, measurement.clip) == (name, side, clip):
                return measurement
        raise KeyError(f"{name} {side} of {clip}")


def assessment_schema() -> str:
    """Return the JSON Schema of `assessment.json` as text; the shipped file `assessment.schema.json` holds the same."""
    schema = Assessment.model_json_schema(by_alias=True, mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def read_assessment(path: Path) -> Assessment:
    """Read an `assessment.json`.

    Raises
    ------
    AssessmentFileInvalid
        Where the file is missing, not JSON, of another schema or inconsistent.
    """
    try:
        return Assessment.model_validate_json(path.read_bytes())
    except OSError as error:
        raise AssessmentFileInvalid(path=path, reason=error.strerror or error) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "file"
        raise AssessmentFileInvalid(path=path, reason=f"{where}: {first['msg']}") from error
