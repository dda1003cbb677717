#!/usr/bin/env bash
# A C++ gRPC server over TLS: dedupe in a hash set, SQLite with group commit, synchronous=FULL.
# usage: grpc.sh KIND:OUTSTANDINGxCONNECTIONS...     (unary or stream)
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

need g++ pkg-config libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libsqlite3-dev sqlite3 openssl iproute2
if [[ ! -x $build/grpc_server || ! -x $build/grpc_client ]]; then
    protoc -I "$here/grpc" --cpp_out="$build" --grpc_out="$build" \
        --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" vote.proto
    cxx() { g++ -std=c++17 -O2 -Wall -Wextra -Wno-deprecated-declarations -I "$build" "$@"; }
    for f in vote.pb vote.grpc.pb; do cxx -c "$build/$f.cc" -o "$build/$f.o"; done
    for f in server client; do
        # shellcheck disable=SC2046
        cxx -o "$build/grpc_$f" "$here/grpc/$f.cc" "$build"/vote.pb.o "$build"/vote.grpc.pb.o \
            $(pkg-config --cflags --libs grpc++ protobuf) -lsqlite3 -pthread
    done
fi
make_cert

# Unary calls by the completion queue, about 20 % cheaper than by the callback API; streams by the callback API.
for kind; do
    api=async
    if [[ $kind == stream:* ]]; then api=callback; fi
    port=$(port) total=0 database=$work/$RANDOM.db
    start "$build/grpc_server" "127.0.0.1:$port" "$work/cert.pem" "$work/key.pem" "$database" "$api"
    wait_port "$port"
    load=${kind#*:}
    measure "$kind" "$build/grpc_client" "localhost:$port" "$work/cert.pem" "${kind%:*}" "${load%x*}" "${load#*x}" "$seconds"
    stop "$pid"
    stored=$(sqlite3 "$database" 'SELECT (SELECT count(*) FROM ballots) + (SELECT sum(votes) FROM tally)')
    [[ $stored == $((2 * total)) ]] || { echo "grpc: $total votes acknowledged, $stored/2 stored" >&2; exit 1; }
done
