// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCniConfig } from '#sources/linux/parse-cni-config.ts';

const COUNTS = `/etc/cni/net.d/87-podman.conflist:31
/etc/cni/net.d/10-flannel.conflist:20
/etc/cni/net.d/.kubernetes-cni-keep:0
`;
const NAMES = `/etc/cni/net.d/10-flannel.conflist:flannel
/etc/cni/net.d/87-podman.conflist:host-local
/etc/cni/net.d/87-podman.conflist:bridge
/etc/cni/net.d/87-podman.conflist:bridge
`;

describe('parseCniConfig', () => {
  it('gives each file in the order of names, with its plug-ins', () => {
    expect(parseCniConfig(COUNTS, NAMES)).toEqual({
      files: [
        { name: '.kubernetes-cni-keep', plugins: [] },
        { name: '10-flannel.conflist', plugins: ['flannel'] },
        { name: '87-podman.conflist', plugins: ['bridge', 'host-local'] },
      ],
    });
  });

  it('sorts as Go does, by bytes and not by a language', () => {
    const config = parseCniConfig(
      '/etc/cni/net.d/b.conf:1\n/etc/cni/net.d/Z.conf:1\n/etc/cni/net.d/10-a.conf:1\n',
      '',
    );

    expect(config?.files.map(({ name }) => name)).toEqual(['10-a.conf', 'Z.conf', 'b.conf']);
  });

  it("takes the node's directory before that of the image", () => {
    expect(
      parseCniConfig(
        '/etc/cni/net.d/00-image.conf:1\n/host/etc/cni/net.d/10-canal.conflist:9\n',
        '/etc/cni/net.d/00-image.conf:bridge\n/host/etc/cni/net.d/10-canal.conflist:calico\n',
      ),
    ).toEqual({ files: [{ name: '10-canal.conflist', plugins: ['calico'] }] });
  });

  it('is null where there is no such directory, or nothing in it', () => {
    expect(parseCniConfig('', '')).toBeNull();
    expect(parseCniConfig('\n', '\n')).toBeNull();
  });

  it.each([
    '/etc/cni/net.d/a b.conf:1',
    '/etc/cni/net.d/a;reboot.conf:1',
    '/etc/cni/net.d/../../shadow:1',
    '/etc/cni/net.d/a.conf:"token"',
    '/etc/other/a.conf:1',
    'a.conf',
  ])('refuses %j', (line) => {
    expect(() => parseCniConfig(`${line}\n`, '')).toThrow('is not known');
  });

  it('refuses more files than there can be', () => {
    const lines = Array.from({ length: 201 }, (_, index) => `/etc/cni/net.d/${String(index)}:1`);

    expect(() => parseCniConfig(lines.join('\n'), '')).toThrow('too many files');
  });

  it('gives names that have no meaning in a shell, or refuses, whatever it reads', () => {
    const line = fc
      .tuple(fc.constantFrom('', '/host'), fc.string({ unit: 'binary' }))
      .map(([host, name]) => `${host}/etc/cni/net.d/${name}:1`);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        let config;
        try {
          config = parseCniConfig(lines.join('\n'), '');
        } catch {
          return;
        }
        for (const { name } of config?.files ?? []) expect(name).toMatch(/^[A-Za-z0-9._+@-]+$/);
      }),
    );
  });
});
