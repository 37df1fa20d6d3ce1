"""The error tree: codes, numbers, both languages, and the picture of it in the module's docstring."""

from __future__ import annotations

import inspect
import re
import string

import pytest

from kinechain import errors
from kinechain.errors import InternalError, KinechainError, UsageError
from kinechain.text import Text

ALL = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, KinechainError) and value.__module__ == errors.__name__
]
LEAVES = [error for error in ALL if not error.__subclasses__()]
#: Exit status by family: 2 use, 10–19 file, 20–29 scene, 30–39 set-up, 40–49 session, 50 internal.
FAMILIES = {
    "UsageError": (2, 2),
    "InputFileError": (10, 19),
    "SceneError": (20, 29),
    "SetupError": (30, 39),
    "SessionError": (40, 49),
    "InternalError": (50, 50),
}
NOT_A_FAULT = {*FAMILIES, "KinechainError", "Exception", "BaseException", "object"} - {"InternalError"}
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")

every = pytest.mark.parametrize("error", ALL, ids=lambda e: e.__name__)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _family(error: type[KinechainError]) -> str:
    return next(parent.__name__ for parent in reversed(error.__mro__) if parent.__name__ in FAMILIES)


def _example(error: type[KinechainError]) -> dict[str, object]:
    names = _fields(error.sentence.en) | _fields(error.hint.en)
    return dict.fromkeys(names, 7)  # a number fits every format of the sentences


def test_codes_are_unique():
    codes = [error.code for error in ALL if error is not KinechainError]
    assert sorted(codes) == sorted(set(codes))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes)


def test_exit_status_is_unique_per_leaf_and_shared_only_with_its_own_kinds():
    kinds = {next(c for c in reversed(leaf.__mro__) if c.__name__ not in NOT_A_FAULT) for leaf in LEAVES}
    statuses = [kind.exit_status for kind in kinds]
    assert sorted(statuses) == sorted(set(statuses))
    for leaf in LEAVES:
        assert (
            leaf.exit_status in {parent.exit_status for parent in leaf.__mro__[1:] if parent in kinds} or leaf in kinds
        )


@every
def test_exit_status_is_in_the_range_of_its_family(error: type[KinechainError]):
    if error is not KinechainError:
        low, high = FAMILIES[_family(error)]
        assert low <= error.exit_status <= high


def test_every_family_hangs_from_the_root():
    assert {child.__name__ for child in KinechainError.__subclasses__()} == set(FAMILIES)


@every
def test_both_languages_say_the_same_with_the_same_details(error: type[KinechainError]):
    for text in (error.sentence, error.hint):
        assert text.ja.strip()
        assert text.en.strip()
        assert JAPANESE.search(text.ja)
        assert not JAPANESE.search(text.en)
        assert _fields(text.ja) == _fields(text.en)


@every
def test_sentence_and_hint_can_be_filled(error: type[KinechainError]):
    raised = error(**_example(error))
    for text in (raised.message, raised.advice):
        assert isinstance(text, Text)
        assert "{" not in text.ja + text.en
    assert str(raised) == raised.message.en


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda e: e.__name__)
def test_each_leaf_has_words_of_its_own(leaf: type[KinechainError]):
    assert "code" in vars(leaf)
    assert "sentence" in vars(leaf)
    if leaf is not InternalError:
        assert "hint" in vars(leaf)
        assert "exit_status" in vars(leaf) or issubclass(leaf, UsageError)


def test_a_missing_detail_is_a_defect_that_shows():
    with pytest.raises(KeyError):
        errors.FileMissing()


def test_the_tree_in_the_docstring_lists_exactly_the_classes_with_their_numbers():
    listed: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.fullmatch(r"\s*[│├└─\s]*(\w+Error|[A-Z]\w+)(?:\s+(\d+(?:–\d+)?)(?:\s+.*)?)?", line)
        if found and hasattr(errors, found[1]):
            assert found[1] not in listed, f"{found[1]} is listed twice"
            listed[found[1]] = found[2] or ""
    assert set(listed) == {error.__name__ for error in ALL}
    assert listed.pop("KinechainError") == ""
    for error in ALL:
        if error.__name__ in ("InputFileError", "SceneError", "SetupError", "SessionError"):
            assert listed[error.__name__] == "{}–{}".format(*FAMILIES[error.__name__])
        elif error is not KinechainError:
            assert listed[error.__name__] == str(error.exit_status)


def test_the_tree_in_the_docstring_shows_the_parents():
    parents: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"(?P<indent>[│├└─\s]*)(?P<name>[A-Z]\w+)", line)
        if not found or not hasattr(errors, found["name"]):
            continue
        depth = len(found["indent"])
        while parents and parents[-1][0] >= depth:
            parents.pop()
        if parents:
            assert getattr(errors, found["name"]).__bases__ == (getattr(errors, parents[-1][1]),)
        parents.append((depth, found["name"]))


def test_details_can_be_read_by_programs():
    error = errors.FrameRateTooLow(fps=15.2, needed=24)
    assert error.details == {"fps": 15.2, "needed": 24}
    assert "15 fps" in error.message.en
    assert "24" in error.message.ja
