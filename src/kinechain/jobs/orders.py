"""What a job is asked for, and the facts that its analysis needs, read from the tables when it starts."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from kinechain.errors import RecordMissing
from kinechain.exercise.kinds import ExerciseId
from kinechain.model.assessment import View
from kinechain.model.skeleton import Side
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import Attempt
from kinechain.store.tables import Client, Clip, EventCorrection, JobKind, Result, User, Visit

#: Instants that are as near as this are one [s].
SAME_INSTANT_S = 0.0005
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AssessPayload(_Asked):
    """Nothing but the session itself."""


class _ClipPayload(_Asked):
    """A clip of the client by its hash; `file_name` gives its kind, the rest is as for the command."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    file_name: str = "clip.mp4"
    slow_motion: float | None = Field(default=None, ge=0.1, le=40)
    person: int | None = Field(default=None, ge=1)


class CheckClipPayload(_ClipPayload):
    """A clip to look at quickly; `view` None where the product is to tell it."""

    view: View | None = None


class CheckExercisePayload(_ClipPayload):
    """A clip of an exercise."""

    exercise: ExerciseId
    side: Side | None = None


class ComparePayload(_Asked):
    """Two assessments of the client, by identifier."""

    before: UUID
    after: UUID


PAYLOADS: dict[JobKind, type[BaseModel]] = {
    "assess": AssessPayload,
    "check_clip": CheckClipPayload,
    "check_exercise": CheckExercisePayload,
    "compare": ComparePayload,
}


def facts_of(session: Session, files: StudioFiles, attempt: Attempt, payload: dict[str, Any]) -> dict[str, Any]:
    """Return all that an analysis needs; it never sees the database.

    Raises
    ------
    RecordMissing
        Where the session, or an assessment to compare, is there no more.
    """
    if attempt.kind == "assess":
        return _session_facts(session, files, attempt)
    if attempt.kind == "compare":
        asked = ComparePayload.model_validate(payload)
        return {
            "before": _assessment(session, files, attempt.client_id, asked.before),
            "after": _assessment(session, files, attempt.client_id, asked.after),
        }
    asked_clip = PAYLOADS[attempt.kind].model_validate(payload)
    facts = asked_clip.model_dump(mode="json", exclude={"sha256", "file_name"})
    file = _clip_file(files, attempt.client_id, payload["sha256"], payload.get("file_name", ""), 1)
    return facts | {"clip": file, "hide_face": session.get_one(Client, attempt.client_id).hide_face}


def check_payload(session: Session, kind: JobKind, client_id: UUID, visit_id: UUID | None, payload: Any) -> Any:
    """Return a payload as it is kept, checked.

    Raises
    ------
    ValueError
        Where it is none of the kind; an assessment needs a session.
    RecordMissing
        Where client, session or an assessment to compare does not exist, or belongs to somebody else.
    """
    checked = PAYLOADS[kind].model_validate(payload)
    if session.get(Client, client_id) is None:
        raise RecordMissing
    if visit_id is not None:
        _visit(session, client_id, visit_id)
    elif kind == "assess":
        raise ValueError("an assessment needs a session")
    if isinstance(checked, ComparePayload):
        for assessment_id in (checked.before, checked.after):
            _result(session, client_id, assessment_id)
    return checked.model_dump(mode="json", exclude_none=True)


def _session_facts(session: Session, files: StudioFiles, attempt: Attempt) -> dict[str, Any]:
    visit = _visit(session, attempt.client_id, attempt.visit_id)
    client = session.get_one(Client, attempt.client_id)
    clips = session.scalars(select(Clip).where(Clip.visit_id == visit.id).order_by(Clip.made_at, Clip.id)).all()
    named = [_clip_file(files, client.id, clip.sha256, clip.file_name, n) for n, clip in enumerate(clips, start=1)]
    tables = [{**clip.filming, "path": file["name"]} for clip, file in zip(clips, named, strict=True)]
    return {
        "session": {
            "date": visit.made_at.date().isoformat(),
            "athlete": client.athlete,
            "intake": visit.intake,
            "clip": tables,
            "test": visit.tests,
            "event": _corrections(session, visit),
        },
        "clips": named,
        "clips_count": len(named),
        "hide_face": client.hide_face,
    }


def _corrections(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """Return what was set by hand in the results of a session, as `[[event]]` of its file: of one event the last word.

    A row names an event by the instant that a result showed: the machine's, or the one that an earlier row set.
    """
    rows = session.execute(
        select(EventCorrection, User.name)
        .join(Result, Result.id == EventCorrection.assessment_id)
        .outerjoin(User, User.id == EventCorrection.corrected_by)
        .where(Result.visit_id == visit.id)
        .order_by(EventCorrection.made_at)
    )
    tables: list[dict[str, Any]] = []
    for row, name in rows:
        before = next((table for table in tables if _is_of(row, table)), None)
        found_s = row.found_s
        if before is not None:
            tables.remove(before)
            found_s = before.get("found_s")
        if found_s is None and row.time_s is None:
            continue  # what a hand had added is taken out again
        told = {"clip": row.clip, "side": row.side, "kind": row.kind, "found_s": found_s, "time_s": row.time_s}
        told |= {"by": name, "at": row.made_at.isoformat(timespec="seconds")}
        tables.append({key: value for key, value in told.items() if value is not None})
    return tables


def _is_of(row: EventCorrection, table: dict[str, Any]) -> bool:
    """Whether a row speaks of the event that an earlier one set."""
    if (row.clip, row.side, row.kind) != (table["clip"], table["side"], table["kind"]):
        return False
    if row.found_s is None:
        return "found_s" not in table and _near(row.time_s, table["time_s"])
    return _near(row.found_s, table.get("time_s")) or _near(row.found_s, table.get("found_s"))


def _near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= SAME_INSTANT_S


def _clip_file(files: StudioFiles, client_id: UUID, sha256: str, file_name: str, number: int) -> dict[str, str]:
    """Return where a clip lies, the name under which it is analysed (its ending is the user's), and the user's name."""
    suffix = PurePath(file_name).suffix
    ending = suffix.lower() if _SUFFIX.fullmatch(suffix) else ".mp4"
    file = files.clip(client_id, sha256).resolve()
    return {"name": f"clip{number}{ending}", "file": str(file), "told_as": file_name or f"clip{number}"}


def _visit(session: Session, client_id: UUID, visit_id: UUID | None) -> Visit:
    visit = None if visit_id is None else session.get(Visit, visit_id)
    if visit is None or visit.client_id != client_id:
        raise RecordMissing
    return visit


def _result(session: Session, client_id: UUID, assessment_id: UUID) -> Result:
    joined = select(Result).join(Visit, Visit.id == Result.visit_id)
    result = session.scalar(joined.where(Result.id == assessment_id, Visit.client_id == client_id))
    if result is None:
        raise RecordMissing
    return result


def _assessment(session: Session, files: StudioFiles, client_id: UUID, assessment_id: UUID) -> dict[str, Any]:
    result = _result(session, client_id, assessment_id)
    return {"document": result.document, "folder": str(files.result(client_id, result.job_id).resolve())}
