"""What a whole `assess` costs: time against pose inference alone, and peak memory.

Usage: python benchmarks/bench.py [--repeats N] [--memory]

Time: a clip of more than 600 frames (the demo clip, running on). Pose inference alone is the estimator's time on the
decoded frames; the whole is `kinechain assess` from the start of the process to its end. Goal: a ratio of 1.25 or less.
The time of the processors is told as well: what else the machine does moves it less than the time on the wall.
Memory (`--memory`, several minutes): the largest resident set of `assess` on 60 s of 1080 × 1920 at 60 frames/s. Goal:
700 MB or less.

This module imports nothing heavy on purpose: on Linux the peak memory of a child counts from that of its parent.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

GOAL_RATIO = 1.25
GOAL_MEMORY_MB = 700
TIMED_FRAMES = 660
MEMORY_FRAMES = 3600
MEMORY_SIZE = (1080, 1920)
REPORT_EVERY_S = 30
WORK = Path(__file__).with_name("work.py")
ATHLETE = Path(__file__).parents[1] / "src" / "kinechain" / "demo" / "demo_athlete.toml"


@dataclass(frozen=True)
class Run:
    """A finished process: wall and processor time [s], peak resident memory [MB, 10^6 bytes], and what it printed."""

    seconds: float
    cpu_s: float
    memory_mb: float
    output: str


def say(line: str) -> None:
    print(line, flush=True)


def run(command: list[str], *, telling: str = "") -> Run:
    """Run a process to its end; with `telling`, say every half minute that it is still at work."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL)
        next_report = REPORT_EVERY_S
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            elapsed = time.perf_counter() - start
            if pid:
                break
            if telling and elapsed >= next_report:
                say(f"  … {telling}, {elapsed:.0f} s")
                next_report += REPORT_EVERY_S
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}\n{errors.read().decode()}")
        unit = 1 if sys.platform == "darwin" else 1024
        return Run(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, output.read().decode())


def work(*arguments: object) -> Run:
    """Run one step of `work.py`."""
    return run([sys.executable, str(WORK), *map(str, arguments)])


def assess(clip: Path, scratch: Path, telling: str = "") -> Run:
    """Run the whole command on a clip."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        command = [sys.executable, "-m", "kinechain", "assess", str(clip), "--view", "side_right"]
        return run([*command, "--athlete", str(ATHLETE), "--out", str(Path(out) / "result")], telling=telling)


def bench_time(scratch: Path, repeats: int) -> None:
    """Print the time of pose inference alone, of the whole, and their ratio."""
    clip = scratch / "timed.mp4"
    frames = int(work("clip", clip, TIMED_FRAMES).output)
    say(f"time: {frames} frames of 720 × 960, {repeats} repeats, medians, order alternating")
    inference: list[tuple[float, float]] = []
    whole: list[tuple[float, float]] = []
    for repeat in range(repeats):
        for step in ("infer", "assess") if repeat % 2 == 0 else ("assess", "infer"):
            if step == "infer":
                wall, cpu = work("infer", clip).output.split()
                inference.append((float(wall), float(cpu)))
            else:
                done = assess(clip, scratch)
                whole.append((done.seconds, done.cpu_s))
        walls = f"pose inference {inference[-1][0]:.1f} s, whole assess {whole[-1][0]:.1f} s"
        say(f"  repeat {repeat + 1}: {walls} (processors: {inference[-1][1]:.1f} s, {whole[-1][1]:.1f} s)")
    alone, alone_cpu = (statistics.median(times) for times in zip(*inference, strict=True))
    all_of_it, all_cpu = (statistics.median(times) for times in zip(*whole, strict=True))
    ratio = all_of_it / alone
    say(f"  pose inference alone  {alone:7.1f} s  {frames / alone:5.1f} frames/s")
    say(f"  whole assess          {all_of_it:7.1f} s  {frames / all_of_it:5.1f} frames/s")
    say(f"  ratio                 {ratio:7.2f}    goal ≤ {GOAL_RATIO}: {'met' if ratio <= GOAL_RATIO else 'MISSED'}")
    say(f"  ratio of processors   {all_cpu / alone_cpu:7.2f}    {all_cpu:.1f} s against {alone_cpu:.1f} s")


def bench_memory(scratch: Path) -> None:
    """Print the peak memory of the whole on a minute of 1080p60."""
    clip = scratch / "minute.mp4"
    width, height = MEMORY_SIZE
    say(f"memory: making {MEMORY_FRAMES} frames of {width} × {height} at 60 frames/s")
    frames = int(work("clip", clip, MEMORY_FRAMES, "--size", width, height).output)
    say(f"memory: assess of {frames} frames")
    done = assess(clip, scratch, telling="assessing")
    verdict = "met" if done.memory_mb <= GOAL_MEMORY_MB else "MISSED"
    say(f"  peak memory           {done.memory_mb:7.0f} MB   goal ≤ {GOAL_MEMORY_MB}: {verdict}")
    say(f"  time                  {done.seconds:7.1f} s  {frames / done.seconds:5.1f} frames/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="of the timing (0: leave it out)")
    parser.add_argument("--memory", action="store_true", help="measure peak memory as well (several minutes)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kinechain-bench-") as name:
        if chosen.repeats > 0:
            bench_time(Path(name), chosen.repeats)
        if chosen.memory:
            bench_memory(Path(name))


if __name__ == "__main__":
    main()
