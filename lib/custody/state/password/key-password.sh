#!/bin/sh
# Encrypts or decrypts a private key with openssl. Custody "state" runs it. It writes no file.
#
#     sh key-password.sh protect VARIABLE FILE ITERATIONS ID    encrypts the key on standard input, or prints FILE if it matches
#     sh key-password.sh unlock VARIABLE FILE                   decrypts FILE, and encrypts the key for the public key on standard input
#
# The environment has the password, as TF_VAR_ and VARIABLE. ITERATIONS is the number of iterations of PBKDF2.
# If sh is bash, SHELLOPTS may turn on tracing, which would print keys and passwords: set +x turns it off.
set +x -eu

# OpenSSL cannot open a key with a longer password.
PASSWORD_BYTES=1024

# Encrypting again takes time, and uses another salt: the file would change with each plan. So the existing file is kept if its
# record says that it has this key and this password.
protect() {
  iterations=$1 record='' hash=''
  case $iterations in '' | *[!0-9]*) fail "$iterations is not a number of iterations." ;; esac
  [ ! -f "$file.json" ] || read -r record <"$file.json" || record=''
  [ ! -f "$file" ] || hash=$(sha256 "$file")
  if [ -n "$hash" ] && [ "$record" = "{\"id\":\"$2\",\"sha256\":\"$hash\"}" ]; then
    cat -- "$file"
    return
  fi
  require_password
  openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter "$iterations" -passout "env:TF_VAR_$variable" ||
    fail "openssl could not encrypt $file. Install OpenSSL 1.1.1 or later."
}

# Logs show the output of a data source. So the key is encrypted for a second key, which the state holds: in pieces, because
# RSA encrypts only short texts.
unlock() {
  require_password
  [ -f "$file" ] || fail "$file is not on this machine."
  key=$(openssl pkey -in "$file" -passin "env:TF_VAR_$variable" 2>/dev/null) ||
    fail "$file cannot be read with the password in TF_VAR_$variable: it has another password, or uses a cipher that OpenSSL 3 no longer opens."
  recipient=$(mktemp)
  trap 'rm -f "$recipient"' EXIT
  cat >"$recipient"
  printf '%s' "$key" | tr '\n' '|' | fold -w 240 | while IFS= read -r piece || [ -n "$piece" ]; do
    printf '%s' "$piece" | openssl pkeyutl -encrypt -pubin -inkey "$recipient" | openssl base64 -A
    echo
  done
}

require_password() {
  eval "password=\${TF_VAR_$variable-}"
  [ -n "$password" ] || fail "The password of $file is missing: set TF_VAR_$variable."
  [ "$(printf '%s' "$password" | wc -c)" -le "$PASSWORD_BYTES" ] ||
    fail "The password of $file in TF_VAR_$variable has more than $PASSWORD_BYTES bytes, and OpenSSL cannot open a key with it: choose a shorter one."
}

sha256() {
  sum=$(sha256sum -- "$1" 2>/dev/null) || sum=$(openssl dgst -sha256 -r "$1")
  echo "${sum%% *}"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

command=$1 variable=$2 file=$3
case $variable in '' | *[!A-Za-z0-9_]*) fail "$variable is not the name of a variable." ;; esac
shift 3
"$command" "$@"
