#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records what iproute2 and BusyBox print for the state that flannel makes. Needs root; works in two
# network namespaces of its own and removes them. Usage: ./record.sh DIRECTORY
set -eu
out=$1
node=selvage-record-$$
pod=$node-pod
trap 'ip netns del "$node" 2>/dev/null || true; ip netns del "$pod" 2>/dev/null || true' EXIT
ip netns add "$node"
ip netns add "$pod"

n() { ip netns exec "$node" "$@"; }

# One command: its words, its standard output (1|), standard error (2|) and exit code (=).
r() {
  code=0
  n "$@" >"$out/.stdout" 2>"$out/.stderr" || code=$?
  printf '$ %s\n' "$*"
  sed "s/link-netns $pod/link-netnsid 0/; s/^/1|/" "$out/.stdout"
  sed 's/^/2|/' "$out/.stderr"
  printf '= %s\n' "$code"
}

n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
ip netns exec "$pod" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
n ip link set lo up
n ip link add eth0 address 02:42:0a:d5:00:0b type veth peer name node netns "$pod"
ip netns exec "$pod" ip link set node up
n ip link set eth0 up
n ip addr add 192.168.1.223/24 dev eth0
n ip addr add fd00:1::1/64 dev eth0 nodad
n ip route add default via 192.168.1.1
n ip link add flannel.1 address 8e:47:11:22:33:01 type vxlan id 1 local 192.168.1.223 dev eth0 dstport 4789 nolearning
n ip link set flannel.1 mtu 1450 up
n ip addr add 10.244.3.0/32 dev flannel.1
n ip link add flannel-v6.1 address 8e:47:11:22:33:a1 type vxlan id 1 local fd00:1::1 dev eth0 dstport 4789 nolearning
n ip link set flannel-v6.1 up
n ip addr add fd00:244:3::/128 dev flannel-v6.1 nodad
n ip link add cni0 address 5e:11:22:33:44:01 type bridge
n ip link set cni0 up
n ip addr add 10.244.3.1/24 brd 10.244.3.255 dev cni0
n ip link add veth1 address 5e:11:22:33:44:55 type veth peer name pod netns "$pod"
n ip link set veth1 mtu 1450 master cni0 up
ip netns exec "$pod" ip link set pod up
sleep 16

{
  r ip neigh replace 10.244.4.0 lladdr 8e:47:11:22:33:02 dev flannel.1 nud permanent
  r bridge fdb replace 8e:47:11:22:33:02 dev flannel.1 dst 192.168.1.162 self permanent
  r ip route replace 10.244.4.0/24 via 10.244.4.0 dev flannel.1 onlink
  r ip -6 neigh replace fd00:244:4:: lladdr 8e:47:11:22:33:a2 dev flannel-v6.1 nud permanent
  r bridge fdb replace 8e:47:11:22:33:a2 dev flannel-v6.1 dst fd00:1::2 self permanent
  r ip -6 route replace fd00:244:4::/64 via fd00:244:4:: dev flannel-v6.1 onlink
  for options in '' '-d' '-j' '-j -d' '-j -4' '-4' '-j -6' '-6'; do
    # shellcheck disable=SC2086
    { r ip $options addr; r ip $options route; r ip $options route show table all; }
  done
  for options in '' '-d' '-j' '-j -d' '-s' '-j -s' '-j -d -s'; do
    # shellcheck disable=SC2086
    { r ip $options link show; r ip $options link show dev flannel.1; r ip $options neigh; }
  done
  r ip -j -d link show type vxlan
  r ip -j -d -4 route show table main
  r ip -j -d -6 route show table main
  r ip -j route show table local
  r ip -j -d route show dev flannel.1
  r ip route show 10.244.4.0/24
  r ip route list 10.250.0.0/16
  r ip -j route list 10.250.0.0/16
  r ip -j neigh show
  r ip -j neigh show dev flannel.1
  r ip neigh show dev flannel.1
  r ip -4 neigh show
  r ip -j -6 neigh show
  r bridge -j fdb show
  r bridge fdb show
  r bridge -j fdb show dev flannel.1
  r bridge fdb show dev flannel.1
  r bridge fdb show br cni0
  r ip -j rule
  r ip rule show
  r ip -j -6 rule
  r ip route get 10.244.4.5
  r ip -j route get 10.244.4.5
  r ip route get 192.168.1.162
  r ip -j route get 10.244.3.0
  r ip route get 10.244.3.7
  r ip route get 8.8.8.8
  r ip -j -6 route get fd00:244:4::5
  r ip route get fd00:244:4::5
  r ip link show nope
  r ip -j addr show dev nope
  r ip -j route show dev nope
  r ip -j neigh show dev nope
  r bridge -j fdb show dev nope
  r ip foo
  r ip -x link
  r bridge foo
  r ip route show bogus
  r ip route get nonsense
  r ip route replace 300.1.1.1/24 via 1.1.1.1
  r ip route del 10.9.0.0/24
  r ip route add 10.7.0.0/24 via 10.244.7.0 dev flannel.1
  r ip route add 10.244.4.0/24 via 10.244.4.0 dev flannel.1 onlink
  r ip route add 10.7.0.0/24 via 10.244.7.0 dev nope
  r ip route add 10.6.0.0/24 via 7.7.7.7
  r ip route add 10.5.0.0/24 via 192.168.1.162
  r ip route add 10.244.0.0/16 via 192.168.1.162 metric 50
  r ip route add blackhole 10.244.3.0/24
  r ip route replace blackhole 10.66.0.0/24
  r ip route add 10.244.99.0/24 via 10.244.99.0 dev flannel.1 onlink proto static
  r ip route
  r ip -j -d route
  r ip route del 10.244.4.0/24 via 1.2.3.4
  r ip route del 10.244.4.0/24 via 10.244.4.0 dev flannel.1
  r ip neigh del 10.244.9.0 dev flannel.1
  r ip neigh replace 10.244.9.0 lladdr zz dev flannel.1 nud permanent
  r ip neigh replace 10.244.9.0 lladdr 8e:47:11:22:33:02 dev nope
  r bridge fdb del 8e:47:11:22:33:09 dev flannel.1 dst 1.2.3.4
  r bridge fdb del 8e:47:11:22:33:02 dev nope
  r bridge fdb add 8e:47:11:22:33:02 dev flannel.1 dst 192.168.1.164
  r bridge fdb append 8e:47:11:22:33:02 dev flannel.1 dst 192.168.1.164
  r bridge fdb replace 8e:47:11:22:33:02 dev flannel.1 dst 192.168.1.163 self permanent
  r bridge fdb show dev flannel.1
  r bridge fdb del 8e:47:11:22:33:02 dev flannel.1 dst 9.9.9.9
  r ip link set flannel.1 mtu 1451
  r ip link set flannel.1 mtu 1300
  r ip link set nope up
  r ip link del nope
  r ip link set flannel.1 down
  r ip -j -d link show dev flannel.1
  r ip link show dev flannel.1
  r ip -j addr show dev flannel.1
  r ip -j route
  r ip -j neigh show
  r bridge fdb show dev flannel.1
  r ip route replace 10.244.4.0/24 via 10.244.4.0 dev flannel.1 onlink
  r ip link set flannel.1 up
  r ip -j addr show dev flannel.1
  r ip -j route
  r ip neigh
  r ip link set dev flannel-v6.1 down
  r ip link set dev flannel-v6.1 up
  r ip -j addr show dev flannel-v6.1
  r ip -6 route
  r ip neigh replace 10.244.4.0 lladdr 8e:47:11:22:33:02 dev flannel.1 nud permanent
  r ip neigh del 10.244.4.0 dev flannel.1
  r ip neigh
  r ip link del flannel.1
  r ip -j link show type vxlan
  r bridge -j fdb show dev flannel-v6.1
  r ip route del default
  r ip route get 8.8.8.8
  r ip route replace 10.244.4.0/24 via 192.168.1.162
  r ip -j route
  r ip addr del 192.168.1.223/24 dev eth0
  r ip route
  r ip link del veth1
  r ip -j link show dev cni0
  r ip link show dev cni0
  r ip -j addr show dev cni0
  r ip -j -d route
  r ip route
  r ip -j -6 route
  r bridge fdb show dev cni0
} >"$out/iproute2.txt"

n ip link add veth1 address 5e:11:22:33:44:55 type veth peer name pod netns "$pod"
n ip link set veth1 mtu 1450 master cni0 up
ip netns exec "$pod" ip link set pod up
n ip addr add 192.168.1.223/24 dev eth0
n ip link add flannel.1 address 8e:47:11:22:33:01 type vxlan id 1 local 192.168.1.223 dev eth0 dstport 4789 nolearning
n ip addr add 10.244.3.0/32 dev flannel.1
n ip link set flannel.1 mtu 1450 up
n ip neigh replace 10.244.4.0 lladdr 8e:47:11:22:33:02 dev flannel.1 nud permanent
n ip route replace 10.244.4.0/24 via 10.244.4.0 dev flannel.1 onlink
{
  r busybox ip -j route
  r busybox ip -d link
  r busybox ip link
  r busybox ip addr
  r busybox ip route
  r busybox ip route show table all
  r busybox ip neigh
  r busybox ip -4 neigh show
  r busybox ip foo
  r busybox ip link show nope
  r busybox ip link show flannel.1
} >"$out/busybox.txt"
rm -f "$out/.stdout" "$out/.stderr"
