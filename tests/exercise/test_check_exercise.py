"""`check-exercise`: rules, bad input, the command, and the real clips."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from exercise_checking import ROWS, TEXTS
from typer.testing import CliRunner

from analytic_exerciser import Times, film, heel_raise, hinge
from kinechain.cli import app
from kinechain.errors import BodyOutOfPicture, ClipTooShort
from kinechain.exercise.faults import OF_REPETITION
from kinechain.exercise.kinds import KINDS
from kinechain.knowledge.exercise_checks import parse_checks
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.toml_rows import knowledge_text
from kinechain.model.exercise_check import ExerciseCheck
from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS
from kinechain.pipeline import exercise_check as pipeline
from kinechain.pipeline.exercise_check import check_exercise, check_pose, lines_of, other_exercise
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import estimate_clip
from kinechain.settings import Protocol
from kinechain.text import Text
from kinechain.video.reader import open_clip

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
TIMES = Times(n=2)


def quiet(stage, done, total):
    """Show no progress."""


def pose_of(points, view="side_right", size=(2000, 1300)):
    seen = film(points, view)
    n = len(TIMES.time_s)
    position = np.stack([seen.get(name, np.full((n, 2), np.nan)) for name in KEYPOINTS], axis=1)
    confidence = np.isfinite(position).all(axis=2).astype(float)
    return make_pose(TIMES.time_s, KEYPOINTS, position, confidence, image_size=size, source="analytic")


# --- the rules ---------------------------------------------------------------------------------------------------


def test_every_value_has_a_rule_and_every_rule_a_value():
    assert set(ROWS) == set(KINDS) <= set(exercises())
    for name, values in OF_REPETITION.items():
        assert set(values) == set(ROWS[name].fault)
    assert set(ROWS["glute_stretch"].fault) == {"short_hold", "pelvis_not_tipped", "hand_not_reached"}
    assert set().union(*KINDS.values()) <= set(TEXTS.looks_like)


@pytest.mark.parametrize("name", ROWS)
def test_who_names_a_fault_and_whether_it_is_seen_agree_with_the_exercise(name):
    row, told = ROWS[name], {fault.id: fault for fault in exercises()[name].faults}
    for rule in row.fault.values():
        assert (told[rule.id].by, told[rule.id].cue, told[rule.id].seen) == (rule.by, rule.cue, True)
    assert {fault.id for fault in told.values() if not fault.seen} <= set(row.asked)
    assert {fault.id for fault in told.values() if fault.seen} <= set(row.fault)
    assert {rule.id for rule in row.fault.values() if rule.by == "studio"} == {
        fault.id for fault in told.values() if fault.by == "studio"
    }


@pytest.mark.parametrize("name", ROWS)
def test_every_sentence_is_there_in_both_languages(name):
    row = ROWS[name]
    texts = [exercises()[name].camera]
    texts += [text for rule in row.fault.values() for text in (rule.cue, rule.definition)]
    texts += [text for asked in row.asked.values() for text in (asked.reason, asked.question)]
    for text in texts:
        assert JAPANESE.search(text.ja)
        assert not JAPANESE.search(text.en)
        assert "診断" not in text.ja


def test_a_wrong_rule_names_its_line():
    text = knowledge_text("exercise_checks.toml").replace('unit = "deg"', 'unit = "inch"', 1)
    with pytest.raises(ValueError, match=r"exercise_checks\.toml, line \d+: hip_hinge\.fault\.knee_bends"):
        parse_checks(text)


def test_a_rule_for_a_fault_that_the_exercise_does_not_have_names_its_line():
    text = knowledge_text("exercise_checks.toml").replace("[hip_hinge.fault.bouncing]", "[hip_hinge.fault.jumping]")
    with pytest.raises(
        ValueError, match=r"exercise_checks\.toml, line \d+: hip_hinge\.fault\.jumping: .*no such fault"
    ):
        parse_checks(text)


def test_a_text_fills_a_text_in_its_own_language():
    filled = Text(ja="{what}です", en="it is {what}, {n}").format(what=Text(ja="水", en="water"), n=2)
    assert (filled.ja, filled.en) == ("水です", "it is water, 2")


# --- a clip ------------------------------------------------------------------------------------------------------


def test_the_result_reads_back_as_it_was_written():
    check = check_pose(pose_of(heel_raise(TIMES)), "ball_calf_raise")
    document = json.loads(check.to_json())
    assert document["schema"] == "kinechain.exercise_check/1"
    assert {
        "exercise",
        "recognised",
        "looks_like",
        "repetitions",
        "partial_repetitions",
        "holds",
        "tempo",
        "range",
        "faults",
        "not_observable",
        "cautions",
    } <= set(document)
    assert ExerciseCheck.model_validate(document) == check
    for language in ("ja", "en"):
        assert str(TIMES.n) in lines_of(check, language)[1]


def test_half_the_body_out_of_the_picture_is_refused():
    with pytest.raises(BodyOutOfPicture) as caught:
        check_pose(pose_of(heel_raise(TIMES), size=(2000, 1100)), "ball_calf_raise")  # cut below the knees
    assert caught.value.exit_status == 20
    assert "0%" in caught.value.message.en


def test_a_clip_that_begins_inside_of_a_repetition_says_so():
    top = int((TIMES.lead_s + TIMES.out_s + 0.3) * TIMES.fps)
    check = check_pose(pose_of(hinge(TIMES)).isel(time=slice(top, None)), "hip_hinge")
    assert (check.repetitions, check.partial_repetitions) == (TIMES.n - 1, 1)
    assert [caution.code for caution in check.cautions] == ["exercise_began_inside"]


def test_two_people_are_told_and_the_one_asked_for_is_watched(demo_clip, monkeypatch):
    asked = []

    def followed(frames, estimator, progress, *, person, parameters):
        asked.append(person)
        people = SimpleNamespace(candidates=[1, 2], chosen=2)
        return SimpleNamespace(pose=pose_of(heel_raise(TIMES)), people=people)

    monkeypatch.setattr(pipeline, "follow", followed)
    request = ClipRequest(demo_clip, person=2)
    check = check_exercise(request, "ball_calf_raise", None, lambda: None, Protocol(), quiet)
    assert asked == [2]
    assert [caution.code for caution in check.cautions] == ["exercise_several_people"]
    assert "--person" in check.cautions[0].message.ja


def test_a_clip_too_short_is_refused_before_anything_is_estimated(demo_clip, monkeypatch):
    monkeypatch.setattr(pipeline, "SHORTEST_S", 60.0)
    with pytest.raises(ClipTooShort):
        check_exercise(ClipRequest(demo_clip), "hip_hinge", None, pytest.fail, Protocol(), quiet)


# --- the command ---------------------------------------------------------------------------------------------------


def run(monkeypatch, tmp_path, check, *options):
    def checked(*arguments):
        return check

    monkeypatch.setattr(import_module("kinechain.cli.app"), "check_exercise", checked)  # `cli.app` is the Typer object
    return CliRunner().invoke(app, ["check-exercise", str(tmp_path / "clip.mp4"), *options])


def test_the_command_writes_its_result_and_ends_with_0(monkeypatch, tmp_path):
    check = check_pose(pose_of(heel_raise(TIMES)), "ball_calf_raise")
    done = run(monkeypatch, tmp_path, check, "--exercise", "ball_calf_raise", "--json", "-", "--lang", "en")
    assert done.exit_code == 0
    assert ExerciseCheck.model_validate_json(done.stdout) == check
    assert "Repetitions: 2" in done.stderr


@pytest.mark.parametrize(("lang", "word"), [("ja", "かかと上げ"), ("en", "heel raise")])
def test_another_exercise_gives_a_result_a_sentence_and_a_status(monkeypatch, tmp_path, lang, word):
    check = check_pose(pose_of(heel_raise(TIMES)), "hip_hinge")
    done = run(monkeypatch, tmp_path, check, "--exercise", "hip_hinge", "--json", "-", "--lang", lang)
    assert done.exit_code == other_exercise(check).exit_status == 21
    document = json.loads(done.stdout)
    assert (document["recognised"], document["looks_like"]) == (False, "heel_raise")
    assert word in done.stderr
    assert "[other_exercise]" in done.stderr


def test_an_exercise_nobody_knows_is_wrong_use(tmp_path):
    assert CliRunner().invoke(app, ["check-exercise", "a.mp4", "--exercise", "burpee"]).exit_code == 2


# --- real clips ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EveryNth:
    """Every nth frame of a clip, for speed."""

    clip: object
    nth: int

    @property
    def info(self):
        return replace(self.clip.info, time_s=self.clip.info.time_s[:: self.nth])

    def images(self):
        for index, image in enumerate(self.clip.images()):
            if index % self.nth == 0:
                yield image


@pytest.fixture(scope="module")
def estimator(weights):
    return BlazePose(weights, Protocol().estimator)


@pytest.fixture(scope="module")
def checked(shared_data, estimator):
    def of(name, exercise, nth):
        clip = EveryNth(open_clip(shared_data / "exercise" / f"{name}.mp4"), nth)
        return check_pose(estimate_clip(clip, estimator), exercise)

    return of


@pytest.mark.shared
@pytest.mark.weights
def test_three_raises_and_the_walk_out_of_the_picture_is_no_fourth(checked):
    check = checked("calf_raises", "ball_calf_raise", 3)
    assert check.recognised
    assert check.repetitions == 3
    tops = [(one.frame * 3) for one in check.each if one.partial is None]
    assert tops == pytest.approx([90, 168, 250], abs=15)


@pytest.mark.shared
@pytest.mark.weights
@pytest.mark.parametrize("name", ["hinge_good_side", "hinge_rounded_side"])
def test_a_deadlift_from_the_bottom_is_a_partial_repetition_and_its_back_is_not_judged(checked, name):
    check = checked(name, "hip_hinge", 1)
    assert (check.looks_like, check.repetitions, check.partial_repetitions) == ("parallel_hinge", 0, 1)
    assert [fault.id for fault in check.faults] == ["stance_not_split"]
    assert "rounded_back" in [one.id for one in check.not_observable]
    assert "exercise_began_inside" in [one.code for one in check.cautions]


@pytest.mark.shared
@pytest.mark.weights
@pytest.mark.parametrize(("name", "looks_like"), [("single_leg_hinge", "single_leg_hinge"), ("squat_side", "squat")])
def test_another_movement_is_refused_as_a_hinge(checked, name, looks_like):
    check = checked(name, "hip_hinge", 6)
    assert (check.recognised, check.looks_like, check.repetitions) == (False, looks_like, 0)


@pytest.mark.shared
@pytest.mark.weights
def test_a_lying_figure_four_is_not_the_stretch_and_its_holds_are_told(checked):
    check = checked("figure_four_stretch", "glute_stretch", 6)
    assert (check.recognised, check.looks_like) == (False, "lying_figure_four")
    assert [hold.side for hold in check.holds] == ["right", "left"]
    assert [hold.seconds for hold in check.holds] == pytest.approx([7.5, 7.5], abs=1.5)
