#!/bin/sh
# Makes, renews and removes the keys and certificates of a PEM directory with openssl: what custody "machine" runs.
#
#     sh openssl.sh authority|server|remove
#
# The plan decides: it gives TOKEN, and where that is the record's, everything is as the record says. All that this script
# is told comes in environment variables, and none of them becomes shell code:
#
#   DIRECTORY   the PEM directory              FOLDER        a broker's folder, below it
#   TOKEN       what names this issue          INTENT        the hash of what was declared
#   KEY         the algorithm of the key       DAYS          how long the certificate is valid
#   DIGEST      what signatures are over       EXTENSIONS    the certificate's, as lines of openssl.cnf
#   SUBJECT     as -subj takes it              ISSUER        the hash of its authority's, if it has one
#   NOT_AFTER   when that is over, for the     RENEW_BEFORE  seconds before its end, for a certificate that is taken over
#               record: in time, at the latest REMOVAL       what was said of folders to remove
set -eu
umask 077
unset CDPATH

# Files are made in here, beside their places. A record in it says that all of them are whole.
NEW=.new

main() {
  # shellcheck disable=SC2153 # FOLDER comes from the environment.
  case $1 in
    authority)
      enter "$DIRECTORY"
      issue ca .
      ;;
    server)
      enter "$DIRECTORY/$FOLDER"
      issue server ../..
      ;;
    remove) remove ;;
  esac
}

# $1: what the files are called. $2: where the authority's are.
issue() {
  name=$1 authority=$2
  [ -n "$is_fresh" ] || finish
  read_record "$name.json"
  case $record in *"\"token\":\"$TOKEN\""*) return ;; esac
  case $TOKEN in
    *' finished'*)
      if is_as_declared; then
        mark_as_finished
        return
      fi
      ;;
    # The plan did not understand it.
    *' taken over'*) record='' ;;
  esac

  kept_key='' taken_over=''
  if [ -s "$name.key" ]; then
    if is_recorded "$name.key"; then
      case $record in *"\"key\":\"$KEY\""*) kept_key=$name.key ;; esac
    else
      is_ours || fail "$PWD/$name.key is not a key that was made for this fleet. Move it away, or put back the one that was."
      there=$(algorithm_of "$name.key")
      [ "$there" = "$KEY" ] || fail "$PWD/$name.key is a key of $there, and $KEY is declared. Declare what it is to take it over."
      taken_over=yes kept_key=$name.key
    fi
  elif [ -z "$record" ] && [ -e "$name.pem" ]; then
    fail "$PWD/$name.pem is not a certificate that was made for this fleet. Move it away."
  fi

  begin
  make
  if [ -n "$taken_over" ] && fits_declaration; then
    cp -- "$name.pem" "$NEW/$name.pem"
    end=$(openssl x509 -in "$name.pem" -noout -enddate -dateopt iso_8601)
    end=${end#notAfter=}
    NOT_AFTER=${end% *}T${end#* }
  elif [ -n "$taken_over" ] && [ "$name" = ca ]; then
    fail "$PWD/ca.pem does not say what is declared. Declare it as it is to take it over: $(openssl x509 -in ca.pem -noout -subject -nameopt utf8)"
  else
    keep_copies
  fi
  [ -n "$kept_key" ] || check_written "$NEW/$name.key"
  check_written "$NEW/$name.pem"
  write_record
  trap - EXIT
  finish
}

begin() {
  [ -n "$is_fresh" ] || mkdir "$NEW" || fail "Nothing can be written in $PWD, or another deployment is at work there."
  trap 'rm -rf "$NEW"' EXIT
}

# What a deployment made that was stopped is in its place now; the record gets the token of the one that put it there.
mark_as_finished() {
  begin
  put_record "{\"token\":\"$TOKEN\",\"intent\":${record#*\"intent\":}"
  trap - EXIT
  finish
}

is_as_declared() {
  case $record in *"\"intent\":\"$INTENT\",\"issuer\":\"${ISSUER-}\",\"key\":\"$KEY\""*) ;; *) return 1 ;; esac
}

check_written() {
  is_whole "$1" || fail "$PWD/$1 could not be written."
}

# openssl ends well on a full disk, and leaves what there was room for. (What is taken over may have blank lines at its
# end, or no end of line.)
is_whole() {
  last=''
  while read -r line || [ -n "$line" ]; do
    case $line in -----*) last=$line ;; esac
  done <"$1"
  case $last in '-----END '*-----*) ;; *) return 1 ;; esac
}

# A key, where there is none to keep, and a certificate for it, in one process.
make() {
  set -- "$DIGEST" -days "$DAYS" -subj "$SUBJECT" -out "$NEW/$name.pem"
  [ "$name" = ca ] || set -- "$@" -CA "$authority/ca.pem" -CAkey "$authority/ca.key"
  if [ -n "$kept_key" ]; then
    set -- "$@" -key "$kept_key"
  else
    set -- "$@" -noenc -keyout "$NEW/$name.key"
    case $KEY in
      RSA-*) set -- "$@" -newkey "rsa:${KEY#RSA-}" ;;
      ECDSA-P*) set -- "$@" -newkey ec -pkeyopt "ec_paramgen_curve:P-${KEY#ECDSA-P}" ;;
      *) set -- "$@" -newkey "$KEY" ;;
    esac
  fi
  # openssl makes a key for its owner alone, whatever the umask, and the folder is closed to others.
  umask 022
  log=$(openssl req -x509 -batch -config /dev/stdin -passin pass: "$@" 2>&1 <<CONFIG
[req]
utf8 = yes
# UTF8String and PrintableString alone, as RFC 5280 has it.
string_mask = MASK:0x2002
distinguished_name = subject
x509_extensions = extensions
[subject]
[extensions]
$EXTENSIONS
CONFIG
  ) || explain
  umask 077
}

explain() {
  version=$(openssl version 2>/dev/null) || fail 'openssl is not on this machine. Install OpenSSL 3.0 or later.'
  case $version in
    'OpenSSL '[3-9].* | 'OpenSSL '[1-9][0-9].*) fail "openssl could not issue for $PWD: $log" ;;
    *) fail "openssl is $version here. Install OpenSSL 3.0 or later, and put it first in PATH." ;;
  esac
}

# Puts what was made into its place, the key first and the record last. What was only begun goes away.
finish() {
  [ -d "$NEW" ] || return 0
  read_record "$NEW/$name.json"
  if [ -n "$record" ]; then
    set --
    for file in "$name.key" "$name.pem" "$name.json"; do
      [ ! -e "$NEW/$file" ] || set -- "$@" "$NEW/$file"
    done
    mv -f -- "$@" .
    rmdir "$NEW"
  else
    rm -rf "$NEW"
  fi
}

write_record() {
  sha256 "${kept_key:-$NEW/$name.key}" "$NEW/$name.pem"
  # shellcheck disable=SC2086 # Hashes, and names without blanks.
  set -- $hashes
  put_record "{\"token\":\"$TOKEN\",\"intent\":\"$INTENT\",\"issuer\":\"${ISSUER-}\",\"key\":\"$KEY\",\"not_after\":\"$NOT_AFTER\",\"sha256\":{\"key\":\"$1\",\"certificate\":\"$3\"}}"
}

put_record() {
  printf '%s\n' "$1" >"$NEW/$name.json" || fail "$PWD/$NEW/$name.json could not be written."
}

# A line without an end is no record: its writer was stopped.
read_record() {
  record=''
  [ ! -f "$1" ] || read -r record <"$1" || record=''
}

is_recorded() {
  sha256 "$1"
  case $record in *"\"${hashes%% *}\""*) ;; *) return 1 ;; esac
}

sha256() {
  hashes=$(sha256sum -- "$@" 2>/dev/null) || hashes=$(openssl dgst -sha256 -r "$@")
}

# Whether the key and the certificate are this authority's, from before there were records, and may be taken over.
is_ours() {
  [ -e "$authority/take-over" ] && [ -e "$name.pem" ] &&
    openssl verify -no_check_time -CAfile "$authority/ca.pem" "$name.pem" >/dev/null 2>&1 &&
    [ "$(openssl x509 -in "$name.pem" -noout -pubkey)" = "$(openssl pkey -in "$name.key" -passin pass: -pubout)" ]
}

# Whether the certificate that is there says what a new one would, for long enough.
fits_declaration() {
  [ "$(facts_of "$name.pem")" = "$(facts_of "$NEW/$name.pem")" ] &&
    openssl x509 -in "$name.pem" -noout -checkend "$RENEW_BEFORE" >/dev/null
}

facts_of() {
  openssl x509 -in "$1" -noout -subject -issuer \
    -ext keyUsage,extendedKeyUsage,basicConstraints,subjectAltName,authorityKeyIdentifier,nameConstraints
}

algorithm_of() {
  text=$(openssl pkey -in "$1" -passin pass: -noout -text_pub 2>/dev/null </dev/null) || :
  case $text in
    'ED25519 Public-Key:'*) echo Ed25519 ;;
    *'ASN1 OID: prime256v1'*) echo ECDSA-P256 ;;
    *'ASN1 OID: secp384r1'*) echo ECDSA-P384 ;;
    *'Public-Key: ('*Modulus:*)
      text=${text#*\(}
      echo "RSA-${text%% *}"
      ;;
    *) echo 'an unknown kind' ;;
  esac
}

# Nothing that cannot be made again is written over: what the authority had, and what somebody else put here.
keep_copies() {
  for file in "$name.key" "$name.pem"; do
    if [ -e "$NEW/$file" ] && [ -s "$file" ] && { [ "$name" = ca ] || ! is_recorded "$file"; }; then
      ln -- "$file" "$file.${TOKEN%% *}" || [ -e "$file.${TOKEN%% *}" ]
    fi
  done
}

remove() {
  cd -- "$DIRECTORY" 2>/dev/null || return 0
  name=server is_fresh=''
  # shellcheck disable=SC2086 # Folders, which have neither blanks nor other characters of the shell's in their names.
  if [ "$REMOVAL" = all ]; then set -- brokers/*; else set -- ${REMOVAL##*removes }; fi
  for folder; do
    if [ -f "$folder/server.json" ] || [ -d "$folder/$NEW" ]; then
      cd -- "$folder"
      finish
      remove_server "$folder"
      cd ../..
      rmdir -- "$folder" 2>/dev/null || :
    fi
  done
  rmdir brokers 2>/dev/null || :
  case $REMOVAL in
    all) rm -f removed.json ;;
    ?*) printf '{"token":"%s"}\n' "$REMOVAL" >removed.json ;;
  esac
}

remove_server() {
  read_record server.json
  for file in server.key server.pem; do
    if [ -e "$file" ]; then
      if is_recorded "$file"; then
        rm -f -- "$file"
      else
        echo "$1/$file stays: it is not the one that was made here."
      fi
    fi
  done
  rm -f server.json
}

# A folder that is made here is made with $NEW in it: one process less for each broker of a new fleet.
enter() {
  is_fresh=''
  if [ ! -d "$1" ]; then
    mkdir -p -- "$1/$NEW"
    is_fresh=yes
  fi
  cd -- "$1"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

main "$@"
