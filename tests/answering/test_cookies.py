"""DNS cookies: RFC 7873, and RFC 9018 with the vectors of its appendix."""

import pytest

from clusterdns.answering.cookies import Cookies

SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"
OLD_SECRET = "dd3bdf9344b678b185a6f5cb60fca715"
NEW_SECRET = "445536bcd2513298075a5d379663c962"
CLIENT, OTHER, SIX = "198.51.100.100", "203.0.113.203", "2001:db8:220:1:59de:d0f4:8769:82b8"
FIRST = "2464c4abcf10c957010000005cf79f111f8130c3eee29480"
MADE = 0x5CF79F11


def cookies(now: int, secret: str = SECRET) -> Cookies:
    return Cookies(bytes.fromhex(secret), lambda: now)


@pytest.mark.parametrize(
    ("secret", "address", "now", "sent", "reply"),
    [
        pytest.param(SECRET, CLIENT, 1559731985, FIRST[:16], FIRST, id="A.1 learning a server cookie"),
        pytest.param(
            SECRET,
            CLIENT,
            1559734385,
            FIRST,
            "2464c4abcf10c957010000005cf7a871d4a564a1442aca77",
            id="A.2 learning a renewed one",
        ),
        pytest.param(
            SECRET,
            OTHER,
            1559734700,
            "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5",
            "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e",
            id="A.3 another client, reserved octets set",
        ),
        pytest.param(
            NEW_SECRET,
            SIX,
            1559741961,
            "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
            "22681ab97d52c298010000005cf7c609a6bb79d16625507a",
            id="A.4 IPv6, a new secret",
        ),
    ],
)
def test_rfc9018_appendix_a(secret: str, address: str, now: int, sent: str, reply: str) -> None:
    assert cookies(now, secret).reply_to(bytes.fromhex(sent), address).hex() == reply


@pytest.mark.parametrize(
    ("secret", "address", "cookie"),
    [
        pytest.param(SECRET, CLIENT, FIRST, id="A.1"),
        pytest.param(SECRET, OTHER, "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", id="A.3"),
        pytest.param(OLD_SECRET, SIX, "22681ab97d52c298010000005cf7c57926556bd0934c72f8", id="A.4"),
    ],
)
def test_rfc9018_received_cookies_of_the_appendix_are_valid(secret: str, address: str, cookie: str) -> None:
    data = bytes.fromhex(cookie)
    at_home = cookies(int.from_bytes(data[12:16]), secret)
    assert at_home.is_acceptable(data, address)
    assert at_home.reply_to(data, address) == data
    assert not at_home.is_acceptable(data, "192.0.2.1")


@pytest.mark.parametrize(
    ("age", "valid", "kept"),
    [
        pytest.param(-301, False, False, id="too far ahead"),
        pytest.param(-300, True, True, id="five minutes ahead"),
        pytest.param(0, True, True, id="just made"),
        pytest.param(1800, True, True, id="half an hour old"),
        pytest.param(1801, True, False, id="to be renewed"),
        pytest.param(3600, True, False, id="an hour old"),
        pytest.param(3601, False, False, id="too old"),
    ],
)
def test_rfc9018_4_3_ages(age: int, valid: bool, kept: bool) -> None:
    now, cookie = cookies(MADE + age), bytes.fromhex(FIRST)
    assert now.is_acceptable(cookie, CLIENT) is valid
    reply = now.reply_to(cookie, CLIENT)
    assert (reply == cookie) is kept
    assert reply[:8] == cookie[:8]
    assert now.is_acceptable(reply, CLIENT)


def test_rfc9018_4_3_timestamps_are_serial_numbers() -> None:
    last = cookies(0xFFFFFFFF).reply_to(bytes(8), CLIENT)
    assert cookies(0x1_0000_0000 + 60).is_acceptable(last, CLIENT)
    assert not cookies(0x1_0000_0000 + 3600).is_acceptable(last, CLIENT)


@pytest.mark.parametrize("place", range(24))
def test_an_octet_changed_anywhere_makes_it_invalid(place: int) -> None:
    cookie = bytearray.fromhex(FIRST)
    cookie[place] ^= 1
    assert not cookies(MADE).is_acceptable(bytes(cookie), CLIENT)
    assert cookies(MADE).reply_to(bytes(cookie), CLIENT)[:8] == bytes(cookie[:8])


@pytest.mark.parametrize("octets", [16, 23, 25, 40])
def test_a_server_cookie_of_another_length_is_someone_elses(octets: int) -> None:
    now = cookies(MADE)
    assert not now.is_acceptable(bytes(octets), CLIENT)
    assert len(now.reply_to(bytes(octets), CLIENT)) == 24


def test_rfc7873_5_2_1_a_client_cookie_alone_is_acceptable() -> None:
    assert cookies(MADE).is_acceptable(bytes(8), CLIENT)
