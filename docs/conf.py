"""Sphinx configuration; the glossary and errors pages are made from the code when the documentation is built."""

from __future__ import annotations

import sys
import types
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

from generated import PAGES

import kinechain

project = "kinechain"
author = "The kinechain developers"
project_copyright = "The kinechain developers"
release = kinechain.__version__

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
smartquotes = False
html_theme = "furo"
html_title = f"kinechain {release}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False


def fill_in(_app: Sphinx, name: str, content: list[str]) -> None:
    """Put the generated part of a page in the place of its mark."""
    if name in PAGES:
        content[0] = content[0].replace(f"<!-- generated: {name} -->", PAGES[name]())


def _skip_alias(app, what, name, obj, skip, options):  # noqa: ARG001 - Sphinx calls it so
    """Leave out aliases of generic types: they have no signature of their own."""
    return True if isinstance(obj, types.GenericAlias) else None


def setup(app: Sphinx) -> None:
    """Connect the generated pages."""
    app.connect("autodoc-skip-member", _skip_alias)
    app.connect("source-read", fill_in)
