// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';
import { nonEmpty } from '#sources/plain-text.ts';

/**
 * The proxy that the environment prescribes for a server, as kubectl takes it (Go: golang.org/x/net/http/httpproxy):
 * HTTPS_PROXY or HTTP_PROXY by the server's scheme, either case, unless NO_PROXY names the host. Loopback is never
 * proxied. Undefined: connect directly.
 */
export function environmentProxy(server: URL, env: NodeJS.ProcessEnv): string | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = nonEmpty(env[name]) ?? nonEmpty(env[name.toLowerCase()]);
  if (proxy === undefined) return undefined;
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return undefined;
  const port = nonEmpty(server.port) ?? (server.protocol === 'https:' ? '443' : '80');
  const exempt = (nonEmpty(env['NO_PROXY']) ?? env['no_proxy'] ?? '')
    .split(',')
    .map((item) => item.trim());
  if (exempt.some((item) => exempts(item.toLowerCase(), host, port))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function exempts(item: string, host: string, port: string): boolean {
  if (item === '' || item === '*') return item === '*';
  if (item.includes('/')) return inRange(item, host);
  if (isIP(host) !== 0) return item === host || item === `${host}:${port}`;
  const [, name = item, itemPort = port] = /^(.*):(\d+)$/.exec(item) ?? [];
  if (itemPort !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  // A leading dot names sub-domains only, a bare name the host itself as well.
  return host.endsWith(`.${domain}`) || (host === domain && name === domain);
}

function inRange(item: string, host: string): boolean {
  const family = isIP(host);
  const [base = '', length = ''] = item.split('/');
  if (family === 0 || isIP(base) !== family || !/^\d{1,3}$/.test(length)) return false;
  if (Number(length) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(base, Number(length), type);
  return range.check(host, type);
}
