// SPDX-License-Identifier: Apache-2.0

import type { AccessRight, ClusterAccess } from '#model/access.ts';

/** A right that was granted: a verb on a resource of the core group, for some facts. */
export function grantedRight(
  verb: string,
  resource: string,
  neededFor: readonly string[],
): AccessRight {
  return { verb, group: '', resource, answer: 'allowed', neededFor, lost: [] };
}

/** Every right that matters to the checks' tests, granted. */
export function healthyAccess(): ClusterAccess {
  const daemonSets = grantedRight('list', 'daemonsets', ['flannel', 'flannelPods']);
  return {
    rights: [
      grantedRight('list', 'nodes', ['nodes']),
      { ...daemonSets, group: 'apps' },
      { ...grantedRight('get', 'namespaces', ['identity']), name: 'kube-system' },
      { ...grantedRight('get', 'configmaps', ['netConf']), namespace: 'kube-flannel' },
      { ...grantedRight('get', 'pods/exec', ['links', 'routes']), namespace: 'kube-flannel' },
      { ...grantedRight('create', 'pods/exec', ['links', 'routes']), namespace: 'kube-flannel' },
    ],
  };
}
