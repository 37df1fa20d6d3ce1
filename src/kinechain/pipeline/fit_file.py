"""Read the runs of a running watch: FIT files, with step rate and contact time where the watch has them."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kinechain.errors import EmptyFile, FileMissing, NotAFile, WatchFileInvalid, WatchFileNotARun, WatchFileTooLarge
from kinechain.load.sessions import Run


@dataclass(frozen=True)
class FitLimits:
    """What a file of one activity may hold.

    Parameters
    ----------
    bytes, messages : at most; a day of running at one message a second holds 86 400
    distance_km, duration_s : of one run, as far as answers of the intake may go
    steps_per_min : of both legs
    contact_s : of one step
    """

    bytes: int = 20_000_000
    messages: int = 300_000
    distance_km: tuple[float, float] = (0.05, 170.0)
    duration_s: tuple[float, float] = (10.0, 172_800.0)
    steps_per_min: tuple[float, float] = (60.0, 260.0)
    contact_s: tuple[float, float] = (0.1, 0.6)


@dataclass
class _Seen:
    """Fields of the sessions, and sums over the records of one activity."""

    sessions: list[dict[str, object]] = field(default_factory=list)
    contact_ms: list[float] = field(default_factory=list)
    strides_per_min: list[float] = field(default_factory=list)


def read_runs(path: Path, limits: FitLimits | None = None) -> tuple[Run, ...]:
    """Return the runs of a FIT file; other sports of the same file are left out.

    A value that the watch did not record, or that no runner reaches, is missing.

    Raises
    ------
    FileMissing, NotAFile, EmptyFile
    WatchFileInvalid
        Damaged, cut off, or of another kind.
    WatchFileTooLarge
        Larger, or with more messages, than an activity has.
    WatchFileNotARun
        Without a run that has a start, a distance and a duration.
    """
    limits = limits or FitLimits()
    _require_readable(path, limits)
    try:
        seen = _decode(path, limits)
    except OSError as error:
        raise WatchFileInvalid(path=path) from error
    runs = [run for session in seen.sessions if (run := _run(session, seen, limits)) is not None]
    if not runs:
        raise WatchFileNotARun(path=path)
    return tuple(runs)


def _require_readable(path: Path, limits: FitLimits) -> None:
    if not path.exists():
        raise FileMissing(path=path)
    if not path.is_file():
        raise NotAFile(path=path)
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(path=path)
    if size > limits.bytes:
        raise WatchFileTooLarge(path=path, limit=f"{limits.bytes / 1e6:g} MB")


def _decode(path: Path, limits: FitLimits) -> _Seen:
    import fitdecode  # noqa: PLC0415 - needed only where a watch file is given

    seen = _Seen()
    strict = {"check_crc": fitdecode.CrcCheck.RAISE, "error_handling": fitdecode.ErrorHandling.RAISE}
    damaged = (fitdecode.FitError, struct.error, ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
    try:
        with warnings.catch_warnings(), fitdecode.FitReader(path.read_bytes(), **strict) as reader:
            warnings.simplefilter("ignore")
            for count, frame in enumerate(reader):
                if count >= limits.messages:
                    raise WatchFileTooLarge(path=path, limit=f"{limits.messages} messages")
                if isinstance(frame, fitdecode.FitDataMessage):
                    _take(frame.name, {f.name: f.value for f in frame.fields if f.value is not None}, seen)
    except damaged as error:
        raise WatchFileInvalid(path=path) from error
    return seen


def _take(name: str, fields: Mapping[str, object], seen: _Seen) -> None:
    if name == "session":
        seen.sessions.append(dict(fields))
    elif name == "record":
        for key, values in (("stance_time", seen.contact_ms), ("cadence", seen.strides_per_min)):
            value = _positive(fields, key)
            if value is not None:
                values.append(value)


def _run(session: Mapping[str, object], seen: _Seen, limits: FitLimits) -> Run | None:
    start = session.get("start_time")
    metres = _positive(session, "total_distance")
    seconds = _within(_first(session, "total_timer_time", "total_elapsed_time"), limits.duration_s)
    distance = _within(None if metres is None else metres / 1000, limits.distance_km)
    if session.get("sport") != "running" or not isinstance(start, datetime) or distance is None or seconds is None:
        return None
    alone = len(seen.sessions) == 1  # records do not say to which session they belong
    strides = next(_strides_per_min(session, seconds, seen.strides_per_min if alone else []), None)
    rate = _within(None if strides is None else 2 * strides, limits.steps_per_min)
    contact_ms = _positive(session, "avg_stance_time") or (_mean(seen.contact_ms) if alone else None)
    return Run(
        start=start if start.tzinfo is not None else start.replace(tzinfo=UTC),
        distance_km=distance,
        duration_s=seconds,
        steps=None if rate is None else rate * seconds / 60,
        contact_s=_within(None if contact_ms is None else contact_ms / 1000, limits.contact_s),
    )


def _strides_per_min(session: Mapping[str, object], seconds: float, recorded: list[float]) -> Iterator[float]:
    """Yield the stride rate: as counted, as the watch's mean, as the mean of the records."""
    strides = _positive(session, "total_strides")
    if strides is not None:
        yield strides / seconds * 60
    whole = _first(session, "avg_running_cadence", "avg_cadence")
    if whole is not None:
        yield whole + (_positive(session, "avg_fractional_cadence") or 0.0)
    mean = _mean(recorded)
    if mean is not None:
        yield mean


def _first(fields: Mapping[str, object], *keys: str) -> float | None:
    return next((value for key in keys if (value := _positive(fields, key)) is not None), None)


def _positive(fields: Mapping[str, object], key: str) -> float | None:
    value = fields.get(key)
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _within(value: float | None, limits: tuple[float, float]) -> float | None:
    return value if value is not None and limits[0] <= value <= limits[1] else None
