"""What was seen in finished clips, kept beside the result, so that an interrupted session goes on where it stopped.

A clip is known by the content of its file and by all that decides what is seen in it: weights, parameters, version,
slow-motion factor, person, part of the file. Its points are kept as NetCDF, the rest as JSON; the JSON comes into place
last, so that a half-written clip does not count. Of a clip in which nobody to follow was found, that is kept. What was
seen is measured anew each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from kinechain.errors import NoPerson, OutputNotWritable, PersonNotFound, PoseFileInvalid, SceneError
from kinechain.model.assessment import Segment
from kinechain.model.pose import load_pose, save_pose
from kinechain.output import clear_away, staged
from kinechain.pipeline.progress import Progress, Stopwatch
from kinechain.pipeline.seeing import ClipRequest, EstimatorFactory, SeenClip, open_requested, see
from kinechain.pose.importers import is_points
from kinechain.pose.people import People
from kinechain.settings import Protocol
from kinechain.video.insets import Additions

#: Folder of the kept clips inside of the folder of the result.
KEPT = ".kinechain"
_FACTS, _POSE = "seen.json", "pose.nc"
_PEOPLE, _ADDITIONS = TypeAdapter(People), TypeAdapter(Additions)
#: What a look at all images can end with.
_REFUSALS: Mapping[str, type[SceneError]] = {error.code: error for error in (NoPerson, PersonNotFound)}


@dataclass(frozen=True)
class ClipStore:
    """Kept clips in `folder`; the folder is made when the first clip is kept."""

    folder: Path

    def see(
        self,
        request: ClipRequest,
        sha256: str,
        load_estimator: EstimatorFactory,
        protocol: Protocol,
        progress: Progress,
        watch: Stopwatch,
    ) -> SeenClip:
        """Return what a clip shows: as it was kept, else seen now and kept. Files of points are read each time.

        Raises
        ------
        InputFileError, SceneError, SetupError
        OutputNotWritable
            Where it cannot be kept.
        """
        if is_points(request.path):
            return see(request, load_estimator, protocol, progress, watch)
        place = self.folder / _key(request, sha256, load_estimator().model_sha256, protocol)
        seen = _kept(place, request, sha256)
        if seen is None:
            seen = _seen(request, load_estimator, protocol, progress, watch)
            _keep(seen, place)
        if isinstance(seen, SceneError):
            raise seen
        return seen


@contextmanager
def kept_clips(target: Path) -> Iterator[ClipStore]:
    """Give the store inside of the folder of a result; without a kept clip no folder stays behind on failure.

    Raises
    ------
    OutputNotWritable
        Where the folder cannot be made.
    """
    folder = target / KEPT
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(path=target) from error
    clear_away(folder)
    try:
        yield ClipStore(folder)
    finally:
        for path in made:
            if not any(path.iterdir()):
                path.rmdir()


def _key(request: ClipRequest, sha256: str, models: Mapping[str, str], protocol: Protocol) -> str:
    """Return the name under which a clip is kept: the same where the same would be seen."""
    seen_of = asdict(request.part)
    decides = [
        sha256,
        seen_of,
        request.slow_motion,
        request.person,
        dict(models),
        protocol.as_dict(),
        version("kinechain"),
    ]
    text = json.dumps(decides, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _seen(
    request: ClipRequest, load_estimator: EstimatorFactory, protocol: Protocol, progress: Progress, watch: Stopwatch
) -> SeenClip | SceneError:
    """Look at a clip; return what it shows, or that there is nobody to follow in it."""
    try:
        return see(request, load_estimator, protocol, progress, watch)
    except tuple(_REFUSALS.values()) as refusal:
        return refusal


def _keep(seen: SeenClip | SceneError, place: Path) -> None:
    """Write what was seen; it counts from the moment its facts are in place.

    Raises
    ------
    OutputNotWritable
    """
    try:
        with staged(place, seal=_FACTS) as folder:
            if isinstance(seen, SceneError):
                facts: dict[str, object] = {"refused": seen.code, "details": seen.details}
            else:
                facts = _facts(seen)
                save_pose(seen.pose, folder / _POSE)
            (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise OutputNotWritable(path=place) from error


def _facts(seen: SeenClip) -> dict[str, object]:
    """Return what is kept of a clip beside its points."""
    return {
        "segments": [segment.model_dump() for segment in seen.segments],
        "people": None if seen.people is None else asdict(seen.people),
        "model_sha256": dict(seen.model_sha256),
        "repeated": _frames(seen.repeated),
        "camera_lost": _frames(seen.camera_lost),
        "additions": asdict(seen.additions),
    }


def _kept(place: Path, request: ClipRequest, sha256: str) -> SeenClip | SceneError | None:
    """Return what was kept of a clip, None where there is nothing, or nothing whole."""
    try:
        facts = json.loads((place / _FACTS).read_text(encoding="utf-8"))
        if "refused" in facts:
            return _REFUSALS[facts["refused"]](**facts["details"])
        pose = load_pose(place / _POSE)
        frames = open_requested(request)
        people = None if facts["people"] is None else _PEOPLE.validate_python(facts["people"])
        n = frames.info.n_frames
        if pose.sizes["time"] != n:
            return None
        return SeenClip(
            info=frames.info,
            frames=frames,
            pose=pose,
            segments=tuple(Segment.model_validate(row) for row in facts["segments"]),
            sha256=sha256,
            people=people,
            model_sha256=facts["model_sha256"],
            repeated=_mask(facts["repeated"], n),
            camera_lost=_mask(facts["camera_lost"], n),
            additions=_ADDITIONS.validate_python(facts["additions"]),
        )
    except (OSError, PoseFileInvalid, ValidationError, KeyError, IndexError, TypeError, ValueError):
        return None


def _frames(mask: NDArray[np.bool_] | None) -> list[int] | None:
    return None if mask is None else [int(index) for index in np.flatnonzero(mask)]


def _mask(frames: list[int] | None, n: int) -> NDArray[np.bool_] | None:
    if frames is None:
        return None
    mask = np.zeros(n, dtype=bool)
    mask[frames] = True
    return mask
