"""What the command line shows: sentences in the user's language, progress on a terminal, results as JSON."""

from __future__ import annotations

import json
import locale
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text as RichText

from kinechain.errors import InternalError, KinechainError, OutputNotWritable
from kinechain.text import Language, Text

STAGES: dict[str, Text] = {
    "weights": Text(ja="重みファイルの取得", en="fetching weights"),
    "pose": Text(ja="姿勢を推定", en="finding the runner"),
    "gait": Text(ja="歩数と角度を計測", en="measuring strides"),
    "loads": Text(ja="負担を推定", en="estimating loads"),
    "pictures": Text(ja="写真と動画を作成", en="drawing pictures and overlay"),
}


def default_language() -> Language:
    """Return the language of the user's locale: Japanese where it is Japanese, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if (spoken or locale.getlocale()[0] or "").lower().startswith("ja") else "en"


@dataclass(frozen=True)
class Shell:
    """One command's way to the user.

    Parameters
    ----------
    language : of sentences
    json_to : "-" for standard output, a path, or None for no JSON
    """

    language: Language
    json_to: str | None = None

    def say(self, text: Text | str) -> None:
        """Print a sentence; on standard error where standard output carries JSON."""
        stream = sys.stderr if self.json_to == "-" else sys.stdout
        stream.write((text if isinstance(text, str) else text[self.language]) + "\n")

    def result(self, document: str) -> None:
        """Write the command's JSON result to where the user asked for it."""
        if self.json_to == "-":
            sys.stdout.write(document.rstrip("\n") + "\n")
        elif self.json_to is not None:
            try:
                Path(self.json_to).write_text(document, encoding="utf-8")
            except OSError as error:
                raise OutputNotWritable(path=self.json_to) from error

    def fail(self, error: KinechainError) -> NoReturn:
        """Print what is wrong and what to do, and end with the error's exit status."""
        sentence, advice = error.message[self.language], error.advice[self.language]
        sys.stderr.write(f"{sentence}\n{advice}\n[{error.code}]\n")
        if self.json_to == "-":
            self.result(
                json.dumps(
                    {
                        "error": {
                            "code": error.code,
                            "exit_status": error.exit_status,
                            "message": error.message.model_dump(),
                            "hint": error.advice.model_dump(),
                        }
                    },
                    ensure_ascii=False,
                )
            )
        raise SystemExit(error.exit_status)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn errors of the block into sentences and exit statuses."""
        try:
            yield
        except KinechainError as error:
            self.fail(error)
        except Exception as error:  # noqa: BLE001 - the last line of defence: a defect becomes a sentence, not a trace
            if os.environ.get("KINECHAIN_DEBUG"):
                traceback.print_exc()
            self.fail(InternalError(reason=f"{type(error).__name__}: {error}"))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Give a callback (stage, done, total) that draws bars on a terminal and is silent in a pipe."""
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            _Rate(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
            tasks = {}

            def report(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(STAGES[stage][self.language], total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield report


class _Rate(ProgressColumn):
    """Frames (or files) a second."""

    def render(self, task: Task) -> RichText:
        """Return the rate of a task."""
        speed = task.finished_speed or task.speed
        return RichText("" if speed is None else f"{speed:.1f}/s")
