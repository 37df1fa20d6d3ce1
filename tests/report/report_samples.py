"""Assessments made by hand for the tests of the report."""

from __future__ import annotations

import base64
import math
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

from kinechain import glossary
from kinechain.model.assessment import (
    CURVE_POINTS,
    Assessment,
    Band,
    Caution,
    Clip,
    ClipQuality,
    Conclusion,
    Contrast,
    Curve,
    Exercise,
    Finding,
    Grade,
    Hypothesis,
    Load,
    Measurement,
    MethodError,
    Plan,
    Provenance,
    Segment,
    SideOrBoth,
    Strides,
)
from kinechain.model.athlete import Athlete
from kinechain.model.skeleton import SIDES, Side
from kinechain.text import Text

Verdict = Literal["within", "watch", "marked", "unclear"]

#: The smallest JPEG start that a data URI can carry; the report does not decode pictures.
PICTURE = base64.b64decode("/9j/4AAQSkZJRgABAQEAYABgAAD/2Q==")
OTHER_VIEW = Text(ja="後ろからの動画が必要です。", en="Needs a clip from the rear.")
TOO_FEW = Text(ja="ストライドが足りません。", en="Too few strides.")
PHANTOM = MethodError(bias=-8.0, sd=2.6, source="phantoms of 4 runners (docs/accuracy)")


def measurement(
    name: str,
    side: SideOrBoth,
    value: float | str | None,
    half: float | None = None,
    *,
    clip: str = "clip1",
    frame: str | None = None,
    method_error: MethodError | None = None,
    because: Text = OTHER_VIEW,
) -> Measurement:
    number = isinstance(value, float) and half is not None
    return Measurement(
        id=f"{clip}.{name}.{side}",
        clip=clip,
        name=name,
        side=side,
        value=value,
        low=value - half if number else None,
        high=value + half if number else None,
        unit=glossary.quantity(name).unit,
        n_strides=0 if value is None else 9,
        method_error=method_error,
        frame=frame,
        missing_because=because if value is None else None,
    )


def usual_measurements(clip: str = "clip1") -> tuple[Measurement, ...]:
    m, frames = measurement, "frames/clip1_shank_angle_ms_deg_{}.jpg"
    return (
        m("cadence_spm", "both", 173.057, 0.47, clip=clip),
        m("contact_time_s", "left", 0.21596, 0.0024, clip=clip),
        m("contact_time_s", "right", 0.23117, 0.0043, clip=clip),
        m("vertical_oscillation_m", "both", 0.09978, 0.0068, clip=clip),
        m("stride_length_m", "left", None, clip=clip, because=TOO_FEW),
        m("stride_length_m", "right", 2.479, 0.14, clip=clip),
        m("strike_class", "left", "rearfoot", clip=clip),
        m("strike_class", "right", "forefoot", clip=clip),
        m("shank_angle_ms_deg", "left", 26.13, 1.02, clip=clip, frame=frames.format("left")),
        m("shank_angle_ms_deg", "right", 24.63, 1.04, clip=clip, frame=frames.format("right")),
        m("knee_flexion_peak_deg", "left", 36.8, 1.65, clip=clip, method_error=PHANTOM),
        m("knee_flexion_peak_deg", "right", 41.45, 2.05, clip=clip, method_error=PHANTOM),
        m("knee_over_toe_ms_ratio", "left", 0.0159, 0.0106, clip=clip),
        m("knee_over_toe_ms_ratio", "right", 0.0314, 0.032, clip=clip),
        m("trunk_lean_deg", "both", 5.6, 0.18, clip=clip),
        m("pelvic_drop_peak_deg", "left", None, clip=clip),
        m("pelvic_drop_peak_deg", "right", None, clip=clip),
        m("step_width_ratio", "both", None, clip=clip),
    )


def curve(name: str, side: Side, *, clip: str = "clip1", reference: bool = False) -> Curve:
    mean = [20 * math.sin(2 * math.pi * i / (CURVE_POINTS - 1)) for i in range(CURVE_POINTS)]
    return Curve(
        clip=clip,
        name=name,
        side=side,
        unit="deg",
        n_strides=9 if side == "left" else 8,
        toe_off_pct=33.0 if side == "left" else None,
        mean=(None, *mean[1:]),
        low=tuple(v - 2 for v in mean),
        high=tuple(v + 2 for v in mean),
        reference_low=tuple(v - 8 for v in mean) if reference else None,
        reference_high=tuple(v + 8 for v in mean) if reference else None,
    )


def clip(identity: str = "clip1", file: str = "run.mp4", *, known_height: bool = True) -> Clip:
    return Clip(
        id=identity,
        file=file,
        sha256="0" * 64,
        view="side_right",
        view_confidence=0.97,
        fps=59.94,
        time_scale=1.0 if known_height else 4.0,
        duration_s=6.7,
        frames=403,
        width_px=720,
        height_px=960,
        metres_per_px=0.0022 if known_height else None,
        scale_source="athlete_height" if known_height else None,
        segments=(Segment(start_s=0.0, end_s=6.7),),
        n_strides=Strides(left=9, right=8),
        quality=ClipQuality(
            person_found_ratio=0.999,
            leg_swaps_repaired=3,
            spikes_repaired=12,
            foot_out_of_picture_ratio=0.002,
            leg_points_unusable_ratio=0.0,
            runner_height_px=800.0,
        ),
    )


def assessment(**changes: object) -> Assessment:
    fields: dict[str, object] = {
        "athlete": Athlete(height_cm=188.6, mass_kg=72, sex="male", age_y=34),
        "clips": (clip(),),
        "events": (),
        "measurements": usual_measurements(),
        "curves": (curve("knee_flexion_deg", "left"), curve("knee_flexion_deg", "right")),
        "conclusion": Conclusion(
            primary=None,
            cannot_tell=True,
            next_step=Text(ja="後ろからも撮ってください。", en="Film from the rear as well."),
        ),
        "plan": Plan(stop=True, gates=("unanswered",)),
        "cautions": (
            Caution(code="low_rate", clip="clip1", message=Text(ja="60 fps の動画です。", en="This is a 60 fps clip.")),
        ),
        "provenance": Provenance(
            versions={"kinechain": "0.1.0"},
            estimator="BlazePose heavy",
            model_sha256={"pose.tflite": "ab" * 32},
            protocol={"angles_hz": 12.0},
            knowledge_version="1",
            seconds={"pose": 20.04, "gait": 0.51},
        ),
    }
    return Assessment.model_validate(fields | changes)


def with_pictures(folder: Path) -> Path:
    (folder / "frames").mkdir()
    for side in ("left", "right"):
        (folder / "frames" / f"clip1_shank_angle_ms_deg_{side}.jpg").write_bytes(PICTURE)
    return folder


VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "source", "wbr"})


class Page(HTMLParser):
    """A page taken apart; raises where a tag is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str]]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, tuple[str, ...], str | None]] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {key: value or "" for key, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            languages = [attributes["lang"] for _, attributes in self.open if "lang" in attributes]
            inside = tuple(tag for tag, _ in self.open)
            self.texts.append((" ".join(data.split()), inside, languages[-1] if languages else None))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.elements if found == tag]

    def words(self, *, without: tuple[str, ...] = ("style", "code", "pre"), language: str | None = None) -> str:
        return "\n".join(
            text
            for text, inside, lang in self.texts
            if not set(inside) & set(without) and (language is None or lang == language)
        )


def finding(measured: Measurement, z: float, verdict: Verdict, low: float, high: float) -> Finding:
    band = Band(low=low, high=high, population=Text(ja="男性ランナー10人", en="10 male runners"), speed_mps=3.5)
    return Finding(id=f"finding.{measured.id}", measurement=measured.id, band=band, z=z, verdict=verdict)


def hypothesis(identity: str, posterior: float, grade: Grade = "C", **ids: tuple[str, ...]) -> Hypothesis:
    side = identity.rpartition("_")[2]
    if posterior < 0.35:  # something speaks against it: it is within its range
        ids.setdefault("against", ("finding.clip1.shank_angle_ms_deg.left",))
    link = "rival" if identity.startswith("rival") else identity.partition("_")[0]
    where = {"left": ("左", "left"), "right": ("右", "right")}.get(side, ("", "both"))
    text = Text(ja=f"{where[0]}の{link}がずれている可能性があります。", en=f"{link} on the {where[1]} may deviate.")
    return Hypothesis(id=identity, link=link, posterior=posterior, contribution=None, grade=grade, text=text, **ids)


def reasoned(plan: Plan, *, cannot_tell: bool = False, intake: dict[str, object] | None = None) -> Assessment:
    """Return an assessment with findings and a whole chain: C3 on the right stands out, C7 left is worth watching."""
    measured = {m.id: m for m in usual_measurements()}
    shank = finding(measured["clip1.shank_angle_ms_deg.right"], 2.6, "marked", 14.0, 21.0)
    other = finding(measured["clip1.shank_angle_ms_deg.left"], 0.6, "within", 18.0, 28.0)
    knee = finding(measured["clip1.knee_flexion_peak_deg.right"], 1.2, "watch", 38.0, 46.0)
    curves = tuple(curve("knee_flexion_deg", side, reference=True) for side in SIDES)
    named = {"evidence_for": (shank.id, knee.id, "intake.trigger"), "against": (other.id,)}
    missing = ("test.knee_to_wall_cm.right", "finding.pelvic_drop_peak_deg.right", "contrast.fatigue", "nonsense")
    posteriors = {"C2": 0.42, "C4": 0.1, "C5": 0.55, "C6": 0.2, "C7": 0.4, "C8": 0.3, "C9": 0.38, "C10": 0.2}
    chain = tuple(
        hypothesis(f"{link}_{side}", p if side == "right" else p / 2, "X" if link == "C8" else "C")
        for link, p in posteriors.items()
        for side in SIDES
    )
    return assessment(
        intake={"side": "right", "trigger": "pace", "previous_calf_strain": True, **(intake or {})},
        findings=(shank, other, knee),
        curves=curves,
        hypotheses=(
            hypothesis("C3_right", 0.55 if cannot_tell else 0.83, **named, missing=missing),
            hypothesis("C3_left", 0.2),
            *chain,
            hypothesis("C11", 0.3),
            hypothesis("rival_capacity", 0.6, "B", evidence_for=("intake.previous_calf_strain",)),
        ),
        conclusion=Conclusion(
            primary=None if cannot_tell else "C3_right",
            cannot_tell=cannot_tell,
            next_step=Text(ja="次は真後ろから撮ってください。", en="Film from straight behind next."),
        ),
        plan=plan,
    )


def full_plan() -> Plan:
    return Plan(
        stop=False,
        exercises=(
            prescribed("hip_hinge", because="C3_right"),
            prescribed("ball_calf_raise", because="C7_right", per_side=False),
            prescribed("bent_knee_calf_raise", because="place", sets=3, reps=12, weeks=12),
        ),
        running={
            "longest_next_run_km": 13.2,
            "pace_advice": "add_pace_last",
            "step_rate_change_pct": 5.0,
            "pain_limit_nrs": 3.0,
            "rest_day_between": "yes",
        },
        retest_in_days=28,
    )


def prescribed(identity: str, **changes: object) -> Exercise:
    usual: dict[str, object] = {"sets": 2, "reps": 10, "per_side": True, "days_per_week": 3, "weeks": 4}
    return Exercise.model_validate({"id": identity, "because": "C3_right"} | usual | changes)


def of_every_plan() -> dict[str, Assessment]:
    """Return what a trainer may have in hand: stopped twice, a whole plan, and no answer yet."""
    return {
        "unanswered": reasoned(Plan(stop=True, gates=("unanswered",))),
        "clot": reasoned(Plan(stop=True, gates=("clot",)), intake={"rf_warm_red_calf": True}),
        "full plan": reasoned(full_plan()),
        "cannot tell": reasoned(Plan(stop=False, retest_in_days=28), cannot_tell=True),
    }


def contrast(kind: str, name: str, value: float | None, **changes: object) -> Contrast:
    """Return a difference with a half interval of a third of it, `a` and `b` around the value 20."""
    usual: dict[str, object] = {
        "id": f"contrast.{kind}.{name}",
        "kind": kind,
        "name": name,
        "side": "both",
        "a": None if value is None else 20.0,
        "b": None if value is None else 20.0 + value,
        "value": value,
        "low": None if value is None else value - abs(value) / 3,
        "high": None if value is None else value + abs(value) / 3,
        "unit": glossary.quantity(name).unit,
        "sdc": None,
        "verdict": "unclear",
    }
    return Contrast.model_validate(usual | changes)


def load(name: str, side: SideOrBoth, value: float | None, half: float = 0.25, clip: str = "clip1") -> Load:
    return Load(
        id=f"{clip}.{name}.{side}",
        name=name,
        side=side,
        clip=clip,
        value=value,
        low=None if value is None else value - half,
        high=None if value is None else value + half,
        unit=glossary.quantity(name).unit,
        model="sine of contact and flight time",
    )
