# SPDX-License-Identifier: Apache-2.0
# Recordings: what the tools inside the flannel containers really print. Sourced, never run.
# shellcheck shell=bash

# One command a line. The last ones ask for what does not exist: their error texts and exit codes
# are facts too.
RECORD_COMMANDS='ip -V
ip -j -d link show
ip -j addr show
ip -j -d -4 route show table main
ip -j neigh show
bridge -j fdb show
cat /run/flannel/subnet.env
cat /proc/sys/net/ipv4/ip_forward
cat /proc/net/route
cat /proc/net/arp
ip -j -d link show dev flannel.9
ip -j neigh show dev flannel.9
bridge -j fdb show dev flannel.9
ip -j -d -4 route show table 4242
cat /run/flannel/no-such-file
no-such-program'

# record_command POD COMMAND -> {argv, stdout, stderr, exitCode}. kubectl adds a line to stderr when
# the program fails, and has its own exit code when the program could not be started: then exitCode
# is null and stderr is what the API server says.
record_command() {
  local pod=$1 code=0 argv; read -ra argv <<< "$2"
  k exec -n "$FLANNEL_NS" "$pod" -c kube-flannel -- "${argv[@]}" > "$RUN/record.out" 2> "$RUN/record.err" < /dev/null || code=$?
  jq -n --rawfile out "$RUN/record.out" --rawfile err "$RUN/record.err" --argjson code "$code" '
    ($err | split("\n") | map(select(length > 0))) as $lines
    | ($code != 0 and ($lines | any(test("^command terminated with exit code [0-9]+$")) | not)) as $unstarted
    | {argv: $ARGS.positional, stdout: $out,
       stderr: ($lines | map(select(test("^command terminated with exit code [0-9]+$") | not)) | map(. + "\n") | add // ""),
       exitCode: (if $unstarted then null else $code end)}' --args -- "${argv[@]}"
}

record_node() { # NODE -> {name, flannelPod, node, commands}
  local pod command; pod=$(flannel_pod "$1")
  [ -n "$pod" ] || { say "$1 has no flannel pod: not recorded"; return 0; }
  k get node "$1" -o json > "$RUN/record.node"
  while IFS= read -r command; do record_command "$pod" "$command"; done <<< "$RECORD_COMMANDS" |
    jq -s --arg name "$1" --slurpfile node "$RUN/record.node" '
      {name: $name,
       podCIDRs: $node[0].spec.podCIDRs,
       internalIP: ([$node[0].status.addresses[]? | select(.type == "InternalIP").address][0]),
       annotations: ($node[0].metadata.annotations // {} | with_entries(select(.key | startswith("flannel.")))),
       commands: .}'
}

record_name() {
  local name=$FLANNEL_VERSION-$BACKEND-$LAYOUT-$FLANNEL_IMAGE faults=''
  if [ -s "$RUN/undo" ]; then faults=$(sed -n 's/^# //p' "$RUN/undo" | tr ' \n' '--'); fi
  echo "$name${faults:+-${faults%-}}"
}

cmd_record() { # [DIRECTORY]: to the standard output, or to DIRECTORY/<variant>[-<faults>].json
  load_cluster
  local n out
  out=$(for n in $(all_nodes); do if init_pid "$n" >/dev/null; then record_node "$n"; fi; done |
    jq -s --arg flannel "$FLANNEL_VERSION" --arg image "$FLANNEL_IMAGE" --arg backend "$BACKEND" --arg layout "$LAYOUT" \
      --arg kernel "$(uname -r | cut -d. -f1,2)" --arg faults "$(sed -n 's/^# //p' "$RUN/undo" 2>/dev/null)" '
      {flannelVersion: $flannel, flannelImage: $image, backend: $backend, layout: $layout, kernel: $kernel,
       faults: ($faults | split("\n") | map(select(length > 0))), nodes: .}')
  if [ $# = 0 ]; then printf '%s\n' "$out"; return; fi
  mkdir -p "$1"
  printf '%s\n' "$out" > "$1/$(record_name).json"
  say "recorded $1/$(record_name).json"
}
