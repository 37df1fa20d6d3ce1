"""Bad input through the command: what is wrong is named in both languages, the rest is assessed, nothing half-written.

Clips are files of points of the analytic runner; loads are left out, for they take seconds a clip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from session_files import longer_trunk, no_estimator, write_clip, write_session
from typer.testing import CliRunner

from analytic_runner import running
from kinechain.cli import app
from kinechain.model.assessment import Assessment, Caution, read_assessment
from kinechain.model.athlete import Athlete
from kinechain.pipeline.clip import MeasuredClip, measure_clip
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pipeline.session_checks import pace_contradictions
from kinechain.settings import Protocol

SLOW, FAST = 2.8, 4.2
SLOW_ROW = f'path = "slow.trc"\nview = "side_right"\nspeed_mps = {SLOW}'
FAST_ROW = f'path = "fast.trc"\nview = "side_right"\nspeed_mps = {FAST}'


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    write_clip(folder / "slow.trc", running(SLOW), seed=1, fps=60.0, seconds=3.5)
    write_clip(folder / "fast.trc", running(FAST), seed=2, fps=60.0, seconds=3.5)
    (folder / "text.trc").write_text("not a file of points\n", encoding="utf-8")
    (folder / "somebody.trc").write_text(longer_trunk((folder / "fast.trc").read_text("utf-8")), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True, scope="module")
def without_loads() -> Iterator[None]:
    with patch("kinechain.pipeline.assess.clip_loads", lambda *_: ((), ())):
        yield


@dataclass(frozen=True)
class Done:
    """What the command left: its exit status, its words, its folder."""

    status: int
    said: str
    out: Path

    @property
    def assessment(self) -> Assessment:
        return read_assessment(self.out / "assessment.json")

    def caution(self, code: str) -> Caution:
        (found,) = (c for c in self.assessment.cautions if c.code == code)
        return found


def run(folder: Path, out: Path, clips: list[str], more: str = "", *options: str) -> Done:
    """Assess a session through the command."""
    file = write_session(folder, clips, more)
    done = CliRunner().invoke(app, ["assess", str(file), "--out", str(out), *options])
    return Done(done.exit_code, done.stderr, out)


def numbers(assessment: Assessment, clip: str) -> dict[tuple[str, str], object]:
    return {(m.name, m.side): m.value for m in assessment.measurements if m.clip == clip}


@pytest.fixture(scope="module")
def whole(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The session in which nothing is wrong."""
    done = run(films, tmp_path_factory.mktemp("whole") / "o", [SLOW_ROW, FAST_ROW])
    assert done.status == 0
    assert not {c.code for c in done.assessment.cautions} & {case.values[1] for case in CASES}
    return done.assessment


CONTRADICTORY = '[intake]\nside = "both"\none_side_only = true\n'
CASES = [
    pytest.param((SLOW_ROW, FAST_ROW), "intake_both_but_one_side", CONTRADICTORY, (), id="answers that contradict"),
    pytest.param(
        (SLOW_ROW, FAST_ROW), "intake_helps_but_no_change",
        '[intake]\nrunning_less_helps = "yes"\nrf_two_weeks_no_change = true\n', (), id="helps but no change",
    ),
    pytest.param(
        (SLOW_ROW, FAST_ROW), "intake_longest_over_month",
        "[intake]\nweekly_km = 5\nlongest_run_30d_km = 90\n", (), id="longest run over the month",
    ),
    pytest.param(
        (SLOW_ROW, FAST_ROW), "intake_answer_left_out",
        '[intake]\nside = "right"\nweekly_km = 9000\n', ("weekly_km", "9000"), id="an impossible answer",
    ),
    pytest.param(
        (SLOW_ROW, FAST_ROW), "test_value_impossible",
        '[[test]]\nname = "heel_raises"\nside = "left"\nvalue = -3\n', ("-3",), id="an impossible test result",
    ),
    pytest.param((SLOW_ROW, FAST_ROW, 'path = "gone.mp4"'), "clip_missing", "", ("gone.mp4",), id="a missing file"),
    pytest.param((SLOW_ROW, FAST_ROW, SLOW_ROW), "clip_twice", "", ("slow.trc",), id="the same file twice"),
    pytest.param((SLOW_ROW, FAST_ROW, 'path = "text.trc"'), "clip_left_out", "", ("text.trc",), id="no clip at all"),
    pytest.param(
        (SLOW_ROW, FAST_ROW, 'path = "somebody.trc"\nview = "side_right"\nspeed_mps = 4.2'),
        "other_person_likely", "", ("somebody.trc", "slow.trc"), id="another person",
    ),
    pytest.param(
        (SLOW_ROW, FAST_ROW.replace("4.2", "2.8")), "pace_contradicted", "", ("2.80",), id="a pace that the clip denies"
    ),
    pytest.param(
        (SLOW_ROW, 'path = "fast.trc"\nview = "side_right"\npace = "0:40/km"'), "pace_impossible", "", ("25.00",),
        id="a pace that nobody runs",
    ),
    pytest.param(
        (SLOW_ROW, FAST_ROW + '\npace = "6:00/km"'), "pace_and_speed_differ", "", ("4.20", "6:00"),
        id="pace and speed that differ",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("clips", "code", "more", "named"), CASES)
def test_what_is_wrong_is_named_and_the_rest_is_assessed(
    films: Path, whole: Assessment, tmp_path: Path, clips: tuple[str, ...], code: str, more: str, named: tuple[str, ...]
) -> None:
    done = run(films, tmp_path / "o", list(clips), more)
    assert done.status == 0, done.said
    told = done.caution(code)
    for language in ("ja", "en"):
        sentence = told.message[language]
        assert all(word in sentence for word in named), sentence
        assert sentence[:20] in (done.out / f"report.{language}.html").read_text(encoding="utf-8")
    assert any(ord(letter) > 0x3000 for letter in told.message.ja)
    assert numbers(done.assessment, "clip1") == numbers(whole, "clip1")
    assert [p.name for p in tmp_path.iterdir()] == ["o"]
    assert not [p.name for p in done.out.iterdir() if p.name.startswith(".")]


def test_an_answer_that_is_left_out_is_not_reasoned_with(films: Path, tmp_path: Path) -> None:
    done = run(films, tmp_path / "o", [SLOW_ROW], '[intake]\nside = "right"\nweekly_km = 9000\n')
    assert done.assessment.intake == {"side": "right"}


def test_a_denied_pace_is_not_compared_and_its_clip_still_measured(films: Path, tmp_path: Path) -> None:
    found = run(films, tmp_path / "o", [SLOW_ROW, FAST_ROW.replace("4.2", "2.0")]).assessment
    assert "clip2" in {m.clip for m in found.measurements if isinstance(m.value, float)}
    assert {c.kind for c in found.contrasts} == {"side"}


@pytest.mark.parametrize(
    ("clips", "more", "status", "word"),
    [
        (['path = "gone.mp4"'], "", 10, "gone.mp4"),
        (['path = "text.trc"'], "", 18, "text.trc"),
        ([SLOW_ROW], '[intake]\nsidee = "left"\n', 44, "sidee"),
        ([SLOW_ROW.replace("side_right", "above")], "", 44, "view"),
        ([SLOW_ROW], '[[test]]\nname = "jumping"\nside = "left"\nvalue = 3\n', 44, "jumping"),
        ([], "", 44, "clip"),
    ],
    ids=["only a missing file", "only a file that is no clip", "an unknown question", "an unknown view",
         "an unknown test", "no clip"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["ja", "en"])
def test_where_nothing_can_be_assessed_nothing_is_written(
    films: Path, tmp_path: Path, clips: list[str], more: str, status: int, word: str, language: str
) -> None:
    done = run(films, tmp_path / "deep" / "o", clips, more, "--lang", language)
    assert done.status == status
    assert word in done.said.replace("\n", "")
    assert any(ord(letter) > 0x3000 for letter in done.said) == (language == "ja")
    assert not (tmp_path / "deep").exists()


def test_answers_beside_one_clip_are_held_against_one_another_too(films: Path, tmp_path: Path) -> None:
    answers, out = tmp_path / "intake.toml", tmp_path / "o"
    answers.write_text(CONTRADICTORY, encoding="utf-8")
    options = ["--view", "side_right", "--speed", str(SLOW), "--intake", str(answers), "--out", str(out)]
    done = CliRunner().invoke(app, ["assess", str(films / "slow.trc"), *options])
    assert done.exit_code == 0
    assert "intake_both_but_one_side" in {c.code for c in read_assessment(out / "assessment.json").cautions}


# --- speeds that a moving camera hides -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(films: Path) -> dict[str, MeasuredClip]:
    """The same clips, each under a right and a wrong speed, the runner's height known."""
    protocol, told = Protocol(), {"slow": ("slow", SLOW), "fast": ("fast", FAST), "denied": ("fast", 3.2)}
    return {
        name: measure_clip(
            ClipRequest(films / f"{file}.trc", view="side_right", speed_mps=speed),
            Athlete(height_cm=175),
            no_estimator,
            protocol,
            lambda *_: None,
            Stopwatch(),
            clip_id=name,
        )[0]
        for name, (file, speed) in told.items()
    }


def _with_camera(clip: MeasuredClip, *, lost: float = 0.0, moves: bool = True) -> MeasuredClip:
    """Return the clip as if its camera had moved by 50 px and been lost in a share of the frames."""
    pose = clip.seen.pose.copy()
    n = pose.sizes["time"]
    if moves:
        pose["scene_shift"] = (("time", "space"), [[50.0 * i / n, 0.0] for i in range(n)])
    return replace(clip, seen=replace(clip.seen, pose=pose, camera_lost=np.arange(n) < lost * n))


def test_a_pace_is_contradicted_outside_of_the_interval_alone(measured: dict[str, MeasuredClip]) -> None:
    doubtful, (told,) = pace_contradictions(list(measured.values()), Protocol())
    assert doubtful == {"denied"}
    assert "4.2" in told.message.en
    assert "3.20" in told.message.en


def test_a_moving_camera_widens_the_interval(measured: dict[str, MeasuredClip]) -> None:
    """A speed 14 % off is denied by a camera that stands; by one that moves it is not."""
    clip = measured["fast"]
    assert clip.gait.scale is not None
    off = replace(clip, gait=replace(clip.gait, scale=replace(clip.gait.scale, metres_per_px=1 / 350 / 1.16)))
    assert [c.code for c in pace_contradictions([off], Protocol())[1]] == ["pace_contradicted"]
    assert pace_contradictions([_with_camera(off)], Protocol()) == (frozenset(), ())


def test_a_camera_that_was_not_followed_contradicts_nothing(measured: dict[str, MeasuredClip]) -> None:
    doubtful, (told,) = pace_contradictions([_with_camera(measured["denied"], lost=0.6)], Protocol())
    assert (doubtful, told.code) == (frozenset(), "pace_not_checked")


def test_without_a_stated_pace_a_camera_that_was_not_followed_tells_none(measured: dict[str, MeasuredClip]) -> None:
    clip = _with_camera(measured["slow"], lost=0.6)
    own = replace(clip, gait=replace(clip.gait, scale=clip.gait.height_scale))
    doubtful, (told,) = pace_contradictions([own], Protocol())
    assert (doubtful, told.code) == ({"slow"}, "pace_not_seen")
