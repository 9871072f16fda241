#!/bin/sh
# Runs the command that has a broker take up its files, once more where it fails: what custody "state" runs.
#
#     sh reload.sh ATTEMPTS SECONDS PAUSE DIRECTORY FOLDER
#
# The command is in the environment, as MQTT_PKI_RELOAD_COMMAND: no argument has it. It is run in DIRECTORY, may take SECONDS,
# and says something where it fails alone. FOLDER is the broker's, for messages.
# Where sh is bash, SHELLOPTS may have it trace what it does.
set +x -eu

attempts=$1 seconds=$2 pause=$3 directory=$4 folder=$5
command=$MQTT_PKI_RELOAD_COMMAND
unset MQTT_PKI_RELOAD_COMMAND

# The values of Terraform's variables are passwords and keys.
for name in $(env | sed -n 's/^\(TF_VAR_[A-Za-z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done

# What it says may be much, and of any kind: a log gets the end of it, without what would be a command to a terminal or a CI.
tell() {
  LC_ALL=C tail -c 4096 "$said" | tr -d '\000-\010\013-\037\177' | tail -n 10 |
    sed -e 's/#\([A-Za-z]*\[\)/# \1/g' -e 's/section_\([a-z]*:\)/section \1/g' -e 's/^/  | /'
}

# Ends it where it takes too long. Nothing of this holds on to the output of an engine.
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
