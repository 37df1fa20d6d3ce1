"""The parts of the documentation that are made from the code: they cannot be out of date."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from kinechain.errors import KinechainError
from kinechain.glossary import Quantity, quantities
from kinechain.knowledge.intake import Question, questions
from kinechain.pipeline.test_plan import plan_session

GROUPS = {
    "time_space": "時間と空間 · Time and space",
    "side_view": "横から · Side view",
    "rear_front": "後ろ・前から · Rear or front view",
    "load": "負担 · Load",
    "curve": "曲線 · Curves",
}


def glossary_page() -> str:
    """Return every quantity of the glossary as Markdown, by group."""
    parts = []
    for group, title in GROUPS.items():
        rows = [row for row in quantities().values() if row.group == group]
        if rows:
            parts += [f"## {title}", *(_quantity(row) for row in rows)]
    return "\n\n".join(parts)


def _quantity(row: Quantity) -> str:
    sides = "左右それぞれ · each leg" if row.sides == "each" else "左右共通 · both legs together"
    lines = [
        f"### {row.label.ja} · {row.label.en}",
        f"`{row.name}` · {row.symbol} · {row.unit or '–'} · {sides}",
        row.definition.ja,
        row.definition.en,
    ]
    if row.sign is not None:
        lines.append(f"{row.sign.ja} · {row.sign.en}")
    if row.classes is not None:
        lines.append("\n".join(f"- `{name}`: {text.ja} · {text.en}" for name, text in row.classes.items()))
    return "\n\n".join([*lines, f"*{row.source}*"])


def errors_page() -> str:
    """Return every error as Markdown, by exit status."""
    rows = ["| | code | 文 · sentence | どうするか · what to do |", "|---|---|---|---|"]
    for error in sorted(all_errors(), key=lambda error: (error.exit_status, error.code)):
        sentence, hint = error.sentence, error.hint
        cells = (
            str(error.exit_status),
            f"`{error.code}`",
            f"{sentence.ja}<br>{sentence.en}",
            f"{hint.ja}<br>{hint.en}",
        )
        rows.append("| " + " | ".join(_plain(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _plain(cell: str) -> str:
    """Return a table's cell: placeholders without their number format, and no bar that would end it."""
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", cell).replace("|", "\\|")


def all_errors() -> Iterator[type[KinechainError]]:
    """Yield every error that a user can meet: those that name their own code and are not a branch of the tree."""
    waiting = [KinechainError]
    while waiting:
        error = waiting.pop()
        branches = error.__subclasses__()
        waiting += branches
        if "sentence" in vars(error) and error is not KinechainError:
            yield error


INTAKE_GROUPS = {
    "complaint": "症状 · Complaint",
    "history": "これまで · History",
    "training": "練習 · Training",
    "red_flag": "健康についての質問 · Health questions (red flags)",
}


def intake_page() -> str:
    """Return every question of the intake as Markdown, by group."""
    parts = []
    for group, title in INTAKE_GROUPS.items():
        rows = ["| key | 質問 · question | 答え · answer |", "|---|---|---|"]
        rows += [_question(row) for row in questions().values() if row.group == group]
        parts += [f"## {title}", "\n".join(rows)]
    return "\n\n".join(parts)


def _question(row: Question) -> str:
    answers = [row.allowed]
    if row.choices is not None:
        answers = [f"`{key}` {text.ja} · {text.en}" for key, text in row.choices.items()]
    return f"| `{row.id}` | {_plain(row.label.ja)}<br>{_plain(row.label.en)} | {_plain('<br>'.join(answers))} |"


def test_plans_page() -> str:
    """Return the test plans of ten runners as a Markdown table."""
    runners = tomllib.loads((Path(__file__).parent / "test_plans.toml").read_text(encoding="utf-8"))["runner"]
    healthy = {key: False for key, question in questions().items() if question.group == "red_flag"}
    rows = ["| ランナー · runner | 計画 · plan | なぜ · why |", "|---|---|---|"]
    for runner in runners:
        plan = plan_session(healthy | runner["intake"], "studio")
        steps = [("★ " if step.core else "") + f"{step.label.ja} · {step.label.en}" for step in plan.steps]
        cells = (
            f"{runner['name']['ja']}<br>{runner['name']['en']}",
            "<br>".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
            f"{runner['why']['ja']}<br>{runner['why']['en']}",
        )
        rows.append("| " + " | ".join(_plain(cell) for cell in cells) + " |")
    return "\n".join(rows)


PAGES: dict[str, Callable[[], str]] = {
    "glossary": glossary_page,
    "errors": errors_page,
    "intake": intake_page,
    "test_plans": test_plans_page,
}
