"""Files that are not what they say: refused at the first piece in both languages, nothing kept, the studio goes on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from test_web_visit import begin, kept, put
from web_browser import Browser

import disguised_files
from kinechain.errors import FormInvalid, NotAVideo
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Clip, Upload
from kinechain.web.studio import Studio

DISGUISED = disguised_files.disguised()


@pytest.fixture
def visit_id(trainer: Browser, client_id: UUID) -> UUID:
    trainer.post(f"/clients/{client_id}/visits")
    return UUID(trainer.at.rsplit("/", 1)[1])


def assert_nothing_kept(studio: Studio, files: StudioFiles) -> None:
    assert kept(studio, Upload) == []
    assert kept(studio, Clip) == []
    assert [path for path in files.root.rglob("*") if path.is_file() and "studio.sqlite" not in path.name] == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", DISGUISED)
def test_what_is_no_video_is_refused_at_its_first_piece(
    trainer: Browser, visit_id: UUID, studio: Studio, files: StudioFiles, kind: str, language: str
):
    trainer.post("/language", {"language": language, "back": "/"})
    content = DISGUISED[kind]
    upload = begin(trainer, visit_id, 3 * len(content), name="run.mp4").json()["id"]
    refused = put(trainer, upload, 0, content)
    assert refused.status_code == 422
    assert NotAVideo(path="run.mp4").message[language] in refused.text
    assert NotAVideo.hint[language] in refused.text
    assert_nothing_kept(studio, files)
    assert put(trainer, upload, len(content), content).status_code == 404
    assert "run.mp4" not in trainer.get(f"/visits/{visit_id}")


@pytest.mark.parametrize("kind", ["page", "program for Windows"])
def test_a_program_is_told_the_code(
    programs: Callable[[str], TestClient], trainer: Browser, visit_id: UUID, studio: Studio, files: StudioFiles, kind
):
    program, content = programs("trainer"), DISGUISED[kind]
    begun = program.post(f"/api/v1/visits/{visit_id}/uploads", json={"name": "run.mp4", "size": len(content)}).json()
    refused = program.put(f"/api/v1/uploads/{begun['id']}?start=0", content=content)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_video")
    assert_nothing_kept(studio, files)


def test_a_video_with_a_page_behind_it_is_never_shown_as_a_page(
    trainer: Browser, visit_id: UUID, client_id: UUID, studio: Studio, files: StudioFiles
):
    content = disguised_files.with_a_page_behind()
    upload = begin(trainer, visit_id, len(content), name="run.html").json()["id"]
    clip = put(trainer, upload, 0, content).json()["clip"]
    (row,) = kept(studio, Clip)
    assert files.clip(client_id, row.sha256).read_bytes() == content
    for path in (f"/clips/{clip}", f"/clips/{clip}/file", f"/people/{client_id}/clips/{row.sha256}"):
        assert trainer.http.get(path).status_code in (404, 405)
    assert disguised_files.PAGE not in trainer.http.get(f"/visits/{visit_id}").content


@pytest.mark.parametrize(
    "name",
    ["run\x00.mp4", "x" * 300, "run\u202e4pm.exe", "run\u2066.mp4", "a\nb.mp4", "\x1b[2Jrun.mp4"],
    ids=["NUL", "300 characters", "right to left", "isolate", "two lines", "terminal"],
)
def test_a_name_that_deceives_is_refused(trainer: Browser, visit_id: UUID, studio: Studio, files: StudioFiles, name):
    refused = begin(trainer, visit_id, name=name)
    assert refused.status_code == 422
    assert name not in refused.text
    assert FormInvalid.hint.ja.format(allowed="") in refused.text
    assert_nothing_kept(studio, files)
    trainer.get(f"/visits/{visit_id}")


@pytest.mark.parametrize(
    "name", ["../../studio.sqlite", "C:\\run.mp4", "<script>alert(1)</script>.mp4", '" onload="x.mp4']
)
def test_a_name_with_path_parts_or_script_is_a_name(
    trainer: Browser, visit_id: UUID, client_id: UUID, files: StudioFiles, studio: Studio, name: str
):
    content = disguised_files.small_video()
    upload = begin(trainer, visit_id, len(content), name=name).json()["id"]
    put(trainer, upload, 0, content)
    (clip,) = kept(studio, Clip)
    assert clip.file_name == name
    written = {path for path in files.root.rglob("*") if path.is_file() and "studio.sqlite" not in path.name}
    assert written == {files.clip(client_id, clip.sha256)}
    page = trainer.get(f"/visits/{visit_id}")
    assert "<script>alert" not in page
    assert '" onload="' not in page
