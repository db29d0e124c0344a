#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write an OCI image archive from directories, one uncompressed layer each.

usage: oci.py OUT.tar NAME:TAG '{"Entrypoint": [...], ...}' LAYER_DIR...

Layers are reproducible (sorted, owner root, time 0), so two images that share
a directory share the layer.
"""
import hashlib
import io
import json
import os
import platform
import sys
import tarfile

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def layer(directory):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for base, dirs, files in os.walk(directory):
            dirs.sort()
            links = [d for d in dirs if os.path.islink(os.path.join(base, d))]
            for name in sorted(dirs + files):
                path = os.path.join(base, name)
                info = tar.gettarinfo(path, os.path.relpath(path, directory))
                if info.islnk():  # hard links inside a layer become plain copies
                    info.type, info.linkname, info.size = tarfile.REGTYPE, "", os.path.getsize(path)
                info.uid = info.gid = info.mtime = 0
                info.uname = info.gname = "root"
                if info.isreg():
                    with open(path, "rb") as data:
                        tar.addfile(info, data)
                else:
                    tar.addfile(info)
            for link in links:
                dirs.remove(link)
    return out.getvalue()


def main(out, name, config, *directories):
    blobs = {}

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return "sha256:" + digest, len(data)

    def descriptor(kind, data, **extra):
        digest, size = blob(data)
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": digest, "size": size, **extra}

    layers = [descriptor("layer.v1.tar", layer(d)) for d in directories]
    image = {
        "architecture": ARCH,
        "os": "linux",
        "config": json.loads(config),
        "rootfs": {"type": "layers", "diff_ids": [entry["digest"] for entry in layers]},
        "history": [{"created_by": "lab"} for _ in layers],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("config.v1+json", json.dumps(image).encode()),
        "layers": layers,
    }
    index = {
        "schemaVersion": 2,
        "manifests": [
            descriptor(
                "manifest.v1+json",
                json.dumps(manifest).encode(),
                platform={"architecture": ARCH, "os": "linux"},
                annotations={
                    "io.containerd.image.name": name,
                    "org.opencontainers.image.ref.name": name.rsplit(":", 1)[1],
                },
            )
        ],
    }
    with tarfile.open(out + ".tmp", "w") as tar:
        def add(path, data):
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))

        add("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        add("index.json", json.dumps(index).encode())
        for digest, data in blobs.items():
            add("blobs/sha256/" + digest, data)
    os.replace(out + ".tmp", out)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
