# The gate, the same here and in CI: build with warnings as errors, format, tests, notebooks. Sourced by setup.sh.

passed=0 failed=0 skipped=0

gate() {
    local wish=$1 fast='' filter='' rest=()
    shift
    while (($#)); do
        case $1 in
            --fast) fast=yes ;;
            --filter) filter=${2:-}; shift; [[ -n $filter ]] || die 2 "--filter wants part of a test's name." ;;
            --filter=*) filter=${1#*=} ;;
            --provider) wish=${2:-}; check_provider "$wish"; shift ;;
            --provider=*) wish=${1#*=}; check_provider "$wish" ;;
            --) shift; rest=("$@"); break ;;
            *) die 2 "test knows no '$1': only --fast, --filter NAME, --provider P, and what follows -- (for the test runner)." ;;
        esac
        shift
    done
    prepare "$wish"
    build_solution
    local whole=yes
    [[ -z $filter && ${#rest[@]} == 0 ]] || whole=''
    [[ -z $whole || -n $fast ]] || check_format
    run_tests ${fast:+-trait- Speed=Slow} ${filter:+-method "*$filter*"} ${rest[@]+"${rest[@]}"}
    [[ -z $whole || -n $fast ]] || check_notebooks
    unlock
    finish
}

finish() {
    echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
    exit $((failed > 0))
}

# pass WHAT, fail WHAT: one check more, told in a line.
pass() { passed=$((passed + 1)); say "ok: $1"; }
fail() { failed=$((failed + 1)); say "FAILED: $1"; }

# Nothing else can be judged where this fails. Both drop-ins are in the solution: they are compiled whatever the provider.
build_solution() {
    local sources
    sources=$(sources)
    if ! step "building everything, warnings as errors (provider $PackageProvider)" \
        dotnet build "$root/PeftLabs.sln" -c Release -v q; then
        (build_failed) || (($? != 3)) || exit 3
        fail "build"
        finish
    fi
    printf '%s\n' "$sources" "$(outputs)" >"$stamp"
    pass "build"
}

# What dotnet format finds, at half its cost: the build has run every style rule already, so that here the text's form and the order
# of the usings are left; the latter are looked at only beside some style rule.
verify_format() {
    cd "$root"
    dotnet format whitespace . --folder --verify-no-changes --exclude artifacts &&
        dotnet format style PeftLabs.sln --verify-no-changes --no-restore --diagnostics IDE0161 --severity warn
}

check_format() {
    if step "checking the format" verify_format; then
        pass "format"
    else
        show_log 30
        fail "format; dotnet format PeftLabs.sln repairs it"
    fi
}

run_tests() {
    local code=0 summary
    step "running the tests" dotnet "$artifacts/bin/PeftLabs.Tests/release/PeftLabs.Tests.dll" -noColor "$@" || code=$?
    summary=$(grep -E '^ +PeftLabs.Tests +Total: [0-9]+' "$log" | tail -n 1) || true
    if ((code != 0)) || [[ -z $summary ]]; then
        # The failures alone, each with its message and place; tests print much besides.
        awk '/ \[FAIL\]$/ { print; on = 1; next } on && /^      / { print; next } { on = 0 }' "$log" | head -n 200 >&2
        [[ -n $summary ]] || show_log 60
    fi
    local total errors failures left unrun
    total=$(count Total) errors=$(count Errors) failures=$(count Failed) left=$(count Skipped) unrun=$(count 'Not Run')
    failed=$((failed + failures + errors))
    skipped=$((skipped + left))
    passed=$((passed + total - failures - left - unrun))
    # A runner that died, or found nothing to run, has proved nothing.
    if ((code != 0 && failures + errors == 0)) || ((total == 0)); then
        fail "the test runner ended with code $code after $total tests"
    else
        say "tests: $total in $step_seconds s, $failures failed, $left skipped."
        ((left == 0)) || (grep -E -A 1 '\[SKIP\]' "$log" || true) | sed 's/^ */lab:   /' >&2
    fi
}

# count WORD: the number after it in the runner's summary.
count() { [[ $summary =~ $1:\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0; }

# Each lab: its kept outputs are whole, and every cell runs with few steps; what that writes goes to a temporary folder.
check_notebooks() {
    local notebook name folder
    folder=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$folder'" EXIT
    for notebook in "$root"/notebooks/*.ipynb; do
        [[ -f $notebook ]] || continue
        name=${notebook#"$root"/}
        if step "running $name with few steps" dotnet "$program" check "$notebook" --output "$folder"; then
            pass "$name"
        else
            show_log 30
            fail "$name"
        fi
    done
}
