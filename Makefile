# Everything a person or CI runs. The first use of a target sets up what it needs (.venv, Chromium).
.DEFAULT_GOAL := help
.PHONY: help setup demo app test check bench soak data lock clean

BIN := .venv/bin
DEMO := demo
SECONDS ?= 60
FUZZ ?= 60

help:            ## what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: .venv/.ready ## the Python environment, with all that development needs

.venv/.ready: pyproject.toml requirements.lock scripts/setup.sh
	sh scripts/setup.sh
	@touch $@

demo: setup      ## Latgale, from needs to a checked plan, with map, tables and amendment
	sh scripts/demo.sh $(DEMO) $(SECONDS)

app: setup       ## open the planner in the browser, on this machine alone
	$(BIN)/python -m planner app

test: setup      ## every test, the browser tests included
	sh scripts/ensure_chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup     ## lint, format, types, contracts between the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup     ## the long measurements behind docs/benchmarks.md
	$(BIN)/pip install --quiet -e '.[bench]'
	sh scripts/bench.sh

soak: setup      ## long random testing, the readers fuzzed for FUZZ seconds each
	$(BIN)/pip install --quiet -e '.[soak]'
	$(BIN)/python scripts/fuzz_readers.py all $(FUZZ)
	$(BIN)/python -m pytest -n 2 -m soak -o addopts="--strict-markers --import-mode=importlib"

data: setup      ## rebuild data/ from the layers in SOURCE=../shared
	$(BIN)/python scripts/build_data.py $(or $(SOURCE),../shared)

lock: setup      ## write down the versions in use
	$(BIN)/pip freeze --exclude-editable | grep -v -i '^tuvak' > requirements.lock

clean:           ## remove what can be made again
	rm -rf .venv $(DEMO) build dist static/vendor .mypy_cache .ruff_cache .pytest_cache
