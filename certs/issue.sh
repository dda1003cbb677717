#!/bin/sh
# Certificates for BinhChon: an authority, servers, clients, revocation. See README.md beside this file.
set -eu

usage() {
  cat <<'END'
usage: issue.sh ca     DIR [--name NAME] [--trust-domain DOMAIN] [--days N]
       issue.sh server DIR HOST... [--days N]
       issue.sh client DIR ROLE UNIT/PATH NAME [--days N]
       issue.sh revoke DIR FILE.pem
       issue.sh crl    DIR

  ca       makes an authority in the new directory DIR: ca.pem, ca.key, crl.pem
  server   makes DIR/HOST.pem and .key for the first HOST (DNS names and IP addresses)
  client   makes DIR/ROLE-UNIT-PATH-NAME.pem and .key for spiffe://DOMAIN/ROLE/UNIT/PATH/NAME
  revoke   puts a certificate on DIR/crl.pem and prints its line for a deny list
  crl      makes DIR/crl.pem anew: do it before its 30 days are over

  --name          the authority's name (default: BinhChon CA)
  --trust-domain  the first part of every identity (default: binhchon.test)
  --days          how long it is valid (default: ca 3650, server and client 365)

Roles: kiosk clerk second-clerk coordinator screener official auditor admin
Keys are P-256, mode 0600. No file is ever overwritten, except crl.pem.
END
}

fail() {
  echo "issue.sh: $1" >&2
  exit "${2:-1}"
}

misuse() { fail "$1; try issue.sh --help" 64; }

case "${1:-}" in
-h | --help | help)
  usage
  exit 0
  ;;
esac
command -v openssl >/dev/null || fail "openssl is not installed; apt-get install openssl" 69

command=${1:-}
[ -n "$command" ] || misuse "a command is missing"
shift
CONFIG=$(cd "$(dirname "$0")" && pwd)/openssl.cnf
[ -f "$CONFIG" ] || fail "$CONFIG is missing: it belongs beside issue.sh" 66
umask 077

# Options may stand anywhere; what is left are the arguments.
name="BinhChon CA"
domain="binhchon.test"
days=""
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case "$argument" in
  --name | --trust-domain | --days)
    [ "$count" -gt 0 ] || misuse "$argument needs a value"
    case "$argument" in
    --name) name=$1 ;;
    --trust-domain) domain=$1 ;;
    --days) days=$1 ;;
    esac
    shift
    count=$((count - 1))
    ;;
  -h | --help)
    usage
    exit 0
    ;;
  -*) misuse "unknown option $argument" ;;
  *) set -- "$@" "$argument" ;;
  esac
done
case "$days" in
*[!0-9]* | 0*) misuse "--days $days is not a number of days" ;;
esac
AUTHORITY=${1:-}
[ -n "$AUTHORITY" ] || misuse "DIR is missing"
shift
export AUTHORITY COMMON_NAME="$name" ALTERNATIVE_NAMES="URI:none:" CRL_DAYS=30

# Runs openssl; what it says is shown only if it fails.
run() {
  said=$(openssl "$@" 2>&1) || fail "openssl $1 failed: $said" 70
}

require_authority() {
  for file in ca.pem ca.key trust-domain index.txt crlnumber; do
    [ -f "$AUTHORITY/$file" ] || fail "$AUTHORITY/$file is missing: $AUTHORITY is no authority made by 'issue.sh ca'" 66
  done
  domain=$(cat "$AUTHORITY/trust-domain")
}

# Letters, digits, dot, hyphen, underscore; not . or ..
require_plain() {
  case "$2" in
  '' | . | .. | -* | *[!A-Za-z0-9._-]*) misuse "$1 \"$2\": use letters, digits, dots, hyphens and underscores" ;;
  esac
}

# leaf KIND FILE: key and certificate appear under their names only when both are whole.
leaf() {
  target="$AUTHORITY/$2"
  for file in "$target.key" "$target.pem"; do
    [ ! -e "$file" ] || fail "$file is there already: move it away, or revoke it, first" 73
  done
  work=$(mktemp -d "$AUTHORITY/.issue.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/key"
  run req -new -config "$CONFIG" -key "$work/key" -out "$work/request"
  run x509 -req -in "$work/request" -CA "$AUTHORITY/ca.pem" -CAkey "$AUTHORITY/ca.key" -set_serial "0x$(serial)" \
    -days "${days:-365}" -sha256 -extfile "$CONFIG" -extensions "$1" -out "$work/certificate"
  chmod 644 "$work/certificate"
  ln "$work/key" "$target.key"
  ln "$work/certificate" "$target.pem"
  echo "$target.pem"
  echo "$target.key"
}

# 124 random bits behind a 4: positive, and always of the same length.
serial() {
  printf '4%s' "$(openssl rand -hex 16 | cut -c2-)"
}

make_crl() {
  run ca -config "$CONFIG" -gencrl -out "$AUTHORITY/crl.new"
  chmod 644 "$AUTHORITY/crl.new"
  mv "$AUTHORITY/crl.new" "$AUTHORITY/crl.pem"
}

case "$command" in
ca)
  [ $# -eq 0 ] || misuse "ca takes one directory"
  require_plain "trust domain" "$domain"
  [ -n "$name" ] || misuse "--name is empty"
  mkdir -p "$(dirname "$AUTHORITY")"
  mkdir "$AUTHORITY" 2>/dev/null || fail "$AUTHORITY is there already, or cannot be made: name a new directory" 73
  trap 'rm -rf "$AUTHORITY"' EXIT
  run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$AUTHORITY/ca.key"
  run req -new -x509 -config "$CONFIG" -key "$AUTHORITY/ca.key" -set_serial "0x$(serial)" -sha256 \
    -days "${days:-3650}" -extensions authority -out "$AUTHORITY/ca.pem"
  chmod 644 "$AUTHORITY/ca.pem"
  echo "$domain" >"$AUTHORITY/trust-domain"
  : >"$AUTHORITY/index.txt"
  echo 01 >"$AUTHORITY/crlnumber"
  make_crl
  trap - EXIT
  echo "$AUTHORITY/ca.pem"
  echo "$AUTHORITY/ca.key"
  echo "$AUTHORITY/crl.pem"
  ;;
server)
  [ $# -ge 1 ] || misuse "HOST is missing"
  require_authority
  file=$(printf '%s' "$1" | tr ':*' '__')
  COMMON_NAME=$(printf '%.64s' "$1")
  ALTERNATIVE_NAMES=""
  for host in "$@"; do
    case "$host" in
    *:*)
      case "$host" in *[!0-9A-Fa-f:.]*) misuse "\"$host\" is not an IPv6 address" ;; esac
      kind=IP
      ;;
    *[!0-9.]*)
      case "$host" in
      '*.'*) require_plain host "${host#??}" ;;
      *) require_plain host "$host" ;;
      esac
      kind=DNS
      ;;
    *.*.*.*) kind=IP ;;
    *) misuse "\"$host\" is neither a DNS name nor an IP address" ;;
    esac
    ALTERNATIVE_NAMES="${ALTERNATIVE_NAMES:+$ALTERNATIVE_NAMES,}$kind:$host"
  done
  leaf server "$file"
  ;;
client)
  [ $# -eq 3 ] || misuse "client takes DIR ROLE UNIT/PATH NAME"
  require_authority
  case "$1" in
  kiosk | clerk | second-clerk | coordinator | screener | official | auditor | admin) ;;
  *) misuse "\"$1\" is not a role" ;;
  esac
  rest=$2
  while [ -n "$rest" ]; do
    require_plain "unit" "${rest%%/*}"
    case "$rest" in
    */) misuse "unit path \"$2\" ends with a slash" ;;
    */*) rest=${rest#*/} ;;
    *) rest="" ;;
    esac
  done
  [ -n "$2" ] || misuse "UNIT/PATH is empty"
  require_plain name "$3"
  COMMON_NAME="$1 $3"
  ALTERNATIVE_NAMES="URI:spiffe://$domain/$1/$2/$3"
  leaf client "$(printf '%s-%s-%s' "$1" "$2" "$3" | tr / -)"
  echo "spiffe://$domain/$1/$2/$3"
  ;;
revoke)
  [ $# -eq 1 ] || misuse "revoke takes DIR FILE.pem"
  require_authority
  [ -f "$1" ] || fail "$1 is not there" 66
  openssl verify -CAfile "$AUTHORITY/ca.pem" -no_check_time "$1" >/dev/null 2>&1 ||
    fail "$1 was not issued by $AUTHORITY/ca.pem" 65
  number=$(openssl x509 -in "$1" -noout -serial | cut -d= -f2)
  if grep -q "^R.*	$number	" "$AUTHORITY/index.txt"; then
    echo "issue.sh: $1 is revoked already" >&2
  else
    run ca -config "$CONFIG" -revoke "$1"
  fi
  make_crl
  echo "$AUTHORITY/crl.pem"
  echo "$(openssl x509 -in "$1" -noout -issuer_hash)/$number"
  ;;
crl)
  [ $# -eq 0 ] || misuse "crl takes one directory"
  require_authority
  make_crl
  echo "$AUTHORITY/crl.pem"
  ;;
*) misuse "unknown command $command" ;;
esac
