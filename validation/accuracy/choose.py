"""Which clips stand for the set where all of them would take too long: one of each runner, the paces in turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accuracy.compare import half_of
from phantoms.spec import PACES


def one_of_each_runner(folder: Path, poses: Path, half: str) -> list[str]:
    """Return the names of fault-free side clips, one of each runner of a half; only where landmarks are kept.

    Parameters
    ----------
    folder : of phantoms
    poses : folder of the estimator's results
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.json")):
        truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        runner, pace = truth["source"].split("_")[:2]
        plain = truth["view"].startswith("side_") and not truth["faults"] and half_of(runner) == half
        if plain and (poses / f"{path.stem}.npz").is_file():
            found.setdefault(runner, {}).setdefault(pace, path.stem)
    chosen = []
    for i, (_, own) in enumerate(sorted(found.items())):
        k = i % len(PACES)
        chosen.append(next(own[pace] for pace in (*PACES[k:], *PACES[:k]) if pace in own))
    return chosen
