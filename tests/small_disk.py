"""A disk of a few megabytes that really fills: a file system in memory, mounted for a test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NoMount(Exception):
    """Nothing may be mounted here."""


@dataclass(frozen=True)
class SmallDisk:
    """A mounted disk; `root` is the studio's folder on it."""

    root: Path

    @property
    def _ballast(self) -> Path:
        return self.root.parent / "ballast"

    @property
    def free(self) -> int:
        """Bytes that can still be written."""
        return shutil.disk_usage(self.root).free

    def fill(self, *, leave: int = 0) -> None:
        """Fill the disk up to some bytes."""
        with self._ballast.open("ab") as file:
            file.write(b"\xaa" * (self.free - leave))

    def make_room(self) -> None:
        """Take away again what fills it."""
        self._ballast.unlink()


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Give a disk until the block ends; NoMount says why there can be none."""
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None:
        raise NoMount("no program `mount`")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise NoMount(made.stderr.strip())
    try:
        (folder / "studio").mkdir()
        yield SmallDisk(folder / "studio")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 - where mount is, it is
