"""Which phantoms are rendered: every runner and pace of both halves, with bodies and cameras drawn at random."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Literal

from phantoms.sampler import draw, halves
from phantoms.spec import PACES, ClipSpec

SetName = Literal["quick", "full"]
SEED = 7
#: The rest of a set has no faults; these clips test the reasoning.
FAULTED = 24


def specifications(name: SetName) -> list[ClipSpec]:
    """Return the specifications of a set.

    `quick`: each runner once from the side, at one pace, 4 s at 60 fps, and half of them from the rear. `full`: each
    runner at each pace from both sides, half of them from rear and front, 5 s, all frame rates, and clips with faults.
    """
    return [spec for half in ("tuning", "report") for spec in (_quick(half) if name == "quick" else _full(half))]


def _quick(half: str) -> list[ClipSpec]:
    runners = halves()[half]["runners"]
    drawn = draw(4 * len(runners), SEED, half)
    specs = []
    for i, runner in enumerate(runners):
        for view in (("side_left", "side_right")[i % 2], "rear"):
            spec = drawn[2 * i + (view == "rear")]
            picture = replace(spec.picture, fps=60.0, duration_s=4.0)
            camera = replace(spec.camera, view=view, yaw_deg=spec.camera.yaw_deg * 2 / 3)
            specs.append(
                replace(
                    spec,
                    name=f"q_{half}_{runner}_{view}",
                    runner=runner,
                    pace=PACES[i % 3],
                    camera=camera,
                    picture=picture,
                    faults=(),
                )
            )
    return specs


def _full(half: str) -> list[ClipSpec]:
    runners = halves()[half]["runners"]
    plain = list(product(runners, PACES, ("side_left", "side_right", "rear")))
    drawn = draw(len(plain) + FAULTED, SEED + 1, half)
    specs = []
    for spec, (runner, pace, view) in zip(drawn, plain, strict=False):
        camera = replace(spec.camera, view=view)
        name = f"f_{half}_{runner}_{pace}_{view}"
        specs.append(replace(spec, name=name, runner=runner, pace=pace, camera=camera, faults=()))
    with_faults = [spec for spec in drawn[len(plain) :] if spec.faults]
    return specs + [replace(spec, name=f"f_{half}_fault_{i:02d}") for i, spec in enumerate(with_faults)]
