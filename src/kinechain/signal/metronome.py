"""The sound of a metronome, as the bytes of a WAV file: one short click a beat, the first of four a little higher."""

from __future__ import annotations

import io
import wave

import numpy as np

#: Samples a second; a click needs no more, and the file stays small.
RATE_HZ = 8000
#: A group of beats, the first of which sounds higher, so that left and right stay in step.
GROUP = 4
_CLICK_S, _HIGH_HZ, _LOW_HZ = 0.04, 1600.0, 1000.0


def metronome_wav(beats_per_min: float, *, beats: int = GROUP) -> bytes:
    """Return a WAV file (8 kHz, mono, 8 bit) that can be repeated without a seam.

    Parameters
    ----------
    beats_per_min : one beat a step: steps/min [1/min]
    beats : how many; its length is beats · 60 / beats_per_min, to within half a sample

    Raises
    ------
    ValueError
        Where a click would not fit into a beat, or there is no beat.
    """
    if not 0 < beats_per_min * _CLICK_S < 60.0 or beats < 1:
        raise ValueError(f"no metronome of {beats} beats at {beats_per_min}/min")
    sound = np.zeros(round(beats * 60.0 * RATE_HZ / beats_per_min))
    time_s = np.arange(round(_CLICK_S * RATE_HZ)) / RATE_HZ
    fade = np.exp(-time_s / (_CLICK_S / 5))
    for beat in range(beats):
        tone = np.sin(2 * np.pi * (_LOW_HZ if beat % GROUP else _HIGH_HZ) * time_s) * fade
        first = round(beat * 60.0 * RATE_HZ / beats_per_min)
        sound[first : first + len(tone)] += tone[: len(sound) - first]
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(RATE_HZ)
        writer.writeframes(np.round(127.5 + 100.0 * sound).astype(np.uint8).tobytes())
    return file.getvalue()
