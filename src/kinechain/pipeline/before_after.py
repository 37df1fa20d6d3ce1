"""The video of a re-test: the same view before and after, synchronised at contact."""

from __future__ import annotations

from pathlib import Path

from kinechain.model.assessment import Assessment
from kinechain.model.comparison import Comparison
from kinechain.model.skeleton import SIDES, Side
from kinechain.video.reader import open_clip
from kinechain.video.side_by_side import write_side_by_side

BEFORE_AFTER = "before_after.mp4"
_NEAR: dict[str, Side] = {"side_left": "left", "side_right": "right"}


def write_before_after(
    comparison: Comparison, before: tuple[Assessment, Path], after: tuple[Assessment, Path], folder: Path
) -> Path | None:
    """Write the overlays of the first two clips that were compared, side by side.

    Parameters
    ----------
    before, after : each assessment with the folder of its files

    Returns
    -------
    Path or None
        None where no two clips were compared, an overlay is missing, or a clip has no stride from contact to contact.
    """
    for clips in dict.fromkeys(change.clips for change in comparison.changes):
        files = [_overlay(one[1], clip) for one, clip in zip((before, after), clips, strict=True)]
        if files[0] is None or files[1] is None:
            continue
        view = next(clip.view for clip in after[0].clips if clip.id == clips[1])
        for leg in (_NEAR.get(view, "right"), *SIDES):
            contacts = (_contacts(before[0], clips[0], leg), _contacts(after[0], clips[1], leg))
            path = folder / BEFORE_AFTER
            if write_side_by_side(open_clip(files[0]), open_clip(files[1]), contacts, path):
                return path
    return None


def _contacts(assessment: Assessment, clip: str, leg: Side) -> list[float]:
    found = (e for e in assessment.events if (e.clip, e.side, e.kind) == (clip, leg, "initial_contact"))
    return sorted(event.time_s for event in found)


def _overlay(folder: Path, clip: str) -> Path | None:
    """Return the overlay of a clip; segments of a file share it."""
    names = (f"overlay_{clip.partition('.')[0]}.mp4", "overlay.mp4")
    return next((folder / name for name in names if (folder / name).is_file()), None)
