# Two commands need nothing but Python 3.11-3.13 and make: `make run` and `make test`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do command -v $$p && break; done)
INSTALLED = @$(PYTHON) ops/bootstrap.py
BIN = .venv/bin
POT = .venv/messages.pot
UV = $(shell command -v uv || echo $(BIN)/uv)
LOCK = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes pyproject.toml

.PHONY: help run demo test check format messages lock

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: ## start everything on this machine and show the address and the demo sign-in
	$(INSTALLED) run -m worker run

demo: ## fill the database with the demo chain (DEMO="--stores 50 --days 90" for another size)
	$(INSTALLED) run -m flask --app wsgi demo $(DEMO)

test: ## every test, on SQLite and on a PostgreSQL and Redis of its own (TESTS="-k alerts" for some)
	$(INSTALLED) dev -m pytest -n 4 --dist worksteal $(TESTS)

check: ## what has to be clean before a commit: style, types, import order, templates, architecture
	$(INSTALLED) dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app --lint --quiet
	$(BIN)/python -m pytest -q tests/architecture

format: ## rewrite the code in the one style
	$(INSTALLED) dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: ## bring new texts of pages and code into the catalogues, to be translated there
	$(INSTALLED) dev
	$(BIN)/pybabel -q extract -F babel.cfg --add-location=file --sort-output -o $(POT) .
	$(BIN)/pybabel -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date -i $(POT) -d app/translations

lock: ## pin the ranges of pyproject.toml anew into the two requirements files
	$(INSTALLED) dev
	$(LOCK) -o requirements.txt
	$(LOCK) --group dev -o requirements-dev.txt
