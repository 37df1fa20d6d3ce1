"""Several people: who is found, who is the runner, who is followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from crowd import FPS, HEIGHT, WIDTH, Actor, Crowd, CrowdFrames, during, stays, walks
from pose_doubles import LEG_INDEX, BrightSpot, as_pose, runner

from kinechain.errors import PersonNotFound
from kinechain.model.pose import track
from kinechain.pose.blazepose_geometry import windows
from kinechain.pose.estimator import Place
from kinechain.pose.following import Followed, follow, pose_lift
from kinechain.pose.people import Sighting, Track, foot_lift, guide_of, sort_out

RUNNER = Actor(stays(900.0), 200.0, 0.5)
BYSTANDER = Actor(stays(300.0), 250.0, 0.02)


def hip_x(followed: Followed) -> np.ndarray:
    return track(followed.pose, "left_hip", "raw_position")[:, 0]


def straight(x: float, frames: range, *, lift: float = 0.5, radius: float = 100.0, confidence: float = 0.9) -> Track:
    feet = [lift * radius * np.sin(2.0 * n) for n in range(len(frames))]
    looks = [(f, Sighting(Place((x, 300.0), radius), d, radius, confidence)) for f, d in zip(frames, feet, strict=True)]
    return Track(tuple(looks))


class TestLift:
    def test_of_a_runner_of_formulas_at_any_rate_of_looks(self) -> None:
        t, x = runner(240.0)
        whole = pose_lift(as_pose(t, x))
        assert whole > 0.35
        sparse = np.random.default_rng(1).choice(len(t), 25, replace=False)
        sparse.sort()
        assert pose_lift(as_pose(t[sparse], x[sparse])) == pytest.approx(whole, abs=0.08)

    def test_of_somebody_who_stands_is_nothing(self) -> None:
        t, x = runner(60.0)
        x[:, LEG_INDEX["left"]] = x[:, LEG_INDEX["right"]]
        assert pose_lift(as_pose(t, x)) == 0.0

    def test_needs_both_feet(self) -> None:
        assert foot_lift(np.array([0.0, 50.0, 80.0, 50.0, 0.0]), 100.0) == 0.0
        assert foot_lift(np.array([-60.0, 50.0, 80.0, 50.0, -60.0]), 100.0) == pytest.approx(0.6)

    @pytest.mark.parametrize(("feet", "leg"), [([np.nan], 100.0), ([], 100.0), ([50.0, -50.0], np.nan)])
    def test_of_nothing_seen_is_nothing(self, feet: list[float], leg: float) -> None:
        assert foot_lift(np.array(feet), leg) == 0.0


class TestSortOut:
    def test_who_is_in_a_part_left_out_has_a_number_but_is_chosen_only_where_alone(self) -> None:
        large, small = straight(200, range(0, 100, 5), radius=150.0), straight(700, range(0, 100, 5), radius=60.0)
        inset = (100.0, 200.0, 320.0, 400.0)
        chosen = [sort_out(tracks, 20, None, left_out=inset) for tracks in ([large, small], [large])]
        assert [people and (people.chosen, len(people.candidates)) for people in chosen] == [(2, 2), (1, 1)]
        named = sort_out([large, small], 20, 1, left_out=inset)
        assert named is not None
        assert named.chosen == 1

    def test_numbers_from_left_to_right_whoever_came_first(self) -> None:
        people = sort_out([straight(700, range(0, 100, 5)), straight(200, range(10, 100, 5))], 20, None)
        assert people is not None
        assert [one.tracks[0].looks[0][1].place.centre[0] for one in people.candidates] == [200, 700]
        assert [one.number for one in people.candidates] == [1, 2]
        assert people.frame == 10
        assert {n: place.centre[0] for n, place in people.places.items()} == {1: 200, 2: 700}

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            (straight(200, range(0, 100, 5), radius=250, lift=0.0), "poster or spectator"),
            (straight(200, range(0, 100, 5), radius=200, lift=0.15), "walker"),
            (straight(200, range(0, 100, 5), radius=60), "runner further off"),
            (straight(200, range(0, 30, 5), radius=110), "runner who passes by"),
        ],
    )
    def test_chooses_the_runner(self, other: Track, why: str) -> None:
        people = sort_out([other, straight(700, range(0, 100, 5))], 20, None)
        assert people is not None
        assert people.runner.tracks[0].looks[0][1].place.centre[0] == 700, why

    def test_takes_the_person_who_is_named(self) -> None:
        tracks = [straight(200, range(0, 100, 5), lift=0.0), straight(700, range(0, 100, 5))]
        for number in (1, 2):
            people = sort_out(tracks, 20, number)
            assert people is not None
            assert people.chosen == number

    def test_joins_a_runner_who_comes_back(self) -> None:
        people = sort_out([straight(200, range(0, 40, 5)), straight(700, range(60, 100, 5))], 20, None)
        assert people is not None
        assert [len(one.tracks) for one in people.candidates] == [2]

    def test_does_not_join_a_runner_and_a_bystander(self) -> None:
        people = sort_out([straight(200, range(0, 40, 5)), straight(700, range(60, 100, 5), lift=0.0)], 20, None)
        assert people is not None
        assert len(people.candidates) == 2

    def test_counts_nobody_twice_and_no_things(self) -> None:
        real = straight(700, range(0, 100, 5))
        thing, shadow = straight(200, range(0, 100, 5), confidence=0.6), straight(710, range(50, 100, 5))
        people = sort_out([shadow, thing, real], 20, None)
        assert people is not None
        assert [one.tracks for one in people.candidates] == [(real,)]

    def test_finds_nobody_in_short_glimpses(self) -> None:
        assert sort_out([straight(200, range(0, 10, 5))], 20, None) is None


class TestGuide:
    def test_fills_in_between_looks_and_reaches_a_little_beyond(self) -> None:
        looks = ((30, (100.0, 300.0)), (36, (112.0, 300.0)), (42, (124.0, 300.0)))
        moving = Track(tuple((f, Sighting(Place(c, 80.0), 0.0, 80.0, 0.9)) for f, c in looks))
        people = sort_out([moving], 3, None)
        assert people is not None
        guide = guide_of(people.runner, np.arange(120) / FPS)
        seen = [index for index, place in enumerate(guide) if place is not None]
        assert (seen[0], seen[-1]) == (0, 57)
        for index in (10, 33, 50):
            place = guide[index]
            assert place is not None
            assert place.centre == pytest.approx((40.0 + 2 * index, 300.0))
        assert guide[33].slack < guide[50].slack  # type: ignore[union-attr]

    def test_does_not_guess_across_a_cut(self) -> None:
        people = sort_out([straight(200, range(30, 60, 5))], 6, None)
        assert people is not None
        guide = guide_of(people.runner, np.arange(120) / FPS, cuts=(25, 58))
        assert [index for index, place in enumerate(guide) if place is not None] == list(range(25, 58))


class TestFollow:
    def test_one_runner_takes_one_pass_and_no_guide(self) -> None:
        crowd = Crowd([replace(RUNNER, radius=300.0)])
        followed = follow(CrowdFrames(), crowd)
        assert followed.people is None
        assert crowd.started == 1
        np.testing.assert_array_equal(hip_x(followed), 900.0)

    def test_the_runner_is_followed_and_not_the_larger_bystander(self) -> None:
        followed = follow(CrowdFrames(), Crowd([BYSTANDER, RUNNER]))
        assert followed.people is not None
        assert followed.people.chosen == 2
        np.testing.assert_array_equal(hip_x(followed), 900.0)
        assert "followed person 2 of 2" in followed.pose.attrs["log"]

    @pytest.mark.parametrize(("person", "x"), [(1, 300.0), (2, 900.0)])
    def test_the_person_named_is_followed(self, person: int, x: float) -> None:
        followed = follow(CrowdFrames(), Crowd([BYSTANDER, RUNNER]), person=person)
        assert followed.people is not None
        assert followed.people.chosen == person
        np.testing.assert_array_equal(hip_x(followed), x)

    def test_a_small_runner_is_found_behind_a_large_bystander(self) -> None:
        followed = follow(CrowdFrames(), Crowd([BYSTANDER, Actor(stays(1000.0, 500.0), 85.0)]))
        assert followed.people is not None
        np.testing.assert_array_equal(hip_x(followed), 1000.0)

    def test_a_small_runner_alone_is_found(self) -> None:
        followed = follow(CrowdFrames(), Crowd([Actor(stays(1000.0, 500.0), 60.0)]))
        assert followed.people is None
        np.testing.assert_array_equal(hip_x(followed), 1000.0)

    def test_runners_who_cross_are_not_exchanged(self) -> None:
        right, left = Actor(walks(200.0, 240.0), 150.0), Actor(walks(1100.0, -220.0, 380.0), 150.0, 0.45)
        followed = follow(CrowdFrames(), Crowd([right, left]), person=1)
        expected = 200.0 + 240.0 * np.arange(120) / FPS
        away = np.abs(hip_x(followed) - expected)
        crossing = np.abs(expected - (1100.0 - 220.0 * np.arange(120) / FPS)) < 80
        assert np.nanmax(away[~crossing]) < 1.0
        assert np.isfinite(away[~crossing]).mean() > 0.95

    def test_a_runner_who_leaves_is_not_replaced_by_the_next_one(self) -> None:
        gone = Actor(during(0.0, 2.0, walks(700.0, 250.0)), 220.0)
        followed = follow(CrowdFrames(), Crowd([gone, Actor(stays(300.0), 220.0, 0.0)]))
        x = hip_x(followed)
        assert np.isfinite(x[:60]).all()
        assert np.isnan(x[60:]).all()

    def test_a_number_that_nobody_has_ends_with_who_is_there(self) -> None:
        with pytest.raises(PersonNotFound) as caught:
            follow(CrowdFrames(), Crowd([BYSTANDER, RUNNER]), person=3)
        assert caught.value.details == {"person": 3, "found": 2, "places": "1: 23 %, 2: 70 %"}

    def test_an_estimator_that_sees_one_person_follows_that_one(self) -> None:
        with pytest.raises(PersonNotFound):
            follow(CrowdFrames(), BrightSpot(), person=2)

    def test_each_image_is_watched_once_however_many_passes_there_are(self) -> None:
        watched: list[int] = []

        def watch(index: int, image: np.ndarray) -> bool:
            watched.append(index)
            return index == 60

        crowd = Crowd([BYSTANDER, RUNNER])
        follow(CrowdFrames(), crowd, on_image=watch)
        assert watched == list(range(120))
        assert crowd.started == 3  # broken off, guided, guided after the cut


class TestWindows:
    @pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
    @pytest.mark.parametrize(("width", "height"), [(1920, 1080), (720, 1280), (500, 500), (1768, 554)])
    def test_each_person_half_as_tall_is_whole_in_one(self, width: int, height: int, share: float) -> None:
        squares = windows(width, height, share)
        side = round(min(width, height) * share)
        assert {s for _, _, s in squares} == {side}
        assert all(0 <= x <= width - side and 0 <= y <= height - side for x, y, _ in squares)
        half = side // 4
        for x in range(half, width - half, 37):
            for y in range(half, height - half, 37):
                assert any(
                    left <= x - half and x + half <= left + s and top <= y - half and y + half <= top + s
                    for left, top, s in squares
                )

    def test_of_a_square_is_the_square(self) -> None:
        assert windows(HEIGHT, HEIGHT, 1.0) == [(0, 0, HEIGHT)]
        assert len(windows(WIDTH, HEIGHT, 1.0)) == 3
