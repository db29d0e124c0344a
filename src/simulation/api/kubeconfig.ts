// SPDX-License-Identifier: Apache-2.0

/** Writes a kubeconfig, in YAML, with one cluster, one user and one context. */
export function formatKubeconfig(cluster: {
  url: string;
  /** PEM text of the authority. */
  certificate: string;
  /** Name of the user, letters, digits, `-`, `.` and `:`. */
  user: string;
  token: string;
}): string {
  const authority = Buffer.from(cluster.certificate).toString('base64');
  const user = JSON.stringify(cluster.user);
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '  - name: simulation',
    '    cluster:',
    `      server: ${cluster.url}`,
    `      certificate-authority-data: ${authority}`,
    'users:',
    `  - name: ${user}`,
    '    user:',
    `      token: ${JSON.stringify(cluster.token)}`,
    'contexts:',
    '  - name: simulation',
    '    context:',
    '      cluster: simulation',
    `      user: ${user}`,
    'current-context: simulation',
    '',
  ].join('\n');
}
