#!/bin/sh
# Runs the command that makes a broker load its files, and repeats it if it fails. Custody "state" runs this.
#
#     sh reload.sh ATTEMPTS SECONDS PAUSE DIRECTORY FOLDER
#
# The environment has the command, as MQTT_PKI_RELOAD_COMMAND, not an argument. It runs in DIRECTORY, for at most SECONDS.
# Its output is shown only if it fails. FOLDER is the broker's, for messages.
# If sh is bash, SHELLOPTS may turn on tracing: set +x turns it off.
set +x -eu

attempts=$1 seconds=$2 pause=$3 directory=$4 folder=$5
command=$MQTT_PKI_RELOAD_COMMAND
unset MQTT_PKI_RELOAD_COMMAND

# The values of Terraform's variables are passwords and keys; others hold tokens, and the passphrase of an encrypted state.
for name in $(env | sed -n -e 's/^\(TF_VAR_[A-Za-z0-9_]*\)=.*/\1/p' -e 's/^\(TF_TOKEN_[A-Za-z0-9_]*\)=.*/\1/p' \
  -e 's/^\(TF_ENCRYPTION\)=.*/\1/p'); do
  unset "$name"
done

# A plan that was saved on another machine may not write both files here. (The stack of the authority writes ca.pem.)
for file in "$MQTT_PKI_KEY" "$MQTT_PKI_CERTIFICATE"; do
  if [ -n "$file" ] && [ ! -s "$file" ]; then
    echo "$folder: its reloadCommand was not run, because $file is missing or empty: plan and deploy again."
    exit 1
  fi
done

# In a session of its own, the command has no terminal to ask, and is ended with all its children.
session='' group=''
if command -v setsid >/dev/null; then
  session=setsid group=-
fi

temporary=$(mktemp -d)
said=$temporary/said stopped=$temporary/stopped
running='' watching=''
trap 'rm -rf "$temporary"' EXIT
trap 'end; exit 130' INT
trap 'end; exit 143' HUP TERM

# Ends the command, and its children where there is setsid: first with SIGTERM.
end() {
  [ -n "$running" ] && kill -TERM "$group$running" || return 0
  grace=5
  while [ "$grace" -gt 0 ] && kill -0 "$group$running"; do
    sleep 1
    grace=$((grace - 1))
  done
  kill -KILL "$group$running" || :
} 2>/dev/null

# Ends a command that takes too long, and shortens an output that would fill the disk. It does not keep the engine's output open.
watch() {
  left=$seconds
  while kill -0 "$running"; do
    # A stopped engine kills this script with SIGKILL, which no trap catches.
    if ! kill -0 "$$"; then
      end
      rm -rf "$temporary"
      return
    fi
    if [ "$left" -eq 0 ]; then
      : >"$stopped"
      end
      return
    fi
    sleep 1
    left=$((left - 1))
    if [ -n "$(find "$said" -size +2000)" ]; then
      tail -c 4096 "$said" >"$said.before"
      : >"$said"
    fi
  done
} >/dev/null 2>&1

# The output may be long and of any kind: a log gets its end, without sequences that a terminal or a CI would obey, invisible
# characters and what may be a key.
tell() {
  invisible=$(printf '\302[\200-\237]')
  turning=$(printf '\342\200[\213-\217\250-\256]')
  isolating=$(printf '\342\201[\240-\257]')
  cat "$said.before" "$said" 2>/dev/null | tail -c 4096 | tr -d '\000-\010\013-\037\177' |
    sed -e "s/$invisible//g" -e "s/$turning//g" -e "s/$isolating//g" | tail -n 10 |
    sed -e 's/.*PRIVATE KEY.*/(withheld: it may be a key)/' \
      -e 's/^[A-Za-z0-9+/]\{40,\}=*$/(withheld: it may be a key)/' \
      -e 's/.*[A-Za-z0-9+/_-]\{64,\}.*/(withheld: it may be a key)/' \
      -e 's/#\([A-Za-z]*\[\)/# \1/g' -e 's/section_\([a-z]*:\)/section \1/g' -e 's/^/  | /'
}

cd -- "$directory"
attempt=1
while :; do
  rm -f "$said" "$said.before" "$stopped"
  $session sh -c "$command" </dev/null >>"$said" 2>&1 &
  running=$!
  watch &
  watching=$!
  status=0
  wait "$running" 2>/dev/null || status=$?
  if [ -e "$stopped" ]; then
    wait "$watching" || :
    echo "(it was stopped after $seconds seconds)" >>"$said"
    [ "$status" -ne 0 ] || status=143
  else
    kill "$watching" 2>/dev/null || :
  fi
  running=''
  [ "$status" -ne 0 ] || exit 0
  [ "$attempt" -lt "$attempts" ] || break
  attempt=$((attempt + 1))
  sleep "$pause"
done
echo "$folder: its files are in place, but its reloadCommand failed $attempts times, the last time with status $status. The next deployment runs it again. Its output:"
LC_ALL=C tell
exit 1
