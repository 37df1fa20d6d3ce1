"""The pages on a disk that really fills: what to do is said, nothing half-written stays, and later it goes on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

import pytest
from test_web_visit import begin, kept, put
from web_browser import MP4, Browser

from kinechain.errors import StorageFull
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Clip, Upload
from kinechain.web.studio import Studio
from small_disk import SmallDisk

CONTENT = MP4 + bytes(range(256)) * 12_000
HALF = len(CONTENT) // 2


@pytest.fixture
def tmp_path(small_disk: SmallDisk) -> Path:
    """Where the studio of these tests lies, database and files: on the disk that fills."""
    return small_disk.root


@pytest.fixture
def visit_id(trainer: Browser, client_id: UUID) -> UUID:
    trainer.post(f"/clients/{client_id}/visits")
    return UUID(trainer.at.rsplit("/", 1)[1])


@pytest.mark.parametrize("leave", [0, HALF // 2])
def test_an_upload_goes_on_once_there_is_room(
    trainer: Browser,
    visit_id: UUID,
    client_id: UUID,
    studio: Studio,
    files: StudioFiles,
    small_disk: SmallDisk,
    leave: int,
):
    upload = begin(trainer, visit_id, len(CONTENT)).json()["id"]
    assert put(trainer, upload, 0, CONTENT[:HALF]).json()["received"] == HALF
    small_disk.fill(leave=leave)
    free = small_disk.free
    refused = put(trainer, upload, HALF, CONTENT[HALF:])
    assert refused.status_code == 507
    assert StorageFull.sentence.ja in refused.text
    assert StorageFull.hint.ja in refused.text
    part = files.upload(client_id, UUID(upload))
    assert part.stat().st_size == HALF, "nothing of the piece stays"
    assert small_disk.free >= free
    assert kept(studio, Clip) == []
    small_disk.make_room()
    assert begin(trainer, visit_id, len(CONTENT)).json()["received"] == HALF
    assert put(trainer, upload, HALF, CONTENT[HALF:]).json()["clip"]
    (clip,) = kept(studio, Clip)
    assert files.clip(client_id, clip.sha256).read_bytes() == CONTENT
    assert kept(studio, Upload) == []


def test_a_last_piece_whose_row_finds_no_room_is_sent_again_alone(
    trainer: Browser, visit_id: UUID, client_id: UUID, studio: Studio, files: StudioFiles, small_disk: SmallDisk
):
    upload = begin(trainer, visit_id, len(CONTENT)).json()["id"]
    put(trainer, upload, 0, CONTENT[:HALF])
    part, rest = files.upload(client_id, UUID(upload)), len(CONTENT) - HALF
    clip = files.clip(client_id, hashlib.sha256(CONTENT).hexdigest())
    clip.parent.mkdir()
    small_disk.fill(leave=rest + 4096)
    assert put(trainer, upload, HALF, CONTENT[HALF:]).status_code == 507
    assert not clip.exists(), "no file without its row"
    assert part.stat().st_size >= HALF
    small_disk.make_room()
    assert put(trainer, upload, HALF, CONTENT[HALF:]).json()["clip"]
    assert clip.read_bytes() == CONTENT
    assert not part.exists()


def test_pages_say_it_too_and_nothing_that_was_kept_is_lost(
    trainer: Browser, visit_id: UUID, client_id: UUID, small_disk: SmallDisk
):
    small_disk.fill()
    assert "鈴木" in trainer.get("/")
    refused = trainer.post(f"/visits/{visit_id}/intake", {"side": "right"}, status=507)
    assert StorageFull.sentence.ja in refused
    small_disk.make_room()
    trainer.get(f"/visits/{visit_id}")
    assert "鈴木" in trainer.get(f"/clients/{client_id}")
