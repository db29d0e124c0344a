// SPDX-License-Identifier: Apache-2.0

import { request } from 'node:https';
import { parse } from 'yaml';
import { z } from 'zod';

import { printableText } from '#render/terminal/printable-text.ts';

/** Columns that `-o wide` adds and that nothing in the demo needs. */
const LEFT_OUT = new Set(['NOMINATED NODE', 'READINESS GATES']);

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

const tableSchema = z.object({
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.number() })),
  rows: z.array(
    z.object({
      cells: z.array(z.union([z.string(), z.number()])),
      object: z.object({ metadata: z.object({ namespace: z.string().optional() }) }),
    }),
  ),
});

/** What `kubectl get` prints of a path: the API server's own table, as kubectl asks for it. */
export async function kubectlTable(
  kubeconfig: string,
  path: string,
  options: { readonly wide: boolean; readonly allNamespaces: boolean },
): Promise<string> {
  const table = tableSchema.parse(JSON.parse(await get(kubeconfig, path)));
  const shown = table.columnDefinitions.flatMap(({ name, priority }, index) =>
    (priority === 0 || options.wide) && !LEFT_OUT.has(name.toUpperCase())
      ? [{ heading: name.toUpperCase(), index }]
      : [],
  );
  const rows = table.rows.map(({ cells, object }) => [
    ...(options.allNamespaces ? [object.metadata.namespace ?? ''] : []),
    ...shown.map(({ index }) => String(cells[index] ?? '')),
  ]);
  const headings = [
    ...(options.allNamespaces ? ['NAMESPACE'] : []),
    ...shown.map(({ heading }) => heading),
  ];
  return aligned([headings, ...rows.map((row) => row.map((cell) => printableText(cell)))]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** One request, without the product's own connection: the view has to be independent of what it is compared with. */
function get(kubeconfig: string, path: string): Promise<string> {
  const { clusters, users } = kubeconfigSchema.parse(parse(kubeconfig));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const options = {
    ca: Buffer.from(authority, 'base64'),
    agent: false,
    headers: {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      authorization: `Bearer ${users[0].user.token}`,
    },
  } as const;
  return new Promise((resolve, reject) => {
    request(new URL(path, server), options, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else
          reject(new Error(`GET ${path} of the simulated cluster: ${String(response.statusCode)}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
