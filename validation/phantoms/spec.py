"""What one phantom clip is: frozen dataclasses, written as TOML."""

from __future__ import annotations

import dataclasses
import json
import tomllib
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Faults, the link of the chain each stands for, and the unit of its grade.
FAULTS: dict[str, tuple[str, str]] = {
    "knee_forward": ("C3", "deg"),
    "knee_in": ("C4", "deg"),
    "pelvic_drop": ("C2", "deg"),
    "upright_trunk": ("C2", "deg"),
    "heel_eversion": ("C6", "deg"),
    "short_hip_extension": ("C8", "deg"),
    "drifting_leg": ("C9", "deg"),
    "limited_dorsiflexion": ("C10", "deg"),
}
VIEWS = ("side_left", "side_right", "rear", "front")
BACKGROUNDS = ("plain", "gym", "grass")
PACES = ("T25", "T35", "T45")

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Parameters
    ----------
    name : one of `FAULTS`
    grade : how much is added [deg]
    side : "left", "right" or "both"
    """

    name: str
    grade: float
    side: str = "right"


@dataclass(frozen=True)
class Body:
    """The rendered body.

    Parameters
    ----------
    sex : "male" or "female"
    height_m : 0 keeps the runner's own; another height scales the whole motion, and the belt's speed with it
    weight, muscle : of the body model, 0 … 1
    trunk_lean_deg : mean lean of the rib cage, which the data does not hold
    heel_eversion_deg : how far the heels lean inwards from contact to mid stance, which the data does not hold either
    arm_swing_deg : range of the upper arms
    skin, hair, shirt, shorts, shoes, sock : colours
    shorts_length : share of the thigh that is covered
    sleeve : share of the upper arm that is covered
    """

    sex: str = "male"
    height_m: float = 0.0
    weight: float = 0.4
    muscle: float = 0.6
    trunk_lean_deg: float = 7.0
    heel_eversion_deg: float = 8.0
    arm_swing_deg: float = 50.0
    skin: Colour = (198, 150, 122)
    hair: Colour = (45, 32, 26)
    shirt: Colour = (40, 90, 170)
    shorts: Colour = (30, 30, 36)
    shoes: Colour = (220, 80, 40)
    sock: Colour = (235, 235, 235)
    shorts_length: float = 0.5
    sleeve: float = 0.5


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it sees.

    Parameters
    ----------
    view : where it stands: the runner's left or right, behind, in front
    distance_m : from the runner's middle
    height_m : over the ground
    yaw_deg : how far it stands away from the exact side (or rear), + anticlockwise seen from above
    pitch_deg : turned upwards (+), on top of looking level
    roll_deg : turned clockwise (+) about its axis
    fov_deg : vertical field of view
    k1 : radial distortion (− barrel), radius in focal lengths
    aim_height_m : height that lies in the middle of the picture; sets the pitch before `pitch_deg` is added
    """

    view: str = "side_right"
    distance_m: float = 3.6
    height_m: float = 0.95
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    fov_deg: float = 34.0
    k1: float = 0.0
    aim_height_m: float = 0.92


@dataclass(frozen=True)
class Picture:
    """What the phone makes of it.

    Parameters
    ----------
    fps : frames a second
    duration_s : length of the clip
    width, height : px
    shutter_s : exposure of a frame; 0 freezes the motion
    blur_samples : instants averaged over the exposure
    noise : SD of the sensor's noise, grey levels of 255
    crf : compression of H.264, higher is coarser
    """

    fps: float = 120.0
    duration_s: float = 5.0
    width: int = 720
    height: int = 960
    shutter_s: float = 0.0
    blur_samples: int = 1
    noise: float = 0.0
    crf: int = 20

    @property
    def frame_times_s(self) -> NDArray[np.float64]:
        """The middle of each frame's exposure, shape (t,) [s]."""
        return np.arange(round(self.fps * self.duration_s)) / self.fps


@dataclass(frozen=True)
class Scene:
    """Light and surroundings.

    Parameters
    ----------
    background : one of `BACKGROUNDS`; "grass" is running over ground with a camera that moves along
    light_azimuth_deg, light_elevation_deg : where the light comes from; 0° azimuth is the camera's direction
    light : intensity of the main light
    ambient : share of light without direction
    """

    background: str = "gym"
    light_azimuth_deg: float = 35.0
    light_elevation_deg: float = 50.0
    light: float = 1.0
    ambient: float = 0.35


@dataclass(frozen=True)
class ClipSpec:
    """One phantom clip.

    Parameters
    ----------
    name : of the files
    runner, pace : whose running it is
    start_s : after the beginning of the motion file
    seed : of noise and scenery
    """

    name: str
    runner: str = "RBDS012"
    pace: str = "T35"
    start_s: float = 0.3
    seed: int = 0
    body: Body = field(default_factory=Body)
    camera: Camera = field(default_factory=Camera)
    picture: Picture = field(default_factory=Picture)
    scene: Scene = field(default_factory=Scene)
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no phantom can be."""
        _one_of("view", self.camera.view, VIEWS)
        _one_of("background", self.scene.background, BACKGROUNDS)
        _one_of("pace", self.pace, PACES)
        _one_of("sex", self.body.sex, ("male", "female"))
        for fault in self.faults:
            _one_of("fault", fault.name, tuple(FAULTS))
            _one_of("side of a fault", fault.side, ("left", "right", "both"))


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{what} {value!r} is none of {', '.join(allowed)}")


def from_dict(kind: Any, values: dict[str, Any]) -> Any:
    """Build a dataclass from plain values, tables within tables included.

    Raises
    ------
    ValueError
        Where a key is unknown.
    """
    hints = typing.get_type_hints(kind)
    unknown = set(values) - set(hints)
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{key: _cast(hints[key], value) for key, value in values.items()})


def _cast(hint: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return from_dict(hint, value)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_cast(inner, one) for one in value)
    return hint(value) if isinstance(hint, type) and not isinstance(hint, types.UnionType) else value


def load_spec(path: Path) -> ClipSpec:
    """Read a clip from TOML; without `name` the file's own name counts."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    spec: ClipSpec = from_dict(ClipSpec, {"name": path.stem} | values)
    return spec


def to_toml(spec: ClipSpec) -> str:
    """Return a clip as TOML."""
    plain = dataclasses.asdict(spec)
    lines = [
        f"{key} = {json.dumps(value)}" for key, value in plain.items() if not isinstance(value, dict | tuple | list)
    ]
    for table, values in plain.items():
        if isinstance(values, dict):
            lines += ["", f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    for fault in plain["faults"]:
        lines += ["", "[[faults]]", *(f"{key} = {json.dumps(value)}" for key, value in fault.items())]
    return "\n".join(lines) + "\n"
