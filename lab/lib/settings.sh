# SPDX-License-Identifier: Apache-2.0
# Settings and the small functions that every part of the lab needs. Sourced, never run.
# shellcheck shell=bash

LAB_DIR=${LAB_DIR:-/var/lib/selvage-lab}
BIN=$LAB_DIR/bin            # built binaries
IMAGES=$LAB_DIR/images      # image archives
SHARE=$LAB_DIR/share        # upstream manifests, per flannel version
STAMPS=$LAB_DIR/stamps      # hashes of what the above were made from
RUN=$LAB_DIR/run            # state of the running lab
NODES=$LAB_DIR/nodes        # one directory per node: disk, logs

DEFAULT_FLANNEL=v0.28.10
read -ra FLANNEL_VERSIONS <<< "${LAB_FLANNEL_VERSIONS:-v0.28.10 v0.28.4 v0.26.7}"
KUBERNETES_VERSION=v1.34.4
COREDNS_VERSION=v1.12.4
METRICS_VERSION=v0.9.0
REGISTRY=registry.lab       # only a name: nothing is ever pulled

BRIDGE=lab0
UNDERLAY=10.213.0           # bridge .1, node i is .(10+i)
POD_NET=10.244              # node i gets .i.0/24
SERVICE_CIDR=10.96.0.0/16
API=https://$UNDERLAY.11:6443
CGROUP=/lab

KUBECONFIG_ADMIN=$RUN/admin.kubeconfig

say()  { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die()  { printf 'lab: %s\n' "$*" >&2; exit 1; }

# kubectl keeps its discovery cache with the lab, so that `lab down` removes it too.
k()    { "$BIN/kubectl" --kubeconfig "$KUBECONFIG_ADMIN" --cache-dir "$RUN/kubectl-cache" "$@"; }

node_ip()   { echo "$UNDERLAY.$((10 + ${1#node}))"; }
node_cidr() { echo "$POD_NET.${1#node}.0/24"; }
node_net()  { echo "$POD_NET.${1#node}.0"; }

need_root()  { [ "$(id -u)" = 0 ] || die "must run as root"; }
need_tools() {
  local t missing=()
  for t in "$@"; do command -v "$t" >/dev/null || missing+=("$t"); done
  [ ${#missing[@]} = 0 ] || die "missing tools: ${missing[*]} (lab install-packages, or README.md, requirements)"
}
need_value() { [ $# -ge 2 ] || die "$1 needs a value"; }
need_up()    { [ -s "$RUN/cluster.env" ] || die "no lab is up"; }
need_node()  {
  need_up
  if [ -z "${1:-}" ] || [ ! -d "$NODES/$1" ]; then die "unknown node '${1:-}' (nodes: $(all_nodes | tr '\n' ' '))"; fi
}

names_in() { # DIRECTORY: what it holds, one name a line
  [ ! -d "$1" ] || find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V
}
all_nodes() { names_in "$NODES"; }

# One lab per machine, and one command at a time that changes it. The lock goes with the
# process: a killed command leaves none behind.
LOCK_FILE=/run/selvage-lab.lock
lock() { # COMMAND...
  exec {LOCK_FD}<>"$LOCK_FILE"
  if ! flock -n "$LOCK_FD"; then
    say "waiting for another lab command: $(cat "$LOCK_FILE" 2>/dev/null)"
    flock -w "${LAB_LOCK_SECONDS:-600}" "$LOCK_FD" || die "another lab command still runs: $(cat "$LOCK_FILE")"
  fi
  printf 'lab %s (pid %s)\n' "$*" "$$" > "$LOCK_FILE"
}
# What outlives the command must not hold its lock.
unlock() { if [ -n "${LOCK_FD:-}" ]; then exec {LOCK_FD}>&-; fi; }

# --- processes we started: a pid file holds "pid starttime", so that a reused
# --- pid is never mistaken for ours.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
pid_save()   { echo "$2 $(start_time "$2")" > "$1"; }
pid_read()   { # FILE -> pid when that very process still lives
  local pid t
  read -r pid t 2>/dev/null < "$1" || return 1
  [ -n "$pid" ] && [ -n "$t" ] && [ "$(start_time "$pid")" = "$t" ] && echo "$pid"
}

init_pid()   { pid_read "$NODES/$1/init.pid"; }

# Run a command inside a node (all its namespaces).
nx() {
  local node=$1 pid; shift
  pid=$(init_pid "$node") || die "$node is not running"
  nsenter -t "$pid" -m -u -n -p -C -- "$@"
}
# Run a command in a node's network namespace only (works while its init is frozen).
nn() { local node=$1; shift; nsenter --net="/run/netns/lab-$node" -- "$@"; }

wait_for() { # SECONDS WHAT CMD...
  local limit=$1 what=$2 t0=$SECONDS; shift 2
  until "$@" >/dev/null 2>&1; do
    (( SECONDS - t0 < limit )) || { say "timed out after ${limit}s: $what"; return 1; }
    sleep 0.5
  done
}
