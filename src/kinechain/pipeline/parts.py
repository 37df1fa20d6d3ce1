"""A file that holds several takes: the lines that make each of them a clip of a session, ready to paste."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kinechain.knowledge.cautions import caution
from kinechain.model.assessment import Caution
from kinechain.model.frames import FilePart
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.seeing import ClipRequest

PARTS_FILE = "clips.toml"
_HEAD = (
    "# 各部分のペースを入れて SESSION.toml に貼り付けてください（path はそのファイルから見た場所）。\n"
    "# Fill in the pace of each part and paste into SESSION.toml (path is seen from that file).\n"
)


def offer_parts(taken: Iterable[tuple[ClipRequest, tuple[MeasuredClip, ...]]], folder: Path) -> tuple[Caution, ...]:
    """Write `clips.toml` where a file holds several measured segments; return a caution for each such file."""
    several = [(request, clips) for request, clips in taken if len(clips) > 1]
    if several:
        text = "\n".join((_HEAD, *(entry for request, clips in several for entry in _entries(request, clips))))
        (folder / PARTS_FILE).write_text(text, encoding="utf-8")
    return tuple(
        caution("segments_of_own_pace", clips[0].id.partition(".")[0], count=len(clips), file=PARTS_FILE)
        for _, clips in several
    )


def _entries(request: ClipRequest, clips: tuple[MeasuredClip, ...]) -> Iterator[str]:
    for clip in clips:
        shown = shown_part(clip, request.part)
        yield (
            f"[[clip]]\npath = {json.dumps(request.path.name, ensure_ascii=False)}\n"
            f"from_s = {shown.from_s:.3f}\nto_s = {shown.to_s:.3f}\nview = {json.dumps(clip.part.view)}\n"
            '# pace = "5:00/km"\n'
        )


def shown_part(clip: MeasuredClip, part: FilePart) -> FilePart:
    """Return where a measured segment lies in its file, by the clock of a player."""
    (segment,), scale = clip.part.segments, clip.part.time_scale
    last_frame = scale / clip.part.fps
    return FilePart(part.from_s + scale * segment.start_s, part.from_s + scale * segment.end_s + last_frame)
