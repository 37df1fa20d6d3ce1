"""Adding to a diary, and showing it: several may write at once, and no entry is ever lost or half-written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from kinechain.errors import DiaryBusy, DiaryInvalid, OutputNotWritable
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.monitoring import monitored
from kinechain.model.diary import Diary, DiaryEntry, parse_diary
from kinechain.text import Language, Text

#: How long to wait for somebody else who is writing [s].
PATIENCE_S = 10.0
_HEAD = "# 痛みと練習の記録 · pain and training diary (kinechain diary add)\n"


def add_entry(path: Path, entry: DiaryEntry) -> Diary:
    """Append an entry to a diary, which is made where it is missing; return the diary.

    What stands in the file stays as it is, byte for byte. The new text appears whole or not at all.

    Raises
    ------
    DiaryInvalid
        Where the file is no diary, or the entry names an unknown exercise; nothing is written.
    DiaryBusy
        Where somebody else keeps writing.
    OutputNotWritable
    """
    if entry.exercise is not None and entry.exercise not in exercises():
        raise DiaryInvalid(path=path, reason=f"{entry.exercise}: {', '.join(exercises())}")
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE_S):
            text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
            parse_diary(text, path)
            new = f"{text}{'' if text.endswith(chr(10)) else chr(10)}\n{entry.to_toml()}"
            diary = parse_diary(new, path)
            _replace(path, new)
    except Timeout as error:
        raise DiaryBusy(path=path) from error
    except UnicodeDecodeError as error:
        raise DiaryInvalid(path=path, reason="UTF-8") from error
    except OSError as error:
        raise OutputNotWritable(path=path) from error
    return diary


def _replace(path: Path, text: str) -> None:
    """Write a file beside it and move it into place, after it has reached the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as half:
            half.write(text)
            half.flush()
            os.fsync(half.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


_LINE = {
    "sets": Text(ja="{value} セット", en="{value} sets"),
    "distance_km": Text(ja="{value:g} km", en="{value:g} km"),
    "minutes": Text(ja="{value:g} 分", en="{value:g} min"),
    "pace": Text(ja="最速 {value}", en="fastest {value}"),
    "pain_before": Text(ja="痛み 前 {value:g}", en="pain before {value:g}"),
    "pain_during": Text(ja="痛み 最中 {value:g}", en="pain during {value:g}"),
    "pain_after": Text(ja="痛み 後 {value:g}", en="pain after {value:g}"),
    "pain_next_morning": Text(ja="痛み 翌朝 {value:g}", en="pain next morning {value:g}"),
    "assessment": Text(ja="評価 {value}", en="assessment {value}"),
    "note": Text(ja="{value}", en="{value}"),
}
_LIMP = Text(ja="足を引きずった", en="limping")
_EMPTY = Text(ja="まだ記録がありません。", en="Nothing is noted yet.")


def diary_lines(diary: Diary, language: Language) -> list[str]:
    """Return the diary as lines for a terminal, the last day last, and what it says about the next step.

    It is judged as of a runner whose calf was never strained: the answer stands in the intake, not in the diary.
    """
    lines = [_line(entry, language) for entry in diary.entries] or [_EMPTY[language]]
    seen = () if diary.last is None else monitored(diary, diary.last, strained=False)
    return lines + list(dict.fromkeys(text[language] for one in seen for text in one.texts))


def _line(entry: DiaryEntry, language: Language) -> str:
    name = entry.exercise
    parts = [exercises()[name].name[language] if name in exercises() else name] if name is not None else []
    parts += [
        words[language].format(value=value)
        for key, words in _LINE.items()
        if (value := getattr(entry, key)) is not None
    ]
    parts += [_LIMP[language]] if entry.limp else []
    return "  ".join([entry.date.isoformat(), *parts])
