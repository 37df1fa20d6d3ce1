"""Results appear whole or not at all: written in a hidden folder beside the target, moved into place at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kinechain.errors import OutputNotWritable


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a fresh folder to write in; when the block ends well, its files move into `target`.

    Files of an earlier run with the same names are replaced, other files in `target` stay. When the block fails,
    `target` is as it was before.

    Raises
    ------
    OutputNotWritable
        Where `target` is a file, or it or the folder around it cannot be written.
    """
    if target.exists() and not (target.is_dir() and os.access(target, os.W_OK)):
        raise OutputNotWritable(path=target)
    made = _make_parents(target.parent)
    try:
        scratch = Path(tempfile.mkdtemp(prefix=".kinechain-", dir=target.parent))
    except OSError as error:
        raise OutputNotWritable(path=target) from error
    done = False
    try:
        yield scratch
        _move(scratch, target)
        done = True
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        for folder in () if done else reversed(made):
            folder.rmdir()


def _make_parents(folder: Path) -> list[Path]:
    """Make the missing folders above the target and return them, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(path=folder) from error
    return missing


def _move(scratch: Path, target: Path) -> None:
    try:
        target.mkdir(exist_ok=True)
        for item in scratch.iterdir():
            place = target / item.name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            item.replace(place)
    except OSError as error:
        raise OutputNotWritable(path=target) from error
