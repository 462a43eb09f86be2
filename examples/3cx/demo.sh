#!/usr/bin/env bash
# The 3CX job on the command line: from the advisory's text to a reviewed package and policy, and to
# what they do.
#
#   demo.sh [FOLDER]    writes into FOLDER, by default a new one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$(mktemp -d)}

# The time of every record, fixed so that each run writes the same files.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1680163200}

say() { printf '\n# %s\n' "$*"; }

# Shows a command and runs it. libblock exits with 1 where it has findings: expected is said so.
run() {
    local expected=0 code=0 word
    if [ "$1" = --findings ]; then
        expected=1
        shift
    fi
    printf '$'
    for word in "$@"; do
        case $word in
            *' '*) printf ' "%s"' "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$@" || code=$?
    if [ "$code" != "$expected" ]; then
        echo "demo: that exited with $code, not with $expected" >&2
        exit 1
    fi
}

mkdir -p "$folder"
cp "$here/advisory.md" "$here/executions.json" "$folder"
cd "$folder"
rm -f 3cx-desktopapp.yaml policy.yaml

say "What does the advisory hold?"
run libblock extract advisory.md

say "Create a package and add every hash of the advisory to it."
run libblock new 3cx-desktopapp.yaml --name "3CX DesktopApp" --tag supply-chain
run libblock import 3cx-desktopapp.yaml advisory.md

say "Block by Original Filename as well, on each operating system."
run libblock rule add 3cx-desktopapp.yaml --name "3CXDesktopApp on windows" \
    --platform windows --original-filename 3CXDesktopApp.exe
for platform in macos linux; do
    run libblock rule add 3cx-desktopapp.yaml --name "3CXDesktopApp on $platform" \
        --platform "$platform" --original-filename 3CXDesktopApp
done

say "Enforce it at the root of the policy; only watch on the Linux servers."
run libblock policy init policy.yaml
run libblock policy group add policy.yaml /Workstations /Servers /Servers/Linux
run libblock policy enable policy.yaml 3cx-desktopapp.yaml --group / --enforce
run libblock policy enable policy.yaml 3cx-desktopapp.yaml --group /Servers/Linux --audit
run libblock policy show policy.yaml

say "Is anything in it probably not what was meant?"
run --findings libblock check --policy policy.yaml

say "What happens when these files are executed?"
for group in /Workstations /Servers; do
    run --findings libblock decide --policy policy.yaml --facts executions.json --group "$group"
done
run libblock decide --policy policy.yaml --facts executions.json --group /Servers/Linux

say "Hand it to the engines of the workstations; each says what it cannot express."
for target in wdac santa clamav; do
    run libblock export --policy policy.yaml --group /Workstations --to "$target" -o "$target" --force
done

printf '\nThe package and the policy are in %s\n' "$folder"
