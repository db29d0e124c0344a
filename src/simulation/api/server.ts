// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { ServedCluster } from '#simulation/workload-backend.ts';
import type { SimulatedUser } from './authentication.ts';
import { CallCounter } from './call-counter.ts';
import { makeServerCertificate } from './certificate.ts';
import { dispatch, type DispatchOptions } from './dispatch.ts';
import { FaultPlan, type FaultRule } from './faults.ts';
import { formatKubeconfig } from './kubeconfig.ts';
import type { MetricsState } from './metrics.ts';
import type { Latency } from './request-gate.ts';
import { UpgradeHandler } from './upgrade.ts';

/** How a simulated API server differs from a plain one. */
export interface SimulationOptions {
  /** Users besides the administrator, who has the group `system:masters`. */
  users?: readonly SimulatedUser[];
  /** Absent: no latency. */
  latency?: Partial<Latency>;
  /** Misbehaviour from the start; more can be added to {@link Simulation.faults}. */
  faults?: readonly FaultRule[];
  /** Absent: served. */
  metrics?: MetricsState;
  /** By `<namespace>/<Service>:<port>`, what answers behind it: a server on this machine. Absent: nothing does. */
  behindServices?: Readonly<Record<string, string>>;
  /** Absent: `v1.34.4`. From `v1.35.0` on exec needs the verb `create` besides `get`. */
  serverVersion?: string;
  /** Clock of the cluster: ages in Tables and times of field managers. Absent: the real one. */
  now?: () => Date;
  /** Time between watch bookmarks. Absent: 60,000 ms. */
  bookmarkIntervalMs?: number;
}

/** A running API server. */
export interface Simulation {
  /** `https://127.0.0.1:<port>`. */
  url: string;
  /** YAML; the administrator's. */
  kubeconfig: string;
  /** YAML, for a user of {@link SimulationOptions.users}. @throws RangeError when there is no such user */
  kubeconfigFor(userName: string): string;
  calls: CallCounter;
  faults: FaultPlan;
  latency: Latency;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const ADMIN_NAME = 'kubernetes-admin';

/**
 * Starts an HTTPS server on 127.0.0.1, on a free port, that serves a cluster through the Kubernetes API.
 *
 * @throws Error when the port cannot be opened
 */
export async function startSimulation(
  cluster: ServedCluster,
  options: SimulationOptions = {},
): Promise<Simulation> {
  const admin: SimulatedUser = {
    name: ADMIN_NAME,
    token: randomBytes(16).toString('hex'),
    groups: ['system:masters'],
  };
  const closing = new AbortController();
  // Every open watch listens for the end.
  setMaxListeners(0, closing.signal);
  const users = [admin, ...(options.users ?? [])];
  const served = dispatchOptions(cluster, users, options, closing.signal);
  const { certificate, privateKey } = await makeServerCertificate(new Date());
  const upgrades = new UpgradeHandler(served);
  const server = createServer({ cert: certificate, key: privateKey }, (incoming, response) => {
    void dispatch(incoming, response, served);
  });
  server.on('upgrade', (incoming, socket, head) => {
    void upgrades.handle(incoming, socket, head);
  });
  const url = await listen(server);
  const kubeconfigOf = ({ name: user, token }: SimulatedUser): string =>
    formatKubeconfig({ url, certificate, user, token });
  const { calls, faults, latency } = served;
  return {
    url,
    kubeconfig: kubeconfigOf(admin),
    kubeconfigFor: (userName) => {
      const user = users.find((known) => known.name === userName);
      if (user === undefined) throw new RangeError(`no user is named ${userName}`);
      return kubeconfigOf(user);
    },
    calls,
    faults,
    latency,
    close: async () => {
      closing.abort();
      upgrades.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function dispatchOptions(
  cluster: ServedCluster,
  users: readonly SimulatedUser[],
  options: SimulationOptions,
  closing: AbortSignal,
): DispatchOptions {
  const serverVersion = options.serverVersion ?? 'v1.34.4';
  const minor = Number(/^v1\.(\d+)/.exec(serverVersion)?.[1] ?? '0');
  const metrics = options.metrics ?? 'served';
  return {
    cluster,
    users,
    calls: new CallCounter(),
    faults: new FaultPlan(options.faults),
    latency: { requestMs: 0, execMs: 0, ...options.latency },
    now: options.now ?? ((): Date => new Date()),
    closing,
    hiddenGroups: metrics === 'absent' ? ['metrics.k8s.io'] : [],
    execNeedsCreate: minor >= 35,
    metrics,
    behindServices: options.behindServices ?? {},
    serverVersion,
    bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000,
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return `https://127.0.0.1:${String(address.port)}`;
}
