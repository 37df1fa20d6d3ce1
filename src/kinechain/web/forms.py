"""Fields of forms: an empty one is none, a wrong one is named in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, StringConstraints, ValidationError

from kinechain.errors import FormInvalid
from kinechain.report.words import read_words

Model = TypeVar("Model", bound=BaseModel)


def _empty_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


#: A field that may be left empty.
Empty = BeforeValidator(_empty_is_none)
#: One line of text: no control characters, which some databases refuse, and none that turn what is read around.
LINE = r"^[^\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")
]


def checked(model: type[Model], values: dict[str, object]) -> Model:
    """Return a container made of what was typed; empty fields are left out.

    Raises
    ------
    FormInvalid
        Names the first field that cannot be.
    """
    typed = {name: value for name, value in values.items() if _empty_is_none(value) is not None}
    try:
        return model.model_validate(typed)
    except ValidationError as error:
        raise told(error.errors()[0]) from error


def number(typed: str) -> float | None:
    """Return a number as people type it, with a point or a comma; None where it is none."""
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return None


def told(found: Mapping[str, Any]) -> FormInvalid:
    """Return the error of ours for what a container found wrong, in both languages."""
    names = [part for part in found["loc"] if isinstance(part, str) and part not in ("body", "query", "path")]
    words = read_words("kinechain.web")
    field = names[-1] if names else "kind" if not found["loc"] else "body"
    allowed = words["allowed_in"].get(field, words["allowed"].get(found["type"], words["allowed"]["other"]))
    return FormInvalid(field=words["field"].get(field, field), allowed=allowed.format(**found.get("ctx", {})))
