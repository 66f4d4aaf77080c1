"""Lines that others can cause are written once a minute."""

from clusterdns.seldom import SECONDS, Seldom


def test_a_line_is_written_once_a_minute_and_the_next_one_tells_of_the_others() -> None:
    now, lines = 1000.0, list[str]()
    seldom = Seldom(lambda: now)

    def write(text: str, *values: object) -> None:
        lines.append(text % values)

    for number in range(5):
        seldom.say(write, "failed with %d", number)
    now += SECONDS - 0.1
    seldom.say(write, "failed with %d", 5)
    assert lines == ["failed with 0"]
    now += 0.1
    seldom.say(write, "failed with %d", 6)
    assert lines[1:] == ["failed with 6 (5 times more since the last such line)"]
    now += SECONDS
    seldom.say(write, "failed with %d", 7)
    assert lines[2:] == ["failed with 7"]
