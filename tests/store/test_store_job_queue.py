"""Jobs: each is taken once, ends once, and comes back when its worker falls silent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from studio_people import Studio

from kinechain.store.database import Database
from kinechain.store.job_queue import Attempt, JobQueue
from kinechain.store.tables import Job, PlanEdit, Result, Visit, now
from kinechain.text import Text

SILENCE = timedelta(minutes=1)
DOCUMENT = {"schema": "kinechain.assessment/1"}
FAULT = Text(ja="動画が壊れています。", en="The clip is damaged.")


@pytest.fixture
def queue(database: Database) -> JobQueue:
    return JobQueue(database)


@pytest.fixture
def visit(database: Database, studio: Studio) -> UUID:
    with database.writing() as session:
        made = Visit(client_id=studio.client)
        session.add(made)
        session.flush()
        return made.id


def add(queue: JobQueue, visit: UUID, n: int = 1) -> list[UUID]:
    with queue.database.writing() as session:
        client = session.get_one(Visit, visit).client_id
        jobs = [Job(client_id=client, visit_id=visit, made_at=now() + timedelta(microseconds=i)) for i in range(n)]
        session.add_all(jobs)
        session.flush()
        return [job.id for job in jobs]


def taken(queue: JobQueue) -> Attempt:
    attempt = queue.take()
    assert attempt is not None
    return attempt


def job(queue: JobQueue, job_id: UUID) -> Job:
    with queue.database.reading() as session:
        return session.get_one(Job, job_id)


def n_results(queue: JobQueue) -> int:
    with queue.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Result)) or 0


def test_a_job_from_queue_to_result(queue: JobQueue, visit: UUID) -> None:
    (job_id,) = add(queue, visit)
    attempt = taken(queue)
    assert attempt == Attempt(job_id, job(queue, job_id).client_id, visit, "assess", 1)
    assert queue.take() is None
    assert queue.report(attempt, "pose", 0.25)
    running = job(queue, job_id)
    assert (running.state, running.stage, running.fraction) == ("running", "pose", 0.25)
    assert queue.succeed(attempt, DOCUMENT)
    assert job(queue, job_id).state == "succeeded"
    assert not queue.succeed(attempt, DOCUMENT)
    assert not queue.fail(attempt, "late", FAULT)
    assert not queue.report(attempt, "pose", 0.5)
    assert n_results(queue) == 1
    assert job(queue, job_id).fraction == 1.0


def test_a_failure_keeps_code_and_sentence_and_is_not_tried_again(queue: JobQueue, visit: UUID) -> None:
    (job_id,) = add(queue, visit)
    assert queue.fail(taken(queue), "truncated_file", FAULT)
    failed = job(queue, job_id)
    assert (failed.state, failed.code, failed.message) == ("failed", "truncated_file", FAULT.model_dump())
    assert queue.requeue_lost(timedelta(0), now() + timedelta(days=1)) == 0
    assert queue.take() is None
    assert n_results(queue) == 0


def test_a_lost_job_starts_again_and_the_one_believed_dead_changes_nothing(queue: JobQueue, visit: UUID) -> None:
    (job_id,) = add(queue, visit)
    first = taken(queue)
    assert queue.requeue_lost(SILENCE) == 0, "it was just heard of"
    assert queue.requeue_lost(SILENCE, now() + 2 * SILENCE) == 1
    assert not queue.succeed(first, DOCUMENT), "queued again: the old attempt is over"
    second = taken(queue)
    assert (second.job_id, second.number) == (job_id, 2)
    assert job(queue, job_id).losses == 1
    for late in (queue.succeed(first, {}), queue.fail(first, "late", FAULT), queue.report(first, "gait", 0.9)):
        assert not late
    assert queue.succeed(second, DOCUMENT)
    assert n_results(queue) == 1


def test_who_waits_longest_is_first(queue: JobQueue, visit: UUID) -> None:
    ids = add(queue, visit, 3)
    assert [taken(queue).job_id for _ in ids] == ids


def test_many_takers_take_each_job_once(queue: JobQueue, visit: UUID) -> None:
    ids = add(queue, visit, 12)

    def work(_: int) -> list[UUID]:
        done = []
        while (attempt := queue.take()) is not None:
            assert queue.succeed(attempt, DOCUMENT)
            done.append(attempt.job_id)
        return done

    with ThreadPoolExecutor(4) as pool:
        done = [job_id for each in pool.map(work, range(4)) for job_id in each]
    # Who finds the only waiting job in another one's hands goes home; here all were taken in the end.
    assert sorted(done) == sorted(ids)
    assert n_results(queue) == 12


def test_a_fraction_outside_of_one_is_refused(queue: JobQueue, visit: UUID) -> None:
    add(queue, visit)
    attempt = taken(queue)
    with pytest.raises(sa.exc.IntegrityError):
        queue.report(attempt, "pose", 1.5)


@pytest.mark.parametrize(("stop", "kept"), [(False, ["more"]), (True, [])])
def test_a_session_analysed_anew_keeps_the_trainers_plan_unless_it_stops(
    queue: JobQueue, visit: UUID, stop: bool, kept: list[str]
) -> None:
    for document in ({"plan": {"stop": False}}, {"plan": {"stop": stop}}):
        add(queue, visit)
        assert queue.succeed(taken(queue), document)
        with queue.database.writing() as session:
            results = session.scalars(sa.select(Result.id).order_by(Result.made_at)).all()
            if len(results) == 1:
                session.add(PlanEdit(assessment_id=results[0], number=1, plan={}, why="more"))
    with queue.database.reading() as session:
        edits = session.scalars(sa.select(PlanEdit).where(PlanEdit.assessment_id == results[-1])).all()
        assert [edit.why for edit in edits] == kept
