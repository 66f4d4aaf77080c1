# One command for each thing one does here. All but `help` and `clean` set the environment up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNNABLE := $(VENV)/.runnable
INSTALLED := $(VENV)/.installed
RUN_LOCK := requirements.lock
DEV_LOCK := requirements-dev.lock
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
UV_VERSION := 0.13.8
FUZZ_ROUNDS ?= 1000000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check bench e2e fuzz lock clean

help: ## this text
	@echo "clusterdns: make TARGET"
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  \1 \t\2/p' Makefile

install: $(INSTALLED) ## set up .venv with everything, .venv/bin/clusterdns included

# What it takes to run: the locked run-time packages, and the project, found where it stands.
$(RUNNABLE): pyproject.toml $(RUN_LOCK)
	@command -v $(PYTHON) >/dev/null || { \
	  echo "make: $(PYTHON) is missing; install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Python 3.11 or newer is needed and $(PYTHON) is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "make: $(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Setting up $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@$(PIP) --require-hashes --requirement $(RUN_LOCK)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# The rest: what tests and checks take.
$(INSTALLED): $(RUNNABLE) $(DEV_LOCK)
	@echo "Adding the development tools to $(VENV) ..."
	@$(PIP) --require-hashes --requirement $(DEV_LOCK)
	@touch $@

run: $(RUNNABLE) ## serve examples/cluster on 127.0.0.1:1053 with Corefile.example
	@echo "Serving examples/cluster on 127.0.0.1:1053 with Corefile.example; Ctrl-C ends it. Ask from another terminal:"
	@echo "  dig @127.0.0.1 -p 1053 web.shop.svc.cluster.local"
	@echo "  dig @127.0.0.1 -p 1053 _http._tcp.web.shop.svc.cluster.local SRV"
	@echo "  nslookup -port=1053 db-0.db.shop.svc.cluster.local 127.0.0.1"
	@exec $(BIN)/clusterdns -conf Corefile.example

test: install ## the test suite; one part of it: make test ARGS=tests/dns
	@$(BIN)/pytest $(ARGS)

check: install ## formatting, lint, types, import rules, slow tests, known vulnerabilities
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet -m check
	.ci/audit

bench: install ## figures of speed, CPU time per query
	@$(BIN)/python -m bench $(ARGS)

e2e: install ## tests beside programs on the PATH: coredns, dig, nslookup, kube-apiserver with etcd
	@$(BIN)/pytest -m e2e --timeout=600 -rs $(ARGS)

fuzz: install ## the tests with random input, with FUZZ_ROUNDS=1000000 of it
	@$(BIN)/pytest -m fuzz --timeout=0 --fuzz-rounds=$(FUZZ_ROUNDS) $(ARGS)

# The locks hold for every platform and every Python from 3.11 on, and agree: what runs is what is tested.
# No address of an index is written into them.
COMPILE = .venv-lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
lock: ## make both locks anew from pyproject.toml, with the newest versions
	@test -x .venv-lock/bin/pip || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(COMPILE) --group dev --upgrade --output-file $(DEV_LOCK).new
	@{ echo '# The locked development environment: every package with its version and hashes. Made by `make lock`.'; \
	  cat $(DEV_LOCK).new; } >$(DEV_LOCK) && rm $(DEV_LOCK).new
	@$(COMPILE) --group install --constraint $(DEV_LOCK) --output-file $(RUN_LOCK).new
	@{ echo '# What running takes, and hatchling, which installs it: a part of $(DEV_LOCK). Made by `make lock`.'; \
	  cat $(RUN_LOCK).new; } >$(RUN_LOCK) && rm $(RUN_LOCK).new

clean: ## remove the environment, caches and built things
	rm -rf $(VENV) .venv-lock build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find clusterdns plugins tests testbed bench -name __pycache__ -type d -prune -exec rm -rf {} +
