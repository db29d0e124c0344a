# SPDX-License-Identifier: Apache-2.0
# Builds every binary with Go. Sourced, never run.
# shellcheck shell=bash

# A stamp says what an output was made from: the hash of its sources on the first line, then the
# outputs. Hashes, not times: a fresh clone has new times and the same sources.
hash_tree() { # DIRECTORY... [-- WORDS]: one hash of names and contents, and of the words
  local d
  {
    while [ $# -gt 0 ]; do
      if [ "$1" = -- ]; then printf '%s\0' "$@"; break; fi
      d=$1; shift
      (cd "$d" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
    done
  } | sha256sum | cut -d' ' -f1
}
stamped() { # NAME HASH: true when made from just that and still complete
  local file hash
  { read -r hash && [ "$hash" = "$2" ]; } 2>/dev/null < "$STAMPS/$1" || return 1
  while IFS= read -r file; do [ -e "$LAB_DIR/$file" ] || return 1; done < <(tail -n +2 "$STAMPS/$1")
}
stamp() { # NAME HASH OUTPUT... (relative to $LAB_DIR)
  local name=$1; shift
  mkdir -p "$STAMPS"
  printf '%s\n' "$@" > "$STAMPS/$name.new" && mv "$STAMPS/$name.new" "$STAMPS/$name"
}

go_build() { # MODULE OUTPUT PACKAGE [go build arguments...]
  local module=$LAB_HOME/go/$1 out=$BIN/$2 package=$3 t0=$SECONDS; shift 3
  need_tools go
  say "compile ${out##*/}"
  (cd "$module" && GOWORK=off GOFLAGS='' go build -mod=readonly -buildvcs=false -trimpath "$@" -o "$out.new" "$package") || die "building ${out##*/} failed"
  mv "$out.new" "$out"
  say "compile ${out##*/}: $((SECONDS - t0)) s, $(du -h "$out" | cut -f1)"
}

compile() { # MODULE PACKAGE [go build arguments...]: the binary is named as its module
  local name=$1 package=$2 hash; shift 2
  hash=$(hash_tree "$LAB_HOME/go/$name" -- "$(uname -m)" CGO_ENABLED=0 "$package" "$@")
  if stamped "$name" "$hash"; then return 0; fi
  CGO_ENABLED=0 go_build "$name" "$name" "$package" "$@"
  stamp "$name" "$hash" "bin/$name"
}

compile_flannel() { # VERSION: flanneld, upstream's manifest, and its install-conf where it has one
  local v=$1 name=flannel-$1 package=github.com/flannel-io/flannel hash source outputs
  local flags="$STRIP -X $package/pkg/version.Version=$v -extldflags -static"
  hash=$(hash_tree "$LAB_HOME/go/$name" -- "$(uname -m)" "$package" "$flags")
  if stamped "$name" "$hash"; then return 0; fi
  need_tools cc
  # cgo: the udp backend of amd64 is written in C
  CGO_ENABLED=1 go_build "$name" "flanneld-$v" "$package" -tags netgo,osusergo -ldflags "$flags"
  source=$(cd "$LAB_HOME/go/$name" && GOWORK=off go list -m -f '{{.Dir}}' "$package")
  install -m 0644 "$source/Documentation/kube-flannel.yml" "$SHARE/kube-flannel-$v.yml"
  outputs=("bin/flanneld-$v" "share/kube-flannel-$v.yml")
  if [ -d "$source/cmd/install_conf" ]; then
    CGO_ENABLED=0 go_build "$name" "install-conf-$v" "$package/cmd/install_conf" -ldflags "$STRIP"
    outputs+=("bin/install-conf-$v")
  fi
  stamp "$name" "$hash" "${outputs[@]}"
}

STRIP='-s -w'
build_binaries() {
  local v kv=k8s.io/component-base/version hash
  mkdir -p "$BIN" "$SHARE"
  compile kubernetes . -ldflags "$STRIP -X $kv.gitVersion=$KUBERNETES_VERSION -X $kv.gitMajor=1 -X $kv.gitMinor=34 -X $kv.gitTreeState=clean -X k8s.io/client-go/pkg/version.gitVersion=$KUBERNETES_VERSION"
  for v in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do ln -sf kubernetes "$BIN/$v"; done
  compile etcd go.etcd.io/etcd/server/v3 -ldflags "$STRIP"
  compile coredns github.com/coredns/coredns -ldflags "$STRIP"
  compile metrics-server sigs.k8s.io/metrics-server/cmd/metrics-server -ldflags "$STRIP"
  compile cni-flannel github.com/containernetworking/plugins/plugins/meta/flannel -ldflags "$STRIP"
  for v in "${FLANNEL_VERSIONS[@]}"; do compile_flannel "$v"; done
  hash=$(hash_tree "$LAB_HOME/src" -- "$(uname -m)")
  if ! stamped pause "$hash"; then
    need_tools cc
    cc -Os -static -s -o "$BIN/pause.new" "$LAB_HOME/src/pause.c" && mv "$BIN/pause.new" "$BIN/pause"
    stamp pause "$hash" bin/pause
  fi
}

cmd_build() {
  need_tools python3 "${IMAGE_PROGRAMS[@]}" ldd
  build_binaries
  build_images
  say "binaries: $(du -sh "$BIN" | cut -f1) in $BIN"
}
