"""The command line: parse, call, show. No number is computed here."""

from kinechain.cli.app import app, main

__all__ = ["app", "main"]
