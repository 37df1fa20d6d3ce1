"""The commands `plan`, `measure`, `rates`, `table` and `page`."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).resolve().parents[1] / "results"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="write the specifications of a set of phantoms")
    plan.add_argument("set", choices=("quick", "full", "strong", "learn"))
    plan.add_argument("--out", type=Path, required=True, help="folder of the specifications")
    measure = commands.add_parser("measure", help="measure clips and keep the rows")
    measure.add_argument("clips", type=Path, help="folder of phantoms: video, truth, specification")
    measure.add_argument("--poses", type=Path, help="folder where the estimator's results are kept (default: in it)")
    measure.add_argument("--rows", type=Path, default=RESULTS / "phantoms.csv", help="table to write")
    slow = commands.add_parser("rates", help="measure some clips again with fewer frames a second")
    slow.add_argument("clips", type=Path, help="folder of phantoms: video, truth, specification")
    slow.add_argument("--poses", type=Path, help="folder where the estimator's results are kept (default: in it)")
    slow.add_argument("--out", type=Path, required=True, help="folder of the derived clips")
    slow.add_argument("--rows", type=Path, default=RESULTS / "frame_rates.csv", help="table to write")
    write = commands.add_parser("table", help="write the table that the product reads")
    write.add_argument("--rows", type=Path, default=RESULTS / "phantoms.csv", help="rows to read")
    page = commands.add_parser("page", help="write docs/accuracy.md and its figures")
    page.add_argument("--results", type=Path, default=RESULTS, help="folder of the rows to read")
    exercises = commands.add_parser("exercises", help="measure the phantoms of the exercises, and write their section")
    exercises.add_argument("clips", type=Path, nargs="?", help="folder of the clips; without it only the section")
    exercises.add_argument("--poses", type=Path, help="folder where the estimator's results are kept (default: in it)")
    exercises.add_argument("--rows", type=Path, default=RESULTS / "exercises.csv", help="table to write and read")
    chosen = parser.parse_args(arguments)
    every = {"plan": _plan, "measure": _measure, "rates": _rates, "table": _table, "page": _page}
    return (every | {"exercises": _exercises})[chosen.command](chosen)


def _plan(chosen: argparse.Namespace) -> int:
    from accuracy.sets import specifications  # noqa: PLC0415 - needs the phantoms' own packages
    from phantoms.spec import to_toml  # noqa: PLC0415

    chosen.out.mkdir(parents=True, exist_ok=True)
    for spec in specifications(chosen.set):
        (chosen.out / f"{spec.name}.toml").write_text(to_toml(spec), encoding="utf-8")
    return 0


def _measure(chosen: argparse.Namespace) -> int:
    from accuracy.compare import compare  # noqa: PLC0415 - the other commands need no product

    poses = chosen.poses or chosen.clips / "poses"
    names = [p.stem for p in sorted(chosen.clips.glob("*.mp4")) if p.with_suffix(".json").is_file()]
    rows, other = [], []
    for name in names:
        found = compare(chosen.clips, name, poses)
        rows += found
        other += compare(chosen.clips, name, poses, "other")
        print(f"{name}: {len(found)} numbers" if found[0].kind != "refused" else f"{name}: {found[0].name}", flush=True)
    chosen.rows.parent.mkdir(parents=True, exist_ok=True)
    for kept, path in ((rows, chosen.rows), (other, _other_roll(chosen.rows))):
        pd.DataFrame(kept).to_csv(path, index=False, float_format="%.6g")
    return 0 if rows else 1


def _other_roll(rows: Path) -> Path:
    """Return where the numbers of the other case are kept: the camera's roll known where it is not, or unknown."""
    return rows.with_name(f"{rows.stem}_other_roll.csv")


def _rates(chosen: argparse.Namespace) -> int:
    from accuracy.choose import one_of_each_runner  # noqa: PLC0415
    from accuracy.rates import at_every_rate  # noqa: PLC0415

    poses = chosen.poses or chosen.clips / "poses"
    found = []
    for name in one_of_each_runner(chosen.clips, poses, "report"):
        found += [asdict(row) | {"source": name} for row in at_every_rate(chosen.clips, name, poses, chosen.out)]
        print(f"{name}: {len(found)} numbers so far", flush=True)
    pd.DataFrame(found).to_csv(chosen.rows, index=False, float_format="%.6g")
    return 0 if found else 1


def _table(chosen: argparse.Namespace) -> int:
    from accuracy.table import write_table  # noqa: PLC0415

    print(write_table(pd.concat([pd.read_csv(path) for path in (chosen.rows, _other_roll(chosen.rows))])))
    return 0


def _page(chosen: argparse.Namespace) -> int:
    from accuracy.page import write_page  # noqa: PLC0415

    print(write_page(chosen.results))
    return 0


def _exercises(chosen: argparse.Namespace) -> int:
    from accuracy.exercises import measure, write_section  # noqa: PLC0415 - the other commands do not need it

    if chosen.clips is not None:
        rows = list(measure(chosen.clips, chosen.poses or chosen.clips / "poses"))
        pd.DataFrame(rows).to_csv(chosen.rows, index=False, float_format="%.4g")
    print(write_section(pd.read_csv(chosen.rows)))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    sys.exit(main())
