"""Varied specifications, drawn with a seed from one half of runners and bodies."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from phantoms.spec import FAULTS, PACES, VIEWS, Body, Camera, ClipSpec, Colour, Fault, Picture, Scene

SPLIT = Path(__file__).resolve().parents[1] / "split.toml"
SKINS: tuple[Colour, ...] = ((240, 205, 182), (222, 178, 148), (198, 150, 122), (150, 105, 78), (98, 66, 48))
HAIRS: tuple[Colour, ...] = ((30, 24, 22), (70, 48, 34), (150, 112, 68), (120, 120, 122))
CLOTHES: tuple[Colour, ...] = (
    (40, 90, 170),
    (190, 50, 50),
    (235, 235, 235),
    (30, 30, 36),
    (70, 140, 80),
    (230, 190, 60),
    (120, 80, 150),
    (120, 125, 130),
)
#: Shutter of a phone in a hall and in sunlight [s], log-uniform between.
SHUTTER_S = (1 / 2000, 1 / 120)
#: Grades that are drawn for each fault [deg].
GRADES: dict[str, tuple[float, float]] = {
    "knee_forward": (4, 12),
    "knee_in": (4, 10),
    "pelvic_drop": (4, 10),
    "upright_trunk": (4, 8),
    "heel_eversion": (4, 12),
    "short_hip_extension": (4, 10),
    "drifting_leg": (6, 18),
    "limited_dorsiflexion": (4, 10),
}


def halves() -> dict[str, Any]:
    """Return the two halves of runners and bodies."""
    return tomllib.loads(SPLIT.read_text(encoding="utf-8"))


def draw(count: int, seed: int, half: str) -> list[ClipSpec]:
    """Return `count` specifications; the same seed gives the same ones.

    Parameters
    ----------
    half : "tuning" or "report"
    """
    members = halves()[half]
    return [_one(f"{half}_{seed}_{i:03d}", np.random.default_rng([seed, i]), members, i) for i in range(count)]


def _one(name: str, random: np.random.Generator, members: dict[str, Any], number: int) -> ClipSpec:
    view = VIEWS[number % len(VIEWS)]
    fps = float(random.choice([30.0, 60.0, 120.0, 240.0], p=[0.2, 0.3, 0.35, 0.15]))
    return ClipSpec(
        name=name,
        runner=str(random.choice(members["runners"])),
        pace=str(random.choice(PACES)),
        start_s=float(random.uniform(0.1, 0.8)),
        seed=int(random.integers(2**31)),
        body=_body(random, members),
        camera=_camera(random, view),
        picture=_picture(random, fps),
        scene=Scene(
            background=str(random.choice(["plain", "gym", "grass"], p=[0.2, 0.5, 0.3])),
            light_azimuth_deg=float(random.uniform(-70, 70)),
            light_elevation_deg=float(random.uniform(25, 75)),
            light=float(random.uniform(0.6, 1.15)),
            ambient=float(random.uniform(0.25, 0.5)),
        ),
        faults=_faults(random),
    )


def _colour(random: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(random.integers(len(colours)))]


def _body(random: np.random.Generator, members: dict[str, Any]) -> Body:
    sex, skin = str(random.choice(members["sexes"])), SKINS[int(random.choice(members["skins"]))]
    low, high = (1.52, 1.74) if sex == "female" else (1.62, 1.88)
    return Body(
        sex=sex,
        height_m=round(float(random.uniform(low, high)), 3),
        weight=round(float(random.uniform(*members["weight"])), 2),
        muscle=round(float(random.uniform(0.4, 0.8)), 2),
        trunk_lean_deg=round(float(random.normal(7, 3)), 1),
        arm_swing_deg=round(float(random.uniform(35, 70)), 1),
        skin=skin,
        hair=_colour(random, HAIRS),
        shirt=_colour(random, CLOTHES),
        shorts=_colour(random, CLOTHES),
        shoes=_colour(random, CLOTHES),
        sock=_colour(random, CLOTHES),
        shorts_length=round(float(random.choice([0.35, 0.55, 0.8, 1.0])), 2),
        sleeve=round(float(random.choice([0.0, 0.5, 1.0])), 2),
    )


def _camera(random: np.random.Generator, view: str) -> Camera:
    fov = float(random.uniform(30, 50))
    distance = 2.2 / (2 * np.tan(np.radians(fov) / 2)) * float(random.uniform(1.0, 1.35))
    return Camera(
        view=view,
        distance_m=round(distance, 3),
        height_m=round(float(random.uniform(0.5, 1.4)), 3),
        yaw_deg=round(float(random.uniform(-15, 15)), 2),
        pitch_deg=round(float(random.uniform(-2, 2)), 2),
        roll_deg=round(float(random.uniform(-3, 3)), 2),
        fov_deg=round(fov, 2),
        k1=round(float(random.uniform(-0.08, 0.02)), 4),
    )


def _picture(random: np.random.Generator, fps: float) -> Picture:
    shutter = float(np.exp(random.uniform(np.log(SHUTTER_S[0]), np.log(min(SHUTTER_S[1], 0.9 / fps)))))
    return Picture(
        fps=fps,
        duration_s=5.0,
        shutter_s=round(shutter, 6),
        blur_samples=1 if shutter < 1 / 1000 else (3 if shutter < 1 / 300 else 5),
        noise=round(float(random.uniform(0, 5)), 2),
        crf=int(random.integers(18, 30)),
    )


def _faults(random: np.random.Generator) -> tuple[Fault, ...]:
    """Half of the clips have no fault, most others one, some a pair."""
    count = int(random.choice([0, 1, 2], p=[0.5, 0.38, 0.12]))
    names = random.choice(list(FAULTS), size=count, replace=False)
    side = str(random.choice(["left", "right", "both"], p=[0.45, 0.45, 0.1]))
    return tuple(Fault(str(n), round(float(random.uniform(*GRADES[str(n)])), 1), side) for n in names)
