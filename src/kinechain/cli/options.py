"""Options that several commands share, and the files that they name."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError

from kinechain.cli.console import default_language
from kinechain.errors import AthleteInvalid, IntakeInvalid, KinechainError, OptionInvalid
from kinechain.knowledge.intake import check_intake
from kinechain.knowledge.toml_rows import line_of
from kinechain.model.athlete import Athlete
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.importers import About
from kinechain.pose.importers.raw import LIMITS
from kinechain.text import Language

ViewOption = Literal["auto", "side_left", "side_right", "rear", "front", "foot_medial"]

Lang = Annotated[Language | None, typer.Option("--lang", help="Language of messages; default: that of the locale.")]
Json = Annotated[str | None, typer.Option("--json", help="Write the result as JSON: a path, or - for standard output.")]
ClipPath = Annotated[
    Path,
    typer.Argument(
        metavar="CLIP",
        help="The video, or a file of body points: .trc, .c3d, .json, folder of .json; or a session: .toml.",
        show_default=False,
    ),
]
View = Annotated[ViewOption, typer.Option("--view", help="From where the camera sees the runner.")]
Speed = Annotated[float | None, typer.Option("--speed", metavar="MPS", help="Running or belt speed, metres a second.")]
AthleteFile = Annotated[
    Path | None, typer.Option("--athlete", metavar="FILE", help="TOML table [athlete]: height_cm, mass_kg, sex, age_y.")
]
IntakeFile = Annotated[
    Path | None, typer.Option("--intake", metavar="FILE", help="TOML table [intake]: complaint and health questions.")
]
WatchFiles = Annotated[
    list[Path] | None,
    typer.Option("--watch", metavar="FILE", help="FIT file of a running watch; repeatable: the runs of 30 days."),
]
SlowMotion = Annotated[
    float | None,
    typer.Option("--slow-motion", metavar="K", help="Slow-motion factor: 4 where the clip runs four times slower."),
]
Person = Annotated[
    int | None,
    typer.Option(
        "--person", metavar="N", help="Whom to follow, numbered as in frames/people.jpg; default: the runner."
    ),
]
Estimator = Annotated[
    Literal["blazepose", "rtmpose"],
    typer.Option("--estimator", help="What finds the body points; rtmpose needs the extra and --model."),
]
ModelFile = Annotated[
    Path | None, typer.Option("--model", metavar="FILE", help="ONNX file for --estimator rtmpose (26 points).")
]
Fps = Annotated[
    float | None, typer.Option("--fps", metavar="F", help="Frame rate of a file of points that does not state it.")
]
PictureSize = Annotated[
    str | None,
    typer.Option("--picture-size", metavar="WxH", help="Picture of a file of points, px: 1920x1080."),
]
UnknownModel = Annotated[
    bool, typer.Option("--allow-unknown-model", help="Take pose weights whose error was never measured.")
]
HideFace = Annotated[bool, typer.Option("--hide-face", help="Blur the face in pictures and overlay.")]


def language(option: Language | None) -> Language:
    """Return the language asked for, or that of the locale."""
    return default_language() if option is None else option


#: Speeds at which people run [m/s]; sprinters reach 12.4.
_SPEEDS_MPS = (1.0, 13.0)
_SLOW_MOTION = (0.1, 40.0)


def clip_request(
    path: Path,
    view: ViewOption,
    speed: float | None,
    slow_motion: float | None,
    person: int | None,
    points: About = About(),  # noqa: B008
) -> ClipRequest:
    """Join a clip's options into a request.

    Raises
    ------
    OptionInvalid
        Where a value is impossible for a runner.
    """
    if speed is not None:
        _require_within("--speed", speed, _SPEEDS_MPS, "m/s")
    if slow_motion is not None:
        _require_within("--slow-motion", slow_motion, _SLOW_MOTION, "×")
    if person is not None and person < 1:
        raise OptionInvalid(option="--person", value=person, reason="1, 2, 3 …")
    return ClipRequest(path, None if view == "auto" else view, speed, slow_motion, person, points)


def about_points(fps: float | None, picture_size: str | None) -> About:
    """Join what is stated about a file of points.

    Raises
    ------
    OptionInvalid
        Where a value is impossible.
    """
    if fps is not None:
        _require_within("--fps", fps, LIMITS.rate_hz, "Hz")
    if picture_size is None:
        return About(fps)
    sides = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", picture_size.strip().lower())
    if sides is None or "0" in (sides[1].lstrip("0") or "0", sides[2].lstrip("0") or "0"):
        raise OptionInvalid(option="--picture-size", value=picture_size, reason="1920x1080")
    return About(fps, (int(sides[1]), int(sides[2])))


def date(option: str, value: str | None, *, until: datetime.date | None = None) -> datetime.date | None:
    """Return a day that was given as YYYY-MM-DD, None where none was.

    Raises
    ------
    OptionInvalid
        Where it is no day, or one after `until`.
    """
    if value is None:
        return None
    try:
        found = datetime.date.fromisoformat(value)
    except ValueError as error:
        raise OptionInvalid(option=option, value=value, reason="YYYY-MM-DD") from error
    if until is not None and found > until:
        raise OptionInvalid(option=option, value=value, reason=f"≤ {until}")
    return found


def require_none(stated: dict[str, object]) -> None:
    """Refuse options about one clip beside a session, which says all this itself.

    Raises
    ------
    OptionInvalid
    """
    for option, value in stated.items():
        if value is not None:
            raise OptionInvalid(option=option, value=value, reason="SESSION.toml: [athlete], [intake], [[clip]]")


def _require_within(option: str, value: float, limits: tuple[float, float], unit: str) -> None:
    if not limits[0] <= value <= limits[1]:
        raise OptionInvalid(option=option, value=value, reason=f"{limits[0]:g}…{limits[1]:g} {unit}")


def read_athlete(path: Path | None) -> Athlete:
    """Read an athlete file: a TOML table `[athlete]` alone.

    Raises
    ------
    AthleteInvalid
        Where the file is missing, is not TOML, has an unknown key or an impossible value; names the line.
    """
    if path is None:
        return Athlete()
    text, table = _table(path, "athlete", AthleteInvalid)
    try:
        return Athlete.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise AthleteInvalid(path=path, reason=_at_line(text, "athlete", key, first["msg"])) from error


def read_intake(path: Path | None) -> dict[str, object]:
    """Read an intake file: a TOML table `[intake]` alone.

    Raises
    ------
    IntakeInvalid
        Where the file is missing, is not TOML, has an unknown key or an impossible answer; names the line.
    """
    if path is None:
        return {}
    text, table = _table(path, "intake", IntakeInvalid)
    for key, answer in table.items():
        try:
            check_intake({key: answer})
        except ValueError as error:
            raise IntakeInvalid(path=path, reason=_at_line(text, "intake", key, str(error))) from error
    return check_intake(table)


def _table(path: Path, name: str, invalid: type[KinechainError]) -> tuple[str, dict[str, object]]:
    """Return the text of a TOML file and its only table."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise invalid(path=path, reason=error.strerror or error) from error
    except ValueError as error:
        raise invalid(path=path, reason=error) from error
    table = document.get(name)
    if not isinstance(table, dict) or len(document) != 1:
        raise invalid(path=path, reason=f"[{name}]")
    return text, table


def _at_line(text: str, table: str, key: str, reason: str) -> str:
    """Return a reason with the line on which its key stands."""
    return f"line {line_of(text, (table, key))}: {key}: {reason}"
