# Everything sets itself up: a clean clone needs python3 with venv, make and a package client.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PYTHON := $(VENV)/bin/python
EMULATOR := .venv-emulator
WEB := functions/web
VENDOR := $(WEB)/static/vendor
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
export PYTHONPATH := functions:.

.PHONY: help run web test coverage exiftool chromium simulate cold-starts bench fuzz openapi lint lint-contract format lock scenes contact-sheet page-pictures synth deploy destroy clean

help:  ## List every command.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/bin/python:
	python3 -m venv $(VENV)

$(VENV)/run.stamp: functions/requirements.txt infra/local/requirements.txt | $(VENV)/bin/python
	@echo "Installing what the service needs ..."
	$(INSTALL) -r functions/requirements.txt -r infra/local/requirements.txt
	touch $@

$(VENV)/synth.stamp: functions/requirements.txt infra/requirements.txt | $(VENV)/bin/python
	@echo "Installing what describes the stack ..."
	$(INSTALL) -r functions/requirements.txt -r infra/requirements.txt
	touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp $(VENV)/synth.stamp tests/requirements.txt
	@echo "Installing what the tests need ..."
	$(INSTALL) -r tests/requirements.txt
	touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp tests/bench/requirements.txt
	@echo "Installing what the benchmarks need ..."
	$(INSTALL) -r tests/bench/requirements.txt
	touch $@

$(EMULATOR)/stamp: tests/aws/requirements.txt
	@echo "Installing the emulator of AWS ..."
	python3 -m venv $(EMULATOR)
	$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# The page has no build step: these files are served as their packages bring them.
LIBRARIES := preact/dist/preact.mjs preact/hooks/dist/hooks.mjs htm/dist/htm.mjs \
	@preact/signals/dist/signals.mjs @preact/signals-core/dist/signals-core.mjs

$(WEB)/node_modules/stamp: $(WEB)/package.json $(WEB)/package-lock.json
	@echo "Installing what the page needs ..."
	npm ci --prefix $(WEB) --silent --no-audit --no-fund
	touch $@

$(VENDOR)/stamp: $(WEB)/node_modules/stamp
	rm -rf $(VENDOR) && mkdir -p $(VENDOR)
	cp $(addprefix $(WEB)/node_modules/,$(LIBRARIES)) $(VENDOR)
	touch $@

web: $(VENDOR)/stamp  ## Fetch the page's libraries.

run: $(VENV)/run.stamp web  ## Serve on 127.0.0.1:$PORT (8000), data in $SCENE_STUDIO_DATA (.scene-studio).
	@exec $(PYTHON) -m infra.local.server

# The one tool of the tests that is no Python package: Debian's libimage-exiftool-perl.
exiftool:
	@command -v exiftool >/dev/null || { \
	  echo "Installing exiftool ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libimage-exiftool-perl >/dev/null; \
	} || { echo "Install exiftool (Debian: libimage-exiftool-perl), and run this again."; exit 1; }

# The browser that the page is tested in: Debian's.
chromium:
	@command -v chromium >/dev/null || { \
	  echo "Installing Chromium ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-inter >/dev/null; \
	} || { echo "Install Chromium (Debian: chromium), and run this again."; exit 1; }

test: lint lint-contract exiftool chromium web $(EMULATOR)/stamp  ## Lint, type-check, and run every test.
	$(PYTHON) -m pytest -n 2 --dist loadgroup $(PYTEST)

# Not in every run: it takes half as long again.
coverage: PYTEST += --cov=functions --cov=infra
coverage: test  ## Do the same with branch coverage, which must not fall below 90 %.

lint: $(VENV)/test.stamp  ## Check style, types, and that imports run downwards.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy functions infra tests
	$(VENV)/bin/lint-imports --no-cache

openapi: $(VENV)/run.stamp  ## Write the contract of the API, functions/openapi.json, from the code.
	$(PYTHON) -m infra.contract.write functions/openapi.json

CONTRACT := infra/contract

$(CONTRACT)/node_modules/stamp: $(CONTRACT)/package.json $(CONTRACT)/package-lock.json
	@echo "Installing what the contract is linted with ..."
	npm ci --prefix $(CONTRACT) --silent --no-audit --no-fund --ignore-scripts
	touch $@

lint-contract: $(CONTRACT)/node_modules/stamp  ## Check the contract with Spectral: OpenAPI's own rules and OWASP's.
	cd $(CONTRACT) && node_modules/.bin/spectral lint --fail-severity=hint ../../functions/openapi.json

cold-starts: $(VENV)/test.stamp web  ## Print what the cold start of each function costs, from its bundle.
	$(PYTHON) -m tests.aws.cold_starts

bench: $(VENV)/bench.stamp web chromium  ## Measure what everything costs, into tests/bench: ONLY="edits drain" for some of it.
	$(PYTHON) -m tests.bench $(ONLY)

fuzz: $(VENV)/test.stamp web  ## Damage pictures, and call the API in every way, for MINUTES=n (5) in all; SEED=n repeats a run.
	$(PYTHON) -m tests.fuzz --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED))

format: $(VENV)/test.stamp  ## Format the code, and mend what the linter can.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

simulate: $(VENV)/test.stamp  ## Try to break the store: SEEDS=n schedules, on all cores.
	$(PYTHON) -m tests.simulation.run --seeds $(or $(SEEDS),20000)

scenes: $(VENV)/run.stamp  ## Render the stock scenes again.
	$(PYTHON) -m scene_studio.generation.stock_pictures functions/scene_studio/scenes

contact-sheet: $(VENV)/run.stamp  ## Draw one pair of products in many settings, to look at.
	$(PYTHON) -m tests.support.contact_sheet tests/pictures/contact-sheet.jpg

.PHONY: export import check
# On the data folder in $SCENE_STUDIO_DATA, or with STORE=s3:bucket on a bucket.
OPERATE = @$(PYTHON) -m infra.operators $(1) $(if $(STORE),--store $(STORE)) $(2)

export: $(VENV)/run.stamp  ## Write a client into one file: CLIENT=id TO=file, INCOMPLETE=1 without what is missing.
	$(call OPERATE,export,$(CLIENT) $(TO) $(if $(INCOMPLETE),--incomplete))

import: $(VENV)/run.stamp  ## Read a client from such a file: FROM=file, and CLIENT=id for another id than it had.
	$(call OPERATE,import,$(FROM) $(if $(CLIENT),--client $(CLIENT)))

check: $(VENV)/run.stamp  ## Find what is missing or damaged in a whole store; writes nothing.
	$(call OPERATE,check)

# Node 20 still runs it, and says in red at every start that its own time is over.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

synth: $(VENV)/synth.stamp web  ## Write the stack's template and bundles into cdk.out: CONTEXT="-c imageModel=bedrock-core".
	$(PYTHON) -m infra.app $(CONTEXT)

# The newest CLI refuses assemblies of this library's version.
CDK = cd infra && PYTHONPATH=$(CURDIR)/functions:$(CURDIR) npx --yes aws-cdk@2.1148.1

deploy: $(VENV)/synth.stamp web  ## Put the stack into the AWS account that the environment names; CONTEXT as for synth.
	$(CDK) deploy $(CONTEXT)

destroy: $(VENV)/synth.stamp web  ## Take the stack down; the bucket and the people who may sign in stay.
	$(CDK) destroy $(CONTEXT)

page-pictures: $(VENV)/test.stamp web chromium  ## Take the README's pictures of the page.
	$(PYTHON) -m tests.browser.pictures tests/pictures

LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: | $(VENV)/bin/python  ## Compile the groups of pyproject.toml into locked requirement files.
	$(PYTHON) -m pip install --quiet uv==0.13.9
	$(LOCK) --group functions --output-file functions/requirements.txt
	$(LOCK) --group local --constraint functions/requirements.txt --output-file infra/local/requirements.txt
	$(LOCK) --group infra --constraint functions/requirements.txt --output-file infra/requirements.txt
	$(LOCK) --group tests --constraint functions/requirements.txt --constraint infra/local/requirements.txt \
		--constraint infra/requirements.txt --output-file tests/requirements.txt
	$(LOCK) --group bench --constraint tests/requirements.txt --output-file tests/bench/requirements.txt
	$(LOCK) --group emulator --output-file tests/aws/requirements.txt

clean:  ## Remove what was installed and cached; the data folder stays.
	rm -rf $(VENV) $(EMULATOR) $(WEB)/node_modules $(CONTRACT)/node_modules $(VENDOR) .build cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
