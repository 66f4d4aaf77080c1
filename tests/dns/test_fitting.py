"""What a reply loses when it is too long, in which order, and when TC says so (RFC 2181 section 9)."""

import pytest

from clusterdns.dns.constants import Flag, RRType
from clusterdns.dns.edns import Edns, ExtendedError, Option
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, SRV, TXT, A, Rdata
from clusterdns.dns.reader import read_message
from clusterdns.dns.text import parse_section
from clusterdns.dns.writer import write_message
from testbed.packets import tsig_record

WEB = Name.from_text("web.shop.")
QUESTION = (Question(WEB, RRType.A),)
BARE = 12 + 10 + 4
OPT = 11
SOA = parse_section("shop. 5 IN SOA ns.shop. hostmaster.shop. 1 2 3 4 5")
NS = parse_section("shop. 5 IN NS ns.shop.")
GLUE = parse_section("ns.shop. 5 IN A 10.0.0.1\nns.shop. 5 IN AAAA fd00::1")


def addresses(count: int) -> tuple[RRset, ...]:
    return (RRset(WEB, 5, tuple(A(number.to_bytes(4)) for number in range(count))),)


def truncated(message: Message) -> bool:
    return bool(message.flags & Flag.TC)


def fitted(message: Message, limit: int) -> Message:
    data = write_message(message, limit=limit)
    assert len(data) <= limit
    return read_message(data)


@pytest.mark.parametrize("edns", [pytest.param(None, id="plain"), pytest.param(Edns(), id="edns")])
@pytest.mark.parametrize("count", [1, 28, 29, 30, 31, 73, 74, 252, 4092, 5000])
@pytest.mark.parametrize("limit", [512, 1232, 4096, 65535])
def test_answers_are_cut_by_whole_records_and_tc_is_set_exactly_then(
    count: int, limit: int, edns: Edns | None
) -> None:
    message = fitted(Message(question=QUESTION, answer=addresses(count), edns=edns), limit)
    fit = min(count, (limit - BARE - (OPT if edns else 0)) // 16)
    assert message.answer == addresses(fit)
    assert truncated(message) == (fit < count)
    assert message.edns == edns


ONE_OF_EACH: list[Rdata] = [AAAA(bytes(16)), TXT((b"a" * 200,)), SRV(0, 1, 80, WEB)]


@pytest.mark.parametrize("rdata", [pytest.param(rdata, id=type(rdata).__name__) for rdata in ONE_OF_EACH])
def test_records_of_any_size_are_cut_whole(rdata: Rdata) -> None:
    message = Message(question=QUESTION, answer=(RRset(WEB, 5, (rdata,) * 50),))
    whole = write_message(message)
    each = (len(whole) - BARE) // 50
    for limit in (BARE, BARE + each - 1, BARE + each, BARE + 3 * each + 1, len(whole) - 1, len(whole)):
        cut = fitted(message, limit)
        assert sum(len(rrset.rdatas) for rrset in cut.answer) == (limit - BARE) // each
        assert truncated(cut) == (limit < len(whole))


def test_the_first_record_that_does_not_fit_ends_the_answer() -> None:
    long = RRset(WEB, 5, (TXT((b"a" * 255,)),))
    message = Message(question=QUESTION, answer=(*addresses(1), long, *addresses(1)))
    cut = fitted(message, 200)
    assert cut.answer == addresses(1)
    assert truncated(cut)


def test_a_cut_answer_comes_without_authority_and_additional_records() -> None:
    message = Message(question=QUESTION, answer=addresses(40), authority=NS, additional=GLUE)
    cut = fitted(message, 512)
    assert truncated(cut)
    assert cut.authority == cut.additional == ()


def test_rfc2181_9_additional_records_are_left_out_without_tc() -> None:
    message = Message(question=QUESTION, answer=addresses(3), authority=NS, additional=GLUE, edns=Edns())
    whole = len(write_message(message))
    for lost, limit in ((1, whole - 1), (1, whole - 28), (2, whole - 29)):
        cut = fitted(message, limit)
        assert not truncated(cut)
        assert (cut.answer, cut.authority) == (message.answer, message.authority)
        assert cut.additional == GLUE[: 2 - lost]


def test_rfc2181_9_an_additional_rrset_is_whole_or_left_out() -> None:
    message = Message(question=QUESTION, additional=addresses(10))
    cut = fitted(message, len(write_message(message)) - 1)
    assert cut.additional == ()
    assert not truncated(cut)


@pytest.mark.parametrize(
    ("answer", "authority", "needed"),
    [
        pytest.param(addresses(1), NS, False, id="NS beside an answer"),
        pytest.param(addresses(1), SOA, True, id="SOA behind an alias"),
        pytest.param((), SOA, True, id="SOA of a negative reply"),
        pytest.param((), NS, True, id="NS of a referral"),
    ],
)
def test_rfc2181_9_a_lost_authority_sets_tc_if_the_reply_needs_it(
    answer: tuple[RRset, ...], authority: tuple[RRset, ...], needed: bool
) -> None:
    message = Message(question=QUESTION, answer=answer, authority=authority)
    with_glue = Message(question=QUESTION, answer=answer, authority=authority, additional=GLUE)
    limit = len(write_message(message)) - 1
    for cut in (fitted(message, limit), fitted(with_glue, limit)):
        assert truncated(cut) == needed
        assert cut.answer == answer
        assert cut.authority == cut.additional == ()


def test_the_text_of_an_extended_error_gives_way_to_records() -> None:
    failure = ExtendedError(22, "no upstream \u20ac answered").to_option()
    message = Message(question=QUESTION, answer=addresses(3), edns=Edns(options=(failure,)))
    whole = len(write_message(message))
    texts: list[str] = []
    for limit in range(whole, whole - len(failure.data) + 1, -1):
        cut = fitted(message, limit)
        assert not truncated(cut)
        assert cut.answer == message.answer
        assert cut.edns is not None
        data = cut.edns.option(15)
        assert data is not None
        assert data[:2] == failure.data[:2]
        texts.append(data[2:].decode())
    assert texts[0] == "no upstream \u20ac answered"
    assert texts[-1] == ""
    assert all(texts[0].startswith(text) for text in texts)


def test_with_no_room_for_its_code_either_an_answer_is_cut() -> None:
    failure = ExtendedError(22, "text").to_option()
    message = Message(question=QUESTION, answer=addresses(3), edns=Edns(options=(failure,)))
    cut = fitted(message, len(write_message(message)) - len("text") - 1)
    assert truncated(cut)
    assert cut.answer == addresses(2)


def test_other_options_keep_their_room() -> None:
    option = Option(10, bytes(24))
    message = Message(question=QUESTION, answer=addresses(3), edns=Edns(options=(option,)))
    cut = fitted(message, len(write_message(message)) - 1)
    assert cut.edns == message.edns
    assert truncated(cut)


def test_options_that_cannot_fit_are_left_out_from_the_end() -> None:
    edns = Edns(options=(Option(3, bytes(10)), Option(4, bytes(10))))
    message = Message(question=QUESTION, edns=edns)
    for octets, kept in ((0, 2), (1, 1), (14, 1), (15, 0), (28, 0)):
        cut = fitted(message, BARE + OPT + 28 - octets)
        assert cut.edns == Edns(options=edns.options[:kept])


def test_question_opt_and_signature_are_written_whatever_the_limit() -> None:
    message = Message(
        question=QUESTION, answer=addresses(3), additional=(tsig_record(original_id=1),), edns=Edns()
    )
    cut = read_message(write_message(message, limit=12))
    assert cut.question == QUESTION
    assert cut.edns == Edns()
    assert cut.additional == message.additional
    assert truncated(cut)


def test_a_signature_has_its_room_kept() -> None:
    message = Message(question=QUESTION, answer=addresses(40), additional=(tsig_record(original_id=1),))
    cut = fitted(message, 512)
    assert cut.additional == message.additional
    assert len(cut.answer[0].rdatas) == (512 - BARE - 81) // 16


def test_rfc1035_4_2_2_no_message_is_longer_than_65535_octets() -> None:
    data = write_message(Message(question=QUESTION, answer=addresses(5000)), limit=100_000)
    assert 65_519 < len(data) <= 65_535
    assert truncated(read_message(data))


def test_tc_that_is_set_already_stays() -> None:
    assert truncated(fitted(Message(flags=Flag.TC, question=QUESTION), 512))
