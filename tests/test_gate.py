"""The quality gate: what is read well stays so. `bench/reading.py --pin` writes the floors."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

_FILE = Path(__file__).parents[1] / "bench" / "reading.py"


def _bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_reading", _FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_reading"] = module
    spec.loader.exec_module(module)
    return module


bench = _bench()
PINNED = json.loads(bench.GATE.read_text(encoding="utf-8"))
CASES = [(corpus, reader) for corpus, readers in PINNED.items() for reader in readers]


@pytest.fixture(scope="module")
def corpora() -> dict[str, object]:
    return dict(bench.corpora())


@pytest.mark.parametrize(("corpus", "reader"), CASES)
def test_no_figure_has_fallen(corpora: dict[str, object], corpus: str, reader: str) -> None:
    if corpus not in corpora:
        pytest.skip("the real pages are not at hand (LUUTRU_PAGES)")
    measured = bench.figures(reader, bench.OURS[reader], corpora[corpus])
    assert bench.fallen(PINNED[corpus][reader], measured) == []


def test_every_corpus_and_reader_is_pinned(corpora: dict[str, object]) -> None:
    assert {(corpus, reader) for corpus in corpora for reader in bench.readers_of(corpus)} <= set(CASES)


def test_a_floor_is_not_lowered_without_saying_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "GATE", tmp_path / "gate.json")
    good = {"made": {"learnt": {"all": {"pages": 2, "f1": 0.9, "exact": 0.5, "leaks": 0}}}}
    bad = {"made": {"learnt": {"all": {"pages": 2, "f1": 0.9, "exact": 0.4, "leaks": 1}}}}
    bench.pin(good, lower=False)
    with pytest.raises(SystemExit, match=r"all: exact 0\.4 was 0\.5\nmade, learnt: all: leaks 1 was 0"):
        bench.pin(bad, lower=False)
    assert json.loads((tmp_path / "gate.json").read_text())["made"]["learnt"]["all"]["exact"] == 0.5
    bench.pin(bad, lower=True)
    assert json.loads((tmp_path / "gate.json").read_text())["made"]["learnt"]["all"]["exact"] == 0.4
