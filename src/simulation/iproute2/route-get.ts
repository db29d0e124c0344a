// SPDX-License-Identifier: Apache-2.0
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import { familyOf, parseAddress } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, MESSAGES, success } from './command-result.ts';
import { jsonText } from './json-text.ts';
import type { IpOptions } from './options.ts';

/** `ip route get ADDRESS`: the route that a packet of this node would take. */
export function getRoute(kernel: Kernel, options: IpOptions, words: readonly string[]): ExecResult {
  const [address = ''] = words;
  const family = familyOf(address);
  if (family === undefined) throw new CommandFailure(MESSAGES.badPrefix(address), 1);
  const found = findRoute(kernel, family, address);
  const render = RENDERERS[family][options.json ? 'json' : 'text'];
  return success(render(found, found.route));
}

function findRoute(kernel: Kernel, family: Family, address: string): FoundRoute {
  if (kernel.ownerOf(address) !== undefined) {
    return { address, local: true, dev: 'lo', prefsrc: address };
  }
  const route = kernel.routes[family].lookup(parseAddress(address) ?? 0n);
  if (route?.dev === undefined) throw new KernelError('ENETUNREACH');
  const prefsrc = sourceAddress(kernel, route, address);
  return { address, local: false, dev: route.dev, prefsrc, route };
}

/** Source address that the kernel gives a packet on this route. */
function sourceAddress(kernel: Kernel, route: Route, address: string): string {
  if (route.prefsrc !== undefined) return route.prefsrc;
  const { family } = route.prefix;
  const usable = (dev: string | undefined): string | undefined =>
    kernel
      .findLink(dev ?? '')
      ?.addresses.find((own) => own.family === family && own.scope === 'global')?.local;
  const others = kernel.links().map(({ name }) => usable(name));
  return usable(route.dev) ?? others.find((own) => own !== undefined) ?? address;
}

interface FoundRoute {
  readonly address: string;
  readonly local: boolean;
  readonly dev: string;
  readonly prefsrc: string;
  /** Absent for the node's own addresses. */
  readonly route?: Route;
}

function json4({ address, local, dev, prefsrc }: FoundRoute, route: Route | undefined): string {
  const text = jsonText([
    {
      type: local ? 'local' : undefined,
      dst: address,
      gateway: route?.gateway,
      dev,
      prefsrc,
      flags: [],
      uid: 0,
      cache: local ? ['local'] : [],
    },
  ]);
  return `${text}\n`;
}

function text4({ address, local, dev, prefsrc }: FoundRoute, route: Route | undefined): string {
  const via = route?.gateway === undefined ? '' : `via ${route.gateway} `;
  const head = `${local ? 'local ' : ''}${address} ${via}dev ${dev} src ${prefsrc} uid 0 `;
  return `${head}\n    cache ${local ? '<local> ' : ''}\n`;
}

function json6({ address, local, dev, prefsrc }: FoundRoute, route: Route | undefined): string {
  const text = jsonText([
    {
      type: local ? 'local' : undefined,
      dst: address,
      from: '::',
      gateway: route?.gateway,
      dev,
      table: local ? 'local' : undefined,
      protocol: route?.protocol === 'boot' ? undefined : (route?.protocol ?? 'kernel'),
      prefsrc,
      metric: route?.metric ?? 0,
      flags: [],
      pref: 'medium',
    },
  ]);
  return `${text}\n`;
}

function text6({ address, local, dev, prefsrc }: FoundRoute, route: Route | undefined): string {
  const via = route?.gateway === undefined ? '' : `via ${route.gateway} `;
  const table = local ? 'table local ' : '';
  const protocol = route?.protocol === 'boot' ? '' : `proto ${route?.protocol ?? 'kernel'} `;
  return (
    `${local ? 'local ' : ''}${address} from :: ${via}dev ${dev} ${table}${protocol}` +
    `src ${prefsrc} metric ${String(route?.metric ?? 0)} pref medium\n`
  );
}

const RENDERERS = { 4: { json: json4, text: text4 }, 6: { json: json6, text: text6 } } as const;
