"""What every test may ask for, and how much random input the property tests get."""

import logging

import hypothesis
import pytest

SUITE_ROUNDS = 2_000
"""Rounds of a test that mutates packets itself, in the suite. `make fuzz` gives a million."""

SUITE_EXAMPLES = 50
"""Examples of a hypothesis test in the suite, unless the test asks for its own number."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fuzz-rounds", type=int, default=SUITE_ROUNDS, help="rounds of a test with mutated input"
    )


def pytest_configure(config: pytest.Config) -> None:
    rounds = int(config.option.fuzz_rounds)
    # A deadline per example would measure the machine; the time-out per test bounds the whole.
    hypothesis.settings.register_profile(
        "clusterdns", deadline=None, max_examples=SUITE_EXAMPLES * max(1, rounds // SUITE_ROUNDS)
    )
    hypothesis.settings.load_profile("clusterdns")
    logging.getLogger("asyncio").addFilter(_is_about_the_code)


def _is_about_the_code(record: logging.LogRecord) -> bool:
    """Whether a line is more than asyncio's remark, in debug mode, that a call-back took long: how busy the
    machine is decides that, and tests that expect a silent log must not."""
    return not record.getMessage().startswith("Executing ")


@pytest.fixture(scope="session")
def fuzz_rounds(request: pytest.FixtureRequest) -> int:
    """How many mutated inputs a test is to try."""
    return int(request.config.option.fuzz_rounds)
