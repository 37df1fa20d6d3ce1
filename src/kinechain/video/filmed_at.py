"""When a clip was filmed, as its file says.

iPhones write the local time with its offset (`com.apple.quicktime.creationdate`), Android phones and cameras UTC
(`creation_time` of the movie header). A file that was exported or cut may carry the time of that instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

_KEYS = ("com.apple.quicktime.creationdate", "creation_time")
#: Before this year nobody filmed with such a file: an unset header reads as 1904 or 1970.
_FIRST_YEAR = 2000


def filmed_at(metadata: Mapping[str, str]) -> str | None:
    """Return date and time with offset in ISO 8601, to the second; None where the file does not carry them."""
    for key in _KEYS:
        try:
            found = datetime.fromisoformat(metadata[key])
        except (KeyError, ValueError):
            continue
        if found.year >= _FIRST_YEAR and found.tzinfo is not None:
            return found.isoformat(timespec="seconds")
    return None
