# Each command sets itself up: Python 3.11 or newer, make and the package registries are all it needs.
# Settings are variables: make run PORT=9000

PYTHON ?= python3
WORKERS ?= logical
RUN = .venv/bin/python
FOR_RUNNING = @$(PYTHON) scripts/setup.py requirements.txt
FOR_DEVELOPING = @$(PYTHON) scripts/setup.py requirements-dev.txt
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade

.PHONY: run test lint words demo bench walk lock clean

run: ## Start Vannilli and print its address; Ctrl-C stops it
	$(FOR_RUNNING)
	@$(RUN) -m vannilli_app.run

test: ## Run every test, on every core: make test ARGS="-k tempo" WORKERS=0 runs some, in one process
	$(FOR_DEVELOPING)
	@$(RUN) -m tests.browser
	@$(RUN) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 $(ARGS)

lint: ## Check style, types and which way imports point
	$(FOR_DEVELOPING)
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy
	@.venv/bin/lint-imports
	@$(RUN) -m tests.npm
	@$(RUN) scripts/audit.py

words: ## Bring the catalogues of all languages up to the sources
	$(FOR_DEVELOPING)
	@$(RUN) -m tests.catalogue

demo: ## Make a finished video from nothing
	$(FOR_RUNNING)
	@$(RUN) -m vannilli_app.demo

bench: ## Print how fast it is on this machine
	$(FOR_DEVELOPING)
	@$(RUN) -m tests.bench

walk: ## Look at a running Vannilli in a browser: make walk URL=https://…
	$(FOR_DEVELOPING)
	@$(RUN) -m tests.browser
	@$(RUN) -m tests.e2e.visit $(URL)

lock: ## Pin the newest versions that requirements*.in and Reflex allow
	$(FOR_DEVELOPING)
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt
	$(PYTHON) scripts/setup.py requirements-dev.txt
	rm -rf .web reflex.lock
	$(RUN) -m vannilli_app.frontend

clean: ## Remove what was installed and built; DATA_DIR stays
	rm -rf .venv .web .states build assets/external .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
