"""The command `python validation/peers CLIPS`: one table over the product and its peers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from accuracy.choose import one_of_each_runner
from kinechain import __version__
from kinechain.errors import KinechainError
from peers.marks import marks
from peers.systems import PEERS, PRODUCT, Answer, peer_answer, product_answer, version_of

RESULTS = Path(__file__).resolve().parents[1] / "results"


def main(arguments: list[str] | None = None) -> int:
    """Run the product and every peer that is there over clips, and keep the rows."""
    parser = argparse.ArgumentParser(prog="peers", description=__doc__)
    parser.add_argument("clips", type=Path, help="folder of phantoms: video, truth, specification")
    parser.add_argument("--poses", type=Path, help="folder where the estimator's results are kept (default: in it)")
    parser.add_argument("--python", type=Path, required=True, help="Python of the environment that holds the peers")
    parser.add_argument("--half", choices=("report", "tuning"), default="report", help="runners to choose from")
    parser.add_argument("--rows", type=Path, default=RESULTS / "peers.csv", help="table to write")
    chosen = parser.parse_args(arguments)
    poses = chosen.poses or chosen.clips / "poses"
    systems = {PRODUCT: __version__} | {name: version_of(name.lower(), chosen.python) for name in PEERS}
    for name in (name for name, version in systems.items() if version is None):
        print(f"{name}: absent")
    clips = one_of_each_runner(chosen.clips, poses, chosen.half)
    rows = [row for name in clips for row in _rows(chosen.clips, name, poses, chosen.python, systems)]
    if not rows:
        print(f"no clip of the {chosen.half} half from the side, without fault, with landmarks")
        return 1
    pd.DataFrame(rows).to_csv(chosen.rows, index=False, float_format="%.6g")
    return 0


def _rows(
    folder: Path, name: str, poses: Path, python: Path, systems: dict[str, str | None]
) -> Iterator[dict[str, Any]]:
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    about = {"clip": name, "speed_mps": truth["speed_mps"], "fps": truth["fps"], "frames": truth["frames"]}
    for system, version in systems.items():
        if version is None:
            continue
        try:
            answer = _ask(system, folder, name, poses, python, truth)
        except (KinechainError, RuntimeError) as error:
            print(f"{name}: {system} has no answer ({error})", flush=True)
            yield about | {"system": system, "version": version, "leg": "near"}
            continue
        found = [asdict(mark) for mark in marks(answer, truth)]
        print(f"{name}: {system}, {answer.seconds:.1f} s", flush=True)
        yield from (about | {"system": system, "version": version} | row for row in found)


def _ask(system: str, folder: Path, name: str, poses: Path, python: Path, truth: dict[str, Any]) -> Answer:
    if system == PRODUCT:
        return product_answer(folder, name, poses, truth)
    return peer_answer(PEERS[system], python, folder / f"{name}.mp4", poses / f"{name}.npz", truth)
