# SPDX-License-Identifier: Apache-2.0
# Packs the image archives from the built binaries and the machine's own tools. Sourced, never run.
# shellcheck shell=bash

# Programs of this machine that the images carry; a changed one means new images.
IMAGE_PROGRAMS=(bash busybox dash ip bridge tc ss nft xtables-nft-multi)
IMAGE_PROGRAMS_OPTIONAL=(tcpdump conntrack)

# put LAYER PROGRAM DIR: copy a program with the shared libraries it needs.
put() {
  local program; program=$(command -v "$2") || die "missing program $2"
  mkdir -p "$1/$3"
  cp -L "$program" "$1/$3/$2"
  put_libraries "$1" "$program"
}

# put_libraries LAYER FILE...: copy the shared libraries that programs or libraries need.
put_libraries() {
  local lib
  ldd "${@:2}" 2>/dev/null | grep -o '[[:space:]]/[^ :]*' | sort -u | while read -r lib; do
    mkdir -p "$1$(dirname "$lib")"; cp -nL "$lib" "$1$lib"
  done
}

layer_busybox() { # DIR: every applet as a link
  local l=$1 lib name
  mkdir -p "$l"/{bin,sbin,usr/bin,usr/sbin,etc,tmp,root,proc,sys,dev,run,var/run}
  chmod 1777 "$l/tmp"
  cp -L "$(command -v busybox)" "$l/bin/busybox"
  busybox --list-full | while read -r name; do
    case $name in bin/busybox|linuxrc) ;; *) mkdir -p "$l/$(dirname "$name")"; ln -sf /bin/busybox "$l/$name";; esac
  done
  printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false > "$l/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: > "$l/etc/group"
  echo 'hosts: files dns' > "$l/etc/nsswitch.conf"
  # busybox's own shell would run its applets instead of the programs in PATH
  put "$l" dash bin; ln -sf dash "$l/bin/sh"
  # a static busybox still loads the C library to resolve names
  lib=$(ldd "$(command -v bash)" | grep -o '/[^ ]*/libc\.so\.6')
  for name in "$lib" "${lib%/*}"/libresolv.so.2 "${lib%/*}"/libnss_{dns,files}.so.2 "$(ldd "$(command -v bash)" | grep -o '/[^ ]*/ld-linux[^ ]*')"; do
    [ -e "$name" ] || continue
    mkdir -p "$l${name%/*}"; cp -L "$name" "$l$name"
  done
}

layer_xtables() { # DIR: iptables (nft) and nft
  local l=$1 lib name
  put "$l" xtables-nft-multi usr/sbin
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore iptables-nft iptables-nft-save; do
    ln -s xtables-nft-multi "$l/usr/sbin/$name"
  done
  lib=$(dirname "$(find /usr/lib -name libxt_comment.so | head -1)"); mkdir -p "$l$lib"; cp -L "$lib"/*.so "$l$lib/"
  # the extensions need more than the program: without libm, saving rules of "statistic" fails, and all of nat with them
  put_libraries "$l" "$lib"/*.so
  put "$l" nft usr/sbin
}

layer_iproute2() { # DIR: ip, bridge, ss, tc as in the upstream image
  local name
  for name in ip bridge tc; do put "$1" $name sbin; done
  put "$1" ss bin
  mkdir -p "$1/etc"
  for name in /etc/iproute2 /usr/share/iproute2; do if [ -d "$name" ]; then cp -rL "$name" "$1/etc/"; break; fi; done
}

layer_tools() { # DIR: what a debug image would add
  local name
  mkdir -p "$1/etc"
  { echo root:x:0:0:root:/root:/bin/sh; echo nobody:x:65534:65534:nobody:/:/bin/false; echo tcpdump:x:100:65534::/:/bin/false; } > "$1/etc/passwd"
  for name in "${IMAGE_PROGRAMS_OPTIONAL[@]}"; do if command -v "$name" >/dev/null; then put "$1" "$name" usr/sbin; fi; done
}

images_hash() { # of the binaries' stamps, of how images are made, and of the machine's programs
  local name stamps=(kubernetes etcd coredns metrics-server cni-flannel pause) programs=()
  for name in "${FLANNEL_VERSIONS[@]}"; do stamps+=("flannel-$name"); done
  for name in "${IMAGE_PROGRAMS[@]}" "${IMAGE_PROGRAMS_OPTIONAL[@]}"; do
    if name=$(command -v "$name"); then programs+=("$name"); fi
  done
  { for name in "${stamps[@]}"; do head -1 "$STAMPS/$name"; done
    cat "$LAB_HOME/lib/images.sh" "$LAB_HOME/lib/oci.py" "${programs[@]}"; } | sha256sum | cut -d' ' -f1
}

build_images() {
  local hash; hash=$(images_hash)
  if stamped images "$hash"; then return 0; fi
  say "pack images"
  local l=$LAB_DIR/layers v
  rm -rf "$l" "$IMAGES"; mkdir -p "$IMAGES" "$l"/{busybox,xtables,iproute2,tools}
  layer_busybox "$l/busybox"
  layer_xtables "$l/xtables"
  layer_iproute2 "$l/iproute2"
  layer_tools "$l/tools"
  one() { mkdir -p "$l/$1/$(dirname "$3")"; cp "$BIN/$2" "$l/$1/$3"; }
  image() { python3 "$LAB_HOME/lib/oci.py" "$IMAGES/$1.tar" "$REGISTRY/$2" "$3" "${@:4}"; }
  local path='PATH=/usr/sbin:/usr/bin:/sbin:/bin'
  one pause pause pause
  image pause pause:3.10 '{"Entrypoint":["/pause"]}' "$l/pause"
  one cni-flannel cni-flannel flannel
  image cni-flannel flannel-io/flannel-cni-plugin:v0.9.1 "{\"Env\":[\"$path\"]}" "$l/busybox" "$l/cni-flannel"
  one coredns coredns coredns
  image coredns "coredns:$COREDNS_VERSION" '{"Entrypoint":["/coredns"]}' "$l/coredns"
  one metrics-server metrics-server metrics-server; mkdir -p "$l/metrics-server/tmp"; chmod 1777 "$l/metrics-server/tmp"
  image metrics-server "metrics-server:$METRICS_VERSION" '{"Entrypoint":["/metrics-server"]}' "$l/metrics-server"
  image busybox busybox:1.35 "{\"Cmd\":[\"sh\"],\"Env\":[\"$path\"]}" "$l/busybox"
  image nettools nettools:1 "{\"Cmd\":[\"sh\"],\"Env\":[\"$path\"]}" "$l/busybox" "$l/xtables" "$l/iproute2" "$l/tools"
  for v in "${FLANNEL_VERSIONS[@]}"; do
    one "flannel-$v" "flanneld-$v" opt/bin/flanneld
    if [ -x "$BIN/install-conf-$v" ]; then one "flannel-$v" "install-conf-$v" opt/bin/install-conf; fi
    local config='{"Entrypoint":["/opt/bin/flanneld"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'
    image "flannel-$v" "flannel-io/flannel:$v" "$config" "$l/busybox" "$l/xtables" "$l/iproute2" "$l/flannel-$v"
    image "flannel-$v-busybox" "flannel-io/flannel:$v-busybox" "$config" "$l/busybox" "$l/xtables" "$l/flannel-$v"
  done
  rm -rf "$l"
  local archives; mapfile -t archives < <(cd "$LAB_DIR" && find images -name '*.tar' | sort)
  stamp images "$hash" "${archives[@]}"
  say "images: $(du -sh "$IMAGES" | cut -f1)"
}
