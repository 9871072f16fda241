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

# The values of Terraform's variables are passwords and keys.
for name in $(env | sed -n 's/^\(TF_VAR_[A-Za-z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done

# The output may be long and of any kind: a log gets its end, without sequences that a terminal or a CI would obey.
tell() {
  LC_ALL=C tail -c 4096 "$said" | tr -d '\000-\010\013-\037\177' | tail -n 10 |
    sed -e 's/#\([A-Za-z]*\[\)/# \1/g' -e 's/section_\([a-z]*:\)/section \1/g' -e 's/^/  | /'
}

# Ends a command that takes too long. It does not keep the engine's output open.
watch() {
  left=$seconds
  while kill -0 "$1" && [ "$left" -gt 0 ]; do
    sleep 1
    left=$((left - 1))
  done
  if [ "$left" -eq 0 ] && kill "$1"; then
    echo "(it was stopped after $seconds seconds)" >>"$said"
  fi
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
cd -- "$directory"
attempt=1
while :; do
  sh -c "$command" </dev/null >"$said" 2>&1 &
  running=$!
  watch "$running" >/dev/null 2>&1 &
  status=0
  wait "$running" || status=$?
  [ "$status" -ne 0 ] || exit 0
  [ "$attempt" -lt "$attempts" ] || break
  attempt=$((attempt + 1))
  sleep "$pause"
done
echo "$folder: its files are in place, but its reloadCommand failed $attempts times, the last time with status $status. The next deployment runs it again. Its output:"
tell
exit 1
