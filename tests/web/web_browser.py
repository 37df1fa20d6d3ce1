"""One person's browser in the tests of the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fastapi.testclient import TestClient

PASSWORD = "a long walk uphill"
#: How an MP4 file begins; what follows in a test is none.
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')


@dataclass
class Browser:
    """One person's browser: keeps cookies, and fills the form key of the page into what it sends."""

    http: TestClient
    at: str = field(default="")

    def get(self, path: str, status: int = 200) -> str:
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, values: dict[str, object] | None = None, status: int = 200) -> str:
        key = FORM_KEY.search(self.http.get("/account").text)
        sent = {**({"form_key": key[1]} if key else {}), **(values or {})}
        answer = self.http.post(path, data=sent)
        assert answer.status_code == status, answer.text
        self.at = answer.url.path
        return answer.text
