"""Running luutru as people do: as a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crawler.sample.server import SamplePortal


def luutru(folder: Path, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command on the archive in a folder."""
    command = [sys.executable, "-m", "crawler", "--archive", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False)


def add_sample(folder: Path, sample: SamplePortal) -> None:
    """Write the sample portal's file into an archive's folder."""
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    (folder / "portals/sample.toml").write_text(sample.toml, encoding="utf-8")
