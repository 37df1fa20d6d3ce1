"""The commands `render`, `truth`, `sample` and `exercises`."""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from pathlib import Path

from phantoms.render import timed_render, write_truth
from phantoms.sampler import draw
from phantoms.spec import load_spec, to_toml


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="phantoms", description="Runners on video with known truth.")
    commands = parser.add_subparsers(dest="command", required=True)
    named = os.environ.get("KINECHAIN_DATA")
    for name, what in (
        ("render", "render clips; a clip that exists is left alone"),
        ("truth", "write the truth of clips without their pictures"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("spec", type=Path, nargs="+", help="specifications (TOML) or folders of them")
        one.add_argument("--out", type=Path, required=True, help="folder of the clips")
        one.add_argument("--data", type=Path, default=named, help="reference data folder (or KINECHAIN_DATA)")
    many = commands.add_parser("sample", help="write varied specifications")
    many.add_argument("--out", type=Path, required=True, help="folder of the specifications")
    many.add_argument("--count", type=int, default=20)
    many.add_argument("--seed", type=int, default=0)
    many.add_argument("--half", choices=("tuning", "report"), default="tuning", help="runners and bodies to draw from")
    exercises = commands.add_parser("exercises", help="render the phantoms of the exercises; needs no reference data")
    exercises.add_argument("--out", type=Path, required=True, help="folder of the clips")
    exercises.add_argument("--half", choices=("tuning", "report"), nargs="+", default=["tuning", "report"])
    chosen = parser.parse_args(arguments)
    if chosen.command == "exercises":
        return _exercises(chosen)
    if chosen.command == "sample":
        chosen.out.mkdir(parents=True, exist_ok=True)
        for spec in draw(chosen.count, chosen.seed, chosen.half):
            (chosen.out / f"{spec.name}.toml").write_text(to_toml(spec), encoding="utf-8")
        return 0
    if chosen.data is None:
        parser.error("name the reference data folder with --data, or set KINECHAIN_DATA")
    warnings.filterwarnings("ignore", module="anny|torch|warp|pyvista")
    paths = [path for given in chosen.spec for path in (sorted(given.glob("*.toml")) if given.is_dir() else [given])]
    rbds = Path(chosen.data) / "lab" / "rbds"
    for path in paths:
        spec = load_spec(path)
        if chosen.command == "truth":
            write_truth(spec, rbds, chosen.out)
            print(spec.name, flush=True)
            continue
        if (chosen.out / f"{spec.name}.mp4").is_file():
            print(f"{spec.name}: is there")
            continue
        took = timed_render(spec, rbds, chosen.out)
        rate, own = took["frames"] / took["wall_s"], took["frames"] / took["cpu_s"]
        print(f"{spec.name}: {took['frames']} frames, {rate:.1f} frames/s ({own:.1f} a processor second)", flush=True)
    return 0


def _exercises(chosen: argparse.Namespace) -> int:
    from phantoms.exercise_render import render_exercise  # noqa: PLC0415 - the other commands do not need it
    from phantoms.exercise_set import specifications  # noqa: PLC0415

    warnings.filterwarnings("ignore", module="anny|torch|warp|pyvista")
    for half in chosen.half:
        for spec in specifications(half):
            began = time.perf_counter()
            render_exercise(spec, chosen.out)
            print(f"{spec.name}: {time.perf_counter() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
