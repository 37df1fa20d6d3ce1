"""Text in the languages of the product: Japanese and English, always both."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Text(BaseModel):
    """One sentence or label in Japanese and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ja: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.ja if language == "ja" else self.en

    def format(self, **values: object) -> Text:
        """Return the text with `{placeholders}` filled in both languages; a `Text` fills each with its own."""
        own = {
            name: (value.ja, value.en) if isinstance(value, Text) else (value, value) for name, value in values.items()
        }
        return Text(
            ja=self.ja.format(**{name: ja for name, (ja, _) in own.items()}),
            en=self.en.format(**{name: en for name, (_, en) in own.items()}),
        )
