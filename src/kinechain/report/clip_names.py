"""What a page calls the clips of an assessment, and which of them a caution is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kinechain.model.assessment import Caution, Clip
from kinechain.report.words import Words
from kinechain.text import Language


def clip_names(clips: Sequence[Clip]) -> dict[str, str]:
    """Return the name of each clip by its id: its file; where several lie in one file, also where in it [s]."""
    shared = Counter(clip.file for clip in clips)
    return {clip.id: clip.file if shared[clip.file] == 1 else f"{clip.file} {_seconds(clip)}" for clip in clips}


def _seconds(clip: Clip) -> str:
    where = clip.part or clip.segments[0]
    return f"{where.start_s:.1f}–{where.end_s:.1f} s"


def told_cautions(
    cautions: Iterable[Caution], names: Mapping[str, str], language: Language, words: Words
) -> tuple[str, ...]:
    """Return each sentence once, with the clips that it is about; all of them are not listed."""
    about: dict[str, list[str]] = {}
    for caution in cautions:
        about.setdefault(caution.message[language], []).extend([caution.clip] if caution.clip else [])
    return tuple(message + _about(clips, names, words) for message, clips in about.items())


def _about(clips: Sequence[str], names: Mapping[str, str], words: Words) -> str:
    if not clips or len(names) < 2:
        return ""
    if set(names) <= set(clips):
        return words["cautions"]["every_clip"]
    listed = words["page"]["list_separator"].join(names.get(clip, clip) for clip in clips)
    return words["cautions"]["clip"].format(file=listed)
