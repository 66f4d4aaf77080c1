"""Exit statuses, texts and streams of the commands that do not serve."""

import platform
from dataclasses import dataclass
from pathlib import Path

import pytest

from clusterdns.cli import main, serve
from clusterdns.cli.commands import COMMANDS, SERVE, Command, help_text
from clusterdns.cli.terminal import Style
from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import Configuration
from clusterdns.memory import Memory
from clusterdns.server import StartError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


@pytest.fixture
def outcome(capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Outcome:
    """What comes of the command line that the test is parametrised with."""
    status = main(str(request.param).split())
    captured = capfd.readouterr()
    return Outcome(status, captured.out, captured.err)


def of(*command_lines: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("outcome", command_lines, indirect=True)


@of("-version", "--version", "-version=true", "-version -plugins -conf /nonexistent", "serve -version")
def test_the_version_is_printed_as_coredns_prints_its_own(outcome: Outcome) -> None:
    first, second = outcome.out.splitlines()
    assert (outcome.status, first, outcome.err) == (0, "clusterdns-0.1.0", "")
    assert second.startswith("linux/")
    assert second.endswith(f", python{platform.python_version()}")


@of("-plugins", "-plugins -conf /nonexistent")
def test_plugins_are_printed_sorted_one_a_line_with_an_empty_one_last(outcome: Outcome) -> None:
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "\n".join([*discover().names, "", ""])


@of("-xyz", "-version=maybe", "-conf", "check -xyz", "plugins -conf F")
def test_wrong_flags_are_status_2_with_the_usage_on_standard_error(outcome: Outcome) -> None:
    assert (outcome.status, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()[0]) < 80
    assert "\nUsage: clusterdns" in outcome.err


@of("foo bar", "-version foo bar", "-quiet foo bar")
def test_extra_words_are_status_1_and_name_the_commands(outcome: Outcome) -> None:
    assert outcome == Outcome(
        1, "", "extra command line arguments: [foo bar]; the commands are serve, check, plugins\n"
    )


@of("-h", "-help", "--help", "serve -h", "check -h", "plugins --help")
def test_help_that_is_asked_for_goes_to_standard_output(outcome: Outcome) -> None:
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: clusterdns ")


@of("-conf /nonexistent", "check /nonexistent", "check -conf /nonexistent")
def test_a_corefile_that_is_named_must_be_there(outcome: Outcome) -> None:
    sentence = 'the Corefile "/nonexistent" cannot be read: No such file or directory\n'
    assert outcome == Outcome(1, "", sentence)


@of("-p 70000", "check -dns.port=abc")
def test_a_wrong_port_is_status_1(outcome: Outcome) -> None:
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("-dns.port: ")


def test_the_help_names_every_command_and_flag() -> None:
    text = help_text(SERVE, Style())
    assert [command.name for command in COMMANDS if f"\n  {command.name} " not in text] == []
    assert [name for flag in SERVE.flags for name in flag.names if f"-{name}" not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_wide_terminal(command: Command) -> None:
    assert [line for line in help_text(command, Style()).splitlines() if len(line) > 110] == []


def test_help_on_a_terminal_sets_headings_off() -> None:
    assert "\x1b[1mUsage:\x1b[0m" in help_text(SERVE, Style(terminal=True, colours=True))
    assert "\x1b" not in help_text(SERVE, Style())


@pytest.mark.parametrize(
    ("flags", "packet_cache"),
    [([], True), (["-packet-cache=false"], False), (["-packet-cache"], True)],
)
def test_the_packet_cache_can_be_switched_off(
    flags: list[str], packet_cache: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    class NotStarted:
        def __init__(self, _configuration: Configuration, *, packet_cache: bool, memory: Memory) -> None:
            del memory
            asked.append(packet_cache)
            raise StartError("that is all this test wants to know")

    monkeypatch.setattr(serve, "Server", NotStarted)
    folder.joinpath("Corefile").write_text(". {\n}\n")
    assert main(flags) == 1
    assert asked == [packet_cache]
