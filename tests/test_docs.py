"""The files around the code tell the truth about it: commands, errors, links, versions."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.main import get_command

from kinechain import errors, glossary
from kinechain.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)])
RECORDS = sorted((DOCS / "decisions").glob("0*.md"))
INTENDED_USE = (
    "For training; not a medical device; no diagnosis.",
    "トレーニングの参考のためのもので、医療機器ではなく、診断は行いません。",
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands(group: object, name: str = "kinechain") -> Iterator[tuple[str, set[str]]]:
    """Yield the full name of every command with its options."""
    inner = getattr(group, "commands", None)
    if inner is None:
        yield name, {opt for parameter in group.params for opt in parameter.opts if opt.startswith("--")}
    else:
        for part, command in inner.items():
            yield from commands(command, f"{name} {part}")


COMMANDS = dict(commands(get_command(app)))


def sections() -> dict[str, str]:
    """Return the text under each heading of the commands page."""
    parts = re.split(r"^## (.+)$", read(DOCS / "commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    """The module that makes pages from the code."""
    spec = importlib.util.spec_from_file_location("generated", DOCS / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_commands_of_the_contract_are_there() -> None:
    assert isinstance(app, typer.Typer)
    assert {f"kinechain {name}" for name in ("assess", "measure", "demo", "models fetch", "models path")} <= set(
        COMMANDS
    )


def test_the_page_has_every_command_and_no_other() -> None:
    assert set(sections()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_has_every_option_of_a_command_and_no_other(name: str) -> None:
    assert set(OPTION.findall(sections()[name])) - {"--help"} == COMMANDS[name] - {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_named_anywhere_exist(page: Path) -> None:
    ours = set().union(*COMMANDS.values()) | {"--help"}
    named = {option for line in read(page).splitlines() if "kinechain" in line for option in OPTION.findall(line)}
    assert named <= ours


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page)):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_source_files_exist(page: Path) -> None:
    for name in re.findall(r"`((?:src|tests|docs|benchmarks)/[\w/.-]+)`", read(page)):
        assert (ROOT / name).exists(), name


def test_every_page_is_in_the_table_of_contents() -> None:
    index = read(DOCS / "index.md")
    named = {DOCS / f"{line}.md" for line in index.splitlines() if re.fullmatch(r"[\w/]+", line)}
    assert named == {page for page in PAGES if page.is_relative_to(DOCS)} - {DOCS / "index.md", *RECORDS}


def test_the_errors_page_has_every_error(generated: ModuleType) -> None:
    page = generated.errors_page()
    own_sentence = {
        error
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.KinechainError) and "sentence" in vars(error)
    } - {errors.KinechainError}
    assert len(own_sentence) > 20
    for error in own_sentence:
        assert f"| {error.exit_status} | `{error.code}` |" in page
    assert page.count("\n") == len(own_sentence) + 1
    assert not re.search(r"\{\w+:", page)


def test_the_glossary_page_has_every_quantity(generated: ModuleType) -> None:
    page = generated.glossary_page()
    for name, row in glossary.quantities().items():
        assert page.count(f"`{name}`") == 1
        assert row.definition.ja in page
        assert row.definition.en in page


def test_the_generated_parts_have_their_place(generated: ModuleType) -> None:
    for name in generated.PAGES:
        assert f"<!-- generated: {name} -->" in read(DOCS / f"{name}.md")


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "index.md"], ids=lambda page: page.name)
def test_the_intended_use_is_said_in_both_languages(page: Path) -> None:
    for sentence in INTENDED_USE:
        assert sentence in read(page)


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = [
        line
        for block in re.findall(r"```\n(.*?)```", read(ROOT / "README.md"), re.DOTALL)
        for line in block.splitlines()
    ]
    assert [line.split("#")[0].strip() for line in lines[:3]] == ["make demo", "make test", "pip install ."]


def test_the_words_of_make_are_targets() -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        for words in re.findall(r"(?:^|`)make ((?:[a-z]+ ?)+)(?:`|$|\s+#)", read(page), re.MULTILINE):
            assert set(words.split()) <= targets, (page.name, words)


def test_versions_agree() -> None:
    version = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["version"]
    assert f"\nversion: {version}\n" in read(ROOT / "CITATION.cff")
    assert re.search(rf"^## {re.escape(version)} \(", read(ROOT / "CHANGELOG.md"), re.MULTILINE)


def test_decision_records_are_numbered_without_a_gap() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_decision_record_is_whole(record: Path) -> None:
    text = read(record)
    assert text.startswith(f"# {record.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Evidence", "Consequences"]
    assert re.search(r"^Status: ", text, re.MULTILINE)
