# SPDX-License-Identifier: Apache-2.0
# Nodes: network namespace, cgroups, configuration, start, crash. Sourced, never run.
# shellcheck shell=bash

node_network_up() {
  local n=$1 i=${1#node}
  [ -e "/run/netns/lab-$n" ] || ip netns add "lab-$n"
  ip link del "lv$i" 2>/dev/null || true
  ip link add "lv$i" type veth peer name eth0 netns "lab-$n"
  ip link set "lv$i" master "$BRIDGE" up
  nn "$n" sh -ec "
    ip link set lo up
    ip addr add $(node_ip "$n")/24 dev eth0
    ip link set eth0 up
    ip route add default via $UNDERLAY.1"
}

node_network_down() {
  local n=$1
  ip link del "lv${n#node}" 2>/dev/null || true
  ip netns del "lab-$n" 2>/dev/null || true
}

node_cgroups_up() {
  local d f
  for d in $(cgroup_dirs); do
    mkdir -p "$d$CGROUP/$1"
    if [ -e "$d/cpuset.cpus" ]; then
      for f in cpuset.cpus cpuset.mems; do
        cat "$d/$f" > "$d$CGROUP/$f"; cat "$d/$f" > "$d$CGROUP/$1/$f"
      done
    fi
  done
}

node_files() { # NODE: everything the node reads, written once per `lab up`
  local n=$1 d=$NODES/$1 ip; ip=$(node_ip "$1")
  mkdir -p "$d"/{log,etc,disk/{kubelet,containerd,cni,cni-conf,cni-bin,log,kubernetes}}
  cp -L /usr/lib/cni/{bridge,host-local,loopback,portmap} "$d/disk/cni-bin/"
  cp "$LAB_HOME/lib/node-init.sh" "$d/node-init.sh" # a running script must not change under its shell
  if [ "$LAYOUT" = talos ]; then cp "$BIN/cni-flannel" "$d/disk/cni-bin/flannel"; fi
  echo "$n" > "$d/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost\n%s %s\n' "$ip" "$n" > "$d/etc/hosts"
  echo "nameserver $UNDERLAY.1" > "$d/etc/resolv.conf"
  sed -E "s/^(MemTotal: +)[0-9]+/\1$((NODE_MEMORY_MIB * 1024))/; s/^(MemFree|MemAvailable)(: +)[0-9]+/\1\2$((NODE_MEMORY_MIB * 768))/" /proc/meminfo > "$d/etc/meminfo"
  make_node_pki "$n"
  cp "$PKI/ca.crt" "$PKI/$n-serving.crt" "$PKI/$n-serving.key" "$RUN/$n.kubeconfig" "$RUN/kube-proxy.kubeconfig" "$d/disk/kubernetes/"
  cat > "$d/etc/containerd.toml" <<TOML
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$REGISTRY/pause:3.10"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${SNAPSHOTTER:-overlayfs}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
TOML
  cat > "$d/etc/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: /etc/kubernetes/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: /etc/kubernetes/$n-serving.crt
tlsPrivateKeyFile: /etc/kubernetes/$n-serving.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
maxOpenFiles: 20000
readOnlyPort: 0
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: /etc/resolv.conf
enforceNodeAllocatable: [pods]
systemReserved: {memory: 256Mi}
evictionHard: {memory.available: 50Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 4s
nodeLeaseDurationSeconds: 20
YAML
  # Who asked what with the admin kubeconfig: the tests read it to see what a program did to the cluster.
  cat > "$d/etc/audit-policy.yaml" <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, users: [admin]}
- {level: None}
YAML
  cat > "$d/etc/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: /etc/kubernetes/kube-proxy.kubeconfig}
mode: $PROXY_MODE
clusterCIDR: $POD_NET.0.0/16
detectLocalMode: ClusterCIDR
hostnameOverride: $n
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
}

node_start() { # NODE
  local n=$1 d=$NODES/$1 outer
  ! init_pid "$n" >/dev/null || return 0
  node_network_up "$n"
  node_cgroups_up "$n"
  ( unlock
    # the cgroup namespace is rooted where the process is when it unshares
    for c in $(cgroup_dirs); do echo "$BASHPID" > "$c$CGROUP/$n/cgroup.procs"; done
    export NODE=$n NODE_DIR=$d LAB_BIN=$BIN LAB_RUN=$RUN LAB_IMAGES=$IMAGES LAYOUT UNDERLAY SERVICE_CIDR POD_NET
    NODE_IP=$(node_ip "$n") IMAGE_LIST=$(image_list | tr '\n' ' '); export NODE_IP IMAGE_LIST
    exec setsid nsenter --net="/run/netns/lab-$n" \
      unshare --mount --pid --fork --uts --ipc --cgroup --kill-child --propagation private \
      tini -s -- bash "$d/node-init.sh" ) >> "$d/log/init.log" 2>&1 < /dev/null &
  outer=$!
  pid_save "$d/outer.pid" $outer
  local child='' t=0 p children=()
  while [ -z "$child" ] && [ $t -lt 100 ]; do
    read -ra children 2>/dev/null < "/proc/$outer/task/$outer/children" || true
    for p in "${children[@]}"; do if grep -qsx tini "/proc/$p/comm"; then child=$p; fi; done
    [ -n "$child" ] || sleep 0.05; t=$((t + 1))
  done
  [ -n "$child" ] || die "$n did not start, see $d/log/init.log"
  pid_save "$d/init.pid" "$child"
}

node_crash() { # NODE: like pulling the plug, network included
  local n=$1 pid
  if pid=$(init_pid "$n"); then
    kill -KILL "$pid"
    for _ in $(seq 100); do [ -n "$(start_time "$pid")" ] || break; sleep 0.1; done
  fi
  if pid=$(pid_read "$NODES/$n/outer.pid"); then kill -KILL "$pid" 2>/dev/null || true; fi
  node_network_down "$n"
  cgroups_down "$n"
}

image_list() {
  local v=$FLANNEL_VERSION
  [ "$FLANNEL_IMAGE" = iproute2 ] || v=$v-$FLANNEL_IMAGE
  printf '%s\n' pause cni-flannel "flannel-$v" busybox nettools coredns metrics-server
}
