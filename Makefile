# `make` alone lists what there is. Everything works on a fresh Debian or Ubuntu machine with Python
# 3.11 or later, git and make; bin/setup brings the rest, once.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

BIN := .venv/bin
WORLD := $(BIN)/python -m tests.support.worlds
# Serving is for people, not for working on the code: no debug pages, and a secret that is kept.
SERVE = mkdir -m 700 -p var && export DEBUG=false SECRET_KEY_FILE="$${SECRET_KEY_FILE:-$(CURDIR)/var/secret_key}" \
	&& $(BIN)/python -c "from talktech.config import ROOT, stored_secret; stored_secret(ROOT / 'var' / 'secret_key')" \
	&& exec $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run demo test quick test-sqlite test-servers test-faults check format lock pictures bench-room need-run need-tools need-test need-bench need-faults
export PYTHON

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "HOST=, PORT= for run and demo; ARGS= for pytest, ARGS=--upgrade for lock, ARGS=--quick for bench-room."

run: need-run ## Start your own TalkTech at http://localhost:8000/
	@$(SERVE) serve --host $(HOST) --port $(PORT)

demo: need-run ## Start a demo whose room opens within two minutes
	@export DATABASE_URL="sqlite:///$(CURDIR)/var/demo.sqlite3"; $(SERVE) demo --host $(HOST) --port $(PORT)

test: need-test ## Run every test on SQLite, and again what touches storage on PostgreSQL and Redis
	@echo "== Everything, on SQLite"
	@$(WORLD) sqlite $(ARGS)
	@echo "== What touches the database or the channel layer, on PostgreSQL and Redis"
	@$(WORLD) servers $(ARGS)

test-sqlite: need-test ## Run the tests on SQLite only (ARGS="tests/chat -k order")
	@$(WORLD) sqlite $(ARGS)

quick: need-tools ## Run the tests that start no server and no browser, on SQLite, in under two minutes
	@$(WORLD) quick $(ARGS)

test-servers: need-test ## Run the tests on PostgreSQL and Redis only
	@$(WORLD) servers $(ARGS)

test-faults: need-faults ## Break what the room stands on, in every way, and check its history (SEEDS="4 5")
	@FAULTS=long $(WORLD) sqlite tests/faults -n 0 -s -o faulthandler_timeout=0 $(ARGS)

check: need-tools ## Read the code: format, lint, types, imports, migrations, templates, scripts
	@bin/check

format: need-tools ## Format Python, JavaScript and CSS, and fix what can be fixed automatically
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format
	@node_modules/.bin/biome check --write

lock: need-tools ## Pin all dependencies with hashes (ARGS=--upgrade takes newer ones)
	@echo "== Pinning what the product and the tools need"
	@for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
			--no-emit-index-url --custom-compile-command "make lock" $(ARGS) \
			$$name.in --output-file $$name.txt || exit; \
	done
	@echo "== Pinning what checks the browser's part"
	@npm install --package-lock-only --silent

pictures: need-test ## Take the pictures of the documentation from the running product
	@$(BIN)/python bin/pictures.py

bench-room: need-bench ## Measure the live room, beside Channels' own pattern and Node's ws
	@$(BIN)/python -m bench.room $(ARGS)

need-run:
	@bin/setup run

need-tools:
	@bin/setup tools

need-test:
	@bin/setup test

need-faults:
	@bin/setup faults

need-bench:
	@bin/setup bench
