"""Contrasts: a runner against himself, left and right, slow and fast, fresh and tired, in one shoe and the other.

Between two clips of the same view and the same leg the method's bias is the same and falls out of the difference. Its
scatter is kept whole, although a part of it cancels too: how large that part is was not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from kinechain.chain.findings import HALF_INTERVAL, BandRow, standard_error
from kinechain.model.assessment import Clip, Contrast, Measurement, SideOrBoth

Kind = Literal["side", "pace", "fatigue", "shoe", "time"]
Verdict = Literal["real", "none", "unclear"]
#: Mean and SD of the reference runners at a speed, None where there is no band.
BandOf = Callable[[str, float], BandRow | None]
Key = tuple[str, SideOrBoth]

#: What two clips are chosen by, so no result of their difference.
NOT_COMPARED = frozenset({"speed_mps"})
_OWN_LEG = {"side_left": "left", "side_right": "right"}


@dataclass(frozen=True)
class ContrastParameters:
    """When clips are alike enough to be set against one another (ours).

    Parameters
    ----------
    same_speed : share by which the speeds of "the same pace" may differ
    other_speed : share from which two clips show two paces
    change_correlation : between a reference runner's values at two speeds; who is high at one is high at the other.
        Assumed low, so that the reference runners' change counts as widely scattered
    """

    same_speed: float = 0.05
    other_speed: float = 0.08
    change_correlation: float = 0.5


@dataclass(frozen=True)
class ContrastClip:
    """A clip with its running speed [m/s] (None where unknown or in doubt) and what was measured in it."""

    clip: Clip
    speed_mps: float | None
    measurements: tuple[Measurement, ...]

    @property
    def numbers(self) -> dict[Key, Measurement]:
        """Measurements that have a number, by name and side."""
        return {
            (m.name, m.side): m for m in self.measurements if isinstance(m.value, float) and m.name not in NOT_COMPARED
        }


@dataclass(frozen=True)
class Difference:
    """b − a with its 95 % interval and smallest detectable change; None where these are not known."""

    a: float
    b: float
    low: float | None
    high: float | None
    sdc: float | None
    scatter: float | None = field(default=None)

    @property
    def value(self) -> float:
        """The difference."""
        return self.b - self.a


def difference(a: Measurement, b: Measurement) -> Difference | None:
    """Return b − a of two independent measurements, None where one has no number.

    The interval is that of the two means over strides. The smallest detectable change, 1.96 · √(σa² + σb²), holds the
    method's scatter as well: from `sdc` (= 1.96 · √2 · σ) where the measurement has it, else from its method error.
    """
    if not isinstance(a.value, float) or not isinstance(b.value, float):
        return None
    value, known = b.value - a.value, a.low is not None and b.low is not None
    scatter = HALF_INTERVAL * math.hypot(standard_error(a), standard_error(b)) if known else None
    methods = (_method_sd(a), _method_sd(b))
    sdc = None
    if scatter is not None and methods[0] is not None and methods[1] is not None:
        sdc = math.hypot(scatter, HALF_INTERVAL * methods[0], HALF_INTERVAL * methods[1])
    return Difference(
        a=a.value,
        b=b.value,
        low=None if scatter is None else value - scatter,
        high=None if scatter is None else value + scatter,
        sdc=sdc,
        scatter=scatter,
    )


def _method_sd(measurement: Measurement) -> float | None:
    if measurement.sdc is not None:
        return measurement.sdc / (HALF_INTERVAL * math.sqrt(2))
    return None if measurement.method_error is None else measurement.method_error.sd


def averaged(first: Difference, second: Difference) -> Difference:
    """Return the mean of two independent estimates of the same difference."""

    def half(one: float | None, two: float | None) -> float | None:
        return None if one is None or two is None else math.hypot(one, two) / 2

    a, b = (first.a + second.a) / 2, (first.b + second.b) / 2
    scatter = half(first.scatter, second.scatter)
    return Difference(
        a=a,
        b=b,
        low=None if scatter is None else b - a - scatter,
        high=None if scatter is None else b - a + scatter,
        sdc=half(first.sdc, second.sdc),
        scatter=scatter,
    )


def verdict(found: Difference, *, same_set_up: bool) -> Verdict:
    """Judge a difference: real beyond its smallest detectable change.

    Where the method's error is not known, a difference within the scatter of strides is none if both values come from
    the same leg in the same view (the bias falls out); else it cannot be told.
    """
    if found.sdc is not None:
        return "real" if abs(found.value) > found.sdc else "none"
    if same_set_up and found.scatter is not None and abs(found.value) <= found.scatter:
        return "none"
    return "unclear"


def contrasts(
    clips: Sequence[ContrastClip], band_of: BandOf, parameters: ContrastParameters = ContrastParameters()
) -> tuple[Contrast, ...]:
    """Return every contrast that a set of clips of one runner allows: side, pace, fatigue, shoe.

    Parameters
    ----------
    clips : of one runner, in the order of filming
    band_of : the reference runners at a speed, for what a change of pace does to anybody
    """
    return (
        *_sides(clips, parameters),
        *_of_pairs("pace", _paces(clips, band_of, parameters), band_of, parameters),
        *_of_pairs("fatigue", _in_both(_fatigue(clips, parameters)), band_of, parameters),
        *_of_pairs("shoe", _in_both(_shoes(clips, parameters)), band_of, parameters),
    )


def alike_speed(a: float | None, b: float | None, parameters: ContrastParameters) -> bool:
    """Whether two speeds are the same pace; an unknown one is not."""
    return a is not None and b is not None and abs(a - b) <= parameters.same_speed * min(a, b)


def _tired(one: ContrastClip) -> bool:
    return one.clip.condition == "tired"


def _same(a: ContrastClip, b: ContrastClip, *, but: str) -> bool:
    """Whether two clips are filmed alike in view, condition, shoe and surface, but for one of these."""
    rows = {
        "view": (a.clip.view, b.clip.view),
        "condition": (_tired(a), _tired(b)),
        "shoe": (a.clip.shoe, b.clip.shoe),
        "surface": (a.clip.surface, b.clip.surface),
    }
    return all(one == two for name, (one, two) in rows.items() if name != but)


# --- left and right --------------------------------------------------------------------------------------------------


def _sides(clips: Sequence[ContrastClip], parameters: ContrastParameters) -> Iterator[Contrast]:
    used: set[str] = set()
    for one in clips:
        if one.clip.id in used:
            continue
        partner = _other_side_view(one, clips, used, parameters)
        used |= {one.clip.id} | ({partner.clip.id} if partner else set())
        yield from _left_right(one, partner)


def _other_side_view(
    one: ContrastClip, clips: Sequence[ContrastClip], used: set[str], parameters: ContrastParameters
) -> ContrastClip | None:
    """Return the clip that shows the same running from the other side."""
    if one.clip.view not in _OWN_LEG:
        return None
    for two in clips:
        opposite = two.clip.view in _OWN_LEG and two.clip.view != one.clip.view and two.clip.id not in used
        if opposite and _same(one, two, but="view") and alike_speed(one.speed_mps, two.speed_mps, parameters):
            return two
    return None


def _left_right(one: ContrastClip, partner: ContrastClip | None) -> Iterator[Contrast]:
    """Yield right − left; of both side views the mean, in which what near and far leg differ by falls out."""
    for (name, side), right in one.numbers.items():
        left = one.numbers.get((name, "left"))
        if side != "right" or left is None:
            continue
        found = difference(left, right)
        shown: tuple[ContrastClip, ...] = (one,)
        if partner is not None and {(name, "left"), (name, "right")} <= partner.numbers.keys():
            second = difference(partner.numbers[name, "left"], partner.numbers[name, "right"])
            if found is not None and second is not None:
                found, shown = averaged(found, second), (one, partner)
        if found is not None:
            yield _row("side", name, "both", found, verdict(found, same_set_up=False), shown)


# --- pairs of clips --------------------------------------------------------------------------------------------------

Pair = tuple[ContrastClip, ContrastClip]


def _in_both(pairs: Iterable[Pair]) -> Iterator[tuple[Key, Pair]]:
    """Yield every quantity and leg that both clips of a pair tell."""
    for a, b in pairs:
        yield from ((key, (a, b)) for key in a.numbers if key in b.numbers)


def _paces(
    clips: Sequence[ContrastClip], band_of: BandOf, parameters: ContrastParameters
) -> Iterator[tuple[Key, Pair]]:
    """Yield each quantity with the slowest and the fastest of clips that are otherwise alike.

    What a pace does to anybody is known only as far as the reference runners reach: where one of the two lies beyond,
    the widest pair within their reach is compared as well.
    """
    for pairs in _widest_first(clips, parameters):
        for within in (True, False):
            chosen: dict[Key, Pair] = {}
            for key, pair in _in_both(pairs):
                if not within or _in_reach(key, pair, band_of):
                    chosen.setdefault(key, pair)
            yield from chosen.items()


def _in_reach(key: Key, pair: Pair, band_of: BandOf) -> bool:
    return all(band_of(key[0], _speed(one)) is not None for one in pair)


def _widest_first(clips: Sequence[ContrastClip], parameters: ContrastParameters) -> Iterator[list[Pair]]:
    """Yield the pairs of different paces of each set of alike clips, slow before fast, the widest pair first."""
    left = [one for one in clips if one.speed_mps is not None]
    while left:
        group = sorted((one for one in left if _same(left[0], one, but="speed")), key=_speed)
        left = [one for one in left if one not in group]
        pairs = [
            (slow, fast)
            for slow, fast in combinations(group, 2)
            if _speed(fast) >= (1 + parameters.other_speed) * _speed(slow)
        ]
        if pairs:
            yield sorted(pairs, key=lambda pair: _speed(pair[0]) - _speed(pair[1]))


def _speed(one: ContrastClip) -> float:
    return one.speed_mps or 0.0


def _fatigue(clips: Sequence[ContrastClip], parameters: ContrastParameters) -> Iterator[Pair]:
    for tired in clips:
        fresh = next(
            (
                one
                for one in clips
                if one.clip.condition == "fresh"
                and _same(one, tired, but="condition")
                and alike_speed(one.speed_mps, tired.speed_mps, parameters)
            ),
            None,
        )
        if _tired(tired) and fresh is not None:
            yield fresh, tired


def _shoes(clips: Sequence[ContrastClip], parameters: ContrastParameters) -> Iterator[Pair]:
    for a, b in combinations(clips, 2):
        both = a.clip.shoe is not None and b.clip.shoe is not None and a.clip.shoe != b.clip.shoe
        if both and _same(a, b, but="shoe") and alike_speed(a.speed_mps, b.speed_mps, parameters):
            yield a, b


def _of_pairs(
    kind: Kind, candidates: Iterable[tuple[Key, Pair]], band_of: BandOf, parameters: ContrastParameters
) -> Iterator[Contrast]:
    """Yield one contrast a quantity and leg and view; of two side views that in which the leg is the near one."""
    chosen: dict[tuple[Key, tuple[object, ...]], Pair] = {}
    for key, (a, b) in candidates:
        pace = _in_reach(key, (a, b), band_of) if kind == "pace" else round(2 * _speed(a))
        what = (key, (_tired(a), _tired(b), a.clip.shoe, b.clip.shoe, a.clip.surface, pace))
        if what not in chosen or (_is_near(key, a) and not _is_near(key, chosen[what][0])):
            chosen[what] = (a, b)
    for ((name, side), _), (a, b) in chosen.items():
        found = difference(a.numbers[name, side], b.numbers[name, side])
        if found is None:
            continue
        judged, change = verdict(found, same_set_up=True), None
        if kind == "pace" and a.speed_mps is not None and b.speed_mps is not None:
            judged, change = _against_reference(
                found, band_of(name, a.speed_mps), band_of(name, b.speed_mps), parameters
            )
        yield _row(kind, name, side, found, judged, (a, b), change)


def _is_near(key: Key, one: ContrastClip) -> bool:
    return _OWN_LEG.get(one.clip.view) == key[1]


def _against_reference(
    found: Difference, slow: BandRow | None, fast: BandRow | None, parameters: ContrastParameters
) -> tuple[Verdict, float | None]:
    """Judge a change with pace: real where it goes further than that of the reference runners, in its direction."""
    if slow is None or fast is None:
        return "unclear", None
    change = fast.mean - slow.mean
    if found.sdc is None:
        return "unclear", change
    spread = slow.sd**2 + fast.sd**2 - 2 * parameters.change_correlation * slow.sd * fast.sd
    limit = math.hypot(found.sdc, HALF_INTERVAL * math.sqrt(spread))
    beyond = found.value - change
    further = abs(beyond) > limit and beyond * found.value > 0
    return ("real" if further and abs(found.value) > found.sdc else "none"), change


def _row(
    kind: Kind,
    name: str,
    side: SideOrBoth,
    found: Difference,
    judged: Verdict,
    shown: Sequence[ContrastClip],
    reference_change: float | None = None,
) -> Contrast:
    clips = tuple(one.clip.id for one in shown)
    numbers = shown[0].numbers
    unit = next(measurement.unit for (own, _), measurement in numbers.items() if own == name)
    return Contrast(
        id=f"contrast.{kind}.{'-'.join(clips)}.{name}.{side}",
        kind=kind,
        name=name,
        side=side,
        a=found.a,
        b=found.b,
        value=found.value,
        low=found.low,
        high=found.high,
        unit=unit,
        sdc=found.sdc,
        verdict=judged,
        clips=clips,
        reference_change=reference_change,
    )
