"""Command line of the phantom laboratory: `python validation/phantoms render SPEC.toml … --out DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from phantoms.command import main

if __name__ == "__main__":
    sys.exit(main())
