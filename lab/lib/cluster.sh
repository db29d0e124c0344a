# SPDX-License-Identifier: Apache-2.0
# Bringing the cluster up and down, and looking at it. Sourced, never run.
# shellcheck shell=bash

load_cluster() {
  need_up
  # shellcheck disable=SC1091
  . "$RUN/cluster.env"
  FLANNEL_NS=kube-flannel FLANNEL_DS=kube-flannel-ds
  if [ "$LAYOUT" = talos ]; then FLANNEL_NS=kube-system FLANNEL_DS=kube-flannel; fi
}

render() { # FLANNEL-IMAGE MANIFEST
  sed "s|@REGISTRY@|$REGISTRY|g; s|@COREDNS_VERSION@|$COREDNS_VERSION|g; s|@METRICS_VERSION@|$METRICS_VERSION|g; s|@FLANNEL_IMAGE@|$1|g" "$LAB_HOME/manifests/$2"
}

flannel_manifest() {
  local tag=$FLANNEL_VERSION image source
  [ "$FLANNEL_IMAGE" = iproute2 ] || tag=$tag-$FLANNEL_IMAGE
  image=$REGISTRY/flannel-io/flannel:$tag
  if [ "$LAYOUT" = talos ]; then source=$(render "$image" flannel-talos.yaml); else source=$(cat "$SHARE/kube-flannel-$FLANNEL_VERSION.yml"); fi
  # The upstream manifest is used as it is, but for image names and the backend.
  k create --dry-run=client -o json -f - <<< "$source" | jq -s --arg image "$image" --arg cni "$REGISTRY/flannel-io/flannel-cni-plugin:v0.9.1" \
      --arg backend "$BACKEND" --argjson nft "$NFTABLES" '
    {apiVersion: "v1", kind: "List", items: [.[] | if .kind == "List" then .items[] else . end |
      if .kind == "DaemonSet" then
        (.spec.template.spec | .initContainers, .containers) |= map(.image = (if .name == "install-cni-plugin" then $cni else $image end) | .imagePullPolicy = "IfNotPresent")
      elif .kind == "ConfigMap" then
        .data."net-conf.json" |= (fromjson
          | (if $backend == "vxlan" then . else .Backend = {Type: $backend} end)
          | (if $nft then .EnableNFTables = true else . end) | tojson)
      else . end]}'
}

up_options() { # ARGUMENTS of `lab up` -> the variables that cluster.env keeps, and NODE_COUNT
  NODE_COUNT=3
  FLANNEL_VERSION=$DEFAULT_FLANNEL BACKEND=vxlan LAYOUT=official FLANNEL_IMAGE=iproute2 PROXY_MODE=iptables NFTABLES=false METRICS_SERVER=true
  NODE_MEMORY_MIB=${NODE_MEMORY_MIB:-4096}
  while [ $# -gt 0 ]; do
    case $1 in
      [1-9]) NODE_COUNT=$1 ;;
      --flannel-version) need_value "$@"; FLANNEL_VERSION=$2; shift ;;
      --backend) need_value "$@"; BACKEND=$2; shift ;;
      --layout) need_value "$@"; LAYOUT=$2; shift ;;
      --flannel-image) need_value "$@"; FLANNEL_IMAGE=$2; shift ;;
      --proxy-mode) need_value "$@"; PROXY_MODE=$2; shift ;;
      --nftables) NFTABLES=true ;;
      --without-metrics-server) METRICS_SERVER=false ;;
      *) die "up: unknown argument '$1'" ;;
    esac
    shift
  done
  case $BACKEND in vxlan|host-gw) ;; *) die "backend must be vxlan or host-gw" ;; esac
  case $LAYOUT in official|talos) ;; *) die "layout must be official or talos" ;; esac
  case $FLANNEL_IMAGE in iproute2|busybox) ;; *) die "flannel image must be iproute2 or busybox" ;; esac
  case $PROXY_MODE in iptables|nftables) ;; *) die "proxy mode must be iptables or nftables" ;; esac
}

cmd_up() {
  local n t0=$SECONDS
  up_options "$@"
  need_tools containerd ctr runc tini nsenter unshare ip nft iptables openssl jq conntrack sysctl
  [ -x "$BIN/kubernetes" ] || die "binaries are missing (lab build first)"
  [ -e "$STAMPS/images" ] || die "images are missing (lab build first)"
  [ -x "$BIN/flanneld-$FLANNEL_VERSION" ] || die "flannel $FLANNEL_VERSION is not built (have: $(names_in "$BIN" | sed -n 's/^flanneld-//p' | tr '\n' ' '))"
  clear_dead_lab

  trap 'say "the lab is not complete: logs under $NODES/*/log, \`lab down\` removes it"' EXIT
  host_prepare
  declare -p FLANNEL_VERSION BACKEND LAYOUT FLANNEL_IMAGE PROXY_MODE NFTABLES METRICS_SERVER NODE_MEMORY_MIB | sed 's/^declare -- //' > "$RUN/cluster.env"
  load_cluster
  make_pki
  for n in $(seq -f node%g "$NODE_COUNT"); do node_files "$n"; done
  for n in $(seq -f node%g "$NODE_COUNT"); do node_start "$n"; done
  say "nodes started; waiting for the API"
  wait_for 180 "API server" k get --raw /readyz
  wait_for 30 "system namespaces" k get priorityclass system-node-critical
  # Nodes are registered ahead of their kubelets so that node i owns pod network i.
  for n in $(all_nodes); do register_node "$n"; done
  say "API ready after $((SECONDS - t0)) s; applying manifests"
  flannel_manifest > "$RUN/flannel.json"
  k apply -f "$RUN/flannel.json" >/dev/null
  wait_for 300 "every node Ready" nodes_ready || { k get nodes,pods -A -o wide >&2; return 1; }
  say "nodes Ready after $((SECONDS - t0)) s; applying the rest"
  render - coredns.yaml | k apply -f - >/dev/null
  if [ "$METRICS_SERVER" = true ]; then render - metrics-server.yaml | k apply -f - >/dev/null; fi
  render - workload.yaml | k apply -f - >/dev/null
  wait_ready 300
  touch "$RUN/complete"
  trap - EXIT
  say "$NODE_COUNT nodes ready after $((SECONDS - t0)) s"
}

register_node() { # NODE [CIDR]
  k create -f - >/dev/null <<YAML
apiVersion: v1
kind: Node
metadata:
  name: $1
  labels: {kubernetes.io/hostname: $1, kubernetes.io/os: linux, kubernetes.io/arch: $(go_arch)}
  annotations: {volumes.kubernetes.io/controller-managed-attach-detach: "true"} # the kubelet sets it once, at its start
spec: {podCIDR: ${2:-$(node_cidr "$1")}, podCIDRs: ["${2:-$(node_cidr "$1")}"]}
YAML
  if [ "$1" = node1 ]; then k label node node1 node-role.kubernetes.io/control-plane= >/dev/null; fi
}

go_arch() { case $(uname -m) in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) uname -m ;; esac; }

nodes_ready() {
  k get nodes -o json | jq -e --argjson n "$(all_nodes | wc -l)" '
    [.items[] | select(any(.status.conditions[]?; .type == "Ready" and .status == "True")
                       and (.spec.taints // [] | all(.key != "node.kubernetes.io/not-ready")))] | length == $n' >/dev/null
}
# flannel and web on every node, two of CoreDNS, metrics-server
all_ready() {
  local extra=2
  if [ "$METRICS_SERVER" = true ]; then extra=3; fi
  nodes_ready && k get pods -A -o json | jq -e --argjson n "$(all_nodes | wc -l)" --argjson extra $extra '
    (.items | length >= 2 * $n + $extra
      and all(.[]; .metadata.deletionTimestamp == null and any(.status.conditions[]?; .type == "Ready" and .status == "True")))' >/dev/null
}
wait_ready() { wait_for "$1" "every node and pod Ready" all_ready || { k get nodes,pods -A -o wide >&2; return 1; }; }

flannel_pod() { # NODE
  k get pods -n "$FLANNEL_NS" --field-selector "spec.nodeName=$1" -o json |
    jq -r '[.items[] | select(any(.spec.containers[]; .name == "kube-flannel") and .metadata.deletionTimestamp == null)][0].metadata.name // empty'
}

cmd_check() { # every pod to every other pod, then Service and DNS from each node
  load_cluster
  local pods n ip m mip bad=0 pod line
  pods=$(k get pods -n demo -l app=web -o json | jq -r '.items[] | select(.metadata.deletionTimestamp == null and .status.podIP != null) | "\(.spec.nodeName) \(.metadata.name) \(.status.podIP)"')
  for n in $(all_nodes); do
    if ! grep -q "^$n " <<< "$pods"; then echo "$n: no web pod"; bad=1; fi
  done
  if [ -z "$pods" ]; then return 1; fi
  while read -r n pod ip; do
    line="$n $ip:"
    while read -r m _ mip; do
      [ "$n" != "$m" ] || continue
      if k exec -n demo "$pod" -- ping -c1 -W2 "$mip" >/dev/null 2>&1 </dev/null; then line="$line  $m ok"; else line="$line  $m FAIL"; bad=1; fi
    done <<< "$pods"
    if k exec -n demo "$pod" -- sh -c 'for i in 1 2 3 4 5 6; do timeout 3 wget -qO- http://web >/dev/null || exit 1; done' >/dev/null 2>&1 </dev/null; then line="$line  service+dns ok"; else line="$line  service+dns FAIL"; bad=1; fi
    echo "$line"
  done <<< "$pods"
  return $bad
}

cmd_status() {
  load_cluster
  echo "flannel $FLANNEL_VERSION ($FLANNEL_IMAGE image), backend $BACKEND, layout $LAYOUT, kube-proxy $PROXY_MODE"
  if [ ! -e "$RUN/complete" ]; then echo "not complete: \`lab up\` is running, or did not finish (lab down, lab up)"; fi
  local n pid
  for n in $(all_nodes); do
    if pid=$(init_pid "$n"); then echo "$n running, init pid $pid"; else echo "$n DOWN"; fi
  done
  k get nodes -o wide 2>&1 || true
  k get pods -A -o wide 2>&1 || true
  if [ -s "$RUN/undo" ]; then echo "active faults (lab heal):"; grep '^#' "$RUN/undo"; fi
}

cmd_memory() { # resident memory of every lab process, by program
  load_cluster
  local n
  for n in $(all_nodes); do
    init_pid "$n" >/dev/null || continue
    nx "$n" sh -c "for p in /proc/[0-9]*; do awk -v n=$n '/^Name:/{c=\$2} /^VmRSS:/{print n, c, \$2}' \$p/status 2>/dev/null; done"
  done | awk '{ rss[$2] += $3; count[$2]++; sum += $3 } END { for (c in rss) printf "%-18s %3d  %8.1f MiB\n", c, count[c], rss[c] / 1024; printf "%-18s %3s  %8.1f MiB\n", "TOTAL", "", sum / 1024 }' | sort -k3 -n
}

cmd_logs() { # NODE COMPONENT [tail arguments]
  need_node "${1:-}"
  local n=$1 c=${2:-} have; have="flannel $(names_in "$NODES/$1/log" | sed 's/\.log$//' | tr '\n' ' ')"
  [ -n "$c" ] || die "usage: lab logs NODE COMPONENT ($have)"
  shift 2
  if [ "$c" = flannel ]; then load_cluster; k logs -n "$FLANNEL_NS" "$(flannel_pod "$n")" -c kube-flannel "$@"; return; fi
  [ -f "$NODES/$n/log/$c.log" ] || die "no log '$c' (have: $have)"
  tail "$@" "$NODES/$n/log/$c.log"
}

cmd_exec() { # NODE [--] CMD...
  need_node "${1:-}"
  local n=$1; shift
  [ "${1:-}" != -- ] || shift
  if [ $# = 0 ]; then set -- bash; fi
  nx "$n" "$@"
}
