// SPDX-License-Identifier: Apache-2.0
import { formatAddress, prefixOf } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { FaultSite, Undo } from './fault-site.ts';
import {
  annotate,
  annotationsOf,
  holds,
  peerEnd,
  peerRoute,
  recreateNode,
  removeAnnotations,
  requirePeer,
  restartFlannel,
  setReady,
  tellBoot,
  vxlanDev,
  vxlanPort,
  withMemoryLimit,
} from './fault-site.ts';

/** Faults by the names that the lab gives them (lab/lib/faults.sh). */
export const FAULT_NAMES = [
  'route-del',
  'neigh-del',
  'fdb-del',
  'routes-flush',
  'stale-route',
  'link-bounce',
  'link-del',
  'wrong-mtu',
  'mtu-blackhole',
  'udp-block',
  'loss',
  'rules-flush',
  'ip-forward-0',
  'forward-drop',
  'subnet-env-rm',
  'wrong-vtep-mac',
  'wrong-public-ip',
  'annotations-lost',
  'duplicate-podcidr',
  'flannel-oom',
  'flannel-stop',
  'flannel-kill',
  'coredns-down',
  'node-crash',
] as const;

/** Name of a fault. */
export type FaultName = (typeof FAULT_NAMES)[number];

/** Time after which a silent kubelet's node counts as not ready (lab). */
const NOT_READY_AFTER_MS = 24_000;

/**
 * Does the damage and returns how to undo it.
 *
 * @throws RangeError when the peer is missing or unknown, or the backend does not have what is to be damaged
 */
export const FAULTS: Readonly<Record<FaultName, (site: FaultSite) => Undo>> = {
  'route-del': (site) => {
    const { prefix, route } = peerRoute(site);
    site.node.kernel.deleteRoute({ prefix });
    return () => {
      site.node.kernel.setRoute(route, 'replace');
    };
  },
  'neigh-del': (site) => {
    const { kernel } = site.node;
    const { dev, gateway } = peerEnd(site);
    const entry = kernel.neighbour(dev, gateway);
    if (entry === undefined) throw new RangeError(`no neighbour entry for ${gateway}`);
    kernel.deleteNeighbour(dev, gateway);
    return () => {
      site.node.kernel.setNeighbour(entry);
    };
  },
  'fdb-del': (site) => {
    const { kernel } = site.node;
    const { dev, mac } = peerEnd(site);
    const entry = kernel.fdbEntry(dev, mac);
    if (entry === undefined) throw new RangeError(`no forwarding entry for ${mac}`);
    kernel.deleteFdbEntry(dev, mac);
    return () => {
      site.node.kernel.setFdbEntry(entry, 'replace');
    };
  },
  'routes-flush': ({ node, context }) => {
    const removed: Route[] = [];
    const pods = [prefixOf(context.blueprint.netConf.network)];
    node.kernel.routes[4].remove((route) => {
      const flannels = route.gateway !== undefined && pods.some((net) => holds(net, route));
      if (flannels) removed.push(route);
      return flannels;
    });
    return () => {
      for (const route of removed) node.kernel.setRoute(route, 'replace');
    };
  },
  'stale-route': ({ node, context }) => {
    const dev = vxlanDev(context);
    const { value } = prefixOf(context.blueprint.netConf.network);
    const gateway = formatAddress(4, value + 99n * 256n);
    const prefix = prefixOf(`${gateway}/24`);
    const route = { type: 'unicast', prefix, gateway, dev, protocol: 'boot', metric: 0 } as const;
    node.kernel.setRoute({ ...route, scope: 'global', onlink: true }, 'add');
    return () => {
      node.kernel.deleteRoute({ prefix });
    };
  },
  'link-bounce': (site) => {
    const { context, node } = site;
    const { backend } = context.blueprint.netConf;
    const name = backend.type === 'vxlan' ? vxlanDev(context) : context.blueprint.interfaceName;
    node.kernel.setUp(name, false);
    node.kernel.setUp(name, true);
    return restartFlannel(site);
  },
  'link-del': (site) => {
    site.node.kernel.deleteLink(vxlanDev(site.context));
    return restartFlannel(site);
  },
  'wrong-mtu': ({ node, context, argument = '1300' }) => {
    const dev = vxlanDev(context);
    const { mtu } = node.kernel.link(dev);
    node.kernel.setMtu(dev, Number(argument));
    return () => {
      node.kernel.setMtu(dev, mtu);
    };
  },
  'mtu-blackhole': ({ node, argument = '1400' }) => {
    const before = node.portMtu;
    node.portMtu = Number(argument);
    return () => {
      node.portMtu = before;
    };
  },
  'udp-block': ({ node, context }) => {
    const port = vxlanPort(context);
    node.kernel.filters.droppedUdpPorts.add(port);
    return () => {
      node.kernel.filters.droppedUdpPorts.delete(port);
    };
  },
  loss: ({ node, context, argument = '30' }) => {
    const port = vxlanPort(context);
    node.kernel.filters.udpLossRatio.set(port, Number(argument) / 100);
    return () => {
      node.kernel.filters.udpLossRatio.delete(port);
    };
  },
  'ip-forward-0': ({ node }) => {
    node.kernel.sysctls.set('net.ipv4.ip_forward', '0');
    return () => {
      node.kernel.sysctls.set('net.ipv4.ip_forward', '1');
    };
  },
  'rules-flush': (site) => {
    site.node.kernel.rules.flannel = { forward: [], masquerade: [] };
    return restartFlannel(site);
  },
  'forward-drop': ({ node }) => {
    const { rules } = node.kernel;
    const drop = '-m comment --comment lab-fault -j DROP';
    rules.forwardHead.unshift(drop);
    return () => {
      rules.forwardHead = rules.forwardHead.filter((rule) => rule !== drop);
    };
  },
  'subnet-env-rm': (site) => {
    site.node.files.remove('/run/flannel/subnet.env');
    return restartFlannel(site);
  },
  'wrong-vtep-mac': (site) => {
    const { keys } = site.context.blueprint;
    const mac = site.argument ?? '02:00:de:ad:be:ef';
    const data = annotationsOf(site)[keys.backendData] ?? '{}';
    return annotate(
      site,
      keys.backendData,
      data.replace(/"VtepMAC":"[^"]*"/, `"VtepMAC":"${mac}"`),
    );
  },
  'wrong-public-ip': (site) => {
    const { value } = prefixOf(`${site.node.options.address}/24`);
    const address = site.argument ?? formatAddress(4, value + 250n);
    return annotate(site, site.context.blueprint.keys.publicIp, address);
  },
  'annotations-lost': (site) => {
    recreateNode(site);
    return restartFlannel(site);
  },
  'duplicate-podcidr': (site) => {
    const peer = requirePeer(site);
    recreateNode(site, peer.options.podCIDR);
    restartFlannel(site)();
    return () => {
      recreateNode(site, site.node.options.podCIDR);
      // Every flanneld forgot the shared network with the Node, so both ends announce theirs anew.
      restartFlannel(site)();
      removeAnnotations(site.context, peer.name);
      restartFlannel({ ...site, node: peer })();
    };
  },
  'flannel-oom': (site) => {
    const { store, blueprint } = site.context;
    const { daemonSet, namespace } = blueprint.names;
    const before = store.get('daemonsets.apps', daemonSet, namespace);
    if (before === undefined) throw new RangeError('the cluster has no flannel DaemonSet');
    store.update('daemonsets.apps', withMemoryLimit(before, site.argument ?? '9Mi'));
    restartFlannel(site)();
    return () => {
      store.update('daemonsets.apps', before);
      restartFlannel(site)();
    };
  },
  'flannel-stop': (site) => {
    site.kubelet.daemon(site.node.name).freeze();
    return () => {
      site.kubelet.daemon(site.node.name).thaw();
      restartFlannel(site)();
    };
  },
  'flannel-kill': ({ kubelet, node }) => {
    kubelet.crash(node.name, { exitCode: 137, reason: 'Error' });
    return () => undefined;
  },
  'coredns-down': ({ context }) => {
    const { store } = context;
    const scale = (replicas: number): void => {
      const deployment = store.get('deployments.apps', 'coredns', 'kube-system');
      if (deployment === undefined) return;
      const spec = deployment['spec'] as Record<string, unknown>;
      store.update('deployments.apps', { ...deployment, spec: { ...spec, replicas } });
    };
    scale(0);
    return () => {
      scale(context.blueprint.coreDnsOn.length);
    };
  },
  'node-crash': (site) => {
    const { context, kubelet, workloads, node } = site;
    kubelet.daemon(node.name).stop();
    node.crash();
    const cancel = context.clock.after(NOT_READY_AFTER_MS, () => {
      setReady(context, node.name, false);
    });
    return () => {
      cancel();
      node.start(context.clock.now());
      tellBoot(context, node);
      setReady(context, node.name, true);
      kubelet.reboot(node.name);
      workloads.reconnect(node.name);
    };
  },
};
