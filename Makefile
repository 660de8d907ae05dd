# Every target sets up what it needs in .venv by itself; `make help` lists them.
#
# pip decides where packages come from. Training and tests need torch; on Linux the default is a CUDA
# build of several GB, and pip's own variable asks for the CPU build:
#   PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make test

VENV := .venv
BIN := $(VENV)/bin
OUT ?= runs/default
LAB ?= runs/lab

SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	$$candidate -c '$(SUPPORTED)' 2>/dev/null && echo $$candidate && break; done)

.DEFAULT_GOAL := help
.PHONY: help serve test train evaluate compare lab bench load soak lint types format check wheel clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/core.stamp ## start the API and the page [PORT=8000] [ARGS="--model DIR"]
	$(BIN)/python -m service $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(VENV)/dev.stamp ## run the tests [ARGS="tests/models -k gate"]
	$(BIN)/python -m pytest $(ARGS)

train: $(VENV)/train.stamp ## train a model, or go on with it [OUT=runs/default] [ARGS="--epochs 2"]
	$(BIN)/python -m training run --out $(OUT) --resume $(ARGS)

evaluate: $(VENV)/train.stamp ## measure a model on its validation split, or on DATA=FILE [ARGS="--source packaged"]
	$(BIN)/python -m training evaluate $(if $(DATA),--data $(DATA)) $(ARGS)

compare: $(VENV)/compare.stamp ## compare our explanations with those of Captum, LIME and SHAP [ARGS="--source packaged --reviews 20"]
	$(BIN)/python -m training compare $(ARGS)

lab: $(VENV)/train.stamp ## test what is said about gates, or go on with it [LAB=runs/lab] [ARGS=--fast]
	$(BIN)/python -m training lab --out $(LAB) $(ARGS)

bench: $(VENV)/bench.stamp ## measure speed beside peers [ARGS="--only recurrence --json FILE"]
	$(BIN)/python -m tests.benchmarks $(ARGS)

load: $(VENV)/dev.stamp ## measure the service over HTTP [ARGS="--seconds 5 --json FILE"]
	$(BIN)/python -m tests.benchmarks.load $(ARGS)

soak: $(VENV)/dev.stamp ## fuzz, soak and overload the service for long [ARGS="--requests 2000 --cases 500"]
	$(BIN)/python -m tests.benchmarks.soak $(ARGS)

lint: $(VENV)/dev.stamp ## check style, format and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp ## check the types
	$(BIN)/mypy

format: $(VENV)/dev.stamp ## format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint types test ## lint, types and tests: what CI runs

wheel: $(VENV)/core.stamp ## build the wheel into dist/
	rm -rf build
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean: ## delete caches and build output; keeps .venv and runs
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

distclean: clean ## delete .venv too
	rm -rf $(VENV)

# pip is what venv makes last, so an interrupted set-up starts again.
$(BIN)/pip:
	@$(or $(PYTHON),false) -c '$(SUPPORTED)' || { \
		echo 'Gatewise needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11' >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

# A larger set holds the smaller ones, so it also renews their stamps.
$(VENV)/core.stamp: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(VENV)/train.stamp: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[train]'
	@touch $(VENV)/core.stamp $@

$(VENV)/compare.stamp: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[compare]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@

$(VENV)/bench.stamp: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[bench]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@
