"""An interrupted session goes on where it stopped: finished clips are not seen again, and it ends the same."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from grey_films import SPEEDS, Killed, KnowsTheRunner, write_films

from kinechain.model.assessment import Assessment
from kinechain.model.event_correction import EventCorrection
from kinechain.pipeline.assess import assess_session
from kinechain.pipeline.clip_store import ClipStore, kept_clips
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest, SeenClip, see
from kinechain.pipeline.session import read_session
from kinechain.settings import Protocol
from kinechain.video.insets import Additions
from kinechain.video.reader import file_sha256

GREYS = tuple(SPEEDS)[:3]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_films(tmp_path_factory.mktemp("films"), GREYS)


def run(session: Path, store: ClipStore, out: Path, estimator: KnowsTheRunner) -> Assessment:
    out.mkdir()
    return assess_session(
        read_session(session),
        lambda: estimator,
        store,
        out,
        protocol=Protocol(),
        progress=lambda *_: None,
    )


def comparable(assessment: Assessment) -> dict[str, object]:
    document: dict[str, object] = json.loads(assessment.to_json())
    del document["provenance"]["seconds"]  # type: ignore[attr-defined]
    return document


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overlays and loads are made anew in each run, which takes its time; here their names are enough."""

    def touch(_frames: object, _pose: object, _events: object, path: Path, **_more: object) -> None:
        path.touch()

    monkeypatch.setattr("kinechain.pipeline.assess.write_overlay", touch)
    monkeypatch.setattr("kinechain.pipeline.assess.clip_loads", lambda *_: ((), ()))


@pytest.mark.usefixtures("no_drawing")
def test_a_killed_session_resumes_and_ends_the_same(session: Path, tmp_path: Path) -> None:
    whole = KnowsTheRunner()
    expected = run(session, ClipStore(tmp_path / "other"), tmp_path / "whole", whole)
    a_clip = whole.images // len(GREYS)
    assert {path.name for path in (tmp_path / "whole").glob("*.mp4")} == {f"overlay_clip{n}.mp4" for n in (1, 2, 3)}

    store = ClipStore(tmp_path / "kept")
    with pytest.raises(Killed):
        run(session, store, tmp_path / "killed", KnowsTheRunner(killed_after=2 * a_clip + a_clip // 2))
    again = KnowsTheRunner()
    resumed = run(session, store, tmp_path / "again", again)
    assert again.images == a_clip, "only the clip that was not finished is seen"
    assert comparable(resumed) == comparable(expected)

    third = KnowsTheRunner()
    assert comparable(run(session, store, tmp_path / "third", third)) == comparable(expected)
    assert third.images == 0

    for facts in store.folder.glob("*/seen.json"):
        facts.write_text(facts.read_text()[:-20])
    damaged = KnowsTheRunner()
    assert comparable(run(session, store, tmp_path / "damaged", damaged)) == comparable(expected)
    assert damaged.images == whole.images, "what is damaged does not count"


@pytest.mark.usefixtures("no_drawing")
def test_a_corrected_session_is_measured_again_without_seeing_a_clip(session: Path, tmp_path: Path) -> None:
    store = ClipStore(tmp_path / "kept")
    before = run(session, store, tmp_path / "before", KnowsTheRunner())
    for number in (1, 2, 3):
        (tmp_path / "before" / f"overlay_clip{number}.mp4").write_text(f"as drawn {number}")
    off = next(e for e in before.events if (e.clip, e.kind) == ("clip2", "toe_off") and e.time_s > 1)
    set_s = off.time_s + 0.02
    set_right = EventCorrection(clip="clip2", side=off.side, kind="toe_off", found_s=off.time_s, time_s=set_s)
    again = KnowsTheRunner(killed_after=0)
    (tmp_path / "again").mkdir()
    after = assess_session(
        replace(read_session(session), corrections=(set_right,)),
        lambda: again,
        store,
        tmp_path / "again",
        protocol=Protocol(),
        progress=lambda *_: None,
        overlays_of=tmp_path / "before",
    )
    assert [e.time_s for e in after.events if e.by_hand] == [set_s]
    assert [c.clip for c in after.cautions if c.code == "overlay_before_corrections"] == ["clip1", "clip2", "clip3"]
    for number in (1, 2, 3):
        assert (tmp_path / "again" / f"overlay_clip{number}.mp4").read_text() == f"as drawn {number}"
    pictures = {m.frame for m in after.measurements if m.frame is not None}
    assert pictures
    assert all((tmp_path / "again" / picture).is_file() for picture in pictures)


def test_all_that_was_seen_of_a_clip_is_kept(session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that a kept clip loses would end a resumed session differently."""
    added = Additions(inset=(1.0, 2.0, 30.0, 40.0), bars=0.1, inset_share=0.05)

    def see_with_additions(*arguments: object) -> SeenClip:
        seen = see(*arguments)  # type: ignore[arg-type]
        return replace(seen, additions=added, pose=seen.pose.assign_attrs(upright_lean_deg=1.5))

    monkeypatch.setattr("kinechain.pipeline.clip_store.see", see_with_additions)
    clip, store = session.parent / f"{GREYS[0]}.mp4", ClipStore(tmp_path / "store")

    def seen_by(estimator: KnowsTheRunner) -> SeenClip:
        request = ClipRequest(clip, view="side_right")
        return store.see(request, file_sha256(clip), lambda: estimator, Protocol(), lambda *_: None, Stopwatch())

    first, kept = seen_by(KnowsTheRunner()), seen_by(KnowsTheRunner(killed_after=0))
    for part in fields(SeenClip):
        if part.name not in ("frames", "info", "pose", "repeated", "camera_lost"):
            assert getattr(kept, part.name) == getattr(first, part.name), part.name
    for name in ("repeated", "camera_lost"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(first, name))
    assert kept.pose.attrs["upright_lean_deg"] == 1.5
    np.testing.assert_allclose(kept.pose["position"], first.pose["position"])


def test_an_empty_store_leaves_no_folder(tmp_path: Path) -> None:
    with kept_clips(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert not (tmp_path / "a").exists()
    with kept_clips(tmp_path / "a" / "b") as store:
        (store.folder / "x").mkdir()
    assert (store.folder / "x").is_dir()
