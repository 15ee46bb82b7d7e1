#!/usr/bin/env bash
# Resolve requirements/*.txt anew from pyproject.toml: every Python that clearprop supports, every
# platform, each file by its hash. Pins that still fit are kept; --upgrade takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv-lock/bin/uv
[ -x "$uv" ] || uv=$(command -v uv) || { echo "uv is missing: run 'make lock'" >&2; exit 2; }
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

compile() {  # group..., then options after --
    "$uv" pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate --quiet "$@" >/dev/null
}

# One resolution for all that shares .venv, so that its groups agree on every version.
if [ "${1:-}" != "--upgrade" ] && ls requirements/*.txt >/dev/null 2>&1; then
    grep -hE '^[a-z0-9]' requirements/{core,test,lint}.txt | sed 's/ *\\$//' | sort -u >"$scratch/all.txt"
fi
compile --group build --group test --group lint -o "$scratch/all.txt"
mkdir -p requirements
for group in core test lint; do
    source=$group
    [ "$group" = core ] && source=build
    compile --group "$source" --constraint "$scratch/all.txt" --generate-hashes -o "$scratch/$group.txt"
    mv "$scratch/$group.txt" "requirements/$group.txt"
done

upgrade=()
[ "${1:-}" = "--upgrade" ] && upgrade=(--upgrade)
compile --group build --group bench --constraint "$scratch/all.txt" --generate-hashes \
    ${upgrade[@]+"${upgrade[@]}"} -o requirements/bench.txt
"$uv" pip compile --group lock --universal --python-version 3.11 --no-header --no-annotate --quiet \
    --generate-hashes ${upgrade[@]+"${upgrade[@]}"} -o requirements/lock.txt >/dev/null
if grep -nE '://|/tmp/' requirements/*.txt; then
    echo "a lock file names a host or a path" >&2
    exit 1
fi
