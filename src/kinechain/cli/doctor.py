"""What works on this machine, and what to do about what does not."""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version

from kinechain.errors import ModelMissing, ModelUnknown
from kinechain.pose import weights
from kinechain.text import Language, Text
from kinechain.video.codecs import available_codecs

PACKAGES = ("kinechain", "ai-edge-litert", "av", "numpy", "opencv-python-headless", "scipy", "xarray")

FONT_HINT = Text(
    ja="日本語フォントが見つかりません。ブラウザの日本語表示に影響することがあります（Debian では fonts-noto-cjk）。",
    en="No Japanese font was found; the Japanese page may show boxes (on Debian: fonts-noto-cjk).",
)
FONT_UNKNOWN = Text(ja="フォントの一覧を取得できません。", en="The list of fonts is not available here.")
CODEC_HINT = Text(
    ja="H.264/HEVC の読み書きができません。av を入れ直してください。",
    en="H.264/HEVC cannot be read or written: reinstall av.",
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it works, and what to do where it does not."""

    name: str
    works: bool
    detail: str
    hint: Text | None = None

    def line(self, language: Language) -> str:
        """Return one line for the terminal."""
        mark = "✓" if self.works else "✗"
        hint = f" — {self.hint[language]}" if self.hint is not None else ""
        return f"{mark} {self.name}: {self.detail}{hint}"

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain values."""
        hint = None if self.hint is None else self.hint.model_dump()
        return {"name": self.name, "works": self.works, "detail": self.detail, "hint": hint}


def examine() -> list[Finding]:
    """Look at versions, weights, codecs and fonts."""
    findings = [Finding("python", works=True, detail=platform.python_version())]
    findings += [Finding(name, works=True, detail=version(name)) for name in PACKAGES]
    return [*findings, _weights(), _codecs(), _fonts()]


def _weights() -> Finding:
    try:
        files = weights.locate()
    except (ModelMissing, ModelUnknown) as error:
        return Finding("pose weights", works=False, detail=str(weights.folder()), hint=error.advice)
    return Finding("pose weights", works=True, detail=str(files.landmarks.parent))


def _codecs() -> Finding:
    report = available_codecs()
    able = [f"read {name}" for name, works in report.decode.items() if works]
    able += [f"write {name}" for name, works in report.encode.items() if works]
    hint = None if report.complete else CODEC_HINT
    return Finding("codecs", works=report.complete, detail=", ".join(able), hint=hint)


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding("japanese font", works=True, detail="?", hint=FONT_UNKNOWN)
    done = subprocess.run([lister, ":lang=ja", "family"], capture_output=True, text=True, check=False, timeout=30)
    families = sorted({line.split(",")[0] for line in done.stdout.splitlines() if line.strip()})
    if families:
        return Finding("japanese font", works=True, detail=families[0])
    return Finding("japanese font", works=False, detail="–", hint=FONT_HINT)
