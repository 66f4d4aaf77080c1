"""What the README promises, as far as a machine can tell: commands, answers, plugins, links."""

import re
from pathlib import Path

import dns.message
import dns.reversename
import pytest

from clusterdns.configuration.registry import discover
from clusterdns.testing.serving import serving

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text()
ASKED = re.findall(r"(?m)^\$ dig @127\.0\.0\.1 -p 1053 \+short (.+)\n(.+)$", TEXT)


def wanted(arguments: str) -> tuple[str, str]:
    """Name and type of a question as dig's arguments put it."""
    words = arguments.split()
    if words[0] == "-x":
        return dns.reversename.from_address(words[1]).to_text(), "PTR"
    return words[0], words[1] if len(words) > 1 else "A"


@pytest.mark.parametrize(("arguments", "answer"), ASKED)
async def test_a_question_of_the_readme_has_the_answer_that_stands_there(arguments: str, answer: str) -> None:
    corefile = (ROOT / "Corefile.example").read_text().replace(".:1053 {", ".:0 {")
    async with serving(corefile, file=str(ROOT / "Corefile.example")) as server:
        reply = dns.message.from_wire(await server.udp(dns.message.make_query(*wanted(arguments)).to_wire()))
    assert [record.to_text() for rrset in reply.answer for record in rrset] == [answer]


def test_there_are_questions_in_the_readme() -> None:
    assert len(ASKED) >= 3


def test_the_plugins_of_the_readme_are_those_that_ship() -> None:
    (row,) = re.findall(r"(?m)^\| plugins that are here.*\n\|---\|\n\| (.*) \|$", TEXT)
    folders = (ROOT / "plugins" / "clusterdns_plugins").glob("*/__init__.py")
    assert re.findall(r"`(\w+)`", row) == sorted(path.parent.name for path in folders)


def test_plugins_that_are_not_here_yet_are_not_here() -> None:
    (names,) = re.findall(r"\*\*Not yet:\*\* (.*?) and all other plugins", TEXT)
    missing = re.findall(r"`(\w+)`", names)
    assert missing
    assert not set(missing) & set(discover().names)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_a_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_a_folder_on_the_map_is_there() -> None:
    folders = re.findall(r"`((?:clusterdns|plugins|tests|bench)[\w/.]*)`", TEXT.partition("## The map")[2])
    assert len(folders) > 8
    assert [folder for folder in folders if not (ROOT / folder).exists()] == []


def test_the_targets_of_make_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z0-9]+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"make ([a-z0-9]+)\b", TEXT)) <= targets
