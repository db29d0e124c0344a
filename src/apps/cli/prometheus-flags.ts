// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError } from 'commander';

import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';

import { UsageError } from './usage-error.ts';

/** Which server with Prometheus' query API to ask. */
export interface PrometheusFlags {
  /** Absent: the cluster's own, if it has one. */
  readonly prometheusUrl?: URL;
  /** File with a bearer token. */
  readonly prometheusTokenFile?: string;
  /** PEM file. */
  readonly prometheusCa?: string;
}

/** Adds the flags that name a server with Prometheus' query API. */
export function addPrometheusFlags(command: Command): Command {
  return command
    .option(
      '--prometheus-url <url>',
      "server with Prometheus' query API; default: the cluster's own, through the API server",
      httpUrl,
    )
    .option('--prometheus-token-file <file>', 'with --prometheus-url: file with a bearer token')
    .option('--prometheus-ca <file>', 'with --prometheus-url: authority of its certificate, PEM');
}

/** An address of a server. Whether a user is in it is told later: what is refused here is shown. */
function httpUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && /^https?:$/u.test(url.protocol)) return url;
  throw new InvalidArgumentError('It is like https://prometheus.example:9090/path.');
}

/** The server that is named; undefined when none is. @throws UsageError for an address that says more than where */
export function prometheusOf(flags: PrometheusFlags): UrlTransportOptions | undefined {
  const { prometheusUrl: url, prometheusTokenFile: tokenFile, prometheusCa: caFile } = flags;
  if (url !== undefined) {
    if (url.username + url.password + url.search + url.hash !== '') {
      throw new UsageError(
        'The address of --prometheus-url holds a user, a query or a fragment.',
        'Give scheme, host, port and path alone, and a token with --prometheus-token-file.',
      );
    }
    return {
      url,
      ...(tokenFile !== undefined && { tokenFile }),
      ...(caFile !== undefined && { caFile }),
    };
  }
  if ((tokenFile ?? caFile) === undefined) return undefined;
  throw new UsageError(
    'A token or certificate authority of a server was given, and no server.',
    'Name the server with --prometheus-url.',
  );
}
