"""What a user is told and shown where more than one person is in a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kinechain.knowledge.cautions import caution
from kinechain.model.frames import Image
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.seeing import ClipRequest, SeenClip
from kinechain.video.people_picture import people_picture
from kinechain.video.picture import save_jpeg

PEOPLE_PICTURE = "frames/people.jpg"


def with_people_told(clips: tuple[MeasuredClip, ...], request: ClipRequest) -> tuple[MeasuredClip, ...]:
    """Return the segments of a clip with a caution that says who of several people was measured."""
    people = clips[0].seen.people
    if people is None:
        return clips
    code = "several_people" if request.person is None else "person_stated"
    said = caution(code, clips[0].id, count=len(people.candidates), person=people.chosen)
    return (replace(clips[0], cautions=(said, *clips[0].cautions)), *clips[1:])


def people_drawer(seen: SeenClip, file: Path, *, hide_face: bool) -> Callable[[int, Image], None]:
    """Return what writes the picture of the numbered people, once it is given the image that shows most of them."""

    def on_image(index: int, image: Image) -> None:
        if seen.people is None or index != seen.people.frame:
            return
        boxes = {number: place.box for number, place in seen.people.places.items()}
        save_jpeg(people_picture(image, boxes, seen.people.chosen, hide_faces=hide_face), file)

    return on_image
