// SPDX-License-Identifier: Apache-2.0
import type { Link, VxlanParameters } from '#simulation/kernel/link.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import type { ExternalInterface } from './external-interface.ts';
import { podMtu } from './external-interface.ts';
import type { Severity } from './flannel-log.ts';
import type { FlannelHost } from './flannel-host.ts';
import type { NetConf } from './net-conf.ts';
import { KERNEL_VXLAN_PORT } from './net-conf.ts';
import { vtepMacOf, vxlanName } from './peer-entries.ts';

type Log = (severity: Severity, source: string, text: string) => void;

/** MACs of the node's VXLAN links. */
export type VtepMacs = Readonly<Partial<Record<Family, string>>>;

/**
 * Makes the VXLAN links, or keeps compatible ones as they are, whatever their MTU, MAC or state.
 * A new link takes the MAC of the node's annotation (flannel@v0.28.9:pkg/backend/vxlan/vxlan.go, device.go).
 */
export function ensureVxlanLinks(
  host: FlannelHost,
  config: NetConf,
  external: ExternalInterface,
  log: Log,
): VtepMacs {
  const macs: Partial<Record<Family, string>> = {};
  for (const family of host.leases.enabled) {
    const { vni, port } = config.backend;
    const local = family === 4 ? external.address : (external.address6 ?? external.address);
    const wanted: VxlanParameters = {
      vni,
      local,
      lower: external.name,
      port: port === 0 ? KERNEL_VXLAN_PORT : port,
      learning: false,
    };
    macs[family] = ensureLink(host, family, { wanted, mtu: podMtu(config, external), log }).mac;
  }
  return macs;
}

function ensureLink(
  host: FlannelHost,
  family: Family,
  { wanted, mtu, log }: { wanted: VxlanParameters; mtu: number; log: Log },
): Link {
  const { kernel } = host;
  const name = vxlanName(family, wanted.vni);
  const existing = kernel.findLink(name);
  const incompatible = existing === undefined ? undefined : difference(existing, wanted);
  if (existing !== undefined && incompatible === undefined) return existing;
  if (incompatible !== undefined) {
    const text = `"${name}" already exists with incompatible configuration: ${incompatible}; recreating device`;
    log('W', 'device.go:102', text);
    kernel.deleteLink(name);
  }
  const mac = annotatedMac(host, family) ?? host.randomMac();
  log(
    'I',
    family === 4 ? 'vxlan.go:199' : 'vxlan.go:227',
    `Interface ${name} mac address set to: ${mac}`,
  );
  const link = kernel.addLink({ name, kind: 'vxlan', mac, mtu, txqlen: 0, vxlan: wanted });
  kernel.setUp(name, true);
  return link;
}

function difference({ vxlan }: Link, wanted: VxlanParameters): string | undefined {
  if (vxlan === undefined) return 'link type';
  if (vxlan.vni !== wanted.vni) return `vni: ${String(vxlan.vni)} vs ${String(wanted.vni)}`;
  if (vxlan.lower !== wanted.lower) return 'vtep (external) interface';
  if (vxlan.local !== wanted.local) return `vtep (external) IP: ${vxlan.local} vs ${wanted.local}`;
  if (vxlan.port !== wanted.port) return `port: ${String(vxlan.port)} vs ${String(wanted.port)}`;
  return undefined;
}

function annotatedMac(
  { store, nodeName, leases }: FlannelHost,
  family: Family,
): string | undefined {
  const annotations = store.get('nodes', nodeName)?.metadata.annotations ?? {};
  const { backendData, backendV6Data } = leases.keys;
  return vtepMacOf(annotations[family === 4 ? backendData : backendV6Data] ?? '');
}
