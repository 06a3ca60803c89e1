"""What tests share: archives, the sample portal, and the reasons for which a test may be skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="run the proofs at full length")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "prove: a proof that `make prove` runs at full length")


def missing(what: str) -> None:
    """Skip a test for want of a tool or data; where nothing may be skipped, fail."""
    if os.environ.get("LUUTRU_NO_SKIP"):
        pytest.fail(f"{what} is missing, and nothing may be skipped here")
    pytest.skip(f"{what} is missing")


@pytest.fixture
def need():
    """`need("strace")` skips the test where the program is not installed."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None:
            missing(program)
        return str(path)

    return find


@pytest.fixture
def pages() -> Path:
    """The folder of real pages that carry no licence to be copied here."""
    folder = Path(os.environ.get("LUUTRU_PAGES") or Path(__file__).parents[2] / "shared/data/pages")
    if not folder.is_dir():
        pytest.skip("the real pages are not on this machine")
    return folder


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether proofs run at full length."""
    return bool(request.config.getoption("--prove"))
