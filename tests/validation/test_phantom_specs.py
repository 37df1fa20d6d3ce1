"""Specifications of phantoms: what is written is read again, what cannot be is refused, the halves stay apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from phantoms.sampler import draw, halves
from phantoms.spec import FAULTS, Body, Camera, ClipSpec, Fault, Picture, load_spec, to_toml


def test_a_specification_is_read_as_it_was_written(tmp_path: Path) -> None:
    spec = ClipSpec(
        "clip",
        runner="RBDS020",
        body=Body(sex="female", skin=(1, 2, 3)),
        camera=Camera(view="rear", yaw_deg=-7.5),
        picture=Picture(fps=60, shutter_s=1 / 250, blur_samples=3),
        faults=(Fault("knee_in", 8), Fault("pelvic_drop", 5.5, "left")),
    )
    path = tmp_path / "clip.toml"
    path.write_text(to_toml(spec), encoding="utf-8")
    assert load_spec(path) == spec


def test_the_name_of_the_file_is_the_clips_name(tmp_path: Path) -> None:
    path = tmp_path / "another.toml"
    path.write_text('pace = "T45"\n', encoding="utf-8")
    assert load_spec(path) == ClipSpec("another", pace="T45")


@pytest.mark.parametrize(
    "text", ['[camera]\nview = "above"', '[[faults]]\nname = "limp"\ngrade = 3', "[body]\nwings = 2", 'pace = "T99"']
)
def test_what_no_phantom_can_be_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"none of|has no"):
        load_spec(path)


def test_a_seed_draws_the_same_and_another_seed_draws_other_clips() -> None:
    assert draw(8, 3, "tuning") == draw(8, 3, "tuning")
    assert [replace(a, name="") for a in draw(8, 3, "tuning")] != [replace(a, name="") for a in draw(8, 4, "tuning")]


def test_runners_and_skins_of_the_halves_do_not_meet_and_all_runners_are_in_one() -> None:
    both = halves()
    assert not set(both["tuning"]["runners"]) & set(both["report"]["runners"])
    assert not set(both["tuning"]["skins"]) & set(both["report"]["skins"])
    assert len(both["tuning"]["runners"]) + len(both["report"]["runners"]) == 13
    for half in both:
        assert {spec.runner for spec in draw(60, 0, half)} <= set(both[half]["runners"])


def test_every_drawn_specification_can_be_written_and_faults_come_in_every_kind(tmp_path: Path) -> None:
    specs = draw(200, 1, "report")
    assert {fault.name for spec in specs for fault in spec.faults} == set(FAULTS)
    for spec in specs[:20]:
        path = tmp_path / f"{spec.name}.toml"
        path.write_text(to_toml(spec), encoding="utf-8")
        assert load_spec(path) == spec
    assert json.dumps([spec.seed for spec in specs])
