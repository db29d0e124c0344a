// SPDX-License-Identifier: Apache-2.0

import type { SimulatedUser } from '#simulation/api/authentication.ts';

/** Name of a user who may read what a check reads, and pods, but may not ask kubelets, which measure use too. */
export const UNMEASURED: string = 'reader';

/** That user, for a cluster that is served. */
export const UNMEASURED_USERS: readonly SimulatedUser[] = [
  {
    name: UNMEASURED,
    token: 'reader-token',
    rules: [
      {
        verbs: ['get', 'list'],
        resources: ['nodes', 'pods', 'pods/log', 'services', 'namespaces', 'configmaps'],
      },
      { verbs: ['create', 'get'], resources: ['pods/exec'] },
      { verbs: ['get', 'list'], apiGroups: ['apps'], resources: ['daemonsets'] },
      { verbs: ['list'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
    ],
  },
];
