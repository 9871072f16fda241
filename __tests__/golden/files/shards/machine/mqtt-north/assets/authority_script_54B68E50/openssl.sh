#!/bin/sh
# Makes, renews and removes the keys and certificates of a PEM directory with openssl: what custody "machine" runs.
#
#     sh openssl.sh authority|trust|server|remove
#
# The plan decides: it gives TOKEN, and where that is the record's, everything is as the record says. All that this script
# is told comes in environment variables, and none of them becomes shell code:
#
#   DIRECTORY   the PEM directory              FOLDER        a broker's or a generation's folder, below it
#   TOKEN       what names this issue          INTENT        the hash of what was declared
#   KEY         the algorithm of the key       DAYS          how long the certificate is valid
#   KEY_VERSION its version, after the first
#   DIGEST      what signatures are over       EXTENSIONS    the certificate's, as lines of openssl.cnf
#   SUBJECT     as -subj takes it              ISSUER        the hash of its authority's, if it has one
#   NOT_AFTER   when that is over, for the     RENEW_BEFORE  seconds before its end, for a certificate that is taken over
#               record: in time, at the latest REMOVAL       what was said of folders to remove
#   PASSWORD    of the key that is kept here: the name of its Terraform variable, and a version, as in plant/1
#   CSR         a request that was made elsewhere: KEY is "none" then
#   CERTIFICATE the file with the certificate of an authority, and OTHER_CERTIFICATE, where it is if it has to go from there
#   TRUST       the files with the certificates that clients trust, and CERTIFICATES, their hashes
#
# And of an authority that was made elsewhere, or whose key has a password:
#
#   TRUST_ANCHOR    what clients get           CA_KEY           the file with its key
#   CA_CERTIFICATE  of who signs               CA_KEY_VARIABLE  or the Terraform variable that has it
#   CA_CHAIN        what clients need beside   CA_PASSWORD      and its password, as above
#
# A Terraform variable's value is in the environment too, as TF_VAR_ and its name.
set -eu
umask 077
unset CDPATH

# Files are made in here, beside their places. A record in it says that all of them are whole.
NEW=.new

: "${KEY=}" "${KEY_VERSION=}" "${FOLDER=}" "${CERTIFICATE=}" "${OTHER_CERTIFICATE=}" "${PASSWORD=}" "${CSR=}" "${TRUST_ANCHOR=}" "${CA_CERTIFICATE=}" "${CA_CHAIN=}"
: "${CA_KEY=}" "${CA_KEY_VARIABLE=}" "${CA_PASSWORD=}"

# Of PBKDF2, as OWASP has it for HMAC-SHA-256.
ITERATIONS=600000

main() {
  from=$PWD
  recorded_key="\"key\":\"$KEY\",${KEY_VERSION:+\"key_version\":\"$KEY_VERSION\",}\"not_after\""
  # shellcheck disable=SC2153 # FOLDER comes from the environment.
  case $1 in
    authority)
      enter "$DIRECTORY${FOLDER:+/$FOLDER}"
      issue ca "$CERTIFICATE" "${FOLDER:+../../}"
      ;;
    trust)
      enter "$DIRECTORY"
      trust
      ;;
    server)
      enter "$DIRECTORY/$FOLDER"
      issue server server.pem ../../
      ;;
    remove) remove ;;
  esac
}

# $1: what key and record are called. $2: and the certificate. $3: the way to the PEM directory.
issue() {
  name=$1 pem=$2
  ca=$3ca.pem ca_key=$3ca.key take_over=$3take-over
  [ "$name" != ca ] || ca=$pem
  [ -z "$CA_CERTIFICATE" ] || ca=$(path_of "$CA_CERTIFICATE")
  [ -z "$CA_KEY" ] || ca_key=$(path_of "$CA_KEY")
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
    *' taken over'*) record='' password='' ;;
  esac

  kept_key='' taken_over=''
  if [ "$KEY" = none ]; then
    if [ -z "$record" ] && [ -e "$pem" ] && [ -z "$TRUST_ANCHOR" ]; then
      is_ours || refuse_certificate
      taken_over=yes
    fi
  elif [ -s "$name.key" ]; then
    if is_recorded "$name.key"; then
      case $record in *"$recorded_key"*) kept_key=$name.key ;; esac
    else
      if [ -z "$record" ] && grep -q ENCRYPTED "$name.key"; then
        password=$PASSWORD
        [ -n "$password" ] || fail "$PWD/$name.key has a password. Declare its passwordVariable to take it over."
        find_source "$password"
        openssl pkey -in "$name.key" -passin "$source" -noout 2>/dev/null || refuse_password "$name.key"
      fi
      is_ours || fail "$PWD/$name.key is not a key that was made for this fleet. Move it away, or put back the one that was."
      there=$(algorithm_of "$name.key")
      [ "$there" = "$KEY" ] || fail "$PWD/$name.key is a key of $there, and $KEY is declared. Declare what it is to take it over."
      taken_over=yes kept_key=$name.key
    fi
  elif [ -z "$record" ] && [ -e "$pem" ]; then
    refuse_certificate
  fi

  begin
  [ -z "$kept_key" ] || [ "$password" = "$PASSWORD" ] || change_password
  case $TOKEN in
    *' same key and certificate'*)
      { [ -e "$pem" ] && is_recorded "$pem"; } || cp -- "$OTHER_CERTIFICATE" "$NEW/$pem"
      ;;
    *) make_certificate ;;
  esac
  for file in "$name.key" "$pem"; do
    [ ! -e "$NEW/$file" ] || check_written "$NEW/$file"
  done
  write_record
  trap - EXIT
  finish
  # What was for other generations of the authority, of which there are none any more.
  [ "$name:$OTHER_CERTIFICATE" != ca:authority.pem ] || rm -f authority.pem trust.json
  # What custody "state" wrote down of a key with a password.
  [ -z "$taken_over" ] || rm -f "$name.key.json"
}

make_certificate() {
  make
  if [ -n "$taken_over" ] && fits_declaration; then
    cp -- "$pem" "$NEW/$pem"
    end=$(openssl x509 -in "$pem" -noout -enddate -dateopt iso_8601)
    end=${end#notAfter=}
    NOT_AFTER=${end% *}T${end#* }
  elif [ -n "$taken_over" ] && [ "$name" = ca ]; then
    fail "$PWD/$pem does not say what is declared. Declare it as it is to take it over: $(openssl x509 -in "$pem" -noout -subject -nameopt utf8)"
  else
    keep_copies
  fi
}

refuse_certificate() {
  fail "$PWD/$pem is not a certificate that was made for this fleet. Move it away."
}

# A path of the stack's folder, from wherever this script went.
path_of() {
  case $1 in
    /*) echo "$1" ;;
    *) echo "$from/$1" ;;
  esac
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
  case $record in *"\"intent\":\"$INTENT\",\"issuer\":\"${ISSUER-}\",$recorded_key"*) ;; *) return 1 ;; esac
  [ "$password" = "$PASSWORD" ]
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

# A key, where there is none to keep, and a certificate for it: in one process, unless the key has a password.
make() {
  if [ -n "$TRUST_ANCHOR" ]; then
    # Without the modes that it has there.
    (umask 022 && cat -- "$(path_of "$TRUST_ANCHOR")" >"$NEW/$pem")
    return
  fi
  set -- -x509 "$DIGEST" -days "$DAYS" -subj "$SUBJECT" -out "$NEW/$pem"
  key=$kept_key
  [ ! -e "$NEW/$name.key" ] || key=$NEW/$name.key
  if [ "$KEY" = none ]; then
    printf '%s' "$CSR" >"$NEW/$name.csr"
    set -- "$@" -in "$NEW/$name.csr"
  elif [ -n "$PASSWORD" ]; then
    if [ -z "$key" ]; then
      key=$NEW/$name.key
      make_protected_key "$key"
    fi
    if [ "$name" = ca ]; then
      set -- "$@" -key "$key"
      CA_PASSWORD=$PASSWORD
    else
      # openssl takes one password for both keys, the one that signs and the one that is certified.
      find_source "$PASSWORD"
      run_openssl -new -key "$key" -subj / -passin "$source" -out "$NEW/$name.csr"
      set -- "$@" -in "$NEW/$name.csr"
    fi
  elif [ -n "$key" ]; then
    set -- "$@" -key "$key"
  else
    set -- "$@" -noenc -keyout "$NEW/$name.key"
    case $KEY in
      RSA-*) set -- "$@" -newkey "rsa:${KEY#RSA-}" ;;
      ECDSA-P*) set -- "$@" -newkey ec -pkeyopt "ec_paramgen_curve:P-${KEY#ECDSA-P}" ;;
      *) set -- "$@" -newkey "$KEY" ;;
    esac
  fi
  find_source "$CA_PASSWORD"
  set -- "$@" -passin "$source"
  if [ "$name" = ca ]; then
    run_openssl "$@"
  elif [ -n "$CA_KEY_VARIABLE" ]; then
    require "$CA_KEY_VARIABLE" 'key of the authority'
    eval "printf '%s\n' \"\$TF_VAR_$CA_KEY_VARIABLE\"" | {
      exec 3<&0
      run_openssl "$@" -CA "$ca" -CAkey /dev/fd/3
    }
  else
    run_openssl "$@" -CA "$ca" -CAkey "$ca_key"
  fi
  [ ! -e "$NEW/$name.csr" ] || rm -f "$NEW/$name.csr"
  [ -z "$CA_CHAIN" ] || cat -- "$(path_of "$CA_CHAIN")" >>"$NEW/$pem"
}

run_openssl() {
  # openssl makes a key for its owner alone, whatever the umask, and the folder is closed to others.
  umask 022
  log=$(openssl req -batch -config /dev/stdin "$@" 2>&1 <<CONFIG
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

# It is nowhere without its password.
make_protected_key() {
  case $KEY in
    RSA-*) set -- "$1" RSA -pkeyopt "rsa_keygen_bits:${KEY#RSA-}" ;;
    ECDSA-P*) set -- "$1" EC -pkeyopt "ec_paramgen_curve:P-${KEY#ECDSA-P}" ;;
    *) set -- "$1" "$KEY" ;;
  esac
  out=$1
  shift
  find_source "$PASSWORD"
  log=$(openssl genpkey -algorithm "$@" 2>/dev/null | protect -passin pass: -passout "$source" -out "$out" 2>&1) || explain
}

# The same key, as it is declared: with another password, or with the first, or with none.
change_password() {
  old=$password
  # The variable has the new one by now.
  [ "${old%/*}" != "${PASSWORD%/*}" ] || old=${old%/*}_before/
  if [ -n "$PASSWORD" ]; then
    find_source "$PASSWORD"
    set -- -passout "$source"
    find_source "$old"
    protect -in "$kept_key" -passin "$source" "$@" -out "$NEW/$name.key" 2>/dev/null || refuse_password "$kept_key"
  else
    find_source "$old"
    openssl pkey -in "$kept_key" -passin "$source" -out "$NEW/$name.key" 2>/dev/null || refuse_password "$kept_key"
  fi
}

protect() {
  openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter "$ITERATIONS" "$@"
}

refuse_password() {
  fail "$PWD/$1 cannot be read with the password in TF_VAR_${used%/*}."
}

# What openssl is to be told of a password: $1 is empty where there is none.
find_source() {
  source=pass: used=$1
  if [ -n "$1" ]; then
    require "${1%/*}" 'password of a key'
    source=env:TF_VAR_${1%/*}
  fi
}

# $1: a Terraform variable. $2: what it has.
require() {
  case $1 in '' | *[!A-Za-z0-9_]*) fail "$1 is no name of a variable." ;; esac
  eval "[ -n \"\${TF_VAR_$1-}\" ]" || fail "The $2 is missing: set the environment variable TF_VAR_$1."
}

explain() {
  version=$(openssl version 2>/dev/null) || fail 'openssl is not on this machine. Install OpenSSL 3.0 or later.'
  case $version in
    'OpenSSL '[3-9].* | 'OpenSSL '[1-9][0-9].*) 
      fail "openssl could not issue for $PWD${used:+, with the password in TF_VAR_${used%/*}}: $log"
      ;;
    *) fail "openssl is $version here. Install OpenSSL 3.0 or later, and put it first in PATH." ;;
  esac
}

# Puts what was made into its place, the key first and the record last. What was only begun goes away.
finish() {
  [ -d "$NEW" ] || return 0
  read_record "$NEW/$name.json"
  if [ -n "$record" ]; then
    case $name$record in server*'"key":"none"'*) give_up_key ;; esac
    set --
    for file in "$name.key" "$pem" "$name.json"; do
      [ ! -e "$NEW/$file" ] || set -- "$@" "$NEW/$file"
    done
    mv -f -- "$@" .
    rmdir "$NEW"
  else
    rm -rf "$NEW"
  fi
}

# The key is on the broker from now on. What is there may be another's: the record that is replaced tells.
give_up_key() {
  read_record server.json
  if [ -e server.key ] && is_recorded server.key; then rm -f server.key; fi
}

write_record() {
  key=$name.key certificate=$pem
  [ ! -e "$NEW/$key" ] || key=$NEW/$key
  [ ! -e "$NEW/$certificate" ] || certificate=$NEW/$certificate
  if [ "$KEY" = none ]; then sha256 "$certificate"; else sha256 "$certificate" "$key"; fi
  # shellcheck disable=SC2086 # Hashes, and names without blanks.
  set -- $hashes
  put_record "{\"token\":\"$TOKEN\",\"intent\":\"$INTENT\",\"issuer\":\"${ISSUER-}\",$recorded_key:\"$NOT_AFTER\",${PASSWORD:+\"password\":\"$PASSWORD\",}\"sha256\":{\"key\":\"${3-}\",\"certificate\":\"$1\"}}"
}

put_record() {
  printf '%s\n' "$1" >"$NEW/$name.json" || fail "$PWD/$NEW/$name.json could not be written."
}

# A line without an end is no record: its writer was stopped.
read_record() {
  record='' password=''
  [ ! -f "$1" ] || read -r record <"$1" || record=''
  case $record in
    *'"password":"'*)
      password=${record#*'"password":"'}
      password=${password%%'"'*}
      ;;
  esac
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
  [ -e "$take_over" ] && [ -e "$pem" ] &&
    openssl verify -no_check_time -partial_chain -CAfile "$ca" "$pem" >/dev/null 2>&1 &&
    [ "$(openssl x509 -in "$pem" -noout -pubkey)" = "$(public_key)" ]
}

public_key() {
  if [ "$KEY" = none ]; then
    printf '%s' "$CSR" | openssl req -noout -pubkey
  else
    find_source "$password"
    openssl pkey -in "$name.key" -passin "$source" -pubout
  fi
}

# Whether the certificate that is there says what a new one would, for long enough.
fits_declaration() {
  [ "$(facts_of "$pem")" = "$(facts_of "$NEW/$pem")" ] && has_chain &&
    openssl x509 -in "$pem" -noout -checkend "$RENEW_BEFORE" >/dev/null
}

# Whether clients get what they need beside it.
has_chain() {
  [ -z "$CA_CHAIN" ] || case $(cat -- "$pem") in *"$(cat -- "$(path_of "$CA_CHAIN")")"*) ;; *) return 1 ;; esac
}

facts_of() {
  # An authority's are its e-mail address once more, which few put there: openssl by hand and custody "state" do not.
  names=,subjectAltName
  [ "$name" != ca ] || names=''
  openssl x509 -in "$1" -noout -subject -issuer \
    -ext "keyUsage,extendedKeyUsage,basicConstraints,authorityKeyIdentifier,nameConstraints$names"
}

algorithm_of() {
  find_source "$password"
  text=$(openssl pkey -in "$1" -passin "$source" -noout -text_pub 2>/dev/null </dev/null) || :
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
  for file in "$name.key" "$pem"; do
    # A key that stays was but given another password.
    [ -z "$kept_key" ] || [ "$file" != "$name.key" ] || continue
    if [ -e "$NEW/$file" ] && [ -s "$file" ] && { [ "$name" = ca ] || ! is_recorded "$file"; } &&
      ! cmp -s -- "$file" "$NEW/$file"; then
      ln -- "$file" "$file.${TOKEN%% *}" || [ -e "$file.${TOKEN%% *}" ]
    fi
  done
}

# What clients trust: several certificates in one file.
trust() {
  name=trust pem=ca.pem
  [ -n "$is_fresh" ] || finish
  begin
  # shellcheck disable=SC2086 # Files without blanks in their names.
  (umask 022 && cat -- $TRUST >"$NEW/$pem")
  check_written "$NEW/$pem"
  sha256 "$NEW/$pem"
  # shellcheck disable=SC2153 # CERTIFICATES comes from the environment.
  put_record "{\"token\":\"$TOKEN\",\"files\":\"$TRUST\",\"certificates\":\"$CERTIFICATES\",\"sha256\":\"${hashes%% *}\"}"
  trap - EXIT
  finish
}

remove() {
  cd -- "$DIRECTORY" 2>/dev/null || return 0
  name=server pem=server.pem is_fresh=''
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
