"""How a page is made: its template, its words in the visitor's language, and the form key of their sign-in."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from kinechain.report.environment import environment
from kinechain.report.words import words_in
from kinechain.text import LANGUAGES
from kinechain.web.doors import FORM_KEY, language_of, visitor_of


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page.

    Parameters
    ----------
    template : name of a file in `templates/`
    **values : for the template, beside `w` (words), `language`, `other_language`, `visitor`, `path`,
        `here` (path and query) and `form_key`
    """
    language, visitor = language_of(request), visitor_of(request)
    text = (
        environment("kinechain.web")
        .get_template(template)
        .render(
            w=words_in(language, "kinechain.web"),
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            visitor=visitor,
            form_key=visitor.form_key if visitor else "",
            form_key_name=FORM_KEY,
            path=request.url.path,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)
