# SPDX-License-Identifier: Apache-2.0
# What the lab needs from the machine, does to it, and takes away again. Sourced, never run.
# shellcheck shell=bash

# package:program, one line each; only what is missing is installed, so that a machine's own
# container runtime stays as it is.
PACKAGES='
containerd:containerd
runc:runc
containernetworking-plugins:/usr/lib/cni/bridge
iproute2:ip
nftables:nft
iptables:iptables
conntrack:conntrack
busybox-static:busybox
dash:dash
tini:tini
openssl:openssl
jq:jq
tcpdump:tcpdump
gcc:gcc
libc6-dev:/usr/include/stdio.h
python3:python3
procps:sysctl
util-linux:flock
iputils-ping:ping
'

cmd_install_packages() {
  local line wanted=()
  need_tools apt-get
  while IFS=: read -r line program; do
    [ -n "$line" ] || continue
    command -v "$program" >/dev/null || [ -e "$program" ] || wanted+=("$line")
  done <<< "$PACKAGES"
  if [ ${#wanted[@]} = 0 ]; then say "every package is there already"; return; fi
  say "install ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2
  apt-get install -q -y --no-install-recommends "${wanted[@]}" >&2
}

cgroup_dirs() { find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d ! -name unified | sort; }

# `ip rule` shows a rule whose interface is gone as "[detached]"; it works again with the next lab0.
host_rule_exists() { ip rule show | grep -Eq "iif $BRIDGE (\[detached\] )?unreachable"; }

host_prepare() {
  local d
  mountpoint -q /sys/fs/cgroup/memory || die "this lab needs cgroup v1 hierarchies under /sys/fs/cgroup"
  for d in fs.inotify.max_user_instances:1024 fs.inotify.max_user_watches:524288; do
    [ "$(sysctl -n "${d%%:*}")" -ge "${d##*:}" ] || sysctl -qw "${d%%:*}=${d##*:}"
  done
  mkdir -p "$RUN" "$NODES"
  # `ip netns add` makes /run/netns a mount; `lab down` undoes that when the lab was the first
  mountpoint -q /run/netns || touch "$RUN/netns-mount-is-ours"
  mkdir -p /var/lib/{kubelet,containerd,cni} /etc/cni/net.d /opt/cni/bin /etc/kubernetes
  # Nothing leaves the machine: what comes from the nodes is not routed on, and the lab's
  # addresses lead nowhere while no lab is up (these routes and the rule outlive `lab down`,
  # because a kubeconfig of a lab that is gone must not reach whoever the default gateway knows).
  for d in "$UNDERLAY.0/24" "$POD_NET.0.0/16" "$SERVICE_CIDR"; do ip route replace unreachable "$d" metric 4096; done
  host_rule_exists || ip rule add iif "$BRIDGE" unreachable
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    ip link add "$BRIDGE" type bridge
    ip addr add "$UNDERLAY.1/24" dev "$BRIDGE"
    ip link set "$BRIDGE" up
  fi
}

lab_namespaces() { ip netns list 2>/dev/null | grep -Eo '^lab-node[0-9]+' || true; }
lab_links()      { ip -o link show | sed -nE "s/^[0-9]+: (lv[0-9]+|$BRIDGE)[@:].*/\1/p"; }
lab_cgroups()    { local d; for d in $(cgroup_dirs); do [ ! -d "$d$CGROUP" ] || echo "$d$CGROUP"; done; }
lab_pids() {
  local d
  for d in $(lab_cgroups); do find "$d" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done | sort -un | sed '/^0$/d'
}
lab_mounts() { awk -v a="$NODES/" -v b="$RUN/" 'index($2, a) == 1 || index($2, b) == 1 { print $2 }' /proc/mounts; }

# What a lab has left on the machine, one line each; nothing when it is clean.
leftovers() {
  local x
  for x in $(lab_pids); do echo "process $x ($(cat "/proc/$x/comm" 2>/dev/null || echo gone))"; done
  for x in $(lab_namespaces); do echo "network namespace $x"; done
  for x in $(lab_links); do echo "link $x"; done
  for x in $(lab_cgroups); do echo "cgroup $x"; done
  for x in $(lab_mounts); do echo "mount $x"; done
  for x in "$NODES" "$RUN"; do [ ! -e "$x" ] || echo "directory $x"; done
}

cgroups_down() { # [NODE]
  local d t
  for d in $(cgroup_dirs); do
    t=$d$CGROUP${1:+/$1}
    for _ in $(seq 50); do
      [ -d "$t" ] || break
      find "$t" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ ! -d "$t" ] || sleep 0.1
    done
  done
}

# Removes every trace of a lab, however it ended: by what is recorded, then by what is found.
remove_lab() {
  local x ours=''
  [ ! -e "$RUN/netns-mount-is-ours" ] || ours=yes
  for x in $(all_nodes); do node_crash "$x" & done
  wait
  for _ in $(seq 20); do
    mapfile -t x < <(lab_pids)
    [ ${#x[@]} -gt 0 ] || break
    kill -KILL "${x[@]}" 2>/dev/null || true
    sleep 0.1
  done
  for x in $(lab_namespaces); do ip netns del "$x" || true; done
  for x in $(lab_links); do ip link del "$x" 2>/dev/null || true; done
  for x in $(lab_mounts | sort -r); do umount "$x" || true; done
  cgroups_down
  rm -rf --one-file-system "$NODES" "$RUN"
  if [ -n "$ours" ] && [ -z "$(names_in /run/netns)" ] && mountpoint -q /run/netns; then umount /run/netns && rmdir /run/netns; fi
}

cmd_down() {
  local left
  remove_lab
  left=$(leftovers)
  if [ -n "$left" ]; then say "not everything could be removed:"; printf '%s\n' "$left" >&2; return 1; fi
  say "down"
}

# Before `lab up`: a living lab is left alone, a dead one is cleaned away.
clear_dead_lab() {
  local n alive=() left pids
  for n in $(all_nodes); do if init_pid "$n" >/dev/null; then alive+=("$n"); fi; done
  if [ -e "$RUN/complete" ] && [ ${#alive[@]} -gt 0 ]; then die "a lab is up already: ${alive[*]} (lab down first)"; fi
  left=$(leftovers)
  if [ -z "$left" ]; then return 0; fi
  pids=$(lab_pids)
  if [ -n "$pids" ] && [ ! -s "$RUN/cluster.env" ]; then
    printf '%s\n' "$left" >&2
    die "a lab that $LAB_DIR does not know is running on this machine (\`lab down\` removes it)"
  fi
  if [ ${#alive[@]} -gt 0 ]; then say "an earlier \`lab up\` did not finish: removing what it left"
  else say "an earlier lab was not taken down: removing what it left"; fi
  printf '%s\n' "$left" | sed 's/^/  /' >&2
  remove_lab
}
