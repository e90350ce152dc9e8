# Set-up is part of every command and is done again only when what it rests on has changed.
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: monitor test check matrix soak report bench clean setup

monitor: setup ## embedded staging, schedule, metrics and a live table; Ctrl-C stops it
	@nmo-monitor serve

# Tests wait more than they work: with one process more than there are processors these are busy nine
# tenths of the time. Each has a staging and browsers of its own.
TESTERS ?= $(shell n=$$(nproc); echo $$((n < 8 ? n + 1 : 8)))
PYTEST := pytest --numprocesses $(TESTERS) --dist loadgroup
test: check node_modules/.ready ## lint, types, all tests
	@bin=$$(scripts/prometheus) || [ "$$CI" != true ] && PATH="$${bin:+$$bin:}$$PATH" $(PYTEST) tests/unit tests/services
	@# Of pytest's results those of the last run stay; the monitor's own are bounded by the monitor.
	@find allure-results -type f ! -name 'monitor-*' ! -name environment.properties ! -name .gitkeep -delete
	@# Degraded is good, but not on a staging without faults: there it is a false alarm. Not by settings that are in the folder:
	@# these may have nothing scheduled there.
	@$(PYTEST) tests/journeys tests/faults --settings tests/journeys/embedded.toml -W error:degraded --alluredir allure-results

check: setup ## lint and types
	@ruff format --check --quiet . && ruff check --quiet . && mypy

matrix: setup ## every fault on every journey that it touches, see docs/detection.md; REST=1 walks those it does not
	@python -m tests.faults.matrix $(if $(REST),--rest)

COUNT ?= 500
BENCHES ?= 1
soak: setup ## COUNT clean runs of every journey, none may raise an alarm, on BENCHES stagings; LOADED=1 keeps the machine busy meanwhile
	@python -m tests.faults.soak --count $(COUNT) --benches $(BENCHES) $(if $(LOADED),--loaded)

report: setup node_modules/.ready ## one Allure report of the tests and the schedule
	@nmo-monitor report

bench: setup benchmarks/node_modules/.ready ## comparison with peers, see docs/performance.md
	@python -m benchmarks

clean: ## everything that was made, the environment included
	@rm -rf $(VENV) .cache node_modules benchmarks/node_modules report .nmo-monitor test-results
	@find allure-results -type f ! -name .gitkeep -delete

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup $(VENV)
	@touch $@

node_modules/.ready: package-lock.json | setup
	@scripts/npm . && touch $@

benchmarks/node_modules/.ready: benchmarks/package-lock.json | setup
	@scripts/npm benchmarks && touch $@
