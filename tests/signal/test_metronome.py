"""The metronome: clicks where they belong, and a file that repeats without a seam."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from kinechain.signal.metronome import GROUP, RATE_HZ, metronome_wav


def heard(content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), np.uint8).astype(float) - 127.5


@pytest.mark.parametrize("rate", [150.0, 174.0, 183.5])
def test_there_is_one_click_a_beat_and_the_file_is_whole_beats_long(rate):
    sound = heard(metronome_wav(rate, beats=8))
    assert len(sound) == pytest.approx(8 * 60 / rate * RATE_HZ, abs=1)
    loud = np.flatnonzero(np.abs(sound) > 30)
    begins = loud[np.diff(loud, prepend=-RATE_HZ) > 0.1 * RATE_HZ]
    assert begins == pytest.approx(np.arange(8) * 60 / rate * RATE_HZ, abs=3)
    assert np.abs(sound[-20:]).max() < 1


def test_the_first_of_four_sounds_higher():
    sound = heard(metronome_wav(180.0, beats=2 * GROUP))
    beat = RATE_HZ // 3
    pitch = [int(np.argmax(np.abs(np.fft.rfft(sound[n * beat : n * beat + 320])))) * RATE_HZ / 320 for n in range(8)]
    assert pitch[0] == pitch[4] > 1.3 * pitch[1]
    assert pitch[1] == pitch[2] == pitch[3] == pitch[5]


def test_it_is_small():
    assert len(metronome_wav(170.0)) < 16_000


@pytest.mark.parametrize(("rate", "beats"), [(0.0, 4), (-180.0, 4), (2000.0, 4), (180.0, 0), (float("nan"), 4)])
def test_what_is_no_metronome_is_refused(rate, beats):
    with pytest.raises(ValueError, match="no metronome"):
        metronome_wav(rate, beats=beats)
