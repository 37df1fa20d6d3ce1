"""Videos made to break who reads them, in the analysis itself: its own code and sentence, and the worker goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from job_studio import FAST, add_visit

import disguised_files
from kinechain.jobs.office import Office
from kinechain.jobs.work import perform
from kinechain.store.database import sqlite_url
from kinechain.store.tables import Clip

REAL = replace(FAST, analyses="kinechain.jobs.analyses", time_limit_s=60.0, quick_time_limit_s=60.0)
NAME = "../<b>run.mov"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], bool]] = {
    "only begins as one": ("file_truncated", disguised_files.only_begins_as_one, False),
    "without frames": ("clip_too_short", disguised_files.without_frames, False),
    "fills the memory": ("picture_too_large", disguised_files.bomb, False),
    "fills it later": ("file_truncated", lambda: disguised_files.bomb(small_first=30, n_frames=120), True),
}


def sent(office: Office, client_id: UUID, content: bytes) -> tuple[UUID, str]:
    """Put a clip where an upload leaves it; return its session and hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = office.files.clip(client_id, sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    visit_id = add_visit(office.database, client_id, {})
    with office.database.writing() as session:
        session.add(Clip(visit_id=visit_id, sha256=sha256, size_bytes=len(content), file_name=NAME))
    return visit_id, sha256


def told_in_their_words(message: dict[str, str]) -> bool:
    """Whether a sentence names the clip as its sender does, without a path of the server."""
    told = [text.replace(NAME, "") for text in message.values()]
    return message["ja"] != message["en"] and all(text.count("/") <= text.count(" / ") for text in told)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_video_ends_its_job_and_nothing_else(
    office: Office, client_id: UUID, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    code, make, decodes = HOSTILE[kind]
    if decodes:
        request.getfixturevalue("weights")
    visit_id, _ = sent(office, client_id, make())
    job_id = office.submit("assess", client_id, {}, visit_id)
    perform(sqlite_url(tmp_path), str(tmp_path), REAL, job_id)
    ended = office.state(job_id)
    assert (ended.state, ended.code, ended.assessment_id) == ("failed", code, None)
    assert ended.message is not None
    assert told_in_their_words(ended.message.model_dump())
    assert not office.folder(job_id).exists()
    assert list(office.files.root.glob("people/*/results/.*")) == []


def test_the_quick_look_says_it_before_the_runner_has_left(office: Office, client_id: UUID, tmp_path: Path) -> None:
    visit_id, sha256 = sent(office, client_id, disguised_files.bomb())
    job_id = office.submit("check_clip", client_id, {"sha256": sha256, "file_name": NAME}, visit_id)
    perform(sqlite_url(tmp_path), str(tmp_path), REAL, job_id)
    found = office.state(job_id).document
    assert found is not None
    assert (found["usable"], found["problem"]["code"]) == (False, "picture_too_large")
    assert told_in_their_words(found["problem"]["message"])
