// SPDX-License-Identifier: Apache-2.0

import type { AnyActuator, ApiRight } from '#actuators/define-actuator.ts';
import { EVENT_RIGHTS } from '#actuators/mending-event.ts';
import { LOCK_RIGHTS } from '#actuators/mending-lock.ts';
import { ACTUATORS } from '#engine/actuators.generated.ts';
import {
  RBAC,
  type ReaderRoleOptions,
  roleHeader,
  roleSubjects,
  rulesOf,
} from '#engine/reader-role.ts';

const NAME = 'selvage-repair';

/** Every right that some actuators, the lock and the Events declare. */
function declaredWrites(
  actuators: readonly Pick<AnyActuator, 'needs' | 'byAdministrator'>[],
): readonly ApiRight[] {
  const standing = actuators.filter(({ byAdministrator }) => byAdministrator !== true);
  return [...standing.flatMap(({ needs }) => needs), ...LOCK_RIGHTS, ...EVENT_RIGHTS];
}

/**
 * The objects that grant what mending needs on top of reading, to apply as they are. What is used in one namespace
 * is granted there only.
 *
 * @param actuators all of this version, unless the registry is just being made
 */
export function repairObjects(
  options: ReaderRoleOptions,
  actuators: readonly Pick<AnyActuator, 'needs' | 'byAdministrator'>[] = ACTUATORS,
): readonly object[] {
  const { flannelNamespace, subject } = options;
  const writes = declaredWrites(actuators);
  const everywhere = writes.filter(({ namespace }) => namespace === undefined);
  // Where Flannel lives in kube-system, what is used there is one role.
  const placeOf = ({ namespace }: ApiRight): string | undefined =>
    namespace === 'flannel' ? flannelNamespace : namespace;
  const namespaces = [...new Set(writes.flatMap((right) => placeOf(right) ?? []))].sort();
  return [
    ...(everywhere.length === 0 ? [] : clusterWide(everywhere, subject)),
    ...namespaces.flatMap((place) =>
      local(
        writes.filter((right) => placeOf(right) === place),
        place,
        subject,
      ),
    ),
  ];
}

type Subject = ReaderRoleOptions['subject'];

function clusterWide(rights: readonly ApiRight[], subject: Subject): readonly object[] {
  return [
    { ...roleHeader('ClusterRole'), metadata: { name: NAME }, rules: rulesOf(rights) },
    {
      ...roleHeader('ClusterRoleBinding'),
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: roleSubjects(subject),
    },
  ];
}

function local(
  rights: readonly ApiRight[],
  namespace: string,
  subject: Subject,
): readonly object[] {
  const metadata = { name: NAME, namespace };
  return [
    { ...roleHeader('Role'), metadata, rules: rulesOf(rights) },
    {
      ...roleHeader('RoleBinding'),
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
      subjects: roleSubjects(subject),
    },
  ];
}
