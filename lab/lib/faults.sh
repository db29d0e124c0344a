# SPDX-License-Identifier: Apache-2.0
# Fault injection. Every fault is real (kernel, process or API state), and
# writes down how to undo it. Sourced, never run.
# shellcheck shell=bash

FAULT_HELP='route-del NODE PEER         delete the route to PEER on NODE
neigh-del NODE PEER         delete the neighbour entry of PEER on NODE
fdb-del NODE PEER           delete the forwarding entry of PEER on NODE
routes-flush NODE           delete every flannel route on NODE
stale-route NODE            a leftover route to a pod network that no node has (10.244.99.0/24)
rules-flush NODE            empty the iptables chains of flannel, or delete its nftables table
link-bounce NODE            flannel.1 down and up
link-del NODE               delete flannel.1
wrong-mtu NODE [MTU]        flannel.1 MTU (default 1300; the kernel refuses more than underlay - 50)
mtu-blackhole NODE [MTU]    packets larger than MTU (default 1400) to NODE vanish in the underlay
udp-block NODE              drop the VXLAN port in and out
loss NODE [PERCENT]         drop PERCENT (default 30) of incoming VXLAN packets
ip-forward-0 NODE           net.ipv4.ip_forward=0
forward-drop NODE           drop at the top of the FORWARD chain
subnet-env-rm NODE          delete /run/flannel/subnet.env
eth0-flap NODE              underlay interface down and up again
wrong-vtep-mac NODE [MAC]   change VtepMAC in the annotation of NODE
wrong-public-ip NODE [IP]   change public-ip in the annotation of NODE
annotations-lost NODE       delete and re-create the Node object, same pod network
duplicate-podcidr NODE PEER re-create the Node object with the pod network of PEER
flannel-oom NODE [LIMIT]    memory limit (default 9Mi) in the DaemonSet, pod of NODE replaced: OOM-killed
flannel-child-oom NODE      a process beside flanneld in its container reaches a limit and is OOM-killed, flanneld lives
flannel-stop NODE           SIGSTOP flanneld: Running, but frozen
flannel-kill NODE           SIGKILL flanneld: the kubelet restarts it
coredns-down NODE           scale CoreDNS to zero (NODE is ignored)
node-crash NODE             kill the node, its network vanishes
node-reboot NODE            node-crash, then start again'

undo() { printf '%s\n' "$1" >> "$RUN/undo"; }

link()  { if [ "$BACKEND" = vxlan ]; then echo flannel.1; else echo eth0; fi; }
via()   { if [ "$BACKEND" = vxlan ]; then echo "via $(node_net "$1") dev flannel.1 onlink"; else echo "via $(node_ip "$1") dev eth0"; fi; }
vport() { if [ "$LAYOUT" = talos ]; then echo 4789; else echo 8472; fi; }
note()  { k get node "$1" -o json | jq -r --arg k "flannel.alpha.coreos.com/$2" '.metadata.annotations[$k] // empty'; }

need_peer()  { if [ -z "${2:-}" ] || [ ! -d "$NODES/$2" ] || [ "$1" = "$2" ]; then die "this fault needs a PEER other than $1"; fi; }
need_vxlan() { [ "$BACKEND" = vxlan ] || die "this fault needs the vxlan backend"; }

set_note() { # NODE KEY VALUE
  local old; old=$(note "$1" "$2")
  undo "k annotate --overwrite node $1 $(printf '%q' "flannel.alpha.coreos.com/$2=$old") >/dev/null"
  k annotate --overwrite node "$1" "flannel.alpha.coreos.com/$2=$3" >/dev/null
}

# A peer that saw a false MAC keeps its forwarding entry for ever, also when the annotation is right again.
forget_mac() { # NODE MAC: on every peer of NODE
  local peer
  for peer in $(all_nodes); do
    if [ "$peer" != "$1" ]; then nn "$peer" bridge fdb del "$2" dev flannel.1 dst "$(node_ip "$1")" 2>/dev/null || true; fi
  done
}

cmd_fault() {
  local name=${1:-} node=${2:-} a=${3:-} mac peer
  if [ -z "$name" ] || [ "$name" = list ]; then echo "$FAULT_HELP"; return; fi
  need_node "$node"; load_cluster
  grep -q "^$name " <<< "$FAULT_HELP" || die "unknown fault '$name' (lab fault list)"
  case $name in
    route-del)    need_peer "$node" "$a"; nn "$node" ip route del "$(node_cidr "$a")"
                  undo "nn $node ip route replace $(node_cidr "$a") $(via "$a")" ;;
    neigh-del)    need_vxlan; need_peer "$node" "$a"; mac=$(note "$a" backend-data | jq -r .VtepMAC)
                  nn "$node" ip neigh del "$(node_net "$a")" dev flannel.1
                  undo "nn $node ip neigh replace $(node_net "$a") lladdr $mac dev flannel.1 nud permanent" ;;
    fdb-del)      need_vxlan; need_peer "$node" "$a"; mac=$(note "$a" backend-data | jq -r .VtepMAC)
                  nn "$node" bridge fdb del "$mac" dev flannel.1 dst "$(node_ip "$a")"
                  undo "nn $node bridge fdb replace $mac dev flannel.1 dst $(node_ip "$a") self permanent" ;;
    routes-flush) nn "$node" ip -o route show | grep "^$POD_NET\..* via " | while read -r cidr rest; do
                    nn "$node" ip route del "$cidr"; undo "nn $node ip route replace $cidr $rest"
                  done ;;
    stale-route)  if [ "$BACKEND" = vxlan ]; then nn "$node" ip route add $POD_NET.99.0/24 via $POD_NET.99.0 dev flannel.1 onlink
                  else nn "$node" ip route add $POD_NET.99.0/24 via $UNDERLAY.99 dev eth0; fi
                  undo "nn $node ip route del $POD_NET.99.0/24" ;;
    rules-flush)  if [ "$NFTABLES" = true ]; then nn "$node" nft delete table ip flannel-ipv4
                  else nn "$node" iptables -w -t nat -F FLANNEL-POSTRTG; nn "$node" iptables -w -F FLANNEL-FWD; fi
                  undo "restart_flannel $node" ;;
    link-bounce)  nn "$node" ip link set "$(link)" down; nn "$node" ip link set "$(link)" up
                  # no default route, no flanneld: what manages a real node's interface sets it again
                  [ "$(link)" = flannel.1 ] || nn "$node" ip route replace default via $UNDERLAY.1
                  undo "restart_flannel $node" ;;
    link-del)     need_vxlan; nn "$node" ip link del flannel.1; undo "restart_flannel $node" ;;
    wrong-mtu)    need_vxlan; undo "nn $node ip link set flannel.1 mtu $(nn "$node" ip -j link show flannel.1 | jq '.[0].mtu')"
                  nn "$node" ip link set flannel.1 mtu "${a:-1300}" ;;
    mtu-blackhole) # TCP of the nodes finds its own way around the hole; without that, now and then nobody could read NODE
                  for peer in $(all_nodes); do
                    undo "nx $peer sysctl -qw net.ipv4.tcp_mtu_probing=0"; nx "$peer" sysctl -qw net.ipv4.tcp_mtu_probing=2
                  done
                  undo "ip link set lv${node#node} mtu 1500"; ip link set "lv${node#node}" mtu "${a:-1400}" ;;
    udp-block)    need_vxlan; nn "$node" nft -f - <<NFT
table inet lab_block {
  chain in { type filter hook input priority -300; udp dport $(vport) drop; }
  chain out { type filter hook output priority -300; udp dport $(vport) drop; }
}
NFT
                  undo "nn $node nft delete table inet lab_block" ;;
    loss)         need_vxlan; nn "$node" nft -f - <<NFT
table inet lab_loss {
  chain in { type filter hook input priority -300; udp dport $(vport) numgen random mod 100 < ${a:-30} drop; }
}
NFT
                  undo "nn $node nft delete table inet lab_loss" ;;
    ip-forward-0) nx "$node" sysctl -qw net.ipv4.ip_forward=0; undo "nx $node sysctl -qw net.ipv4.ip_forward=1" ;;
    forward-drop) nn "$node" iptables -w -I FORWARD 1 -m comment --comment lab-fault -j DROP
                  # whoever mended it by hand has deleted it
                  undo "while nn $node iptables -w -D FORWARD -m comment --comment lab-fault -j DROP 2>/dev/null; do :; done" ;;
    subnet-env-rm) nx "$node" rm -f /run/flannel/subnet.env; undo "restart_flannel $node" ;;
    eth0-flap)    nn "$node" ip link set eth0 down; sleep 2; nn "$node" ip link set eth0 up
                  nn "$node" ip route replace default via $UNDERLAY.1
                  undo "restart_flannel $node" ;;
    wrong-vtep-mac) need_vxlan; mac=${a:-02:00:de:ad:be:ef}
                  [[ $mac =~ ^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$ ]] || die "'$mac' is not a MAC address"
                  undo "sleep 1; forget_mac $node $mac" # after the annotation is back
                  set_note "$node" backend-data "$(note "$node" backend-data | jq -c --arg m "$mac" '.VtepMAC = $m')" ;;
    wrong-public-ip) set_note "$node" public-ip "${a:-$UNDERLAY.250}" ;;
    annotations-lost)
                  k delete node "$node" >/dev/null; register_node "$node"; undo "restart_flannel $node" ;;
    duplicate-podcidr) need_peer "$node" "$a"
                  k delete node "$node" >/dev/null; register_node "$node" "$(node_cidr "$a")"
                  restart_flannel "$node"
                  undo "own_podcidr $node $a" ;;
    flannel-oom)  # only the pod of NODE is replaced, the others keep the old template
                  undo "restore_flannel $node"
                  if [ ! -e "$RUN/flannel-spec.json" ]; then
                    k get daemonset -n "$FLANNEL_NS" "$FLANNEL_DS" -o json | jq '[{op: "replace", path: "/spec", value: .spec}]' > "$RUN/flannel-spec.json"
                  fi
                  k patch daemonset -n "$FLANNEL_NS" "$FLANNEL_DS" --type=json -p '[
                    {"op":"add","path":"/spec/updateStrategy","value":{"type":"OnDelete"}},
                    {"op":"add","path":"/spec/template/spec/containers/0/resources","value":{"requests":{"cpu":"100m","memory":"'"${a:-9Mi}"'"},"limits":{"memory":"'"${a:-9Mi}"'"}}}]' >/dev/null
                  restart_flannel "$node" ;;
    flannel-child-oom) oom_child "$node"; undo "restart_flannel $node" ;;
    flannel-stop) nx "$node" pkill -STOP -x flanneld; undo "nx $node pkill -CONT -x flanneld; restart_flannel $node" ;;
    flannel-kill) nx "$node" pkill -KILL -x flanneld ;;
    coredns-down) k scale deployment -n kube-system coredns --replicas=0 >/dev/null
                  k wait pod -n kube-system -l k8s-app=kube-dns --for=delete --timeout=30s >/dev/null
                  undo "k scale deployment -n kube-system coredns --replicas=2 >/dev/null" ;;
    node-crash)   node_crash "$node"; undo "node_start $node" ;;
    node-reboot)  node_crash "$node"; node_start "$node" ;;
  esac
  undo "# $*"
  say "fault $*"
}

# The limit is the kernel's alone, so that the container is no other in the API, and lasts as long as the victim.
oom_child() { # NODE
  local pod id group
  pod=$(flannel_pod "$1")
  id=$(k get pod -n "$FLANNEL_NS" "$pod" -o json |
    jq -r '.status.containerStatuses[] | select(.name == "kube-flannel").containerID | sub(".*//"; "")')
  group=$(find "/sys/fs/cgroup/memory/lab/$1" -type d -name "$id" | head -1)
  [ -n "$id" ] && [ -n "$group" ] || die "no cgroup of flannel's container on $1"
  echo $(($(cat "$group/memory.usage_in_bytes") + 64 * 1024 * 1024)) > "$group/memory.limit_in_bytes"
  k exec -n "$FLANNEL_NS" "$pod" -c kube-flannel -- \
    sh -c 'echo 1000 > /proc/self/oom_score_adj; exec dd if=/dev/zero of=/dev/null bs=256M count=1' >/dev/null 2>&1 || true
  echo -1 > "$group/memory.limit_in_bytes"
  grep -q '^oom_kill [1-9]' "$group/memory.oom_control" || die "nothing was killed on $1"
}

restart_flannel() { # NODE
  local pod; pod=$(flannel_pod "$1")
  if [ -n "$pod" ]; then k delete pod -n "$FLANNEL_NS" "$pod" --grace-period=5 >/dev/null; fi
}

# The DaemonSet as it was before the first change, NODE with a pod of it, no trace of the other template.
restore_flannel() { # NODE
  local kept
  if [ -e "$RUN/flannel-spec.json" ]; then
    k patch daemonset -n "$FLANNEL_NS" "$FLANNEL_DS" --type=json --patch-file "$RUN/flannel-spec.json" >/dev/null
    rm -f "$RUN/flannel-spec.json"
  fi
  restart_flannel "$1"
  kept=$(k get pods -n "$FLANNEL_NS" -o json | jq -r '[.items[].metadata.labels["controller-revision-hash"] // empty] | unique | .[]')
  k get controllerrevisions -n "$FLANNEL_NS" -o json |
    jq -r --arg ds "$FLANNEL_DS" '.items[] | select(.metadata.ownerReferences[0].name == $ds) | "\(.metadata.labels["controller-revision-hash"]) \(.metadata.name)"' |
    while read -r hash name; do
      grep -qx "$hash" <<< "$kept" || k delete controllerrevision -n "$FLANNEL_NS" "$name" >/dev/null </dev/null
    done
}

# Give NODE its own pod network back after it had the one of PEER. Deleting the
# Node makes every flanneld forget the shared network, so PEER re-announces too.
own_podcidr() { # NODE PEER
  k delete node "$1" >/dev/null; register_node "$1"
  restart_flannel "$1"
  wait_for 60 "subnet.env of $1" nx "$1" grep -q "^FLANNEL_SUBNET=$POD_NET.${1#node}.1/" /run/flannel/subnet.env
  nn "$1" ip link del cni0 2>/dev/null || true
  k get pods -A --field-selector "spec.nodeName=$1" -o json |
    jq -r '.items[] | select(.spec.hostNetwork != true) | "\(.metadata.namespace) \(.metadata.name)"' |
    while read -r ns pod; do k delete pod -n "$ns" "$pod" --force --grace-period=0 >/dev/null 2>&1 </dev/null; done
  restart_flannel "$2"
}

cmd_heal() {
  load_cluster
  local line node bad=0 failed=()
  if [ -s "$RUN/undo" ]; then
    while IFS= read -r line; do
      case $line in '#'*) say "undo: ${line#\# }"; continue ;; esac
      eval "$line" || { say "failed: $line"; failed=("$line" "${failed[@]}"); bad=1; }
    done < <(tac "$RUN/undo")
  fi
  rm -f "$RUN/undo"
  for line in "${failed[@]}"; do undo "$line"; done
  wait_ready 180 || bad=1
  # what was just repaired may need some seconds to be known everywhere (kube-proxy after a new endpoint)
  if ! wait_for 5 "traffic" cmd_check; then
    say "restarting every flannel pod"
    for node in $(all_nodes); do restart_flannel "$node"; done
    wait_ready 180 || bad=1
    wait_for 60 "traffic" cmd_check || bad=1
  fi
  if [ $bad = 0 ]; then say "healed"; else say "not healed; lab check and lab status tell more"; return 1; fi
}
