"""A result as it stands: the assessment, the plan's changes, events set by hand, and the links that share it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kinechain.errors import RecordMissing
from kinechain.model.assessment import Assessment, Plan
from kinechain.model.skeleton import Side
from kinechain.store.accounts import digest
from kinechain.store.desk import Desk
from kinechain.store.files import StudioFiles
from kinechain.store.job_queue import call_off
from kinechain.store.tables import Client, EventCorrection, Job, PlanEdit, Result, ShareLink, User, Visit, now

SHARED_FOR_DAYS = 30


@dataclass(frozen=True)
class Opened:
    """A result with its folder, and the plan as it stands: the trainer's, or the suggested one."""

    result: Result
    client: Client
    folder: Path
    assessment: Assessment
    edits: Sequence[tuple[PlanEdit, str | None]]

    @property
    def current(self) -> Assessment:
        """The assessment with the plan as it stands."""
        if not self.edits:
            return self.assessment
        return self.assessment.model_copy(update={"plan": Plan.model_validate(self.edits[-1][0].plan)})


def open_result(files: StudioFiles, desk: Desk, result_id: UUID) -> Opened:
    """Return a result of one of this person's clients; RecordMissing where there is none."""
    return _opened(files, desk.session, desk.result(result_id))


def open_shared(files: StudioFiles, session: Session, secret: str) -> Opened:
    """Return the result that a link opens; RecordMissing where the link is closed, expired or none."""
    link = session.scalar(
        select(ShareLink).where(
            ShareLink.secret_sha256 == digest(secret), ShareLink.revoked_at.is_(None), ShareLink.expires_at > now()
        )
    )
    if link is None:
        raise RecordMissing
    return _opened(files, session, session.get_one(Result, link.assessment_id))


def corrections(desk: Desk, result_id: UUID) -> Sequence[EventCorrection]:
    """Return the events that were set by hand in a result, in the order of doing."""
    result = desk.result(result_id)
    of_result = select(EventCorrection).where(EventCorrection.assessment_id == result.id)
    return desk.session.scalars(of_result.order_by(EventCorrection.made_at)).all()


def correct_event(
    desk: Desk,
    result_id: UUID,
    clip: str,
    side: Side,
    kind: str,
    found_s: float | None,
    time_s: float | None,
    found_side: Side | None = None,
) -> Job:
    """Keep an event set by hand and queue the analysis that makes the measurements again.

    An analysis of the session that runs is called off: it has not seen this event.

    Parameters
    ----------
    found_s : when it was, as the result says: by the machine or an earlier hand [s of the clip]; None: it is added
    time_s : when it is [s of the clip]; None where it is taken out
    found_side : the foot that had it, where it was the other one: it is taken from there and added here

    Raises
    ------
    RecordMissing
        Where there is no such result, or no such clip in it.
    """
    result = desk.result(result_id)
    if clip not in {one["id"] for one in result.document["clips"]}:
        raise RecordMissing
    exchanged = found_side is not None and found_side != side and None not in (found_s, time_s)
    steps = [(found_side, found_s, None), (side, None, time_s)] if exchanged else [(side, found_s, time_s)]
    desk.session.add_all(
        EventCorrection(
            assessment_id=result.id,
            clip=clip,
            side=of,
            kind=kind,
            found_s=before,
            time_s=after,
            corrected_by=desk.user.id,
        )
        for of, before, after in steps
    )
    desk.note("correct", "assessment", result.id)
    call_off(desk.session, result.visit_id)
    return desk.queue_job(result.visit_id)


def open_shares(desk: Desk, result_id: UUID) -> Sequence[ShareLink]:
    """Return the links that open a result now."""
    result = desk.result(result_id)
    open_now = ShareLink.revoked_at.is_(None) & (ShareLink.expires_at > now())
    links = select(ShareLink).where(ShareLink.assessment_id == result.id, open_now)
    return desk.session.scalars(links.order_by(ShareLink.made_at)).all()


def share(desk: Desk, result_id: UUID, days: int) -> tuple[str, ShareLink]:
    """Make a link that opens a report without an account, for some days; its secret is known this once."""
    secret = secrets.token_urlsafe(32)
    link = ShareLink(
        assessment_id=desk.result(result_id).id,
        secret_sha256=digest(secret),
        expires_at=now() + timedelta(days=days),
        shared_by=desk.user.id,
    )
    desk.session.add(link)
    desk.session.flush()
    desk.note("share", "assessment", result_id)
    return secret, link


def revoke_share(desk: Desk, result_id: UUID, share_id: UUID) -> None:
    """Close a link; RecordMissing where this result has none of this identifier."""
    result = desk.result(result_id)
    link = desk.session.scalar(select(ShareLink).where(ShareLink.id == share_id, ShareLink.assessment_id == result.id))
    if link is None:
        raise RecordMissing
    link.revoked_at = now()
    desk.note("unshare", "assessment", result_id)


def _opened(files: StudioFiles, session: Session, result: Result) -> Opened:
    visit = session.get_one(Visit, result.visit_id)
    edits = session.execute(
        select(PlanEdit, User.name)
        .outerjoin(User, User.id == PlanEdit.edited_by)
        .where(PlanEdit.assessment_id == result.id)
        .order_by(PlanEdit.number)
    ).all()
    return Opened(
        result=result,
        client=session.get_one(Client, visit.client_id),
        folder=files.result(visit.client_id, result.job_id),
        assessment=Assessment.model_validate(result.document),
        edits=[(edit, name) for edit, name in edits],
    )
