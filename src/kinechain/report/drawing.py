"""The drawings of the pages: files of lines made for this project, each as an element of a page."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from markupsafe import Markup

#: Folders of drawings; those of exercises stand beside them.
Room = Literal["field_tests", "filming", "taping"]


@cache
def drawing(name: str, room: Room | None = None) -> Markup | None:
    """Return a drawing as an element of the page, or None where there is none.

    The files are made here and hold lines only: no text, no script, no id.

    Parameters
    ----------
    name : of an exercise, or of a field test, a set-up of the camera or a way of taping
    room : folder of the drawing; None for an exercise
    """
    folder = resources.files("kinechain.report").joinpath("drawings", *([] if room is None else [room]))
    path = folder.joinpath(f"{name}.svg")
    if not name.isidentifier() or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8").replace(' xmlns="http://www.w3.org/2000/svg"', "").strip()
    return Markup(text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - our own file
