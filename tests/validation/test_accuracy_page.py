"""Parts of the accuracy page from rows whose answer is known."""

from __future__ import annotations

import io

import pandas as pd

from accuracy.page_peers import peers
from accuracy.page_rates import rates
from accuracy.page_reasoning import bins, prepared, reasoning
from accuracy.page_roll import roll
from accuracy.page_sides import changes_within, differences, sides

# As they come back from CSV: empty cells are not there.
COLUMNS = (
    "bands,half,runner,clip,faults,link,size_sdc,deviating,first,first_link,rank,rank_link,"
    "posterior,named,named_is_fault,named_deviates"
)
ANSWERS = f"""{COLUMNS}
tuning,report,a,1,knee_forward,C3,2.4,C3_right,C3_right,C3_right,1,1,0.7,C3_right,True,True
tuning,report,b,2,knee_forward,C3,2.1,C3_right,C5_right,C5_right,2,2,0.4,C5_right,False,False
tuning,report,c,3,knee_forward,C3,0.5,,rival_capacity,C3_right,2,1,0.3,,False,
tuning,report,a,4,,,,,C9_left,C9_left,,,,,,
tuning,report,b,5,,,,C9_left,C9_left,C9_left,,,,C9_left,,True
tuning,report,c,6,,,,,C8_left,C8_left,,,,C8_left,,False
tuning,tuning,z,7,,,,,C8_left,C8_left,,,,C8_left,,False
"""
LINKS = """half,runner,posterior,deviates,outside
report,a,0.05,False,False
report,b,0.15,False,True
report,a,0.95,True,True
"""


def frame(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def test_what_an_answer_amounts_to() -> None:
    found = prepared(frame(ANSWERS)).set_index("clip")
    assert found["is_first"].tolist() == [True, False, False, False, False, False, False]
    assert found["is_first_link"].tolist() == [True, False, True, False, False, False, False]
    assert found["is_named"].tolist() == [True, False, False, False, False, False, False]
    assert found["silent"].tolist() == [False, False, True, True, False, False, False]
    assert found.loc[[4, 5, 6], "false_alarm"].tolist() == [False, False, True]


def test_the_score_counts_the_report_half_by_size() -> None:
    text = "\n".join(reasoning(frame(ANSWERS), frame(LINKS)))
    assert "| 2 SDC and more | 2 | 1 of 2, 50 %" in text
    assert "| under 1 SDC | 1 | 1 of 1, 100 % (21–100) | 0 of 1" in text
    assert "(false alarm) | 1 of 3, 33 %" in text
    assert "“cannot tell” | 1 of 2, 50 %" in text
    assert "Brier score 0.009" in text


def test_every_posterior_lies_in_one_bin() -> None:
    links = pd.DataFrame({"posterior": [0.0, 0.1, 0.4999, 0.5, 1.0], "deviates": [False] * 5, "runner": list("abcde")})
    assert sum(len(own) for *_, own in bins(links)) == len(links)


def test_a_peer_that_says_nothing_of_contacts_has_no_number_there() -> None:
    rows = [
        {"clip": "1", "speed_mps": 2.5, "system": "silent", "version": "1", "leg": leg, "rmse_deg": 4.0,
         "centred_deg": 3.0, "peak_deg": -2.0, "printed_peak_deg": None, "cadence_spm": None, "contact_s": None,
         "missed": None, "false": None, "events": 10, "seconds": 7.6}
        for leg in ("near", "far")
    ]  # fmt: skip
    text = "\n".join(peers(pd.DataFrame(rows)))
    assert "| 2.5 | silent | 4.0 / 3.0 / -2.0 | – | – | – | 8 |" in text
    assert "Not measured" in "\n".join(peers(None))


def test_frame_rates_stand_beside_one_another() -> None:
    rows = [
        {"clip": f"{runner}{fps}", "source": runner, "runner": runner, "fps": fps, "kind": "measurement",
         "name": "shank_angle_ms_deg", "view": "side_left", "leg": "near", "value": 20.0 + error + (fps == 30.0),
         "truth": 20.0, "low": 15.0, "high": 25.0, "spread": 1.0, "n": 5, "detail": None}
        for fps in (120.0, 30.0)
        for runner, error in (("a", -1.0), ("b", 0.0), ("c", 1.0))
    ]  # fmt: skip
    text = "\n".join(rates(pd.DataFrame(rows)))
    assert "| `shank_angle_ms_deg` [deg] | near | +0.0 ± 1.0 (3) | +1.0 ± 1.0 (3) |" in text


def test_what_the_roll_is_worth_is_told_for_both_cases() -> None:
    rows = pd.DataFrame(
        {
            "clip": [f"c{i % 4}" for i in range(8)],
            "runner": ["A", "B", "A", "B"] * 2,
            "view": "side_left",
            "kind": "measurement",
            "name": "trunk_lean_deg",
            "leg": "both",
            "uprights": ["seen"] * 4 + ["unseen"] * 4,
            "value": [5.5, 4.5, 5.5, 4.5, 8.0, 2.0, 8.0, 2.0],
            "truth": 5.0,
            "low": 0.0,
            "high": 10.0,
            "spread": 0.1,
            "n": 6,
        }
    )
    text = "\n".join(roll(rows))
    assert "| `trunk_lean_deg` [deg] | both | +0.00 ± 0.58 (4) | +0.0 ± 3.5 (4) |" in text


def test_side_differences_and_their_change_within_a_runner() -> None:
    # Clip → left and right, measured and true: errors of left − right are +2, −1 (runner a) and +1 (runner b).
    clips = {"1": ("a", 7, 4, 5, 4), "2": ("a", 3, 4, 4, 4), "3": ("b", 6, 5, 5, 5), "4": ("b", 6, None, 5, 5)}
    rows = [
        {
            "clip": clip,
            "runner": runner,
            "side": side,
            "value": value,
            "truth": truth,
            "kind": "measurement",
            "view": "rear",
            "leg": "each",
            "name": "femoral_adduction_ms_deg",
        }
        for clip, (runner, left, right, true_left, true_right) in clips.items()
        for side, value, truth in (("left", left, true_left), ("right", right, true_right))
    ]
    table = pd.DataFrame(rows)
    found = differences(table)
    assert found["error"].tolist() == [2, -1, 1]
    assert found["true"].tolist() == [1, 0, 0]
    assert changes_within(found).tolist() == [-3]
    line = next(line for line in sides(table) if "femoral" in line)
    assert line == "| `femoral_adduction_ms_deg` [deg] | +0.7 ± 1.5 (3; 2) | 1.4 | 0.6 | 3.0 (1) |"
