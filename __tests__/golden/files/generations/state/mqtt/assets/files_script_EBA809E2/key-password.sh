#!/bin/sh
# Puts a password on a private key, or takes one off, with openssl: what custody "state" runs. It writes no file.
#
#     sh key-password.sh protect VARIABLE FILE ITERATIONS ID    prints the key that it reads, encrypted: as FILE has it, or anew
#     sh key-password.sh unlock VARIABLE FILE                   prints the key in FILE, for the public key that it reads alone
#
# The password is in the environment, as TF_VAR_ and VARIABLE. PBKDF2 hashes it as often as ITERATIONS says.
# Where sh is bash, SHELLOPTS may have it trace what it does, keys and passwords included.
set +x -eu

# OpenSSL opens no key with more.
PASSWORD_BYTES=1024

# What is encrypted anew has another salt, and would be another file at each plan; and it takes its time. So the file that
# is there will do, if what is written down beside it says that it is of this key and this password.
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

# What a data source prints is in logs and in plain view. So the key leaves here encrypted for a key that the state has:
# in pieces, each as large as that takes.
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
