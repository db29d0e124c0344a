// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { BY_CONTAINER, duration, ON_CONTAINER, restartsWithin } from '../promql.ts';

const LAST_ENDED =
  '{__name__=~"kube_pod(_init)?_container_status_last_terminated_reason", reason="OOMKilled"}';
const ENDED =
  '{__name__=~"kube_pod(_init)?_container_status_terminated_reason", reason="OOMKilled"}';
const KILLS = 'container_oom_events_total{container!="", container!="POD"}';

// Three traces of a kill: the state of a container that was started again; that of one that was not; and cAdvisor's
// count from the kernel's log, the only one that may know of a child process, but that starts anew with the container.
export const alert: Alert = {
  id: 'container-oom-killed',
  title: 'Container was killed for lack of memory',
  severity: 'warning',
  sources: ['kube-state-metrics', 'cadvisor'],
  expression: ({ restartWindowSeconds: seconds }) =>
    [
      `(max ${BY_CONTAINER} (${LAST_ENDED}) == 1 and ${ON_CONTAINER} ${restartsWithin(seconds)} > 0)`,
      `(max ${BY_CONTAINER} (${ENDED}) == 1 unless ${ON_CONTAINER} max ${BY_CONTAINER} (${ENDED} offset ${duration(seconds)}) == 1)`,
      `(max ${BY_CONTAINER} (${KILLS} - min_over_time(${KILLS}[${duration(seconds)}])) > 0)`,
    ].join(' or '),
  forSeconds: () => 0,
  summary:
    'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for lack of memory',
  description: ({ restartWindowSeconds }) =>
    `The kernel killed it, or a process in it, within the last ${duration(restartWindowSeconds)}, because its memory limit was reached or the node had no memory left. Its last state is the only trace in the API, and is gone when the pod is deleted.`,
};
