# Runs long steps with their output in a log, and tells how long they take. Sourced by setup.sh.

log=$artifacts/lab.log
step_seconds=0

# step WHAT COMMAND…: runs the command quietly, its output in $log, and returns its exit code.
# It runs in the background, so that Ctrl-C reaches it at once.
step() {
    local what=$1 started=$SECONDS code=0 ticker
    shift
    [[ -t 2 ]] || say "$what …"
    tick "$what" 9>&- &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null 9>&- &
    running=$!
    trap 'kill "$running" '"$ticker"' 2>/dev/null; exit 130' INT TERM
    wait "$running" || code=$?
    trap - INT TERM
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    step_seconds=$((SECONDS - started))
    if [[ -t 2 ]]; then
        printf '\r\033[Klab: %s: %s s\n' "$what" "$step_seconds" >&2
    elif ((step_seconds > 2)); then
        say "$what: $step_seconds s"
    fi
    return $code
}

# A terminal gets a counter, anything else a line every 15 seconds. `read` waits without a process to leave behind.
tick() {
    local started=$SECONDS passed next=15
    exec 8<> <(:)
    [[ ! -t 2 ]] || printf '\r\033[Klab: %s …' "$1" >&2
    while :; do
        read -r -t 1 -u 8 || true
        passed=$((SECONDS - started))
        if [[ -t 2 ]]; then
            printf '\r\033[Klab: %s … %s s' "$1" "$passed" >&2
        elif ((passed >= next)); then
            say "$1 … $passed s"
            next=$((next + 15))
        fi
    done
}

# One setup or build at a time; the descriptor 9 is closed again for whatever outlives this script.
lock() {
    mkdir -p "$artifacts" || die 1 "$artifacts cannot be written."
    command -v flock >/dev/null || return 0
    exec 9>"$artifacts/lab.lock"
    flock -n 9 || { say "another ./lab is setting up or building; waiting for it …"; flock 9; }
}

unlock() { exec 9>&-; }

log_says() { grep -qE "$1" "$log"; }
show_log() { tail -n "${1:-40}" "$log" >&2; }
