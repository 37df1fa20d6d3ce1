"""Measurements of a rear or front view, and the reasons why the rest is withheld."""

from __future__ import annotations

import numpy as np

from kinechain import glossary
from kinechain.gait.measurement_builder import ANGLES, MeasurementBuilder, MeasureParameters, column, sides_of
from kinechain.gait.rolloff import RolloffParameters, classify_rolloff
from kinechain.gait.strides import StrideTable
from kinechain.knowledge.method_errors import MethodErrors
from kinechain.model.assessment import Measurement
from kinechain.model.skeleton import SIDES, Side
from kinechain.text import Text

SIDE_VIEW_ONLY = Text(
    ja="横から撮った動画が必要です（この動画は後ろまたは前からです）。",
    en="Needs a clip from the side (this one is from the rear or the front).",
)
TIMES_TOO_COARSE = Text(
    ja="後ろ・前からは接地と離地の瞬間が約19 msの幅でしか分かりません。ランナーどうしの差と同じくらいなので、"
    "値は出しません。横からの動画で測れます。",
    en="From the rear or front contact time is only known to about 19 ms, nearly as much as runners differ, "
    "so it is not given; a clip from the side shows it.",
)
PELVIS_UNSEEN = Text(
    ja="姿勢推定の股関節の2点は骨盤の傾きに従いません（検証では逆向きに動きました）。別の手がかりがないため、"
    "値は出しません。",
    en="The two hip points of the pose model do not follow the pelvis (in tests they tilted the other way); "
    "without another sign of it no value is given.",
)
HEEL_LINE_UNSEEN = Text(
    ja="踵の点が1つしかなく、踵の縦の線（靴の後ろ側）が見えないため測れません。",
    en="The pose model has one heel point and no line up the back of the shoe, so the heel's lean cannot be measured.",
)
FOOT_TOO_SHORT = Text(
    ja="後ろ・前からは足が短く写り、数ピクセルのずれで向きが大きく変わるため、値は出しません。",
    en="From the rear or front the foot is so foreshortened that a few pixels turn its direction: no value is given.",
)
ONE_TOE_POINT = Text(
    ja="つま先の点が片足に1つしかなく、母趾側と小趾側を区別できません。",
    en="The pose model has one toe point a foot: big and little toe are not told apart.",
)

_WITHHELD: dict[str, Text] = {
    "pelvic_drop_peak_deg": PELVIS_UNSEEN,
    "heel_eversion_peak_deg": HEEL_LINE_UNSEEN,
    "heel_eversion_excursion_deg": HEEL_LINE_UNSEEN,
    "foot_progression_deg": FOOT_TOO_SHORT,
    "contact_time_s": TIMES_TOO_COARSE,
    "flight_time_s": TIMES_TOO_COARSE,
    "duty_factor_ratio": TIMES_TOO_COARSE,
}
_FEET = "heels at mid stance of neighbouring steps, in the picture plane"
_TOES = "height of the big toe over the little toe, at toe-off against mid stance"


def measure_frontal(
    table: StrideTable,
    stated_speed_mps: float | None,
    clip: str,
    method_errors: MethodErrors,
    parameters: MeasureParameters,
    rolloff: RolloffParameters,
) -> tuple[Measurement, ...]:
    """Return every measurement of the contract for one rear or front clip; what cannot be measured says why."""
    builder = MeasurementBuilder(clip, method_errors, parameters, table.irregular)
    measured: list[Measurement] = []
    for name, row in glossary.quantities().items():
        if name in _WITHHELD:
            measured += [builder.missing(name, side, _WITHHELD[name]) for side in sides_of(name)]
        elif name == "speed_mps" and stated_speed_mps is not None:
            measured.append(builder.stated_speed(stated_speed_mps, len(table.rows)))
        elif name == "cadence_spm":
            measured.append(builder.cadence(column(table.rows, "stride_time_s")))
        elif name == "rolloff_class":
            measured += [_rolloff(side, table, builder, rolloff) for side in SIDES]
        elif row.group == "rear_front":
            measured += _over_strides(name, table, builder)
        elif row.group in ("time_space", "side_view"):
            measured += [builder.missing(name, side, SIDE_VIEW_ONLY) for side in sides_of(name)]
    return tuple(measured)


def _over_strides(name: str, table: StrideTable, builder: MeasurementBuilder) -> list[Measurement]:
    method = _FEET if name == "step_width_ratio" else ANGLES
    return [
        builder.mean(name, side, column(table.rows if side == "both" else table.of(side), name), method)
        for side in sides_of(name)
    ]


def _rolloff(side: Side, table: StrideTable, builder: MeasurementBuilder, parameters: RolloffParameters) -> Measurement:
    standing, leaving = (column(table.of(side), name) for name in ("toes_standing_ratio", "toes_leaving_ratio"))
    if "toes_standing_ratio" not in table.rows:
        return builder.missing("rolloff_class", side, ONE_TOE_POINT)
    seen = np.isfinite(standing) & np.isfinite(leaving)
    if seen.sum() < builder.parameters.least_strides:
        return builder.too_few("rolloff_class", side, np.where(seen, leaving, np.nan))
    found = classify_rolloff(standing[seen], leaving[seen], parameters)
    if isinstance(found, Text):
        return builder.missing("rolloff_class", side, found, int(seen.sum()))
    return builder.of_class("rolloff_class", side, found, int(seen.sum()), _TOES, grade="D")
