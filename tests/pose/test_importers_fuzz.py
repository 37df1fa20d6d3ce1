"""A short, always equal piece of `validation/fuzz_importers.py`: damaged files end in the product's own errors."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kinechain.pose.importers import About

HARNESS = Path(__file__).resolve().parents[2] / "validation" / "fuzz_importers.py"
CASES = {"trc": 60, "c3d": 8, "openpose": 120, "mediapipe": 120, "folder": 30}


@pytest.fixture(scope="module")
def harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_importers", HARNESS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", CASES)
def test_damaged_files_end_in_an_error_of_ours_or_a_valid_pose(kind: str, harness: ModuleType, tmp_path: Path) -> None:
    seeds = harness.SEEDS[kind]()
    outcomes = []
    with np.errstate(all="raise", under="ignore"):
        for number in range(CASES[kind]):
            path = harness.write_case(kind, seeds, random.Random(number), tmp_path)  # noqa: S311
            outcomes.append(harness.outcome(path, About(fps=60.0, image_size=(640, 480))))
    assert len(set(outcomes)) > 1  # some are still read, some refused: the mutations reach the importer


@pytest.mark.parametrize("kind", CASES)
def test_the_seeds_are_valid(kind: str, harness: ModuleType, tmp_path: Path) -> None:
    """Else the mutations would only ever be refused at the door."""
    seeds = harness.SEEDS[kind]()
    if kind == "folder":
        path = tmp_path / "case"
        path.mkdir()
        for i, seed in enumerate(seeds):
            (path / f"{i}.json").write_bytes(seed)
    else:
        path = tmp_path / f"case.{kind if kind in ('trc', 'c3d') else 'json'}"
        path.write_bytes(seeds[0])
    assert harness.outcome(path, About(fps=60.0, image_size=(640, 480))) == "read"
