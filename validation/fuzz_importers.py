"""Feed the importers damaged files: whatever happens must be one of the product's own errors.

    python validation/fuzz_importers.py [--minutes M] [--seed S] [--only trc|c3d|openpose|mediapipe|folder]

Every importer gets `--minutes` of mutations of valid files: bytes flipped, cut, doubled, exchanged; numbers replaced by
odd ones; lines and values taken out, repeated or moved; two files spliced. Each file is read in a child process, so
that a crash or a hang of a native library is seen and the file kept. A pose that comes out must be a valid one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import ezc3d
import numpy as np

from kinechain.errors import KinechainError
from kinechain.model.pose import validate_pose
from kinechain.pose.importers import About, read_points
from kinechain.pose.importers.names import BODY_25, HALPE_26, NEEDED
from kinechain.pose.repair import repair

FRAMES = 24
#: A file that is not read within this time hangs [s].
PATIENCE_S = 60.0
ODD = (
    "NaN", "nan", "inf", "-inf", "Infinity", "1e308", "-1e308", "1e400", "1e-400", "0", "-0.0", "-1", "65535",
    "2147483648", "99999999999999999999", "", " ", "\t", "\n", "x", "null", "true", "[]", "{}", '""', "\x00", "０",
    "１２", "é", "1,5", "1_0", "9" * 5000, "[" * 2000,
)  # fmt: skip


def body(names: tuple[str, ...]) -> np.ndarray:
    """Return points that stand and swing a little, shape (n, k, 2) [px]."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(200, 300, (FRAMES, len(names), 2))
    for i, name in enumerate(names):
        part = name.rsplit("_", 1)[-1]
        xy[..., 1][:, i] += {"hip": 0, "knee": 200, "ankle": 400, "heel": 410, "toe": 420}.get(part, -200)
        xy[..., 0][:, i] += 40 if part == "toe" else 0
    return xy


def trc_seed(unit: str) -> bytes:
    """Return a valid .trc."""
    xy = body(HALPE_26)
    k = len(HALPE_26)
    lines = [
        "PathFileType\t4\t(X/Y/Z)\ta.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{FRAMES}\t{k}\t{unit}\t60\t1\t{FRAMES}",
        "Frame#\tTime\t" + "\t\t\t".join(HALPE_26) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(k)),
    ]
    for i, frame in enumerate(xy):
        lines.append(f"{i}\t{i / 60:.4f}\t" + "\t".join(f"{x:.2f}\t{y:.2f}\t0" for x, y in frame))
    return "\n".join(lines).encode()


def openpose_frame(frame: np.ndarray, people: int = 1) -> dict[str, object]:
    """Return one frame of OpenPose JSON."""
    one = [float(v) for xy in frame for v in (*xy, 0.9)]
    return {"version": 1.3, "people": [{"pose_keypoints_2d": one} for _ in range(people)]}


def openpose_seed(people: int) -> bytes:
    """Return a valid OpenPose document with all frames."""
    return json.dumps({"fps": 60, "frames": [openpose_frame(frame, people) for frame in body(BODY_25)]}).encode()


def mediapipe_seed(*, share: bool) -> bytes:
    """Return a valid MediaPipe document."""
    xy = np.random.default_rng(1).uniform(0.1, 0.9, (FRAMES, 33, 2)) * (1 if share else 900)
    frames = [{"pose_landmarks": [{"x": x, "y": y, "z": 0.0, "visibility": 0.9} for x, y in f.tolist()]} for f in xy]
    return json.dumps({"fps": 60, "width": 640, "height": 480, "frames": frames}).encode()


def c3d_seed(names: tuple[str, ...]) -> bytes:
    """Return a valid C3D."""
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [150.0]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(names)
    data = np.ones((4, len(names), FRAMES))
    data[:3] = np.random.default_rng(2).uniform(0, 1000, (3, len(names), FRAMES))
    file["data"]["points"] = data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.c3d"
        file.write(str(path))
        return path.read_bytes()


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "trc": lambda: [trc_seed("m"), trc_seed("mm"), trc_seed("px")],
    "c3d": lambda: [
        c3d_seed(NEEDED),
        c3d_seed(tuple(f"{s}{m}" for s in "LR" for m in ("ASI", "PSI", "KNE", "ANK", "HEE", "TOE"))),
    ],
    "openpose": lambda: [openpose_seed(1), openpose_seed(2)],
    "mediapipe": lambda: [mediapipe_seed(share=True), mediapipe_seed(share=False)],
    "folder": lambda: [json.dumps(openpose_frame(frame)).encode() for frame in body(BODY_25)],
}


# --- mutations --------------------------------------------------------------------------------------------------------


def _flip(data: bytearray, dice: random.Random) -> bytearray:
    # the first bytes of a binary file carry its structure, so they are hit more often
    end = min(len(data), 2048) if dice.random() < 0.5 else len(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16, 64))):
        if end:
            data[dice.randrange(end)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return data


def _cut(data: bytearray, dice: random.Random) -> bytearray:
    return data[: dice.randrange(len(data) + 1)]


def _take_out(data: bytearray, dice: random.Random) -> bytearray:
    a = dice.randrange(len(data) + 1)
    del data[a : a + dice.choice((1, 4, 40, 512, 5000))]
    return data


def _repeat(data: bytearray, dice: random.Random) -> bytearray:
    a = dice.randrange(len(data) + 1)
    piece = data[a : a + dice.choice((1, 8, 100, 1000))]
    data[a:a] = piece * dice.choice((1, 2, 50))
    return data


def _odd(data: bytearray, dice: random.Random) -> bytearray:
    """Replace a value between separators by an odd one."""
    for _ in range(dice.choice((1, 1, 3, 20))):
        places = [i for i in range(len(data)) if data[i] in b"\t,:[]\n "] if len(data) < 40_000 else []
        if len(places) < 2:
            break
        which = dice.randrange(len(places) - 1)
        data[places[which] + 1 : places[which + 1]] = dice.choice(ODD).encode("utf-8", "surrogatepass")
    return data


def _lines(data: bytearray, dice: random.Random) -> bytearray:
    lines = bytes(data).split(b"\n")
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    how = dice.randrange(3)
    if how == 0:
        lines[a], lines[b] = lines[b], lines[a]
    elif how == 1:
        del lines[a]
    else:
        lines.insert(a, lines[b])
    return bytearray(b"\n".join(lines))


def _word(data: bytearray, dice: random.Random) -> bytearray:
    """Put an odd 16-bit number where one may steer the reading."""
    if len(data) >= 4:
        a = 2 * dice.randrange(min(len(data), 1536) // 2)
        data[a : a + 2] = dice.choice((0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, dice.randrange(65536))).to_bytes(2, "little")
    return data


MUTATIONS = (_flip, _cut, _take_out, _repeat, _odd, _lines, _word)


def mutated(seeds: list[bytes], dice: random.Random) -> bytes:
    """Return a damaged copy of one of the seeds."""
    data = bytearray(dice.choice(seeds))
    if dice.random() < 0.05:
        other = dice.choice(seeds)
        data = data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        data = dice.choice(MUTATIONS)(data, dice)
    return bytes(data)


# --- reading ----------------------------------------------------------------------------------------------------------


def write_case(kind: str, seeds: list[bytes], dice: random.Random, folder: Path) -> Path:
    """Write one damaged file (or folder of files) and return it."""
    if kind != "folder":
        path = folder / f"case.{ {'openpose': 'json', 'mediapipe': 'json'}.get(kind, kind) }"
        path.write_bytes(mutated(seeds, dice))
        return path
    path = folder / "case"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for i, seed in enumerate(seeds):
        content = mutated(seeds, dice) if dice.random() < 0.05 else seed
        odd_name = dice.random() < 0.01
        number = dice.choice(("x", "-1", "9" * 20, f"{i}", "007")) if odd_name else f"{i:012d}"
        (path / f"clip_{number}_keypoints.json").write_bytes(content)
    return path


def outcome(path: Path, about: About) -> str:
    """Read one file; return the code of its error or `read`. Any other exception passes."""
    try:
        validate_pose(repair(read_points(path, about)))
    except KinechainError as error:
        if error.code == "internal_error":
            raise
        str(error.message.ja + error.message.en + error.advice.ja + error.advice.en)
        return error.code
    return "read"


def _child(pipe: Connection, kind: str, seed: int, folder: str) -> None:
    """Read damaged files until told to stop; tell the outcome of each."""
    os.environ["OMP_NUM_THREADS"] = "1"
    np.seterr(all="raise", under="ignore")
    seeds = SEEDS[kind]()
    number = seed
    while True:
        dice = random.Random(number)  # noqa: S311 - not a secret
        path = write_case(kind, seeds, dice, Path(folder))
        about = About(fps=dice.choice((None, 60.0)), image_size=dice.choice((None, (640, 480))))
        pipe.send(("trying", number, ""))
        try:
            pipe.send(("done", number, outcome(path, about)))
        except Exception:  # noqa: BLE001 - that is what is looked for
            pipe.send(("failed", number, traceback.format_exc()))
        number += 1


def fuzz(kind: str, minutes: float, seed: int, keep: Path) -> tuple[Counter[str], list[str]]:
    """Feed one importer for some minutes; return the count of each outcome and what went wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    end = time.monotonic() + 60 * minutes
    number = seed
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            mine, theirs = context.Pipe()
            child = context.Process(target=_child, args=(theirs, kind, number, folder), daemon=True)
            child.start()
            theirs.close()
            started = False
            while time.monotonic() < end:
                if not mine.poll(PATIENCE_S):
                    if not started:  # a busy machine takes long to start Python: nothing was read yet
                        continue
                    wrong.append(_kept(kind, number, "hangs", folder, keep))
                    break
                try:
                    what, number, told = mine.recv()
                except EOFError:
                    child.join()
                    wrong.append(_kept(kind, number, f"ends the process ({child.exitcode})", folder, keep))
                    break
                started = True
                if what == "failed":
                    wrong.append(_kept(kind, number, told, folder, keep))
                counts[told if what == "done" else what] += what != "trying"
            child.kill()
            child.join()
            number += 1
    return counts, wrong


def _kept(kind: str, number: int, told: str, folder: str, keep: Path) -> str:
    """Keep a file that did harm and return a line about it."""
    keep.mkdir(parents=True, exist_ok=True)
    for path in Path(folder).glob("case*"):
        if path.is_file():
            shutil.copy(path, keep / f"{kind}_{number}{path.suffix}")
    return f"{kind} {number}: {told}"


def main() -> None:
    """Read the command line, feed the importers, and end with 1 where something else than our own errors came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="for each importer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=sorted(SEEDS))
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="folder for files that did harm")
    arguments = parser.parse_args()
    failed = False
    for kind in [arguments.only] if arguments.only else SEEDS:
        counts, wrong = fuzz(kind, arguments.minutes, arguments.seed, arguments.keep)
        print(f"{kind}: {sum(counts.values())} files, {dict(counts.most_common())}", flush=True)
        for line in wrong[:20]:
            print(line, flush=True)
        failed |= bool(wrong)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
