"""Between the sessions: today's exercises, the diary, and the trainer's list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from web_browser import Browser

from kinechain.knowledge.exercises import exercises
from kinechain.knowledge.intake import questions
from kinechain.store.diary import diary_of
from kinechain.store.tables import Client, DiaryEntry, Job, PlanEdit, Result, Visit, now
from kinechain.web.studio import Studio

HEALTHY = {key: False for key, question in questions().items() if question.group == "red_flag"}
QUIET = {"pain_before": "1", "pain_during": "1", "pain_after": "1", "pain_next_morning": "1"}
TODAY = date.today()


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def planned(studio: Studio, result_id: UUID) -> Callable[..., UUID]:
    """Give a result whose health questions are answered, of a session some days ago."""

    def since(days: int, **answers: object) -> UUID:
        with studio.database.writing() as session:
            result = session.get_one(Result, result_id)
            result.document = {**result.document, "intake": {**HEALTHY, **answers}}
            session.get_one(Visit, result.visit_id).made_at = now() - timedelta(days=days)
        return result_id

    return since


def note(browser: Browser, client_id: UUID, status: int = 200, **typed: object) -> str:
    return browser.post(f"/clients/{client_id}/diary", {key: str(value) for key, value in typed.items()}, status=status)


def noted(studio: Studio):
    with studio.database.reading() as session:
        return diary_of(session.scalars(sa.select(DiaryEntry).order_by(DiaryEntry.made_at)).all()).entries


def done(browser: Browser, client_id: UUID, exercise: str, days: tuple[int, ...], sets: int, **pains: object) -> None:
    for day in days:
        typed = {**QUIET, **pains}
        note(browser, client_id, kind="exercise", exercise=exercise, sets=sets, date=days_ago(day), **typed)


def card(page: str, exercise: str) -> str:
    return page.split(f'id="{exercise}"')[1].split("</article>", maxsplit=1)[0]


# --- today -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_first_page_of_a_runner_is_what_to_do_today(runner: Browser, planned, language: str):
    planned(0)
    runner.post("/language", {"language": language, "back": "/"})
    answer = runner.http.get("/")
    assert answer.url.path == "/today"
    for name in ("hip_hinge", "ball_calf_raise", "bent_knee_calf_raise"):
        row, shown = exercises()[name], card(answer.text, name)
        for text in (row.name, row.right_when, row.progression[0], row.steps[0], row.set_up):
            assert text[language].replace("'", "&#39;") in shown
        assert "<svg" in shown
    for rule in exercises()["hip_hinge"].stop_rules:
        assert rule[language] in answer.text


def test_before_there_is_a_result_the_page_says_so(runner: Browser):
    page = runner.get("/today")
    assert "まだプランがありません" in page
    assert "<article" not in page


def test_open_health_questions_show_their_gate_and_nothing_to_do(runner: Browser, result_id: UUID):
    page = runner.get("/today")
    assert "<article" not in page
    assert "/intake" in page
    assert exercises()["hip_hinge"].name.ja not in page


def test_a_good_week_moves_one_exercise_on_and_leaves_the_others(runner: Browser, client_id: UUID, planned):
    planned(8)
    done(runner, client_id, "hip_hinge", (8, 6, 4), sets=2)
    page = runner.get("/today")
    assert exercises()["hip_hinge"].progression[1].ja in card(page, "hip_hinge")
    assert "moved forward" in card(page, "hip_hinge")
    assert exercises()["ball_calf_raise"].progression[0].ja in card(page, "ball_calf_raise")
    assert "moved hold" in card(page, "ball_calf_raise")


def test_pain_above_the_limit_moves_it_back_and_says_why(runner: Browser, client_id: UUID, planned):
    planned(8, previous_calf_strain=True)
    done(runner, client_id, "hip_hinge", (8, 6, 4), sets=2, pain_during=3)
    shown = card(runner.get("/today"), "hip_hinge")
    assert "moved back" in shown
    assert exercises()["hip_hinge"].regression[0].ja in shown
    assert "上限 2" in shown


@pytest.mark.parametrize("what", [{"pain_during": "6"}, {"limp": "true"}])
@pytest.mark.parametrize("assessed", [True, False])
def test_a_limp_or_strong_pain_stops_through_the_gate(
    runner: Browser, trainer: Browser, client_id: UUID, request: pytest.FixtureRequest, what, assessed: bool
):
    if assessed:
        request.getfixturevalue("planned")(2)
    page = note(runner, client_id, kind="pain", back="today", **what)
    assert "<article" not in page
    assert "医療機関" in page.split('role="alert"')[1].split("</div>")[0]
    assert 'class="doing stopped"' in trainer.get("/")


def test_a_session_after_the_stop_makes_a_new_plan(runner: Browser, trainer: Browser, client_id: UUID, planned):
    planned(0)
    note(runner, client_id, kind="pain", limp="true", date=days_ago(2))
    assert "<article" in runner.get("/today")
    assert states(trainer.get("/")) != ["stopped"]


def test_a_change_of_the_plan_keeps_the_stop_and_what_was_reached(
    studio: Studio, runner: Browser, trainer: Browser, client_id: UUID, planned
):
    result_id = planned(15)
    done(runner, client_id, "hip_hinge", (15, 13, 11), sets=2)
    done(runner, client_id, "hip_hinge", (8, 6, 4), sets=2)
    trainer.post(f"/results/{result_id}/plan", {"seen": "0", "keep.hip_hinge": "1", "why": "x", "add": "step_down"})
    page = runner.get("/today")
    assert exercises()["hip_hinge"].progression[2].ja in card(page, "hip_hinge")
    assert 'id="step_down"' in page
    assert "ball_calf_raise" not in page
    note(runner, client_id, kind="pain", limp="true")
    with studio.database.writing() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PlanEdit)) == 1
    assert "<article" not in runner.get("/today")


def test_an_exercise_added_late_has_its_weeks_from_then_on(trainer: Browser, client_id: UUID, planned):
    result_id = planned(7 * exercises()["step_down"].dose.weeks + 7)
    trainer.post(f"/results/{result_id}/plan", {"seen": "0", "why": "x", "add": "step_down"})
    page = trainer.get(f"/clients/{client_id}/today")
    assert 'id="step_down"' in page


def test_a_dose_that_the_trainer_changed_is_the_dose_shown(trainer: Browser, runner: Browser, planned):
    result_id = planned(0)
    trainer.post(f"/results/{result_id}/plan", {"seen": "0", "why": "x", "keep.hip_hinge": "1", "hip_hinge.sets": "4"})
    assert "4セット" in card(runner.get("/today"), "hip_hinge")


def test_what_was_done_today_is_marked(runner: Browser, client_id: UUID, planned):
    planned(0)
    page = note(runner, client_id, kind="exercise", exercise="hip_hinge", sets=2, pain_during=1, back="today")
    assert "✓ 2 セット" in card(page, "hip_hinge")
    assert "done-mark" not in card(page, "ball_calf_raise")


# --- diary -----------------------------------------------------------------------------------------------------------


def test_a_run_is_kept_as_it_was_typed(runner: Browser, trainer: Browser, client_id: UUID, studio: Studio):
    note(runner, client_id, kind="run", date=days_ago(1), distance_km="8.5", minutes="50", pace="5:30", **QUIET)
    (entry,) = noted(studio)
    assert (entry.kind, entry.distance_km, entry.minutes, entry.pace) == ("run", 8.5, 50.0, "5:30")
    assert (entry.pain_before, entry.pain_next_morning, entry.limp) == (1.0, 1.0, None)
    page = trainer.get(f"/clients/{client_id}/diary")
    assert "8.5 km" in page
    assert "5:30" in page


def test_this_mornings_pain_belongs_to_yesterday(runner: Browser, client_id: UUID, studio: Studio):
    form = runner.get("/today").split('value="pain"')[1].split("</form>", maxsplit=1)[0]
    day = re.search(r'name="date" value="([^"]+)"', form)
    assert day is not None
    assert day[1] == days_ago(1)
    note(runner, client_id, kind="pain", date=day[1], pain_next_morning=2, back="today")
    assert noted(studio)[0].pain_next_morning == 2.0


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "run"},
        {"kind": "run", "pain_during": "2"},
        {"kind": "run", "distance_km": "far"},
        {"kind": "run", "distance_km": "-1"},
        {"kind": "run", "distance_km": "5", "pace": "fast"},
        {"kind": "run", "distance_km": "5", "date": "2999-01-01"},
        {"kind": "run", "distance_km": "5", "date": "soon"},
        {"kind": "pain"},
        {"kind": "pain", "pain_after": "11"},
        {"kind": "pain", "pain_after": "nan"},
        {"kind": "pain", "pain_after": "1", "note": "\x00"},
        {"kind": "exercise", "exercise": "hip_hinge", "pain_during": "1"},
        {"kind": "exercise", "exercise": "nothing", "sets": "1"},
        {"kind": "swim"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(runner: Browser, client_id: UUID, studio: Studio, typed):
    page = note(runner, client_id, status=422, **typed)
    assert 'role="alert"' in page
    assert noted(studio) == ()


def test_nothing_that_was_typed_is_lost(runner: Browser, client_id: UUID):
    page = note(runner, client_id, status=422, kind="run", distance_km="7.5", pace="fast", note="<b>hill</b>")
    assert 'value="7.5"' in page
    assert 'value="fast"' in page
    assert "5:30" in page
    assert "<b>hill" not in page


def test_an_entry_is_corrected_and_taken_out(studio: Studio, runner: Browser, client_id: UUID):
    page = note(runner, client_id, kind="run", distance_km="8")
    found = re.search(r'action="(/diary/[0-9a-f-]{36})"', page)
    assert found is not None
    runner.post(found[1], {"kind": "run", "distance_km": "far", "date": days_ago(2)}, status=422)
    assert noted(studio)[0].distance_km == 8.0
    runner.post(found[1], {"kind": "run", "distance_km": "9", "date": days_ago(2), "limp": "true"})
    (entry,) = noted(studio)
    assert (entry.distance_km, entry.limp, entry.date.isoformat()) == (9.0, True, days_ago(2))
    runner.post(f"{found[1]}/remove")
    assert noted(studio) == ()


def test_the_diary_says_what_the_rules_say(runner: Browser, client_id: UUID):
    note(runner, client_id, kind="run", distance_km="5", date=days_ago(5), **QUIET)
    page = note(runner, client_id, kind="run", distance_km="9", date=days_ago(1), **QUIET)
    assert "110 %" in page
    assert "1段階やさしくします" in page


def test_one_runner_sees_nothing_of_another(studio: Studio, runner: Browser, trainer: Browser, client_id: UUID):
    trainer.post("/clients", {"name": "別の人"})
    other = UUID(trainer.at.rsplit("/", 1)[1])
    with studio.database.writing() as session:
        entry = DiaryEntry(client_id=other, day=TODAY, kind="pain", noted={"pain_after": 1})
        session.add(entry)
        session.flush()
        entry_id = entry.id
    for page in ("today", "diary", "checks", "course"):
        runner.get(f"/clients/{other}/{page}", status=404)
    note(runner, other, status=404, kind="run", distance_km=5)
    runner.post(f"/diary/{entry_id}", {"kind": "run", "distance_km": "5"}, status=404)
    runner.post(f"/diary/{entry_id}/remove", status=404)
    assert [one.pain_after for one in noted(studio)] == [1.0]


# --- the trainer's list ----------------------------------------------------------------------------------------------


def states(page: str) -> list[str]:
    return re.findall(r'class="doing (\w+)"', page)


def test_each_runner_has_a_word_and_the_one_who_needs_attention_comes_first(
    studio: Studio, trainer: Browser, client_id: UUID, planned
):
    planned(8)
    assert states(trainer.get("/")) == ["quiet"]
    done(trainer, client_id, "hip_hinge", (8, 6, 4), sets=2)
    assert states(trainer.get("/")) == ["improving"]
    trainer.post("/clients", {"name": "い"})
    hurting = UUID(trainer.at.rsplit("/", 1)[1])
    trainer.post("/clients", {"name": "あ"})
    assert states(trainer.get("/")) == ["no_plan", "no_plan", "improving"]
    note(trainer, hurting, kind="run", distance_km=5, **{**QUIET, "pain_during": "4"})
    page = trainer.get("/")
    assert states(page) == ["pain", "no_plan", "improving"]
    assert page.index("い</strong>") < page.index("あ</strong>")
    note(trainer, client_id, kind="pain", pain_after=6)
    assert states(trainer.get("/")) == ["stopped", "pain", "no_plan"]


def test_a_retest_that_is_due_is_said(trainer: Browser, client_id: UUID, planned):
    planned(28)
    note(trainer, client_id, kind="run", distance_km=5, **QUIET)
    assert states(trainer.get("/")) == ["retest"]


def test_the_list_asks_the_database_no_more_with_more_runners(
    studio: Studio, trainer: Browser, client_id: UUID, planned, result_id: UUID
):
    planned(1)
    asked: list[str] = []
    sa.event.listen(studio.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    trainer.get("/")
    of_one = len(asked)
    with studio.database.writing() as session:
        mine, result = session.get_one(Client, client_id), session.get_one(Result, result_id)
        for number in range(30):
            other = Client(organisation_id=mine.organisation_id, name=f"runner {number}")
            session.add(other)
            session.flush()
            visit = Visit(client_id=other.id)
            session.add(visit)
            session.flush()
            job = Job(client_id=other.id, visit_id=visit.id, state="succeeded")
            session.add_all([job, DiaryEntry(client_id=other.id, day=date.today(), kind="run", noted={"minutes": 30})])
            session.flush()
            session.add(Result(visit_id=visit.id, job_id=job.id, document=result.document))
    asked.clear()
    page = trainer.get("/")
    assert page.count('class="doing') == 31
    assert len(asked) == of_one
