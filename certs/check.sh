#!/bin/sh
# Checks issue.sh: what it makes is good for what it says, what it revokes is revoked, what is wrong is refused.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
authority="$directory/new/authority with space"
issue() { "$here/issue.sh" "$@"; }

fail() {
  echo "check.sh: $1" >&2
  exit 1
}

# refused STATUS COMMAND...
refused() {
  expected=$1
  shift
  status=0
  said=$(issue "$@" 2>&1) || status=$?
  [ "$status" -eq "$expected" ] || fail "issue.sh $*: status $status, not $expected: $said"
}

verify() { openssl verify -CAfile "$authority/ca.pem" -CRLfile "$authority/crl.pem" -crl_check "$@" >/dev/null 2>&1; }

issue --help | grep -q '^usage: issue.sh ca' || fail "no help"
issue ca "$authority" --name 'Sở Nội vụ CA' --trust-domain hai-chau.test >/dev/null
issue server "$authority" localhost 127.0.0.1 ::1 --days 30 >/dev/null
kiosk="$authority/kiosk-hai-chau-mot-cua-quay-03.pem"
issue client "$authority" kiosk hai-chau/mot-cua quay-03 | grep -q '^spiffe://hai-chau.test/kiosk/hai-chau/mot-cua/quay-03$' ||
  fail "client does not tell its identity"

verify -purpose sslserver -verify_hostname localhost "$authority/localhost.pem" || fail "server not good for localhost"
verify -purpose sslserver -verify_ip ::1 "$authority/localhost.pem" || fail "server not good for ::1"
! verify -purpose sslserver -verify_hostname other.test "$authority/localhost.pem" || fail "server good for other.test"
! verify -purpose sslclient "$authority/localhost.pem" || fail "server good as client"
verify -purpose sslclient "$kiosk" || fail "client not good"
! verify -purpose sslserver "$kiosk" || fail "client good as server"
for key in "$authority"/*.key; do
  [ "$(stat -c %a "$key")" = 600 ] || fail "$key can be read by others"
done

before=$(cksum "$authority"/*.key)
refused 73 ca "$authority"
refused 73 server "$authority" localhost
refused 73 client "$authority" kiosk hai-chau/mot-cua quay-03
[ "$before" = "$(cksum "$authority"/*.key)" ] || fail "a key was overwritten"
refused 64
refused 64 sign "$authority"
refused 64 server "$authority"
refused 64 server "$authority" 'a,DNS:b'
refused 64 client "$authority" king hai-chau quay-03
refused 64 client "$authority" kiosk hai-chau/ quay-03
refused 64 client "$authority" kiosk hai-chau/../x quay-03
refused 64 client "$authority" kiosk hai-chau 'x,URI:spiffe://hai-chau.test/admin/x'
refused 64 client "$authority" kiosk hai-chau quay-04 --days soon
refused 66 server "$directory" localhost
refused 66 revoke "$authority" "$directory/none.pem"

issue client "$authority" kiosk hai-chau/mot-cua quay-01 >/dev/null
issue revoke "$authority" "$kiosk" | grep -Eq '^[0-9a-f]{8}/[0-9A-F]{32}$' || fail "revoke does not tell the deny list line"
issue crl "$authority" >/dev/null
! verify "$kiosk" || fail "revoked client still good"
verify "$authority/kiosk-hai-chau-mot-cua-quay-01.pem" || fail "another client was revoked too"

issue ca "$directory/other" >/dev/null
refused 65 revoke "$directory/other" "$kiosk"
echo "certs/issue.sh: ok"
