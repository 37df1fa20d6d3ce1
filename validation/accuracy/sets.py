"""Which phantoms are rendered: runners and paces of both halves, with bodies and cameras drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Literal

from phantoms.sampler import GRADES, draw, halves
from phantoms.spec import PACES, Body, Camera, ClipSpec, Fault, Picture

SetName = Literal["quick", "full", "strong", "learn"]
SEED = 7
#: Faults that a view can show at all, and how many clips of each there are in the tuning and the report half.
FAULTED_VIEWS = {
    "knee_forward": "side",
    "upright_trunk": "side",
    "short_hip_extension": "side",
    "drifting_leg": "side",
    "limited_dorsiflexion": "side",
    "knee_in": "rear",
}
FAULTED = {"tuning": 2, "report": 4}
#: Larger faults, of the report half alone, and their grades [deg]: made for at least twice what can be detected.
STRONG: dict[str, tuple[float, ...]] = {
    "upright_trunk": (6.0, 8.0, 10.0),
    "knee_forward": (12.0, 14.0, 16.0),
    "short_hip_extension": (16.0, 14.0, 12.0),
    "drifting_leg": (20.0, 24.0, 28.0),
    "knee_in": (12.0, 14.0, 16.0),
}
#: Short clips from which the correction of the landmarks is learned.
LEARNED = {"side": 140, "rear": 50, "front": 10}


def specifications(name: SetName) -> list[ClipSpec]:
    """Return the specifications of a set.

    `quick`: each runner once from the side, at one pace, 4 s at 60 fps, and once from the rear. `full`: each runner at
    each pace from one side at 120 fps, the report half at one pace from the other side too, slow and fast from the
    rear, some from the front, and clips with one fault each; one runner has one body. `strong`:
    larger faults of the report half, in a hall whose uprights show the camera's roll. `learn`: 1.5 s each of many
    bodies, cameras and faults of the tuning half.
    """
    if name == "learn":
        return list(_learn())
    if name == "strong":
        return list(_strong())
    if name == "quick":
        return [spec for half in FAULTED for spec in _quick(half)]
    return [spec for half in ("report", "tuning") for spec in _full(half)]


def _quick(half: str) -> list[ClipSpec]:
    runners = halves()[half]["runners"]
    drawn = draw(4 * len(runners), SEED, half)
    specs = []
    for i, runner in enumerate(runners):
        for view in (_side(i), "rear"):
            spec = drawn[2 * i + (view == "rear")]
            name = f"q_{half}_{runner}_{view}"
            specs.append(_clip(spec, name, runner, PACES[i % 3], view, fps=60.0))
    return specs


def _full(half: str) -> Iterator[ClipSpec]:
    runners, bodies = halves()[half]["runners"], _bodies(half)
    plan = [*_plain(half, runners), *_faulty(half, runners)]
    drawn = draw(len(plan), SEED + 2, half)
    for spec, (name, runner, pace, view, fps, fault) in zip(drawn, plan, strict=True):
        clip = _clip(spec, f"f_{half}_{runner}_{pace}_{name}", runner, pace, view, fps=fps)
        yield replace(clip, body=bodies[runner], faults=(fault,) if fault else ())


def _bodies(half: str) -> dict[str, Body]:
    """Return the one body of each runner."""
    runners = halves()[half]["runners"]
    return dict(zip(runners, (spec.body for spec in draw(len(runners), SEED + 1, half)), strict=True))


#: Name, runner, pace, view, frames a second, fault.
Plan = tuple[str, str, str, str, float, Fault | None]


def _plain(half: str, runners: list[str]) -> Iterator[Plan]:
    for (i, runner), (j, pace) in product(enumerate(runners), enumerate(PACES)):
        yield _side(i + j), runner, pace, _side(i + j), 120.0, None
    for i, runner in enumerate(runners):
        if half == "report":
            yield _side(i), runner, "T35", _side(i), 120.0, None
        for pace in ("T25", "T45"):
            yield "rear", runner, pace, "rear", 60.0, None
    for runner in runners[:4]:
        yield "front", runner, "T35", "front", 60.0, None


def _faulty(half: str, runners: list[str]) -> Iterator[Plan]:
    for k, (fault, view) in enumerate(FAULTED_VIEWS.items()):
        low, high = GRADES[fault]
        for i in range(FAULTED[half]):
            runner, side = runners[(k + i) % len(runners)], ("right", "left")[i % 2]
            grade = round(low + (high - low) * (i + 1) / FAULTED[half], 1)
            seen = view if view == "rear" else f"side_{side}"
            yield f"{fault}_{side}", runner, PACES[(k + i) % 3], seen, 60.0, Fault(fault, grade, side)


def _strong() -> Iterator[ClipSpec]:
    runners, bodies = halves()["report"]["runners"], _bodies("report")
    plan = [(fault, grade) for fault, grades in STRONG.items() for grade in grades]
    for i, (spec, (fault, grade)) in enumerate(zip(draw(len(plan), SEED + 4, "report"), plan, strict=True)):
        runner, pace, side = runners[i % len(runners)], PACES[i % len(PACES)], ("right", "left")[i % 2]
        view = FAULTED_VIEWS[fault] if FAULTED_VIEWS[fault] == "rear" else f"side_{side}"
        clip = _clip(spec, f"s_report_{runner}_{pace}_{fault}_{side}", runner, pace, view, fps=60.0)
        scene = replace(spec.scene, background="gym")
        yield replace(clip, body=bodies[runner], scene=scene, faults=(Fault(fault, grade, side),))


def _learn() -> Iterator[ClipSpec]:
    members = halves()["tuning"]["runners"]
    drawn = draw(sum(LEARNED.values()), SEED + 3, "tuning")
    views = [view for view, count in LEARNED.items() for _ in range(count)]
    for i, (spec, kind) in enumerate(zip(drawn, views, strict=True)):
        view = _side(i) if kind == "side" else kind
        runner = members[i % len(members)]
        camera = replace(spec.camera, view=view)
        picture = replace(_picture(spec.picture, 60.0), duration_s=1.5, width=540, height=720)
        yield replace(spec, name=f"l_{i:03d}_{view}", runner=runner, camera=camera, picture=picture)


def _clip(spec: ClipSpec, name: str, runner: str, pace: str, view: str, *, fps: float) -> ClipSpec:
    """Return a clip of 4 s whose camera is at most 10° off square."""
    camera: Camera = replace(spec.camera, view=view, yaw_deg=round(spec.camera.yaw_deg * 2 / 3, 2))
    picture = replace(_picture(spec.picture, fps), duration_s=4.0)
    return replace(spec, name=name, runner=runner, pace=pace, camera=camera, picture=picture, faults=())


def _picture(drawn: Picture, fps: float) -> Picture:
    """Return a picture at another frame rate, its exposure no longer than a frame."""
    shutter = min(drawn.shutter_s, 0.9 / fps)
    return replace(drawn, fps=fps, shutter_s=round(shutter, 6), blur_samples=1 if shutter < 1 / 250 else 3)


def _side(i: int) -> str:
    return ("side_left", "side_right")[i % 2]
