// SPDX-License-Identifier: Apache-2.0

import { prometheusServer, type PrometheusServer } from '#sources/prometheus/prometheus-server.ts';
import { urlTransport, type UrlTransportOptions } from '#sources/prometheus/url-transport.ts';

/** The server at an address. It was not asked anything yet. */
export function namedServer(options: UrlTransportOptions): PrometheusServer {
  const { origin, pathname } = options.url;
  return prometheusServer(`${origin}${pathname.replace(/\/$/u, '')}`, urlTransport(options));
}
