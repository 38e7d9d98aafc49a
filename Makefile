# Everything starts from Python 3.11+ with venv, make and git. The first target that needs it makes .venv
# with uv from the package index; nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BOOTSTRAP := .bootstrap
UV := $(BOOTSTRAP)/bin/uv
READY := $(VENV)/.ready
# Municipal networks often inspect TLS: trust what the machine trusts.
export UV_SYSTEM_CERTS ?= 1
# Some container images forbid Python to keep what it compiled: then every process of every test compiles again.
unexport PYTHONDONTWRITEBYTECODE
# A file's tests share what is dear to set up, so each file stays with one process. Four for two cores: the slow files,
# which come first, wait for other processes most of their time.
PARALLEL := -n 4 --dist loadfile --no-loadscope-reorder
# Where each test is long and sets up its own, whichever process is free takes the next one.
ONE_BY_ONE := --dist load --maxschedchunk 1
HAS_NGINX := PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v nginx

.DEFAULT_GOAL := help
.PHONY: help demo test postgres nginx rabbitmq browser check docs bench soak clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("make: Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + "; say make PYTHON=python3.12" if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	@echo "setting up: a virtual environment with uv in $(BOOTSTRAP)"
	@$(PYTHON) -m venv $(BOOTSTRAP)
	@$(BOOTSTRAP)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"

$(READY): pyproject.toml uv.lock registry/pyproject.toml $(wildcard plugins/*/pyproject.toml) | $(UV)
	@echo "setting up: the locked dependencies (the first time they are downloaded)"
	@$(UV) sync --quiet --frozen --all-packages --all-groups --python $(BOOTSTRAP)/bin/python
	@touch $@

demo: $(READY)  ## a bot from its author through a registry to three municipalities
	@$(BIN)/rpac demo

# Look for a program; where it is missing, root gets it from Debian, and anybody else is told how.
# $(1): how it is looked for, $(2): its name, $(3): Debian's package
define need
	@{ $(1); } >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing $(2): apt-get install $(3)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq $(3) >/dev/null; } \
			|| { echo "apt-get could not install $(3)"; exit 1; }; \
		else echo "$(2) was not found; as root: apt-get install $(3)"; exit 1; fi; }
endef

test: $(READY)  ## all tests but the heavy ones; says what it left out
	@$(BIN)/pytest -m "not storm and not browser and not rabbitmq" $(PARALLEL)
	@echo "left out: the pages in a browser (make browser)."
	@echo "left out: the registry's tests on PostgreSQL (make postgres)."
	@$(HAS_NGINX) >/dev/null 2>&1 || echo "left out: the export under nginx, which is not here (make nginx)."
	@echo "left out: events from a real RabbitMQ (make rabbitmq)."
	@echo "left out: the long storms: kills, fifty clients at once (make soak)."
	@test -n "$$RPAC_SPECS" || echo "left out: tests against the official schemas (set RPAC_SPECS to a folder that holds them, see CONTRIBUTING.md)."

postgres: $(READY)  ## the registry's tests once more, on a PostgreSQL that the tests start
	$(call need,command -v initdb || ls /usr/lib/postgresql/*/bin/initdb,PostgreSQL,postgresql)
	@RPAC_REGISTRY_DATABASE=postgresql $(BIN)/pytest -m "not browser" $(PARALLEL) tests/registry

nginx: $(READY)  ## the registry's export, served by nginx to pip and uv
	$(call need,$(HAS_NGINX),nginx,nginx)
	@$(BIN)/pytest -m nginx tests/registry

rabbitmq: $(READY)  ## events from a RabbitMQ server that the tests start
	$(call need,ls /usr/lib/rabbitmq/bin/rabbitmq-server || command -v rabbitmq-server,RabbitMQ,rabbitmq-server)
	@$(BIN)/pytest -m rabbitmq tests/e2e/rabbitmq

browser: $(READY)  ## the web pages in headless Chromium: axe, keyboard, 320 px
	$(call need,command -v chromium || command -v chromium-browser || command -v google-chrome || command -v msedge,Chromium,chromium)
	@RPAC_SCREENSHOTS="$(RPAC_SCREENSHOTS)" $(BIN)/pytest -m browser -n 2 $(ONE_BY_ONE) tests/registry

check: $(READY)  ## ruff, mypy, import order, dependencies, spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@git ls-files -z | xargs -0 $(BIN)/codespell

docs: $(READY)  ## build the documentation into site/
	@$(BIN)/mkdocs build --strict --quiet && echo "the documentation is in site/index.html"

bench: $(READY)  ## run the benchmarks and write benchmarks/results/
	@$(BIN)/python -m benchmarks

soak: $(READY)  ## the long storms: kills, and fifty clients of a registry at once
	@$(BIN)/pytest -m storm -n 4 $(ONE_BY_ONE)

clean:  ## remove what was made here: .venv, .rpac, caches
	@rm -rf $(VENV) $(BOOTSTRAP) .rpac site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
