// SPDX-License-Identifier: Apache-2.0

import type { AmountName } from '#model/resources.ts';

/** Annotation in which the LimitRanger says what it filled in. */
export const LIMIT_RANGER_KEY = 'kubernetes.io/limit-ranger';

const PREFIX = 'LimitRanger plugin set: ';
/** kubernetes@v1.34:plugin/pkg/admission/limitranger/admission.go, mergeContainerResources. */
const PART = /^([^;]{1,200}) (request|limit) for (container|init container) ([a-z0-9-]{1,63})$/;
const MOST_TEXT = 16_384;

/** What the LimitRanger filled in for one container; empty when the annotation is absent or is none of its own. */
export function defaultedAmounts(
  annotation: string | undefined,
  container: string,
  isInit: boolean,
): readonly AmountName[] {
  if (annotation?.startsWith(PREFIX) !== true || annotation.length > MOST_TEXT) return [];
  return annotation
    .slice(PREFIX.length)
    .split('; ')
    .flatMap((part): readonly AmountName[] => {
      const [, resources = '', what, kind, name] = PART.exec(part) ?? [];
      if (name !== container || (kind === 'init container') !== isInit) return [];
      const named = resources.split(', ');
      const prefix = what === 'request' ? 'requests' : 'limits';
      return (['cpu', 'memory'] as const)
        .filter((resource) => named.includes(resource))
        .map((resource): AmountName => `${prefix}.${resource}`);
    });
}
