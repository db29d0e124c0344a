// SPDX-License-Identifier: Apache-2.0

import type { ApiRight } from '#actuators/define-actuator.ts';
import { LOCK_RIGHTS } from '#actuators/mending-lock.ts';
import { actuatorOf } from '#engine/mend/actuator-of.ts';
import type { Step } from '#model/plan.ts';
import type { AccessQuestion } from '#sources/kubernetes/access-review.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';

/**
 * The rights that steps and the lock need and the caller does not have, each as `verb resource in namespace`.
 *
 * @throws SourceError
 */
export async function missingRights(
  connection: Pick<KubernetesConnection, 'mayI'>,
  steps: readonly Step[],
  flannelNamespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const needs = [...LOCK_RIGHTS, ...steps.flatMap(needsOf)];
  const questions = new Map<string, AccessQuestion>();
  for (const right of needs) {
    for (const question of questionsOf(right, flannelNamespace)) {
      questions.set(rightText(question), question);
    }
  }
  const asked = await Promise.all(
    [...questions].map(async ([text, question]) => ({
      text,
      isAllowed: await connection.mayI(question, signal),
    })),
  );
  return asked.filter(({ isAllowed }) => !isAllowed).map(({ text }) => text);
}

function needsOf(step: Step): readonly ApiRight[] {
  const actuator = actuatorOf(step);
  return actuator?.needsOf?.(step) ?? actuator?.needs ?? [];
}

function questionsOf(right: ApiRight, flannelNamespace: string): readonly AccessQuestion[] {
  const { group, resource, namespace: declared, name } = right;
  const namespace = declared === 'flannel' ? flannelNamespace : declared;
  return right.verbs.map((verb) => ({
    verb,
    group,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  }));
}

function rightText({ verb, group, resource, namespace, name }: AccessQuestion): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const what = name === undefined ? qualified : `${qualified} ${name}`;
  return `${verb} ${what} ${namespace === undefined ? 'in the whole cluster' : `in ${namespace}`}`;
}
