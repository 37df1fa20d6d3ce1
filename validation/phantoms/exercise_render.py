"""Draw the phantoms of the exercises, each with its truth."""

from __future__ import annotations

import json
from pathlib import Path

from phantoms.exercise_body import ExerciseFigure
from phantoms.exercise_motion import make_exercising
from phantoms.exercise_spec import ExerciseSpec
from phantoms.exercise_truth import truth_of
from phantoms.render import pictures, write_images


def render_exercise(spec: ExerciseSpec, out: Path) -> Path:
    """Write `NAME.mp4` and `NAME.json` (truth); a clip that is there is left alone.

    Returns
    -------
    Path of the clip.
    """
    clip = out / f"{spec.name}.mp4"
    if clip.is_file():
        return clip
    out.mkdir(parents=True, exist_ok=True)
    moving = make_exercising(spec)
    figure = ExerciseFigure(spec.body, moving.height_m, moving.body)
    clip.with_suffix(".json").write_text(json.dumps(truth_of(spec, moving, figure)), encoding="utf-8")
    write_images(clip, spec, pictures(spec, figure, moving.body))
    return clip
