# Everything here works on a fresh clone with Python >= 3.11, git and make; nothing is written outside the checkout.
PYTHON ?= python3
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes; without bytecode each would compile everything again.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode
BIN := .venv/bin
RUN := $(BIN)/uv run --frozen --no-sync

NIGHTLY := long_suite compiled schedulers cluster outages server_restarts operations pruning retention forgeries memory regexes large_pages package load fuzz
# growth.py takes an hour and is run by itself; the other files of benchmarks/ fit what is shipped as data.
BENCHMARKS := archive cadence citations classify diff extraction fetch first_day judges notices oneshot pipeline reader same_page scale soak_peers startup stories web

.DEFAULT_GOAL := help
.PHONY: help setup run demo test coverage browser soak soak-faults soak-long nightly lint docs dist bench figures compile clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: pyproject.toml uv.lock .ci/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "writethru needs Python 3.11 or newer; this is %s. Try: make PYTHON=/path/to/python3.11" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r .ci/uv.txt
	$(BIN)/uv sync --frozen --all-extras --quiet
	@touch $@

setup: .venv/.ready ## create .venv with every extra and the development tools

run: setup ## start the service on config/writethru.toml
	$(BIN)/writethru run --config config/writethru.toml --migrate

demo: setup ## watch two invented news sites on this machine for a minute
	$(BIN)/writethru demo

# pywb, which tests replay our exports with, needs old versions of much: it gets an environment of its own.
.cache/pywb/.ready:
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .cache/pywb \
	  && $(BIN)/uv pip install --quiet --python .cache/pywb/bin/python 'pywb==2.10.0' 'setuptools<81' \
	  && touch $@ || echo "pywb cannot be installed here: its replay is not tested"

test: setup .cache/pywb/.ready browser ## every test, PostgreSQL, SMTP, webhook receivers and a browser included
	$(BIN)/python -m pytest

# Slow tests wait for processes, which are not traced.
coverage: setup ## the tests of the package itself once more, slower: fails where they run less than 95% of its branches
	$(BIN)/python -m pytest -m "not slow" --cov --cov-report=term:skip-covered tests/unit tests/contract tests/migrations tests/integration

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	[ -n "$$WRITETHRU_CHROMIUM" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	echo "installing Chromium for the tests of the web page" && apt-get -qq update && \
	apt-get -qq install -y --no-install-recommends chromium fonts-dejavu >/dev/null; } || \
	printf '%s\n' "!! There is no Chromium here, and it cannot be installed by this user." \
	"!! THE WEB PAGE IS NOT TESTED IN A BROWSER: apt-get install chromium, or set WRITETHRU_CHROMIUM." >&2

soak: setup ## watch a day of invented news in ten minutes; exits 1 if a gate does not hold
	$(BIN)/python -m tests.soak

soak-faults: setup ## the same twice, the second time with kills and a locked archive; the figures are kept
	$(BIN)/python benchmarks/_record.py tests/soak --twice

soak-long: setup ## watch four days of invented news in two hours, with kills and a locked archive; the figures are kept
	$(BIN)/python benchmarks/_record.py tests/soak --hours 96 --minutes 120 --faults

nightly: setup ## every fault of docs/reference/programme.md at full length: some nine hours
	@$(MAKE) coverage
	@for n in $(NIGHTLY); do echo "== $$n"; $(BIN)/python benchmarks/_record.py tests/nightly/$$n.py || exit 1; done
	$(BIN)/python benchmarks/_record.py tests/soak --twice
	$(BIN)/python benchmarks/_record.py tests/soak --hours 96 --minutes 120 --faults

lint: setup ## ruff, mypy, import-linter, deptry, hadolint, the lock file and its known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/hadolint Dockerfile
	$(BIN)/python .ci/architecture.py
	$(BIN)/uv lock --check --quiet
	$(BIN)/python .ci/audit.py

docs: setup ## draw the architecture and build docs/ into docs/_build/html
	$(BIN)/python docs/make_architecture.py
	$(BIN)/sphinx-build -W -q -b html docs docs/_build/html

dist: setup ## build wheel, source archive and SBOM (CycloneDX) into dist/, byte for byte the same from the same commit
	rm -rf dist && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/uv build --quiet
	$(BIN)/uv export --quiet --frozen --all-extras --no-default-groups --preview --format cyclonedx1.5 --output-file dist/sbom.json >/dev/null

bench: setup ## run every benchmark and keep its figures in benchmarks/results; DATA=../shared/data gives them real pages
	$(BIN)/uv sync --frozen --all-extras --all-groups --quiet
	@for b in $(BENCHMARKS); do echo "== $$b"; $(BIN)/python benchmarks/_record.py benchmarks/$$b.py $(if $(DATA),--data $(DATA)) || exit 1; done
	@$(BIN)/python benchmarks/_record.py benchmarks/classify.py $(if $(DATA),--data $(DATA)) --ablate
	@$(if $(DATA),$(BIN)/python benchmarks/_record.py benchmarks/extraction.py --data $(DATA) --generalise)

figures: setup ## write the figures of benchmarks/results into README.md and docs
	$(BIN)/python benchmarks/_figures.py
	$(BIN)/python benchmarks/_targets.py

# The files that other processes enter, or that hold pydantic models, stay Python.
INTERPRETED := pool reader sandbox site_rules
compile: setup ## compile tracker/extraction with mypyc and gcc, again after each change of it; `make clean` removes it
	$(BIN)/mypyc $(filter-out $(INTERPRETED:%=tracker/extraction/%.py), $(wildcard tracker/extraction/[a-z]*.py))

clean: ## remove what these commands made
	rm -rf build dist *__mypyc.*.so tracker/extraction/*.so .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis docs/_build
