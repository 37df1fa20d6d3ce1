"""A large clip arrives in pieces: what is here is safe, and whatever breaks off goes on from there.

A piece is written at the place where the last one ended; the row says how much of the file counts. A crash between
the two leaves bytes behind that do not count and are overwritten.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from uuid import UUID

from sqlalchemy import select

from kinechain.errors import RecordMissing, StorageFull, UploadOutOfStep
from kinechain.store.database import Database
from kinechain.store.desk import Desk
from kinechain.store.files import StudioFiles
from kinechain.store.tables import Clip, Document, Upload

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_BYTES = 1 << 20


def unfinished(desk: Desk, visit_id: UUID) -> Sequence[Upload]:
    """Return the uploads of a session that broke off."""
    visit = desk.visit(visit_id)
    return desk.session.scalars(select(Upload).where(Upload.visit_id == visit.id).order_by(Upload.made_at)).all()


def begin_upload(desk: Desk, visit_id: UUID, file_name: str, size_bytes: int, filming: Document) -> Upload:
    """Begin the upload of a clip, or return the one of the same name and size that broke off."""
    for upload in unfinished(desk, visit_id):
        if (upload.file_name, upload.size_bytes) == (file_name, size_bytes):
            upload.filming = filming
            return upload
    upload = Upload(visit_id=visit_id, file_name=file_name, size_bytes=size_bytes, received_bytes=0, filming=filming)
    desk.session.add(upload)
    desk.session.flush()
    return upload


def discard_upload(database: Database, files: StudioFiles, user_id: UUID, upload_id: UUID) -> str:
    """Forget an upload and what arrived of it, and return the name of its file.

    Raises
    ------
    RecordMissing
        Where this person has no such upload.
    """
    with database.writing() as session:
        desk = Desk.of(session, user_id)
        upload = _of(desk, upload_id)
        part = files.upload(desk.visit(upload.visit_id).client_id, upload_id)
        session.delete(upload)
    part.unlink(missing_ok=True)
    return upload.file_name


def take_piece(
    database: Database, files: StudioFiles, user_id: UUID, upload_id: UUID, start: int, piece: bytes
) -> Clip | Upload:
    """Keep a piece of a clip; the last one makes it a clip of its session.

    Raises
    ------
    RecordMissing
        Where this person has no such upload.
    UploadOutOfStep
        Where the piece does not begin at what was received, or goes beyond the end.
    StorageFull
        Nothing of the piece counts then.
    """
    with database.reading() as session:
        upload = _of(Desk.of(session, user_id), upload_id)
        client_id = Desk.of(session, user_id).visit(upload.visit_id).client_id
        if start != upload.received_bytes or start + len(piece) > upload.size_bytes:
            raise UploadOutOfStep(received=upload.received_bytes)
        whole = start + len(piece) == upload.size_bytes
    part = files.upload(client_id, upload_id)
    if start and (not part.exists() or part.stat().st_size < start):
        _begin_again(database, upload_id)
    with _as_full():
        _write(part, start, piece)
    if not whole:
        return _count(database, user_id, upload_id, start, len(piece))
    sha256 = _hash(part, start + len(piece))
    with _as_full(), _in_place(part, files.clip(client_id, sha256)):
        return _finish(database, user_id, upload_id, start, sha256)


def _count(database: Database, user_id: UUID, upload_id: UUID, start: int, size: int) -> Upload:
    """Count a piece that is written."""
    with database.writing() as session:
        upload = _in_step(Desk.of(session, user_id), upload_id, start)
        upload.received_bytes = start + size
        session.flush()
        session.expunge(upload)
        return upload


def _finish(database: Database, user_id: UUID, upload_id: UUID, start: int, sha256: str) -> Clip:
    """Make an upload whose last piece is written a clip of its session."""
    with database.writing() as session:
        desk = Desk.of(session, user_id)
        upload = _in_step(desk, upload_id, start)
        clip = _clip(desk, upload, sha256)
        session.delete(upload)
        session.flush()
        session.refresh(clip)
        session.expunge(clip)
        return clip


def _in_step(desk: Desk, upload_id: UUID, start: int) -> Upload:
    upload = _of(desk, upload_id)
    if upload.received_bytes != start:
        raise UploadOutOfStep(received=upload.received_bytes)
    return upload


def _of(desk: Desk, upload_id: UUID) -> Upload:
    upload = desk.session.get(Upload, upload_id)
    if upload is None:
        raise RecordMissing
    desk.visit(upload.visit_id)
    return upload


def _begin_again(database: Database, upload_id: UUID) -> NoReturn:
    """Count nothing of an upload whose file is gone: a crash put it in place and did not say so."""
    with database.writing() as session:
        session.get_one(Upload, upload_id).received_bytes = 0
    raise UploadOutOfStep(received=0)


@contextmanager
def _as_full() -> Iterator[None]:
    """Tell an error of ours where there is no room; other errors pass."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def _write(part: Path, start: int, piece: bytes) -> None:
    """Write a piece where the last one ended; where it cannot be written whole, nothing of it stays."""
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("r+b" if part.exists() else "w+b", buffering=0) as file:
            file.seek(start)
            rest = memoryview(piece)
            while rest:
                rest = rest[file.write(rest) :]
            file.truncate()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            os.truncate(part, start) if start else part.unlink()
        raise


def _hash(part: Path, size: int) -> str:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while block := file.read(min(_READ_BYTES, size)):
            digest.update(block)
            size -= len(block)
    return digest.hexdigest()


@contextmanager
def _in_place(part: Path, clip: Path) -> Iterator[None]:
    """Put a whole file in its place; where the block fails it is on its way again."""
    clip.parent.mkdir(parents=True, exist_ok=True)
    known = clip.exists()
    if not known:
        part.replace(clip)
    try:
        yield
    except BaseException:
        if not known:
            clip.replace(part)
        raise
    if known:
        part.unlink()


def _clip(desk: Desk, upload: Upload, sha256: str) -> Clip:
    """Return the clip of a finished upload; the same file twice in a session stays one clip, with the new table."""
    same = desk.session.scalar(select(Clip).where(Clip.visit_id == upload.visit_id, Clip.sha256 == sha256))
    if same is not None:
        same.filming = upload.filming
        return same
    clip = Clip(
        visit_id=upload.visit_id,
        sha256=sha256,
        size_bytes=upload.size_bytes,
        file_name=upload.file_name,
        filming=upload.filming,
    )
    desk.session.add(clip)
    return clip
