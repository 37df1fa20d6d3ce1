"""Results appear whole or not at all: written in a hidden folder beside the target, moved into place at the end.

A process that is killed leaves its hidden folder behind; the next one that writes to the same target takes it away.
Whether its owner still lives is told by a lock that ends with the process.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kinechain.errors import OutputNotWritable

_HIDDEN = ".kinechain-"
_LOCK, _FILES = "lock", "files"


@contextmanager
def staged(target: Path, *, seal: str = "assessment.json") -> Iterator[Path]:
    """Give a fresh folder to write in; when the block ends well, its files move into `target`.

    Files of an earlier run with the same names are replaced, other files in `target` stay. When the block fails,
    `target` is as it was before.

    Parameters
    ----------
    target : Path
    seal : str
        Name of the file that says that a result is whole, where the block writes it: an earlier one is taken away
        before anything else moves, the new one comes last. So a process that is killed while files move leaves no
        mixture that looks like a result.

    Raises
    ------
    OutputNotWritable
        Where `target` is a file, or it or the folder around it cannot be written.
    """
    if target.exists() and not (target.is_dir() and os.access(target, os.W_OK)):
        raise OutputNotWritable(path=target)
    made = _make_parents(target.parent)
    done = False
    try:
        clear_away(target.parent, target.name)
        with _own_folder(target) as files:
            yield files
            _move(files, target, seal)
        done = True
    finally:
        for folder in () if done else reversed(made):
            folder.rmdir()


@contextmanager
def _own_folder(target: Path) -> Iterator[Path]:
    """Give a hidden folder beside the target that is locked for as long as it is used, and removed then."""
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f"{_HIDDEN}{target.name}-", dir=target.parent))
        lock = FileLock(scratch / _LOCK, timeout=0)
        lock.acquire()
        files = scratch / _FILES
        files.mkdir()
    except (OSError, Timeout) as error:
        raise OutputNotWritable(path=target) from error
    try:
        yield files
    finally:
        shutil.rmtree(files, ignore_errors=True)
        lock.release()
        shutil.rmtree(scratch, ignore_errors=True)


def clear_away(folder: Path, target: str = "") -> None:
    """Remove the hidden folders in `folder` whose writers live no more: those for one target, or all."""
    prefix = f"{_HIDDEN}{target}-" if target else _HIDDEN
    inside = folder.iterdir() if os.access(folder, os.R_OK) else ()
    for scratch in [path for path in inside if path.name.startswith(prefix)]:
        try:
            with FileLock(scratch / _LOCK, timeout=0):
                shutil.rmtree(scratch / _FILES, ignore_errors=True)
        except (Timeout, OSError):
            continue  # its owner is at work, or it is not ours
        shutil.rmtree(scratch, ignore_errors=True)


def _make_parents(folder: Path) -> list[Path]:
    """Make the missing folders above the target and return them, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(path=folder) from error
    return missing


def _move(files: Path, target: Path, seal: str) -> None:
    try:
        target.mkdir(exist_ok=True)
        items = sorted(files.iterdir(), key=lambda item: (item.name == seal, item.name))
        if items and items[-1].name == seal:
            (target / seal).unlink(missing_ok=True)
        for item in items:
            place = target / item.name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            item.replace(place)
    except OSError as error:
        raise OutputNotWritable(path=target) from error
