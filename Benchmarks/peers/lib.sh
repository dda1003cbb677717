# shellcheck shell=bash
# Shared by the peer scripts; each sources it first.
#
# It makes a temporary directory ($work), stops every process that was started
# with `start` (and only those) when the script ends, and removes the directory.

set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d -t peers.XXXXXX)
build=${PEERS_BUILD:-$work}        # scripts/bench shares one build directory
# shellcheck disable=SC2034 # for the scripts
seconds=${SECONDS_EACH:-5}
started=()
peer=$(basename "$0" .sh)

# --- output: one figure per line -------------------------------------------

out() { printf '%s %s %s\n' "$1" "$2" "$3"; }       # measurement figure value
calc() { awk "BEGIN { printf \"%.${2:-3}f\", $1 }"; }       # expression [decimals]

# --- packages and builds -----------------------------------------------------

need() {    # package... : install the missing ones, starting no service
    local p missing=()
    for p; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || missing+=("$p")
    done
    ((${#missing[@]} == 0)) ||
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2
}

compile() { # name flags... : C program name.c -> $build/name, unless built already
    local name=$1; shift
    [[ -x $build/$name ]] || gcc -O2 -D_GNU_SOURCE -Wall -Wextra -o "$build/$name" "$here/$name.c" "$@"
}

# --- processes ---------------------------------------------------------------

start() {   # command... : run in the background, its output to $work/server.log; sets $pid
    "$@" </dev/null >>"$work/server.log" 2>&1 &
    pid=$!
    started+=("$pid")
}

stop() {    # pid : ask, then insist after 10 s
    kill -TERM "$1" 2>/dev/null || return 0
    local i
    for ((i = 0; i < 100; i++)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

cpu() {     # pid : CPU seconds so far of it, its live children and its ended children
    local p
    for p in "$1" $(cat "/proc/$1/task/$1/children"); do
        sed 's/.*) //' "/proc/$p/stat" 2>/dev/null || true
    done | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 + $14 + $15 } END { printf "%.2f", t / hz }'
}

port() {    # a free TCP port, below the range that outgoing connections use
    local p
    while p=$((20000 + RANDOM % 12000)); do
        ss -Hltn "sport = :$p" | grep -q . || break
    done
    echo "$p"
}

wait_port() { # port : until something listens there, 15 s at most
    local i
    for ((i = 0; i < 150; i++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    echo "$peer: nothing listens" >&2
    cat "$work/server.log" >&2
    return 1
}

# --- inputs -------------------------------------------------------------------

make_cert() { # self-signed ECDSA P-256 for 127.0.0.1 in $work/cert.pem, $work/key.pem
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
}

# --- measuring ------------------------------------------------------------------

busy() {    # CPU seconds of the whole machine so far, stolen ones included
    awk -v hz="$(getconf CLK_TCK)" '/^cpu / { printf "%.2f", ($2 + $3 + $4 + $7 + $8 + $9) / hz }' /proc/stat
}

total=0     # operations of all measurements so far
# measure NAME COMMAND...: the command loads the server $pid and prints "count seconds p50_ms p99_ms client_cpu_s"
measure() {
    local name=$1 server all n took p50 p99 client
    shift
    server=$(cpu "$pid") all=$(busy)
    "$@" >"$work/figures"
    sleep 0.1       # the ended children of a server become part of its account
    server=$(calc "$(cpu "$pid") - $server") all=$(calc "$(busy) - $all")
    read -r n took p50 p99 client <"$work/figures"
    out "$name" ops_per_s "$(calc "$n / $took" 0)"
    out "$name" p50_ms "$p50"
    out "$name" p99_ms "$p99"
    out "$name" server_cpu_us_per_op "$(calc "1000000 * $server / $n" 3)"
    out "$name" server_busy "$(calc "$server / $took")"
    out "$name" client_busy "$(calc "$client / $took")"
    out "$name" others_busy "$(calc "($all - $server - $client) / $took")"   # the kernel's threads and other programs
    total=$((total + n))
}

# --- the end --------------------------------------------------------------------

finish() {
    local rc=$? p
    set +e
    for p in "${started[@]}"; do stop "$p"; done
    rm -rf "$work"
    exit $rc
}
trap finish EXIT
trap 'exit 130' INT TERM
