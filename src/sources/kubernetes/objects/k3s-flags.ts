// SPDX-License-Identifier: Apache-2.0

/** Where k3s writes its arguments, those of its configuration file included, as a JSON list of texts. */
const NODE_ARGS = 'k3s.io/node-args';

/**
 * What a node's k3s was started with, as far as it bears on flannel. No other argument is kept: k3s blots out the
 * secrets that it knows, and only those (k3s@0ba4732:pkg/nodeconfig/nodeconfig.go, getNodeArgs).
 */
export interface K3sFlags {
  /** `k3s server`, which decides for all nodes; else an agent. */
  readonly isServer: boolean;
  /** `--cluster-cidr`, each range by itself; empty when it was not given. */
  readonly clusterCidrs: readonly string[];
  /** `--flannel-backend`, e.g. `vxlan`, `host-gw`, `wireguard-native` or `none`; absent when it was not given. */
  readonly flannelBackend?: string;
  /** `--flannel-conf`: the node's net-conf.json is a file of the administrator's. */
  readonly hasFlannelConf: boolean;
}

/** The flags of a node of k3s; undefined when its annotation is not there or cannot be read. */
export function k3sFlagsOf(annotations: Readonly<Record<string, string>>): K3sFlags | undefined {
  const args = argumentsIn(annotations[NODE_ARGS] ?? '');
  if (args === undefined) return undefined;
  const flannelBackend = valuesOf(args, 'flannel-backend').at(-1);
  return {
    isServer: args[0] === 'server',
    clusterCidrs: valuesOf(args, 'cluster-cidr').flatMap((value) => value.split(',')),
    ...(flannelBackend !== undefined && { flannelBackend }),
    hasFlannelConf: valuesOf(args, 'flannel-conf').some((value) => value !== ''),
  };
}

function argumentsIn(json: string): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const args: readonly unknown[] = parsed;
  const texts = args.filter((arg) => typeof arg === 'string');
  return texts.length === args.length ? texts : undefined;
}

/** Values of a flag in order, as `--flag value` (which k3s writes) or `--flag=value`. */
function valuesOf(args: readonly string[], flag: string): readonly string[] {
  return args.flatMap((arg, index) => {
    const name = arg.replace(/^--?/u, '');
    if (name === arg) return [];
    if (name === flag) return [args[index + 1] ?? ''];
    return name.startsWith(`${flag}=`) ? [name.slice(flag.length + 1)] : [];
  });
}
