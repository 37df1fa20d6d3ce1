"""No test goes online: the guard of `conftest.py` holds."""

from __future__ import annotations

import socket

import pytest

#: Addresses kept free for documentation (RFC 5737, 3849): nobody answers there.
ELSEWHERE = [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]


@pytest.mark.parametrize(("family", "address"), ELSEWHERE)
def test_a_test_cannot_reach_another_machine(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as reaching:
        reaching.settimeout(0.1)
        with pytest.raises(pytest.fail.Exception, match="tried to reach"):
            reaching.connect((address, 443))
        with pytest.raises(pytest.fail.Exception, match="tried to reach"):
            reaching.connect_ex((address, 443))


def test_a_test_cannot_look_up_a_name() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"example\.org"):
        socket.create_connection(("example.org", 443), timeout=0.1)


def test_a_test_can_talk_to_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as reaching,
    ):
        answering, _ = server.accept()
        with answering:
            answering.sendall(b"here")
        assert reaching.recv(4) == b"here"
