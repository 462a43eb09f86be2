#!/usr/bin/env bash
# Builds the source distribution, a wheel from that, and uses the wheel in an empty environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$PWD/build/wheel
rm -rf "$work"
mkdir -p "$work"

.venv/bin/python -m build --outdir "$work/dist" . >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q "$work"/dist/*.whl
cd "$work"
venv/bin/python -c "
import importlib.resources, libblock
files = importlib.resources.files(libblock)
for name in ('py.typed', '_core.pyi', 'schemas/package.schema.json', 'schemas/policy.schema.json'):
    assert files.joinpath(name).is_file(), name
assert len(libblock.extract('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad').accepted) == 1
"
venv/bin/libblock --version
echo "wheel test: passed"
