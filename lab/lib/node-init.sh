#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# First program of a node, inside its own network, mount, pid, uts, ipc and
# cgroup namespaces: lays out the file system and keeps the daemons running.
set -eu
LOG=$NODE_DIR/log
DISK=$NODE_DIR/disk

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
while IFS=: read -r _ c _; do
  [ -n "$c" ] || continue
  case $c in
    name=*) d=${c#name=}; options=none,$c ;;
    *) d=$c; options=$c ;;
  esac
  mkdir "/sys/fs/cgroup/$d"
  mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$d"
done < /proc/self/cgroup
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/lock /run/flannel

bind() { mount --bind "$1" "$2"; }
bind "$DISK/kubelet" /var/lib/kubelet
bind "$DISK/containerd" /var/lib/containerd
bind "$DISK/cni" /var/lib/cni
bind "$DISK/cni-conf" /etc/cni/net.d
bind "$DISK/cni-bin" /opt/cni/bin
bind "$DISK/log" /var/log
bind "$DISK/kubernetes" /etc/kubernetes
bind "$NODE_DIR/etc/hosts" /etc/hosts
bind "$NODE_DIR/etc/resolv.conf" /etc/resolv.conf
bind "$NODE_DIR/etc/hostname" /etc/hostname
bind "$NODE_DIR/etc/meminfo" /proc/meminfo
mount --make-rshared /
hostname "$NODE"

sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.bridge.bridge-nf-call-iptables=1

keep() { # NAME CMD...: run and restart
  local name=$1; shift
  ( while :; do
      echo "--- $(date -u +%FT%TZ) start $name" >> "$LOG/$name.log"
      rc=0; "$@" >> "$LOG/$name.log" 2>&1 || rc=$?
      echo "--- $(date -u +%FT%TZ) $name exited with $rc" >> "$LOG/$name.log"
      sleep 1
    done ) &
}
K="$LAB_BIN/kubectl --kubeconfig $LAB_RUN/admin.kubeconfig"

if [ "$NODE" = node1 ]; then
  P=$LAB_RUN/pki
  keep etcd "$LAB_BIN/etcd" --name lab --data-dir "$DISK/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster lab=http://127.0.0.1:2380
  keep kube-apiserver "$LAB_BIN/kube-apiserver" --etcd-servers http://127.0.0.1:2379 \
    --secure-port 6443 --bind-address 0.0.0.0 --advertise-address "$NODE_IP" \
    --tls-cert-file "$P/apiserver.crt" --tls-private-key-file "$P/apiserver.key" --client-ca-file "$P/ca.crt" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$P/sa.pub" --service-account-signing-key-file "$P/sa.key" --service-cluster-ip-range "$SERVICE_CIDR" \
    --kubelet-client-certificate "$P/apiserver-kubelet-client.crt" --kubelet-client-key "$P/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority "$P/ca.crt" --kubelet-preferred-address-types InternalIP \
    --requestheader-client-ca-file "$P/front-proxy-ca.crt" --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$P/front-proxy-client.crt" --proxy-client-key-file "$P/front-proxy-client.key" --enable-aggregator-routing=true \
    --audit-policy-file "$NODE_DIR/etc/audit-policy.yaml" --audit-log-path "$LOG/audit.log"
  ( until $K get --raw /readyz >/dev/null 2>&1; do sleep 0.3; done
    c=$LAB_RUN/kube-controller-manager.kubeconfig s=$LAB_RUN/kube-scheduler.kubeconfig
    keep kube-controller-manager "$LAB_BIN/kube-controller-manager" --kubeconfig "$c" --authentication-kubeconfig "$c" --authorization-kubeconfig "$c" \
      --root-ca-file "$P/ca.crt" --service-account-private-key-file "$P/sa.key" --use-service-account-credentials \
      --cluster-signing-cert-file "$P/ca.crt" --cluster-signing-key-file "$P/ca.key" \
      --allocate-node-cidrs --cluster-cidr "$POD_NET.0.0/16" --node-cidr-mask-size 24 --service-cluster-ip-range "$SERVICE_CIDR" \
      --leader-elect=false --bind-address 127.0.0.1 --node-monitor-grace-period 20s
    keep kube-scheduler "$LAB_BIN/kube-scheduler" --kubeconfig "$s" --authentication-kubeconfig "$s" --authorization-kubeconfig "$s" \
      --leader-elect=false --bind-address 127.0.0.1
    wait ) &
fi

if [ "$LAYOUT" = talos ]; then
  # Talos gives every node a local API endpoint on 127.0.0.1:7445.
  sysctl -qw net.ipv4.conf.all.route_localnet=1
  nft -f - <<NFT
table ip local-api {
  chain output { type nat hook output priority -100; ip daddr 127.0.0.1 tcp dport 7445 dnat to $UNDERLAY.11:6443; }
  chain post { type nat hook postrouting priority 100; ip saddr 127.0.0.1 oifname "eth0" masquerade; }
}
NFT
fi

keep containerd containerd --config "$NODE_DIR/etc/containerd.toml"
until ctr version >/dev/null 2>&1; do sleep 0.2; done
for image in $IMAGE_LIST; do
  [ -e "$DISK/containerd/.have-$image" ] && continue
  ctr -n k8s.io images import "$LAB_IMAGES/$image.tar" >> "$LOG/images.log" 2>&1
  touch "$DISK/containerd/.have-$image"
done
until $K get --raw /readyz >/dev/null 2>&1; do sleep 0.5; done
keep kube-proxy "$LAB_BIN/kube-proxy" --config "$NODE_DIR/etc/kube-proxy.yaml"
keep kubelet "$LAB_BIN/kubelet" --config "$NODE_DIR/etc/kubelet.yaml" --kubeconfig "/etc/kubernetes/$NODE.kubeconfig" \
  --hostname-override "$NODE" --node-ip "$NODE_IP"
wait
