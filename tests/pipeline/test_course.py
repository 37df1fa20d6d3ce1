"""The course over time: what stands on its lines, what is refused or said, and the page."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path

import pytest
from session_files import assessed, write_clip, write_session
from typer.testing import CliRunner

from analytic_runner import running, running_leg
from kinechain.cli import app
from kinechain.errors import AnotherRunner, AssessmentsOutOfOrder, AssessmentTwice, AssessmentUndated
from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.intake import questions
from kinechain.model.assessment import Assessment, Plan
from kinechain.model.course import Course
from kinechain.model.diary import Diary, DiaryEntry
from kinechain.pipeline.compare import OTHER_PROTOCOL
from kinechain.pipeline.course import Dated, course_of, dated
from kinechain.report.course_page import render_course

HEALTHY: dict[str, object] = {key: False for key, question in questions().items() if question.group == "red_flag"}
KNEE = "knee_flexion_peak_deg"
DAYS = (dt.date(2026, 3, 2), dt.date(2026, 3, 30), dt.date(2026, 4, 27))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dated, ...]:
    """A runner on three days: the right knee bends by 4, then by 8 degrees more."""
    folder = tmp_path_factory.mktemp("films")
    found = []
    for n, day in enumerate(DAYS):
        runner = running(3.0, left=running_leg(3.0), right=running_leg(3.0, knee_deg=running_leg(3.0).knee_deg + 4 * n))
        write_clip(folder / f"{n}.trc", runner, seed=n)
        session = write_session(folder, [f'path = "{n}.trc"\nview = "side_right"\nspeed_mps = 3.0'])
        document = assessed(session, folder / str(n)).model_dump(by_alias=True)
        for row in document["measurements"]:
            if row["name"] == KNEE:
                row["method_error"] = {"bias": 0.0, "sd": 1.0, "source": "test"}
        plan = Plan(stop=False, exercises=(exercises()["hip_hinge"].prescribed("C2_right"),))
        document |= {"date": day, "intake": dict(HEALTHY), "plan": plan.model_dump()}
        file = folder / f"{n}.json"
        made = Assessment.model_validate(document)
        file.write_text(made.to_json(), encoding="utf-8")
        found.append(Dated(made, file, day))
    return tuple(found)


def a_diary(pain: float = 2.0) -> Diary:
    entries = []
    for day in range(0, 56, 2):
        date = DAYS[0] + dt.timedelta(days=day)
        said = {"pain_before": 1, "pain_during": pain, "pain_next_morning": 1}
        entries.append(DiaryEntry(date=date, distance_km=6, **said))
        entries.append(DiaryEntry(date=date, exercise="hip_hinge", sets=2, **said))
    return Diary(tuple(entries))


def changed(one: Dated, **update: object) -> Dated:
    return Dated(one.assessment.model_copy(update=update), one.file, one.date)


def test_the_line_holds_every_date_and_the_change_from_first_to_last(three: tuple[Dated, ...]) -> None:
    course = course_of(three)
    (line,) = [line for line in course.lines if (line.name, line.side) == (KNEE, "right")]
    values = [point.value for point in line.points]
    assert [b - a for a, b in pairwise(values)] == pytest.approx([4.0, 4.0], abs=1.0)
    assert line.change.verdict == "real"
    assert line.change.sdc is not None
    assert all(point.low <= point.value <= point.high for point in line.points)
    assert [mark.date for mark in course.marks if mark.kind == "retest"] == list(DAYS[1:])
    assert Course.model_validate_json(course.to_json()) == course


def test_the_diary_stands_on_the_same_axis(three: tuple[Dated, ...]) -> None:
    course = course_of(three, a_diary())
    assert (course.pain[0].before, course.pain[0].during, course.pain[0].after) == (1, 2, None)
    assert sum(week.distance_km for week in course.weeks) == 28 * 6
    assert all(week.first.weekday() == 0 for week in course.weeks)
    moves = [mark for mark in course.marks if mark.kind == "exercise"]
    assert [mark.step for mark in moves if mark.date <= DAYS[1]][:2] == ["forward", "forward"]
    assert {mark.step for mark in course_of(three, a_diary(7)).marks if mark.kind == "plan"} == {"stop"}


def test_what_was_measured_otherwise_has_its_reason(three: tuple[Dated, ...]) -> None:
    made = three[1].assessment.provenance.model_copy(update={"protocol": {"other": 1}})
    course = course_of([three[0], changed(three[1], provenance=made), three[2]])
    line = next(line for line in course.lines if (line.name, line.side) == (KNEE, "right"))
    assert [point.value is None for point in line.points] == [False, True, False]
    assert line.points[1].missing_because == OTHER_PROTOCOL
    first = changed(three[0], provenance=made)
    both = course_of([first, Dated(three[2].assessment, three[2].file, three[2].date)])
    assert not both.lines


def test_what_is_no_course_of_one_runner_is_refused(three: tuple[Dated, ...]) -> None:
    with pytest.raises(AssessmentTwice):
        course_of([three[0], three[1], three[0]])
    with pytest.raises(AssessmentsOutOfOrder):
        course_of([three[1], three[0]])
    with pytest.raises(AssessmentUndated):
        course_of([three[0], Dated(three[1].assessment, three[1].file, None)])
    tall = three[1].assessment.athlete.model_copy(update={"height_cm": 185.0})
    with pytest.raises(AnotherRunner):
        course_of([three[0], changed(three[1], athlete=tall)])


def test_a_date_comes_from_the_diary_where_the_file_has_none(three: tuple[Dated, ...], tmp_path: Path) -> None:
    file = tmp_path / "a" / "assessment.json"
    diary = Diary((DiaryEntry(date=DAYS[2], assessment="a/assessment.json"),))
    bare = three[0].assessment.model_copy(update={"date": None})
    assert dated(file, bare, diary, tmp_path / "diary.toml").date == DAYS[2]
    assert dated(file, bare, None, None).date is None
    both = dated(file, three[0].assessment, diary, tmp_path / "diary.toml")
    assert (both.date, len(both.cautions)) == (DAYS[0], 1)


def test_the_command_writes_page_and_file_and_nothing_on_bad_input(three: tuple[Dated, ...], tmp_path: Path) -> None:
    files = [str(one.file) for one in three]
    (tmp_path / "d.toml").write_text("".join(entry.to_toml() for entry in a_diary().entries), encoding="utf-8")
    out = tmp_path / "out"
    run = CliRunner().invoke
    done = run(app, ["compare", *files, "--diary", str(tmp_path / "d.toml"), "--out", str(out), "--json", "-"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["schema"] == "kinechain.course/1"
    assert {path.name for path in out.iterdir()} >= {
        "comparison.json",
        "course.json",
        "course.ja.html",
        "course.en.html",
    }
    bad = run(app, ["compare", files[1], files[0], "--out", str(tmp_path / "none")])
    assert (bad.exit_code, (tmp_path / "none").exists()) == (19, False)


def test_the_page_says_what_is_missing_in_both_languages(three: tuple[Dated, ...]) -> None:
    course = course_of(three)
    for language, words in (("ja", "痛みの記録がありません"), ("en", "No pain was noted")):
        page = render_course(course, "ja" if language == "ja" else "en")
        assert words in page
        assert f'lang="{language}"' in page
        assert "{" not in page.split("</style>")[1]
