# Everything goes through CMake presets and pip; this file only puts them in order.
PYTHON ?= python3
CLANG_FORMAT ?= $(firstword $(notdir $(wildcard /usr/bin/clang-format-14)) clang-format)

# How long each fuzzer runs.
SECONDS ?= 60

bin := .venv/bin
cpp_sources = $(wildcard libblock/*.[ch]pp libblock/detail/*.[ch]pp libblock/targets/*.cpp \
	bindings/*.[ch]pp tests/cpp/*.[ch]pp tests/cpp/detail/*.[ch]pp tests/fuzz/*.[ch]pp \
	tests/install/*.cpp benchmarks/*.[ch]pp examples/*.cpp examples/*/*.cpp)
package_sources := CMakeLists.txt pyproject.toml README.md \
	$(shell find libblock bindings cmake schemas -type f ! -name '*.pyc')

.PHONY: help demo test bench bench-readme lint format coverage sanitize fuzz clean \
	build-packages test-packages bench-packages lint-packages fuzz-packages

help:  ## List what there is
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/installed  ## Watch the 3CX incident become a package, a policy and decisions
	@PATH="$(CURDIR)/$(bin):$$PATH" examples/3cx/demo.sh

test: test-packages .venv/installed  ## Run every test: C++, sanitizers, installed library and wheel, Python
	cmake --workflow --preset dev
	cmake --workflow --preset sanitize
	tests/install/run.sh
	$(MAKE) --no-print-directory build/wheel/tested
	$(bin)/python -m mypy.stubtest libblock --mypy-config-file pyproject.toml
	$(bin)/pytest

bench: bench-packages .venv/installed  ## Measure extraction, packages, sets, lookups and targets against other ways to do the same
	@cmake --preset release >/dev/null
	@cmake --build --preset release >/dev/null
	@PATH="$(CURDIR)/$(bin):$$PATH" build/release/benchmarks/extraction
	@echo
	@build/release/benchmarks/extraction_patterns
	@echo
	@build/release/benchmarks/extraction_memory
	@echo
	@$(bin)/python benchmarks/extraction_python.py build/release/benchmarks/extraction_library.so
	@echo
	@build/release/benchmarks/package
	@echo
	@build/release/benchmarks/hash_set
	@echo
	@build/release/benchmarks/targets

# The same, kept in its README.
bench-readme: .venv/installed
	@mkdir -p build
	{ sed '/^## The last run/q' benchmarks/README.md && printf '\n```text\n' && \
	    $(MAKE) --no-print-directory bench && printf '```\n'; } >build/bench.md
	mv build/bench.md benchmarks/README.md

lint: lint-packages .venv/installed  ## Check format, types, style and layout of all sources
	$(CLANG_FORMAT) --dry-run -Werror $(cpp_sources)
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/python tools/check_layout.py
	cmake --workflow --preset tidy

format: lint-packages .venv/installed  ## Format all sources
	$(CLANG_FORMAT) -i $(cpp_sources)
	$(bin)/ruff check --fix
	$(bin)/ruff format

coverage: lint-packages  ## Print line and branch coverage of the library by its C++ tests
	rm -rf build/coverage/profiles
	cmake --workflow --preset coverage
	$(PYTHON) tools/coverage.py build/coverage

sanitize: build-packages  ## Run the C++ tests with address and undefined behaviour sanitizers
	cmake --workflow --preset sanitize

fuzz: fuzz-packages  ## Run each fuzzer under sanitizers for SECONDS (60), and count its runs
	cmake --preset fuzz
	cmake --build --preset fuzz
	$(PYTHON) tools/fuzz.py build/fuzz --seconds $(SECONDS)

clean:  ## Remove all that was built
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

build-packages:
	@tools/install-packages build

test-packages:
	@tools/install-packages build test

bench-packages:
	@tools/install-packages build bench

lint-packages:
	@tools/install-packages build lint

fuzz-packages:
	@tools/install-packages build fuzz

# The build tools come first and stay: pip's own isolated build would compile everything anew. With
# setuptools and wheel, what is published only as sources can be built in the same way.
.venv/bin/python: | build-packages
	$(PYTHON) -m venv .venv
	$(bin)/pip install -q 'pybind11>=3.0' 'scikit-build-core>=0.11' setuptools wheel

.venv/installed: $(package_sources) | .venv/bin/python
	$(bin)/pip install -q --no-build-isolation '.[dev]'
	@touch $@

build/wheel/tested: $(package_sources) tests/install/wheel.sh .venv/installed
	tests/install/wheel.sh
	@touch $@
