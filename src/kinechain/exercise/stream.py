"""The check of an exercise, live: points in, frame by frame; state, count and cues out. A clip is fed the same way.

stream = ExerciseStream("ball_calf_raise", faults)
for frame, (time_s, points) in enumerate(camera):
    now = stream.feed(time_s, frame, points)
outcome = stream.finish()
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kinechain.exercise.cycle import Cycle, CycleParameters, Hold, HoldTimer, Repetition, State
from kinechain.exercise.faults import Done, Held, Seen, seen_in_hold, seen_in_repetition
from kinechain.exercise.kinds import (
    KINDS,
    ExerciseId,
    Kind,
    KindParameters,
    StepCounter,
    bow_kind,
    direction,
    figure_four_side,
    floor_stretch_side,
    is_standing,
    raise_kind,
)
from kinechain.exercise.posture import Points, Posture, PostureParameters, PostureReader, stance_kept
from kinechain.knowledge.exercise_checks import FaultRule
from kinechain.model.skeleton import SIDES, Side


@dataclass(frozen=True)
class StreamParameters:
    """Parameters of an `ExerciseStream`.

    Parameters
    ----------
    posture, kinds : how a posture is read, and what is what
    bow, sink, lift : how repetitions are cut out of the trunk's inclination [deg], the knees' flexion [deg] and the
        height of the heels above the toes [leg lengths, 0.05 is about 4 cm]
    walking_passes : so often the feet must pass one another for walking, and twice more for each repetition
    oblique : shoulder width ÷ trunk length between these is a view neither from the side nor from the rear or front
        (about 25° from the side, 45° from the rear)
    jump : hips that move so far from one frame to the next are another person's [leg lengths]
    rest_trunk_share : seen from the rear or front a bow shows only in how short the trunk looks beside its full height;
        where it was already shorter than this share of it at rest, the movement began before the clip
    remembered_s : postures are kept so long, for rest and farthest point of a movement [s]
    shortest_hold_s : a posture kept for less is no hold [s]
    """

    posture: PostureParameters = field(default_factory=PostureParameters)
    kinds: KindParameters = field(default_factory=KindParameters)
    bow: CycleParameters = field(default_factory=lambda: CycleParameters(least_range=25.0))
    sink: CycleParameters = field(default_factory=lambda: CycleParameters(least_range=40.0))
    lift: CycleParameters = field(default_factory=lambda: CycleParameters(least_range=0.05))
    walking_passes: int = 3
    oblique: tuple[float, float] = (0.3, 0.5)
    jump: float = 0.5
    rest_trunk_share: float = 0.85
    remembered_s: float = 90.0
    shortest_hold_s: float = 2.0


@dataclass(frozen=True)
class Now:
    """What is known after a frame.

    Parameters
    ----------
    state : of the movement asked for
    repetitions, partial_repetitions, holds : so far
    holding_s : how long the posture asked for has been kept now [s]
    cues : ids of faults seen in what ended with this frame
    """

    state: State
    repetitions: int
    partial_repetitions: int
    holds: int
    holding_s: float = 0.0
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """A repetition, and what it is; `rest_trunk`: of a bow from the rear or front, the trunk's height before."""

    kind: Kind
    repetition: Repetition
    values: tuple[Seen, ...] = ()
    rest_trunk: float = np.nan

    @property
    def whole(self) -> bool:
        """Whether it was seen from rest to rest and went far enough."""
        return self.repetition.why == "whole"


@dataclass(frozen=True)
class TimedHold:
    """A hold, and what it is."""

    kind: Kind
    hold: Hold
    values: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a stream held, from its first to its last frame.

    Parameters
    ----------
    recognised : whether the exercise asked for is among it
    looks_like : what most of it is
    counted : repetitions of the exercise, whole and partial
    holds : of the exercise where it is one that is held; else those of what it looks like
    frontal : seen from the rear or front
    oblique : seen from an angle from which neither is shown
    jumps : how often the points went over to another person
    duration_s : from the first frame to the last [s]
    """

    recognised: bool
    looks_like: Kind
    counted: tuple[Counted, ...]
    holds: tuple[TimedHold, ...]
    frontal: bool
    oblique: bool
    jumps: int
    duration_s: float

    def shows(self, rule: FaultRule) -> bool:
        """Whether a fault can be seen from where the camera stood."""
        return rule.shown(self.frontal) and (rule.view == "any" or not self.oblique)


class ExerciseStream:
    """Watches one person do one exercise."""

    def __init__(
        self,
        exercise: ExerciseId,
        rules: Mapping[str, FaultRule],
        parameters: StreamParameters | None = None,
        *,
        side: Side | None = None,
    ) -> None:
        """Begin a stream.

        Parameters
        ----------
        exercise : what is asked for
        rules : the faults of the exercise, by id
        parameters : see there
        side : count this side alone, the bent leg of the stretch or the front leg of the hinge
        """
        self._exercise, self._rules, self._side = exercise, rules, side
        self._p = parameters or StreamParameters()
        self._reader = PostureReader(self._p.posture)
        self._memory: deque[Posture] = deque()
        self._cycles = {"bow": Cycle(self._p.bow), "sink": Cycle(self._p.sink), "lift": Cycle(self._p.lift)}
        self._floor = HoldTimer(self._p.shortest_hold_s)
        self._four = HoldTimer(self._p.shortest_hold_s)
        self._bent: Counter[Side] = Counter()
        self._steps = StepCounter()
        self._counted: list[Counted] = []
        self._holds: list[TimedHold] = []
        self._frontal = 0
        self._trunk = 0.0
        self._jumps = 0
        self._begin_s = self._end_s = np.nan

    def feed(self, time_s: float, frame: int, points: Points) -> Now:
        """Take the points of the next frame (names of `skeleton.KEYPOINTS`, px) and say what is known now."""
        posture = self._reader.read(time_s, frame, points)
        self._begin_s = time_s if np.isnan(self._begin_s) else self._begin_s
        self._end_s = time_s
        self._frontal += 1 if posture.frontal else -1
        if self._memory and self._jumped(self._memory[-1], posture):
            self._end_movements()
            self._memory.clear()
            self._jumps += 1
        self._trunk = np.fmax(self._trunk, posture.trunk_height)
        self._memory.append(posture)
        while time_s - self._memory[0].time_s > self._p.remembered_s:
            self._memory.popleft()
        if is_standing(posture, self._p.kinds):
            self._steps.feed(posture)
        cues = [*self._move(posture), *self._hold(posture)]
        return self._now(tuple(dict.fromkeys(cues)))

    def finish(self) -> Outcome:
        """End the stream."""
        self._end_movements()
        own = tuple(self._from_rest(counted) for counted in self._counted if self._is_asked(counted.kind))
        recognised = bool(own) or any(hold.kind in KINDS[self._exercise] for hold in self._holds)
        looks_like = self._looks_like()
        wanted = KINDS[self._exercise] if recognised else {looks_like}
        if recognised and looks_like not in KINDS[self._exercise]:
            recognised, own = False, ()
            wanted = {looks_like}
        return Outcome(
            recognised=recognised,
            looks_like=looks_like,
            counted=own,
            holds=tuple(hold for hold in self._holds if hold.kind in wanted),
            frontal=self._frontal > 0,
            oblique=self._oblique,
            jumps=self._jumps,
            duration_s=float(self._end_s - self._begin_s) if np.isfinite(self._end_s) else 0.0,
        )

    @property
    def _oblique(self) -> bool:
        low, high = self._p.oblique
        return low <= self._reader.breadth < high

    def _jumped(self, before: Posture, now: Posture) -> bool:
        """Whether the hips moved farther than anybody's do; after a time without points nobody can tell."""
        if now.time_s - before.time_s > self._p.bow.longest_gap_s:
            return False
        hips = [q.leg_px * (q.points["left_hip"] + q.points["right_hip"]) / 2 for q in (before, now)]
        return bool(np.abs(hips[1] - hips[0]).max() > self._p.jump * now.leg_px)

    def _end_movements(self) -> None:
        """End what is under way."""
        for name, cycle in self._cycles.items():
            self._count(name, cycle.finish())
        self._keep("floor_glute_stretch", self._of_most(self._floor.finish()))
        self._keep("lying_figure_four", self._four.finish())

    def _from_rest(self, counted: Counted) -> Counted:
        """Return a repetition; one whose rest turns out to have been a bow began before the clip."""
        if not counted.rest_trunk < self._p.rest_trunk_share * self._trunk:
            return counted
        return replace(counted, repetition=replace(counted.repetition, why="began_inside"))

    def _is_asked(self, kind: Kind) -> bool:
        return kind in KINDS[self._exercise]

    def _move(self, posture: Posture) -> list[str]:
        standing = is_standing(posture, self._p.kinds)
        signals = {"bow": posture.trunk_deg, "sink": posture.knee_mean_deg, "lift": posture.heel_mean}
        cues: list[str] = []
        for name, value in signals.items():
            cycle = self._cycles[name]
            cues += self._count(name, cycle.feed(posture.time_s, posture.frame, value if standing else np.nan))
        return cues

    def _count(self, signal: str, repetition: Repetition | None) -> list[str]:
        """File a repetition under what it is; return the cues that it calls for."""
        if repetition is None:
            return []
        rest_s = repetition.end_s if repetition.why == "began_inside" else repetition.start_s
        bowed = signal == "bow" and self._at(repetition.top_s).frontal
        rest = self._tallest(repetition.start_s, repetition.top_s) if bowed else self._at(rest_s)
        done = Done(repetition, rest, self._far(repetition, rest))
        kind = (raise_kind if signal == "lift" else bow_kind)(done.rest, done.far, self._p.kinds)
        if kind == "other":
            return []
        if signal == "sink" and kind not in ("squat", "lunge"):
            return []  # the trunk has counted it
        if signal == "bow" and kind in ("squat", "lunge") and not bowed:
            return []  # the knees count it, but they do not show from the front
        if self._exercise == "hip_hinge" and self._side not in (None, done.at_rest(done.far.front)):
            return []
        values = seen_in_repetition(self._exercise, done) if self._is_asked(kind) else ()
        rest_trunk = rest.trunk_height if bowed else np.nan
        self._counted.append(Counted(kind, repetition, values, rest_trunk))
        return self._cues(values) if repetition.why == "whole" else []

    def _hold(self, posture: Posture) -> list[str]:
        """Follow the holds. On the floor the points of the legs may change over, so where the front is decides."""
        time_s, frame, kinds = posture.time_s, posture.frame, self._p.kinds
        four = self._four.feed(time_s, frame, figure_four_side(posture, self._four.side, kinds))
        self._keep("lying_figure_four", four)
        bent = floor_stretch_side(posture, kinds)
        ahead: Side | None = None if bent is None else ("right" if direction(posture, bent) > 0 else "left")
        cues = self._keep("floor_glute_stretch", self._of_most(self._floor.feed(time_s, frame, ahead)))
        if bent is not None:
            self._bent[bent] += 1
        return cues

    def _of_most(self, hold: Hold | None) -> Hold | None:
        """Return a hold on the floor with the side that most of its frames show."""
        sides = self._bent
        if hold is not None or self._floor.side is None:
            self._bent = Counter()
        return None if hold is None else replace(hold, side=max(SIDES, key=lambda side: sides[side]))

    def _keep(self, kind: Kind, hold: Hold | None) -> list[str]:
        if hold is None or self._side not in (None, hold.side):
            return []
        postures = [q for q in self._memory if hold.start_s <= q.time_s <= hold.end_s]
        values: tuple[Seen, ...] = ()
        if self._is_asked(kind) and postures:
            values = seen_in_hold(Held(hold.side, hold.seconds, postures))
        middle = postures[len(postures) // 2].frame if postures else hold.frame
        self._holds.append(TimedHold(kind, replace(hold, frame=middle), values))
        return self._cues(values)

    def _tallest(self, from_s: float, to_s: float) -> Posture:
        """Return the most upright posture within some time, which is rest where a bow shows by its shortness alone."""
        within = [posture for posture in self._memory if from_s <= posture.time_s <= to_s]
        return max(within, key=lambda posture: posture.trunk_height) if within else self._at(from_s)

    def _far(self, repetition: Repetition, rest: Posture) -> Posture:
        """Return the posture at the farthest point, or the nearest one held there whose feet stand as they did at rest.

        While an estimator exchanges the legs, their points meet half way and show neither.
        """
        top = self._at(repetition.top_s)
        held = (q for q in self._memory if repetition.held_from_s <= q.time_s <= repetition.held_to_s)
        still = [q for q in (top, *held) if stance_kept(rest, q)]
        return min(still, key=lambda q: abs(q.time_s - top.time_s), default=top)

    def _cues(self, values: tuple[Seen, ...]) -> list[str]:
        frontal, oblique, rules = self._frontal > 0, self._oblique, self._rules
        told = (value for value in values if value.id in rules and rules[value.id].broken(value.value))
        return [v.id for v in told if rules[v.id].shown(frontal) and (rules[v.id].view == "any" or not oblique)]

    def _at(self, time_s: float) -> Posture:
        return min(self._memory, key=lambda posture: abs(posture.time_s - time_s))

    def _looks_like(self) -> Kind:
        """Return the kind that takes the most time; walking where the feet pass one another more often than that."""
        if self._steps.passes >= self._p.walking_passes + 2 * (len(self._counted) + len(self._holds)):
            return "walking"
        seconds: Counter[Kind] = Counter()
        for counted in self._counted:
            seconds[counted.kind] += counted.repetition.end_s - counted.repetition.start_s  # type: ignore[assignment]
        for hold in self._holds:
            seconds[hold.kind] += hold.hold.seconds  # type: ignore[assignment]
        return max(seconds, key=lambda kind: (seconds[kind], kind)) if seconds else "other"

    def _now(self, cues: tuple[str, ...]) -> Now:
        own = [counted for counted in self._counted if self._is_asked(counted.kind)]
        whole = sum(counted.whole for counted in own)
        if self._exercise == "glute_stretch":
            holding = self._floor.holding_s
            state: State = "held" if self._floor.side is not None else "rest"
        else:
            holding, state = 0.0, self._cycles["lift" if self._exercise == "ball_calf_raise" else "bow"].state
        holds = sum(hold.kind in KINDS[self._exercise] for hold in self._holds)
        return Now(state, whole, len(own) - whole, holds, holding, cues)
