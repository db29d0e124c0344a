// SPDX-License-Identifier: Apache-2.0
import type { NetConf } from '#simulation/flanneld/net-conf.ts';
import type { AnnotationKeys } from '#simulation/flanneld/subnet-lease.ts';
import { annotationKeys } from '#simulation/flanneld/subnet-lease.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import type {
  ClusterOptions,
  ImageFlavour,
  NodeOptions,
  RestartOptions,
  WorkloadOptions,
} from './cluster-options.ts';
import type { LayoutNames } from './layouts.ts';
import { LAYOUTS } from './layouts.ts';

/** The options of a cluster with every default filled in. */
export interface Blueprint {
  readonly names: LayoutNames;
  readonly nodes: readonly NodeOptions[];
  readonly netConf: NetConf;
  readonly families: readonly Family[];
  readonly ipv6Only: boolean;
  readonly keys: AnnotationKeys;
  readonly annotationPrefix: string;
  readonly mtu: number;
  readonly interfaceName: string;
  readonly flannelVersion: string;
  readonly kubernetesVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntime: string;
  readonly capacity: { readonly cpu: number; readonly memoryKiB: number };
  readonly controlPlane: readonly string[];
  readonly image: ImageFlavour;
  readonly memoryLimit?: string;
  readonly coreDnsOn: readonly string[];
  readonly workloads: readonly WorkloadOptions[];
  readonly flannelPodSuffixes: Readonly<Record<string, string>>;
  readonly restarted?: RestartOptions;
}

/** Nodes that fit into the small address plan. */
const SMALL_PLAN_LIMIT = 240;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when the number of nodes is not from 1 to 5,000, or a dual-stack node lacks its IPv6 part
 */
export function makeBlueprint(options: ClusterOptions): Blueprint {
  const layout = options.layout ?? 'official';
  const names = LAYOUTS[layout];
  const usesIPv6 = options.dualStack === true || options.ipv6Only === true;
  const wanted = options.nodes ?? 3;
  const nodes = typeof wanted === 'number' ? generateNodes(wanted, usesIPv6) : wanted;
  if (nodes.length < 1 || nodes.length > 5000) {
    throw new RangeError(`a cluster has 1 to 5000 nodes, not ${String(nodes.length)}`);
  }
  const given = withoutUndefined(options);
  const annotationPrefix = options.annotationPrefix ?? 'flannel.alpha.coreos.com';
  const nodeNames = nodes.map(({ name }) => name);
  return {
    mtu: 1500,
    interfaceName: 'eth0',
    flannelVersion: names.flannelVersion,
    kubernetesVersion: names.kubernetesVersion,
    osImage: names.osImage,
    kernelVersion: names.kernelVersion,
    containerRuntime: names.containerRuntime,
    capacity: { cpu: 4, memoryKiB: 8 * 1024 * 1024 },
    controlPlane: nodeNames.slice(0, 1),
    image: names.userland,
    ...(names.memoryLimit === undefined ? {} : { memoryLimit: names.memoryLimit }),
    coreDnsOn: nodeNames.slice(-2),
    workloads: [],
    flannelPodSuffixes: {},
    ...given,
    names,
    nodes,
    netConf: makeNetConf(options, nodes.length, names.port),
    families: familiesOf(options),
    ipv6Only: options.ipv6Only ?? false,
    keys: annotationKeys(annotationPrefix),
    annotationPrefix,
  };
}

/** Members that were given as undefined count as not given. */
function withoutUndefined(options: ClusterOptions): ClusterOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function familiesOf({ dualStack, ipv6Only }: ClusterOptions): readonly Family[] {
  if (ipv6Only === true) return [6];
  return dualStack === true ? [4, 6] : [4];
}

function makeNetConf(options: ClusterOptions, nodes: number, defaultPort: number): NetConf {
  const usesIPv6 = familiesOf(options).includes(6);
  const type = options.backend ?? 'vxlan';
  return {
    network: options.network ?? (nodes > SMALL_PLAN_LIMIT ? '10.128.0.0/9' : '10.244.0.0/16'),
    ...(usesIPv6 ? { ipv6Network: 'fd00:244::/48' } : {}),
    ...(options.ipv6Only === true ? { enableIPv4: false } : {}),
    enableIPv6: usesIPv6,
    backend: {
      type,
      vni: options.vni ?? 1,
      port: type === 'vxlan' ? (options.port ?? defaultPort) : 0,
      directRouting: options.directRouting ?? false,
      ...(options.wireguardMode === undefined ? {} : { mode: options.wireguardMode }),
    },
  };
}

function generateNodes(count: number, usesIPv6: boolean): NodeOptions[] {
  const small = count <= SMALL_PLAN_LIMIT;
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const [high, low] = [Math.floor(number / 256), number % 256];
    return {
      name: `node${String(number)}`,
      address: small
        ? `10.213.0.${String(10 + number)}`
        : `172.16.${String(high + 1)}.${String(low)}`,
      prefixLength: small ? 24 : 16,
      podCIDR: small
        ? `10.244.${String(number)}.0/24`
        : `10.${String(128 + high)}.${String(low)}.0/24`,
      ...(usesIPv6
        ? {
            address6: `fd00:213::${number.toString(16)}`,
            podCIDR6: `fd00:244:0:${number.toString(16)}::/64`,
          }
        : {}),
    };
  });
}
