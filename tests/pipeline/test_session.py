"""A session from its file to one assessment: what is read, what is refused, what is named and left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from session_files import assessed, longer_trunk, write_clip, write_session
from typer.testing import CliRunner

from analytic_runner import running, running_leg
from kinechain.cli import app
from kinechain.errors import FileMissing, SessionInvalid
from kinechain.model.assessment import read_assessment
from kinechain.pipeline.session import contradictions, read_session, speed_of_pace

SLOW, FAST = 2.8, 4.2


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    faulty = running_leg(SLOW, knee_deg=running_leg(SLOW).knee_deg + 8.0)
    write_clip(folder / "slow_right.trc", running(SLOW), seed=1)
    write_clip(folder / "fast_right.trc", running(FAST), seed=2)
    write_clip(folder / "tired_right.trc", running(SLOW, right=faulty), seed=3)
    write_clip(folder / "slow_left.trc", running(SLOW, right=faulty), seed=4, facing=-1)
    return folder


def row(file: str, speed: float, view: str = "side_right", more: str = "") -> str:
    return f'path = "{file}"\nview = "{view}"\nspeed_mps = {speed}\n{more}'


FRESH, TIRED = 'condition = "fresh"', 'condition = "tired"'


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pace", "speed"), [("4:30/km", 1000 / 270), ("5:00", 1000 / 300), ("10:00 /km", 1000 / 600)])
def test_a_pace_is_a_speed(pace: str, speed: float) -> None:
    assert speed_of_pace(pace) == pytest.approx(speed)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('[[clip]]\npath = "a.mp4"\nview = "above"\n', 3, "view"),
        ('[[clip]]\npath = "a.mp4"\n\n[[clip]]\npath = "b.mp4"\nspeed = 3\n', 6, "speed"),
        ('[[clip]]\npath = "a.mp4"\npace = "fast"\n', 3, "pace"),
        ('[[clip]]\npath = "a.mp4"\nslow_motion = 100\n', 3, "slow_motion"),
        ('[athlete]\nheight_cm = 17\n[[clip]]\npath = "a.mp4"\n', 2, "height_cm"),
        ('[intake]\nsidee = "left"\n[[clip]]\npath = "a.mp4"\n', 2, "sidee"),
        ('[[clip]]\npath = "a.mp4"\n[[test]]\nname = "jumping"\nside = "left"\nvalue = 3\n', 3, "test"),
        ('[[clip]]\npath = "a.mp4"\n[[test]]\nname = "rolloff_class"\nside = "left"\nvalue = 3\n', 3, "test"),
        ('[clips]\npath = "a.mp4"\n', 1, "clips"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(tmp_path: Path, text: str, line: int, key: str) -> None:
    file = tmp_path / "session.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SessionInvalid) as refused:
        read_session(file)
    assert refused.value.exit_status == 44
    assert "session.toml" in refused.value.message.en
    assert f"line {line}:" in refused.value.message.en
    assert key in refused.value.message.en


@pytest.mark.parametrize("text", ["", "[athlete]\nheight_cm = 170\n", "clip = 3\n", "[[clip]\n", "\0"])
def test_a_session_needs_clips_and_toml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "session.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SessionInvalid):
        read_session(file)
    with pytest.raises(SessionInvalid):
        read_session(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("clip", "more", "code"),
    [
        ('path = "a.mp4"\npace = "0:40/km"', "", "pace_impossible"),
        ('path = "a.mp4"\npace = "0:00/km"', "", "pace_impossible"),
        ('path = "a.mp4"\nspeed_mps = 12000', "", "pace_impossible"),
        ('path = "a.mp4"\nspeed_mps = 3.0\npace = "4:30/km"', "", "pace_and_speed_differ"),
        ('path = "a.mp4"', "[intake]\nweekly_km = 9000\n", "intake_answer_left_out"),
        ('path = "a.mp4"', '[intake]\nside = "both"\none_side_only = true\n', "intake_both_but_one_side"),
        ('path = "a.mp4"', '[[test]]\nname = "heel_raises"\nside = "left"\nvalue = -3\n', "test_value_impossible"),
        ('path = "a.mp4"', '[[test]]\nname = "heel_raises"\nside = "left"\nvalue = 3\n' * 2, "test_twice"),
    ],
)
def test_what_is_impossible_is_named_and_left_out(tmp_path: Path, clip: str, more: str, code: str) -> None:
    session = read_session(write_session(tmp_path, [clip], more))
    assert [caution.code for caution in session.cautions] == [code]
    assert session.clips[0].request.speed_mps is None
    assert "weekly_km" not in session.intake


def test_answers_that_contradict_one_another() -> None:
    assert not contradictions({"side": "right", "one_side_only": True, "weekly_km": 40.0, "longest_run_30d_km": 30.0})
    codes = {c.code for c in contradictions({"weekly_km": 5.0, "longest_run_30d_km": 90.0})}
    codes |= {c.code for c in contradictions({"running_less_helps": "yes", "rf_two_weeks_no_change": True})}
    assert codes == {"intake_longest_over_month", "intake_helps_but_no_change"}


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (clip,) = read_session(write_session(tmp_path, ['path = "films/a.mp4"'])).clips
    assert clip.request.path == tmp_path / "films" / "a.mp4"


# --- one assessment of several clips ---------------------------------------------------------------------------------


def test_a_session_becomes_one_assessment_with_its_contrasts(films: Path, tmp_path: Path) -> None:
    clips = [
        row("slow_right.trc", SLOW, more=FRESH),
        row("fast_right.trc", FAST, more=FRESH),
        row("tired_right.trc", SLOW, more=TIRED),
    ]
    tests = "".join(
        f'[[test]]\nname = "heel_raises"\nside = "{side}"\nvalue = {n}\n' for side, n in (("left", 30), ("right", 18))
    )
    found = assessed(
        write_session(films, clips, '[intake]\nside = "right"\ntrigger = "pace"\n' + tests), tmp_path / "o"
    )
    assert [clip.id for clip in found.clips] == ["clip1", "clip2", "clip3"]
    assert [clip.condition for clip in found.clips] == ["fresh", "fresh", "tired"]
    assert {c.kind for c in found.contrasts} == {"side", "pace", "fatigue"}
    knee = {(c.kind, c.side): c for c in found.contrasts if c.name == "knee_flexion_peak_deg"}
    fatigue = knee["fatigue", "right"]
    assert fatigue.low is not None
    assert fatigue.high is not None
    assert fatigue.low <= 8.0 <= fatigue.high + 0.5
    assert fatigue.verdict == "unclear", "the error of points from a file is not known"
    assert knee["fatigue", "left"].value == pytest.approx(0.0, abs=0.6)
    cadence = next(c for c in found.contrasts if (c.kind, c.name) == ("pace", "cadence_spm"))
    assert cadence.value == pytest.approx(9.5 * (FAST - SLOW), abs=1.0)
    assert any("test.heel_raises.right" in h.evidence_for for h in found.hypotheses)
    assert read_assessment(tmp_path / "o" / "assessment.json").contrasts == found.contrasts
    assert sorted(p.name for p in (tmp_path / "o").glob("*.nc")) == [f"pose_clip{n}.nc" for n in (1, 2, 3)]


def test_left_against_right_from_both_sides(films: Path, tmp_path: Path) -> None:
    clips = [row("tired_right.trc", SLOW), row("slow_left.trc", SLOW, "side_left")]
    found = assessed(write_session(films, clips), tmp_path / "o")
    (knee,) = (c for c in found.contrasts if (c.kind, c.name) == ("side", "knee_flexion_peak_deg"))
    assert knee.clips == ("clip1", "clip2")
    assert knee.value == pytest.approx(8.0, abs=1.0)


def test_missing_and_doubled_files_are_named_and_the_rest_is_assessed(films: Path, tmp_path: Path) -> None:
    (films / "empty.trc").write_text("", encoding="utf-8")
    clips = ['path = "gone.mp4"', row("slow_right.trc", SLOW), row("slow_right.trc", FAST), 'path = "empty.trc"']
    found = assessed(write_session(films, clips), tmp_path / "o")
    assert [clip.id for clip in found.clips] == ["clip2"]
    named = {(c.code, c.clip) for c in found.cautions}
    assert {("clip_missing", "clip1"), ("clip_twice", "clip3"), ("clip_left_out", "clip4")} <= named
    assert (tmp_path / "o" / "pose.nc").is_file()


def test_without_any_clip_there_is_no_assessment(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        assessed(write_session(tmp_path, ['path = "gone.mp4"']), tmp_path / "o")


def test_a_pace_that_the_clip_contradicts(films: Path, tmp_path: Path) -> None:
    clips = [row("slow_right.trc", SLOW, more=FRESH), row("fast_right.trc", 2.0, more=FRESH)]
    found = assessed(write_session(films, clips), tmp_path / "o")
    (told,) = (c for c in found.cautions if c.code == "pace_contradicted")
    assert told.clip == "clip2"
    assert not [c for c in found.contrasts if c.kind in ("pace", "fatigue")]


def test_without_a_height_the_other_clips_tell(films: Path, tmp_path: Path) -> None:
    clips = [row("slow_right.trc", SLOW), row("tired_right.trc", SLOW), row("fast_right.trc", 2.9)]
    found = assessed(write_session(films, clips, athlete=""), tmp_path / "o")
    assert [c.clip for c in found.cautions if c.code == "pace_contradicted"] == ["clip3"]


def test_another_body_is_noticed(films: Path, tmp_path: Path) -> None:
    write_clip(films / "fast_left.trc", running(FAST), seed=8, facing=-1)
    same = [row("slow_right.trc", SLOW), row("fast_left.trc", FAST, "side_left")]
    found = assessed(write_session(films, same), tmp_path / "same")
    assert "other_person_likely" not in {c.code for c in found.cautions}
    taller = longer_trunk((films / "fast_left.trc").read_text(encoding="utf-8"))
    (films / "taller.trc").write_text(taller, encoding="utf-8")
    other = [row("slow_right.trc", SLOW), row("taller.trc", FAST, "side_left")]
    found = assessed(write_session(films, other), tmp_path / "other")
    assert [c.clip for c in found.cautions if c.code == "other_person_likely"] == ["clip2"]


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_takes_a_session(films: Path, tmp_path: Path) -> None:
    file = write_session(films, [row("slow_right.trc", SLOW), row("fast_right.trc", FAST)])
    out = tmp_path / "deep" / "out"
    done = CliRunner().invoke(app, ["assess", str(file), "--out", str(out), "--json", "-"])
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["clips"]) == 2
    names = {"assessment.json", "frames", "pose_clip1.nc", "pose_clip2.nc"}
    names |= {f"{page}.{language}.html" for page in ("report", "runner", "taping") for language in ("ja", "en")}
    assert {p.name for p in out.iterdir()} == names


@pytest.mark.parametrize(
    ("options", "status"),
    [(["--speed", "3"], 41), (["--view", "rear"], 41), ([], 10)],
    ids=["speed", "view", "missing"],
)
def test_a_failed_session_leaves_nothing(tmp_path: Path, options: list[str], status: int) -> None:
    file = write_session(tmp_path, ['path = "gone.mp4"'])
    out = tmp_path / "deep" / "out"
    done = CliRunner().invoke(app, ["assess", str(file), "--out", str(out), *options])
    assert done.exit_code == status
    assert not out.parent.exists()
