# What there is to do here. `make` alone explains itself; nothing but python3 and make is needed.

PYTHON ?= python3
ARGS ?=
JOBS ?= auto

VENV := .venv/bin
# Tests run a process a core: libraries that took every core in each would only wait for each other.
ONE_EACH := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
BENCH := .venv-bench/bin
asked := $(if $(filter-out file default undefined,$(origin PYTHON)),--this-python)
environment = command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	echo "There is no $(PYTHON) here. Install Python 3.11 to 3.14, or name one: make PYTHON=/path/to/python3 $@" >&2; exit 2; }; \
	"$(PYTHON)" scripts/environment.py $(asked)

unexport PYTHONHOME PYTHONPATH PYTHONSTARTUP
.DEFAULT_GOAL := help
.PHONY: help demo env test test-slow test-torch check format bench lock lock-upgrade clean

help: ## Show this list
	@echo "clearprop: a neural-network library in which every number shows its work"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  ARGS=...  goes on to the command, as in: make test ARGS='-k matmul -x'"
	@echo "  PYTHON=python3.13  chooses the Python (3.11 to 3.14) that .venv is built with"

demo: ## Train on handwritten digits and explain one weight
	@$(environment) core
	@$(VENV)/clearprop demo $(ARGS)

env: ## Build .venv with everything that development needs
	@$(environment) core test lint

test: ## Run the tests and every example in the documentation
	@$(environment) core test
	@$(ONE_EACH) $(VENV)/python -m pytest -n $(JOBS) --maxprocesses 8 $(ARGS)

test-slow: ## Run the slow tests too
	@$(environment) core test
	@$(ONE_EACH) $(VENV)/python -m pytest -n $(JOBS) --maxprocesses 8 -m 'slow or not slow' $(ARGS)

test-torch: ## Run what needs PyTorch, in the environment of the benchmarks
	@$(environment) core bench
	@$(ONE_EACH) $(BENCH)/python -m unittest discover -s torch_tests -t . $(ARGS)

check: ## Check format, lint, types, the layers and file lengths
	@$(environment) core lint
	@echo "format";  $(VENV)/python -m ruff format --check --quiet --diff .
	@echo "lint";    $(VENV)/python -m ruff check --quiet .
	@echo "types";   $(VENV)/python -m mypy --no-error-summary
	@echo "layers";  $(VENV)/lint-imports --no-logo
	@echo "lengths"; $(VENV)/python scripts/file_lengths.py

format: ## Format the code and mend what can be mended without asking
	@$(environment) core lint
	@$(VENV)/python -m ruff check --quiet --fix --exit-zero .
	@$(VENV)/python -m ruff format .

bench: ## Measure against NumPy written by hand, in an environment of its own
	@$(environment) core bench
	@$(BENCH)/python -m benchmarks $(ARGS)

lock: ## Write requirements/*.txt after a change of pyproject.toml
	@$(environment) lock
	@bash scripts/lock.sh

lock-upgrade: ## The same, with the newest version of everything
	@$(environment) lock
	@bash scripts/lock.sh --upgrade

clean: ## Remove what was built, environments included
	@rm -rf .venv .venv-bench .venv-lock build dist report.html digits.safetensors
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
