// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { PodReport } from '#resources/pod/pod-report.ts';

import type { Style } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';

/** The ends of a pod's logs, the run before each current one first. */
export function logSections({ logs }: PodReport, style: Style): readonly string[] {
  return logs.flatMap(({ container, current, previous }) => [
    ...(previous === null
      ? []
      : section(`Log of ${container} before its last restart`, previous, style)),
    ...section(`Log of ${container}`, current, style),
  ]);
}

/** Lines of a log stay whole, so that they can be searched for. */
function section(title: string, fact: Fact<readonly string[]>, style: Style): readonly string[] {
  const head = ['', style.bold(style.clean(title))];
  if (fact.state === 'absent') {
    return [...head, ...hang(`  ${style.mark('unknown')}`, style.clean(fact.detail), style.width)];
  }
  if (fact.value.length === 0) return [...head, '  It is empty.'];
  return [...head, ...fact.value.map((line) => `  ${style.clean(line)}`)];
}
