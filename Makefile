# Every target sets up what it needs in .venv by itself; `make help` lists them.
#
# pip decides where packages come from. Training and tests need torch; on Linux the default is a CUDA
# build of several GB, and pip's own variable asks for the CPU build:
#   PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make test
#
# constraints.txt fixes every version, so that a set-up in a year is the set-up of today; `make lock`
# renews it.

VENV := .venv
BIN := $(VENV)/bin
OUT ?= runs/default
JOBS ?= auto
LAB ?= runs/lab
# Where mypy and import-linter find the folders under their installed names.
LAYOUT := $(VENV)/layout
# The page's JavaScript is checked where Node.js is installed.
NPM := $(shell command -v npm 2>/dev/null)
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	$$candidate -c '$(SUPPORTED)' 2>/dev/null && echo $$candidate && break; done)

.DEFAULT_GOAL := help
.PHONY: help serve test train evaluate compare lab bench reading load soak lint types docs figures pictures format \
	check lock wheel clean distclean layout page-test page-lint page-types node-is-missing

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/core.stamp ## start the API and the page [PORT=8000] [ARGS="--model DIR"]
	$(BIN)/gatewise serve $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(VENV)/dev.stamp $(if $(NPM),page-test,node-is-missing) ## run the tests on all cores [ARGS="--slow"] [ARGS="tests/models -k gate"]
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

train: $(VENV)/train.stamp ## train a model, or resume its run [OUT=runs/default] [ARGS="--epochs 2"]
	$(BIN)/gatewise train --out $(OUT) --resume $(ARGS)

evaluate: $(VENV)/train.stamp ## measure a model on its validation split, or on DATA=FILE [ARGS="--source packaged"]
	$(BIN)/gatewise evaluate $(if $(DATA),--data $(DATA)) $(ARGS)

compare: $(VENV)/compare.stamp ## compare our explanations with those of Captum, LIME and SHAP [ARGS="--source packaged --reviews 20"]
	$(BIN)/gatewise compare $(ARGS)

lab: $(VENV)/train.stamp ## run the experiments on gates, or resume them [LAB=runs/lab] [ARGS=--fast]
	$(BIN)/gatewise lab --out $(LAB) $(ARGS)

bench: $(VENV)/bench.stamp ## measure speed beside peers [ARGS="--only recurrence --json FILE"]
	$(BIN)/python -m benchmarks $(ARGS)

reading: $(VENV)/dev.stamp ## measure what reading a text first changes [ARGS="--source packaged --json FILE"]
	$(BIN)/python -m benchmarks.reading $(ARGS)

load: $(VENV)/dev.stamp ## measure the service over HTTP [ARGS="--seconds 5 --json FILE"]
	$(BIN)/python -m benchmarks.load $(ARGS)

soak: $(VENV)/dev.stamp ## fuzz, soak and overload the service for long [ARGS="--requests 2000 --cases 500"]
	$(BIN)/python -m benchmarks.soak $(ARGS)

lint: $(VENV)/dev.stamp layout $(if $(NPM),page-lint) ## check style, format and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd $(LAYOUT) && $(CURDIR)/$(BIN)/lint-imports $(CURDIR)/pyproject.toml

types: $(VENV)/dev.stamp layout $(if $(NPM),page-types) ## check the types, of the page's JavaScript too
	cd $(LAYOUT) && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml

page-test page-lint page-types: node_modules/.package-lock.json
	npm run --silent $(@:page-%=%)

node-is-missing:
	@echo 'Node.js is missing: the unit tests of the page are skipped.' >&2

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund

# A checkout has the folders side by side; installed, they are one package. Tools that read files
# instead of importing them need to see the installed form.
layout:
	@rm -rf $(LAYOUT) && mkdir -p $(LAYOUT)/gatewise
	@ln -s $(CURDIR)/gatewise/* $(CURDIR)/models $(CURDIR)/service $(CURDIR)/training $(LAYOUT)/gatewise/
	@ln -s $(CURDIR)/tests $(CURDIR)/benchmarks $(CURDIR)/docs $(LAYOUT)/

docs: $(VENV)/dev.stamp $(if $(NPM),node_modules/.package-lock.json) ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

figures: $(VENV)/dev.stamp ## run the examples of the documentation, fill README.md and the figures of the page
	$(BIN)/python -m docs.tools.fill
	$(BIN)/python -m docs.tools.page_figures

pictures: $(VENV)/dev.stamp ## take the pictures of the page again (needs Chromium)
	$(BIN)/python -m docs.tools.pictures

format: $(VENV)/dev.stamp ## format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint types test ## lint, types and the fast tests; CI also builds the documentation and runs the slow tests

lock: $(VENV)/dev.stamp ## write the newest versions that pyproject.toml allows into constraints.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra compare --extra bench --universal \
		--python-version 3.11 --no-header --no-annotate --upgrade --quiet --output-file constraints.txt

wheel: $(VENV)/core.stamp ## build the wheel into dist/
	rm -rf build
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean: ## delete caches and build output; keeps .venv and runs
	rm -rf build dist site node_modules .coverage *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
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
$(VENV)/core.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) --editable .
	@touch $@

$(VENV)/train.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) --editable '.[train]'
	@touch $(VENV)/core.stamp $@

$(VENV)/compare.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) --editable '.[compare]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@

$(VENV)/bench.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) --editable '.[bench]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) --editable '.[dev]'
	@touch $(VENV)/core.stamp $(VENV)/train.stamp $@
