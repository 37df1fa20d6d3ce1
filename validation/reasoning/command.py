"""The command `python validation/reasoning CLIPS`: the chain over faulted and fault-free runners."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from kinechain.errors import KinechainError
from kinechain.knowledge.reference import band
from reasoning.ask import answer_row, asked, link_rows, read_case
from reasoning.bands import true_values

RESULTS = Path(__file__).resolve().parents[1] / "results"


def main(arguments: list[str] | None = None) -> int:
    """Ask the chain about every clip whose landmarks are kept, and keep the rows."""
    parser = argparse.ArgumentParser(prog="reasoning", description=__doc__)
    parser.add_argument(
        "clips", type=Path, nargs="+", help="folders of phantoms: video, truth, specification; kept landmarks in poses/"
    )
    parser.add_argument("--truths", type=Path, help="folder of the truths of the whole set (default: the first)")
    parser.add_argument("--rows", type=Path, default=RESULTS / "reasoning.csv", help="table of the answers to write")
    parser.add_argument("--links", type=Path, default=RESULTS / "reasoning_links.csv", help="table of the links")
    chosen = parser.parse_args(arguments)
    truths = chosen.truths or chosen.clips[0]
    values = true_values(truths)
    answers: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for folder, name in (pair for clips in chosen.clips for pair in _kept(clips)):
        try:
            case = read_case(folder, name, folder / "poses", truths)
        except KinechainError as error:
            print(f"{name}: {error.code}", flush=True)
            continue
        own = values.bands(case.runner)
        judgement = asked(case, own)
        answers.append({"bands": "tuning"} | answer_row(case, judgement, own))
        answers.append({"bands": "shipped"} | answer_row(case, asked(case, band), band))
        links += link_rows(case, judgement, own)
        print(f"{name}: {answers[-2]['named'] or 'cannot tell'}, first {answers[-2]['first']}", flush=True)
    pd.DataFrame(answers).to_csv(chosen.rows, index=False, float_format="%.6g")
    pd.DataFrame(links).to_csv(chosen.links, index=False, float_format="%.6g")
    return 0 if answers else 1


def _kept(folder: Path) -> list[tuple[Path, str]]:
    """Return the clips of a folder whose landmarks are kept."""
    names = sorted(path.stem for path in (folder / "poses").glob("*.npz"))
    return [(folder, name) for name in names if (folder / f"{name}.json").is_file()]
