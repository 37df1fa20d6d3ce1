"""From the measured clips to their loads: fill the load room's containers, and say what could not be told."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from kinechain import glossary
from kinechain.chain.contrasts import ContrastClip
from kinechain.chain.load_contrasts import load_contrasts
from kinechain.gait.sagittal import SagittalMotion, to_sagittal
from kinechain.gait.strides import StrideTable
from kinechain.knowledge.cautions import caution, caution_texts
from kinechain.knowledge.load_tables import force_template, load_contrast_error
from kinechain.knowledge.reference import band
from kinechain.load.estimate import MODELS, PAD, About, LegStances, LoadEstimate, estimate, plausible_contact
from kinechain.load.ground_force import POINTS
from kinechain.model.assessment import Caution, Contrast, Load, Measurement, MethodError
from kinechain.model.athlete import Athlete
from kinechain.model.skeleton import LEG, SIDES, Side, other
from kinechain.pipeline.clip import MeasuredClip
from kinechain.pipeline.points import is_compared, known_errors
from kinechain.pipeline.reasoning import running_speed_mps
from kinechain.settings import Protocol

Array = NDArray[np.float64]

#: Stances of a leg that a mean needs.
LEAST_STANCES = 3
#: Share of a stance in which every point of the leg must be seen.
LEAST_SEEN = 0.9


def clip_loads(
    clips: tuple[MeasuredClip, ...],
    athlete: Athlete,
    protocol: Protocol,
    intake: Mapping[str, object] | None = None,
    notes: tuple[Caution, ...] = (),
) -> tuple[tuple[Load, ...], tuple[Caution, ...]]:
    """Return the loads of all side views, one row a quantity and leg, and what to know about them.

    A load that cannot be told has no value; its row says why.

    Parameters
    ----------
    intake : answers; `last_run_km` is what a session is reckoned from
    notes : what to know about the training, told first
    """
    loads: list[Load] = []
    cautions: list[Caution] = list(notes)
    for clip in clips:
        if not clip.view.view.startswith("side"):
            continue
        pose = clip.seen.measurable(clip.part.segments[0])
        errors = known_errors(pose, clip.view.view)
        abouts = {side: _about(clip, athlete, errors.get(("contact_time_s", side))) for side in SIDES}
        motion = to_sagittal(pose, clip.view.facing, protocol.load.paths_hz, protocol.gait.smoothing)
        metres_per_px = None if clip.gait.scale is None else clip.gait.scale.metres_per_px
        told: dict[Side, dict[str, LoadEstimate]] = {side: {} for side in SIDES}
        doubted: dict[Side, float] = {}
        for side in SIDES:
            stances = None if motion is None else leg_stances(clip.gait.table, metres_per_px, motion, side)
            if stances is not None and not plausible_contact(stances, protocol.load):
                doubted[side] = float(stances.contact_s.mean())
            elif stances is not None:
                told[side] = {e.name: e for e in estimate(stances, abouts[side], force_template(), protocol.load)}
        loads += _rows(clip.id, abouts["left"], told, doubted)
        cautions += _cautions(clip.id, abouts["left"], told, doubted)
        cautions += _last_run(clip.id, told, (intake or {}).get("last_run_km"))
    return tuple(loads), tuple(cautions)


def loads_to_judge(clips: tuple[MeasuredClip, ...], loads: tuple[Load, ...]) -> tuple[Measurement, ...]:
    """Return the loads that have a value in the form in which numbers are judged.

    Their error is known where the points are those of the estimator with which it was measured.
    """
    known = {clip.id for clip in clips if is_compared(clip.seen.pose)}
    return tuple(load.as_measurement(error_known=load.clip in known) for load in loads if load.value is not None)


def contrasts_of_loads(
    clips: tuple[MeasuredClip, ...], loads: tuple[Measurement, ...], doubtful: Container[str]
) -> tuple[Contrast, ...]:
    """Return the loads of a runner against himself, of clips whose error is known.

    Parameters
    ----------
    loads : in the form in which they are judged
    doubtful : ids of clips whose speed is in doubt
    """
    known = [load for load in loads if load.method_error is not None]
    compared = tuple(
        ContrastClip(
            clip=clip.part,
            speed_mps=None if clip.id in doubtful else running_speed_mps(clip.gait.measurements),
            measurements=tuple(load for load in known if load.clip == clip.id),
        )
        for clip in clips
    )
    return load_contrasts(compared, load_contrast_error, band)


def _about(clip: MeasuredClip, athlete: Athlete, contact: MethodError | None) -> About:
    scale = clip.gait.scale
    return About(
        mass_kg=athlete.mass_kg,
        height_m=None if athlete.height_cm is None else athlete.height_cm / 100,
        sex=athlete.sex,
        speed_mps=running_speed_mps(clip.gait.measurements),
        speed_relative_sd=0.0 if scale is None else scale.relative_sd,
        contact_bias_s=0.0 if contact is None else contact.bias,
        contact_sd_s=0.0 if contact is None else contact.sd,
    )


def leg_stances(
    table: StrideTable, metres_per_px: float | None, motion: SagittalMotion, side: Side
) -> LegStances | None:
    """Return the stances of a leg whose times are known, None with fewer than the three that a mean needs.

    Parameters
    ----------
    table : strides of both legs
    metres_per_px : scale of `motion`; without one only times are returned
    motion : smoothed with `LoadParameters.paths_hz`
    """
    rows = table.of(side)
    if len(rows) < LEAST_STANCES:
        return None
    contact, flight = stance_times(table, side)
    if metres_per_px is None:
        return LegStances(contact, flight, None, None)
    kept, points, trunk = [], [], []
    for index, (start, off) in enumerate(rows[["start_s", "toe_off_s"]].to_numpy(dtype=np.float64)):
        window = slice(motion.index(start), motion.index(off) + 1)
        if motion.observed(side, *LEG)[window].mean() < LEAST_SEEN:
            continue
        times = start + (off - start) * np.linspace(-PAD / 100, 1 + PAD / 100, POINTS + 2 * PAD)
        if times[0] < motion.time_s[0] or times[-1] > motion.time_s[-1]:
            continue
        kept.append(index)
        points.append(_leg(motion, side, times) * metres_per_px)
        trunk.append(_trunk_rad(motion, times))
    if len(kept) < LEAST_STANCES:
        return LegStances(contact, flight, None, None)
    return LegStances(contact[kept], flight[kept], np.stack(points), np.stack(trunk))


def stance_times(table: StrideTable, side: Side) -> tuple[Array, Array]:
    """Return contact time and the mean of the flights before and after, of every stance of a leg [s]."""
    rows, others = table.of(side), table.of(other(side))
    contact = rows["contact_time_s"].to_numpy(dtype=np.float64)
    stride = rows["stride_time_s"].to_numpy(dtype=np.float64)
    other_contact = float(others["contact_time_s"].mean()) if len(others) else float(contact.mean())
    return contact, np.maximum((stride - contact - other_contact) / 2, 0.0)


def _leg(motion: SagittalMotion, side: Side, times_s: Array) -> Array:
    """Return the leg's points [px] in a frame that moves as the hip does on average, shape (n, 5, 2)."""
    path = np.stack(
        [
            np.stack([np.interp(times_s, motion.time_s, motion.position(side, p)[:, axis]) for axis in (0, 1)], axis=1)
            for p in LEG
        ],
        axis=1,
    )
    drift = np.polyfit(times_s, path[:, 0, 0], 1)
    path[:, :, 0] -= np.polyval(drift, times_s)[:, None]
    return path


def _trunk_rad(motion: SagittalMotion, times_s: Array) -> Array:
    line = motion.middle("shoulder") - motion.middle("hip")
    return np.asarray(np.interp(times_s, motion.time_s, -np.arctan2(line[:, 0], line[:, 1])))


def _rows(
    clip_id: str, about: About, told: Mapping[Side, Mapping[str, LoadEstimate]], doubted: Container[Side]
) -> Iterator[Load]:
    for name, quantity in glossary.quantities().items():
        if quantity.group != "load":
            continue
        for side in SIDES:
            found = told[side].get(name)
            why = "load_missing_contact" if side in doubted else _missing(name, about, told[side])
            yield Load(
                id=f"{clip_id}.{name}.{side}",
                name=name,
                side=side,
                clip=clip_id,
                value=None if found is None else found.value,
                low=None if found is None else found.low,
                high=None if found is None else found.high,
                unit=quantity.unit,
                model="" if found is None else found.model,
                missing_because=caution_texts()[why] if found is None else None,
            )


def _missing(name: str, about: About, told: Mapping[str, LoadEstimate]) -> str:
    """Return the key of the text that says why a load of a leg has no value."""
    if name not in MODELS:
        return "load_missing_not_ranked"
    if not told:
        return "load_missing_strides"
    if about.speed_mps is None:
        return "load_missing_speed"
    if name != "leg_stiffness_knpm":
        return "load_missing_leg_not_seen"
    if about.mass_kg is None or about.height_m is None:
        return "load_missing_mass_or_height"
    return "load_missing_no_spring"


def _cautions(
    clip_id: str, about: About, told: Mapping[Side, Mapping[str, LoadEstimate]], doubted: Mapping[Side, float]
) -> Iterator[Caution]:
    names = {name for side in SIDES for name in told[side]}
    if doubted:
        yield caution("loads_contact_implausible", clip_id, contact_s=next(iter(doubted.values())))
    elif not names:
        yield caution("loads_too_few_strides", clip_id)
    if names and about.speed_mps is None:
        yield caution("loads_need_speed", clip_id)
    elif names and "ankle_moment_peak_nmpkg" not in names:
        yield caution("loads_leg_not_seen", clip_id)
    if names and about.mass_kg is None:
        yield caution("loads_need_mass", clip_id)
    if "achilles_force_peak_bw" in names:
        yield caution("loads_compare_only", clip_id)


def _last_run(clip_id: str, told: Mapping[Side, Mapping[str, LoadEstimate]], last_km: object) -> Iterator[Caution]:
    """Say what the Achilles load of a kilometre adds up to over the last run, leg by leg."""
    per_km = {side: told[side].get("achilles_load_per_km") for side in SIDES}
    if not isinstance(last_km, int | float) or last_km <= 0 or None in per_km.values():
        return
    told_of = {
        f"{side}_{end}": float(f"{getattr(row, end) * last_km:.2g}")
        for side, row in per_km.items()
        for end in ("value", "low", "high")
    }
    yield caution("loads_of_last_run", clip_id, km=last_km, **told_of)
