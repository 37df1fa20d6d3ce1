"""What is no assessment, done by the analyses themselves: the check of an exercise, the comparison of two results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
from job_studio import FAST, add_visit
from report_samples import full_plan, measurement, reasoned

from kinechain.jobs.office import JobView, Office
from kinechain.jobs.work import perform
from kinechain.model.comparison import Comparison
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.pipeline.exercise_pictures import picture_name
from kinechain.pose.weights import WeightFiles
from kinechain.store.database import sqlite_url
from kinechain.store.tables import Client, Job, Result

REAL = replace(FAST, analyses="kinechain.jobs.analyses", quick_time_limit_s=120.0)
QUICKER_SPM = 9.0


def done(office: Office, job_id: UUID) -> JobView:
    perform(sqlite_url(office.files.root), str(office.files.root), REAL, job_id)
    return office.state(job_id)


def beginning_of(clip: Path, into: Path, n_frames: int = 50) -> Path:
    """Return the first frames of a clip as a clip of their own."""
    with av.open(str(clip)) as old, av.open(str(into), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in list(old.demux(old.streams.video[0]))[:n_frames]:
            packet.stream = stream
            new.mux(packet)
    return into


def test_an_exercise_is_checked(
    office: Office, client_id: UUID, demo_clip: Path, weights: WeightFiles, tmp_path: Path
) -> None:
    """A runner does no hip hinge: that is a result, with what it looks like, and not a failure."""
    content = beginning_of(demo_clip, tmp_path / "clip.mp4").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    kept = office.files.clip(client_id, sha256)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(content)
    with office.database.writing() as session:
        session.get_one(Client, client_id).hide_face = True
    asked = {"sha256": sha256, "file_name": "hinge.mp4", "exercise": "hip_hinge", "side": "right"}
    ended = done(office, office.submit("check_exercise", client_id, asked))
    assert (ended.state, ended.code) == ("succeeded", None), ended.message
    found = ExerciseCheck.model_validate(ended.document)
    assert (found.exercise, found.recognised) == ("hip_hinge", False)
    assert found.looks_like != "hip_hinge"
    folder = office.folder(ended.id)
    assert json.loads((folder / "exercise_check.json").read_text(encoding="utf-8")) == ended.document
    pictures = {picture_name(fault.frame) for fault in found.faults}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")} == pictures


def result_of(office: Office, client_id: UUID, day: date, quicker_spm: float) -> UUID:
    """Keep a result whose steps are so much quicker than the sample's, with known errors."""
    document: dict[str, Any] = json.loads(reasoned(full_plan()).to_json())
    document["date"] = day.isoformat()
    for clip in document["clips"]:
        clip["sha256"] = uuid4().hex * 2
    document["measurements"].append(measurement("speed_mps", "both", 3.0, 0.05).model_dump(mode="json"))
    for row in document["measurements"]:
        if row["name"] == "cadence_spm" and row["value"] is not None:
            row |= {key: row[key] + quicker_spm for key in ("value", "low", "high")}
            row["method_error"] = {"bias": 0.0, "sd": 0.5, "source": "test"}
    visit_id = add_visit(office.database, client_id, {})
    with office.database.writing() as session:
        job = Job(client_id=client_id, visit_id=visit_id, state="succeeded", fraction=1.0)
        session.add(job)
        session.flush()
        result = Result(visit_id=visit_id, job_id=job.id, document=document)
        session.add(result)
        session.flush()
        office.files.result(client_id, job.id).mkdir(parents=True)
        return result.id


def test_two_results_are_compared(office: Office, client_id: UUID) -> None:
    before = result_of(office, client_id, date(2026, 4, 1), 0.0)
    after = result_of(office, client_id, date(2026, 5, 1), QUICKER_SPM)
    ended = done(office, office.submit("compare", client_id, {"before": str(before), "after": str(after)}))
    assert (ended.state, ended.code) == ("succeeded", None), ended.message
    found = Comparison.model_validate(ended.document)
    (steps,) = [change for change in found.changes if change.name == "cadence_spm"]
    assert (steps.value, steps.verdict) == (QUICKER_SPM, "real")
    assert {change.verdict for change in found.changes if change.name != "cadence_spm"} <= {"none", "unclear"}
    kept = json.loads((office.folder(ended.id) / "comparison.json").read_text(encoding="utf-8"))
    assert kept == ended.document
