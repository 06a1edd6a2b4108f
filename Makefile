# Every target installs what it needs into .venv by itself; a machine needs Python 3.11+, make and a C compiler.
PYTHON ?= python3
BIN := .venv/bin
# Compiled ahead: where the environment forbids writing bytecode, every start would compile all it loads.
INSTALL := $(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode
# Tests wait for servers and disks about a quarter of their time: one worker more than two cores.
JOBS ?= 3

.DEFAULT_GOAL := check
.PHONY: check setup face demo serve test lint bench docs goldens pins clean

check: lint test

setup: .venv/.base  ## what the server needs
	@echo "ready: $(BIN)/reelwright serve"

# Its metadata ask for packages that would break others; requirements/face.in names what it needs.
face: .venv/.base  ## landmarks of faces, for the keys of shape of video.beauty
	$(INSTALL) --no-deps --require-hashes -r requirements/face.txt

demo: .venv/.test  ## real jobs through the vendor's own client, on media made here
	$(BIN)/reelwright demo --out out/demo

serve: .venv/.base  ## a server on http://127.0.0.1:8710
	$(BIN)/reelwright serve

test: .venv/.test  ## the whole suite
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: .venv/.lint  ## style, types, layers, generated pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs.py --check

bench: .venv/.bench  ## quality and speed; results under benchmarks/results
	$(BIN)/python benchmarks/run.py

docs: .venv/.base  ## the generated reference pages
	$(BIN)/python tools/docs.py

goldens: .venv/.test  ## rewrite the recorded documents; read the diff in review
	$(BIN)/python -m pytest tests -k golden --rewrite-goldens

pins: .venv/.tools  ## compile requirements/*.txt from pyproject.toml
	@set -e; for set in "base:" "test:--group test" "lint:--group test --group lint" "bench:--group test --group bench"; do \
	  name=$${set%%:*}; groups=$${set#*:}; \
	  $(BIN)/uv pip compile pyproject.toml $$groups --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --quiet -o requirements/$$name.txt; \
	done; \
	$(BIN)/uv pip compile requirements/tools.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --quiet -o requirements/tools.txt
	$(BIN)/uv pip compile requirements/face.in --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --quiet -o requirements/face.txt

.venv/.python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "reelwright needs Python 3.11 or later; give PYTHON=…"'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.tools: .venv/.python requirements/tools.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

.venv/.%: requirements/%.txt .venv/.tools pyproject.toml
	$(INSTALL) --require-hashes -r $<
	$(INSTALL) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src
	@touch $@

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache
