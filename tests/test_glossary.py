"""The glossary holds every quantity of the contract, in both languages, with the unit that its name promises."""

from __future__ import annotations

import re

import pytest

from kinechain import glossary
from kinechain.glossary import UNIT_OF_SUFFIX, Quantity, quantities, quantity

#: "Names of measurements" of the outer contract, by group; those marked (both) are in BOTH.
CONTRACT = {
    "time_space": (
        "cadence_spm contact_time_s flight_time_s duty_factor_ratio vertical_oscillation_m speed_mps stride_length_m"
    ),
    "side_view": (
        "foot_inclination_ic_deg strike_class overstride_ic_ratio shank_angle_ic_deg shank_angle_ms_deg "
        "knee_flexion_ic_deg knee_flexion_peak_deg knee_over_toe_ms_ratio ankle_dorsiflexion_peak_deg "
        "hip_flexion_ic_deg hip_flexion_excursion_deg trunk_lean_deg thigh_angle_to_deg trailing_limb_angle_to_deg "
        "rearward_drift_ratio recovery_lag_ratio recovery_time_s heel_off_pct"
    ),
    "rear_front": (
        "pelvic_drop_peak_deg femoral_adduction_ms_deg knee_medial_shift_ms_ratio heel_eversion_peak_deg "
        "heel_eversion_excursion_deg step_width_ratio foot_progression_deg rolloff_class"
    ),
    "load": (
        "peak_vgrf_bw leg_stiffness_knpm ankle_moment_peak_nmpkg achilles_force_peak_bw soleus_force_peak_bw "
        "gastrocnemius_force_peak_bw vasti_force_peak_bw gluteus_maximus_force_peak_bw hip_absorption_share "
        "knee_absorption_share ankle_absorption_share ankle_push_off_share soleus_length_change_ratio "
        "achilles_load_per_km"
    ),
}
BOTH = {"cadence_spm", "vertical_oscillation_m", "speed_mps", "trunk_lean_deg", "step_width_ratio"}
CLASSES = {
    "strike_class": ["rearfoot", "midfoot", "forefoot"],
    "rolloff_class": ["big_toe", "centre", "little_toe"],
}
SUFFIX_UNITS = {
    "s": "s", "m": "m", "mm": "mm", "mps": "m/s", "deg": "deg", "spm": "steps/min", "bw": "BW", "nmpkg": "N·m/kg",
    "knpm": "kN/m", "hz": "Hz", "px": "px", "pct": "%", "ratio": "", "share": "", "class": "",
}  # fmt: skip
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")

every = pytest.mark.parametrize("row", quantities().values(), ids=lambda row: row.name)


@pytest.mark.parametrize("group", CONTRACT)
def test_every_quantity_of_the_contract_is_there(group):
    assert [q.name for q in quantities().values() if q.group == group] == CONTRACT[group].split()


def test_the_suffixes_are_those_of_the_contract():
    assert UNIT_OF_SUFFIX == SUFFIX_UNITS


@every
def test_unit_is_that_of_the_name(row: Quantity):
    if row.name == "achilles_load_per_km":
        assert row.unit == "BW·s/km"
    else:
        assert row.unit == SUFFIX_UNITS[row.name.rsplit("_", 1)[1]]


@every
def test_sides_are_those_of_the_contract(row: Quantity):
    assert row.sides == ("both" if row.name in BOTH else "each")


@every
def test_texts_are_there_in_both_languages_and_differ(row: Quantity):
    texts = [row.label, row.definition, *([row.sign] if row.sign else []), *(row.classes or {}).values()]
    for text in texts:
        assert text.ja.strip() == text.ja != ""
        assert text.en.strip() == text.en != ""
        assert text.ja != text.en
        assert JAPANESE.search(text.ja), text.ja
        assert not JAPANESE.search(text.en), text.en
    assert row.definition.ja.endswith("。")
    assert row.definition.en.endswith(".")


@every
def test_each_row_has_a_source_and_a_symbol(row: Quantity):
    assert row.source.strip()
    assert row.symbol.strip()


@every
def test_only_classes_have_classes(row: Quantity):
    assert (row.classes is not None) == row.name.endswith("_class") == (row.name in CLASSES)
    assert list(row.classes or {}) == CLASSES.get(row.name, [])


def test_labels_are_unambiguous():
    for group in (*CONTRACT, "curve"):
        for language in ("ja", "en"):
            labels = [q.label[language] for q in quantities().values() if q.group == group]  # type: ignore[index]
            assert len(labels) == len(set(labels)), group


def test_signed_angles_say_their_sign():
    silent = [q.name for q in quantities().values() if q.unit == "deg" and q.sign is None]
    assert silent == []


def test_symbols_of_measurements_are_not_used_twice():
    symbols = [q.symbol for q in quantities().values() if q.group != "curve" and q.symbol != "–"]
    assert sorted(symbols) == sorted(set(symbols))


def test_unknown_names_are_refused():
    assert quantity("cadence_spm").name == "cadence_spm"
    with pytest.raises(ValueError, match="not a quantity"):
        quantity("cadence")


def test_rows_are_read_once():
    assert glossary.quantities() is glossary.quantities()
