# Two commands on a fresh machine: `make demo` and `make test`. Both set up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint bench bench-reading prove docs oracles

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "luutru needs Python 3.11 or newer"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable . --group dev
	touch $@

demo: setup
	$(BIN)/luutru --archive archive-data demo

test: setup
	$(BIN)/pytest -q -n 3 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check --diff -I . docs/*.md README.md README.vi.md

bench: setup
	$(BIN)/python bench/crawl.py
	$(BIN)/python bench/reading_cost.py
	$(BIN)/python bench/verify.py

# How well pages are read, beside other extractors (in an environment of their own).
bench-reading: .venv-peers/.ready
	.venv-peers/bin/python bench/reading.py --peers

# The long proofs: kills, power cuts, fuzzing. `make test` runs a short version of each.
prove: setup
	$(BIN)/pytest -q -m prove --prove

docs: setup
	$(BIN)/cog -r -I . docs/*.md README.md README.vi.md

.venv-peers/.ready: pyproject.toml
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --upgrade pip
	.venv-peers/bin/pip install --quiet --editable . 'pytest>=9' readability-lxml newspaper4k
	touch $@

# Other people's readers of WARC files, and the coming Datasette, in environments of their own: the tests compare
# against them.
oracles: .venv-oracles/.ready .venv-datasette/.ready

.venv-oracles/.ready: Makefile
	$(PYTHON) -m venv .venv-oracles
	.venv-oracles/bin/pip install --quiet --upgrade pip
	.venv-oracles/bin/pip install --quiet 'pywb>=2.10' 'setuptools<81' fastwarc 'wacz>=0.5' surt
	touch $@

.venv-datasette/.ready: Makefile pyproject.toml
	$(PYTHON) -m venv .venv-datasette
	.venv-datasette/bin/pip install --quiet --upgrade pip
	.venv-datasette/bin/pip install --quiet --pre 'datasette>=1.0a41'
	.venv-datasette/bin/pip install --quiet --editable .
	touch $@
