"""Rows: every look-up notes one, every change names some, and a reply knows whether it still holds."""

from clusterdns.rows import ALL_ROWS, REMEMBERED_CHANGES, REMEMBERED_ROWS, Noted, Row, RowSource


def test_a_row_noted_is_current_until_it_is_touched() -> None:
    source, noted = RowSource(), Noted()
    noted.note(source, "web")
    source.touch(["db"])
    assert noted.is_current()
    source.touch(["db", "web"])
    assert not noted.is_current()


def test_a_row_that_was_touched_before_it_was_read_is_current() -> None:
    source, noted = RowSource(), Noted()
    source.touch(["web"])
    noted.note(source, "web")
    assert noted.is_current()


def test_the_first_reading_decides_for_a_row_read_twice() -> None:
    source, noted = RowSource(), Noted()
    noted.note(source, "web")
    source.touch(["web"])
    noted.note(source, "web")
    assert not noted.is_current()


def test_a_change_of_everything_concerns_every_row() -> None:
    source, noted = RowSource(), Noted()
    noted.note(source, "web")
    source.touch_all()
    assert not noted.is_current()


def test_a_reply_older_than_what_is_remembered_of_changes_is_not_current() -> None:
    source, noted = RowSource(), Noted()
    noted.note(source, "web")
    for _ in range(REMEMBERED_CHANGES):
        source.touch(["db"])
    assert noted.is_current()
    source.touch(["db"])
    assert not noted.is_current()


def test_the_rows_of_big_changes_are_bounded_too() -> None:
    source, early, late = RowSource(), Noted(), Noted()
    early.note(source, "web")
    source.touch(range(REMEMBERED_ROWS // 2))
    late.note(source, "web")
    source.touch(range(REMEMBERED_ROWS // 2 + 1))
    assert not early.is_current()
    assert late.is_current()


def test_sources_are_told_apart_even_with_equal_rows() -> None:
    one, other, noted = RowSource(), RowSource(), Noted()
    noted.note(one, "web")
    other.touch(["web"])
    assert noted.is_current()
    assert noted.rows() == ((one, "web"),)


def test_subscribers_are_told_in_the_same_step_and_no_more_once_they_left() -> None:
    source = RowSource()
    told: list[frozenset[Row] | None] = []
    leave = source.subscribe(lambda _source, rows: told.append(rows))
    source.touch(["web", "db"])
    source.touch_all()
    leave()
    source.touch(["web"])
    assert told == [frozenset({"web", "db"}), ALL_ROWS]


def test_touching_nothing_is_no_change() -> None:
    source = RowSource()
    source.touch([])
    assert source.generation == 0


def test_what_another_noted_is_taken_in_with_the_time_of_its_reading() -> None:
    source = RowSource()
    early, late = Noted(), Noted()
    early.note(source, "web")
    source.touch(["other"])
    late.note(source, "web")
    late.note(source, "db")
    late.take_in(early)
    assert late.rows() == ((source, "web"), (source, "db"))
    assert late.is_current()
    source.touch(["db"])
    assert not late.is_current()
    assert early.is_current()


def test_a_reading_that_was_outdated_stays_so_when_it_is_taken_in() -> None:
    source = RowSource()
    early, late = Noted(), Noted()
    early.note(source, "web")
    source.touch(["web"])
    late.note(source, "web")
    late.take_in(early)
    assert not late.is_current()
