// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead, inNamespace } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import {
  DEFAULT_ANNOTATION_PREFIX,
  observedAnnotationPrefix,
} from '#collectors/flannel/annotation-prefix.ts';

/** Finds where flannel runs: its DaemonSet, or nodes that carry its annotations without one. */
export const flannelCollector: ClusterCollector<'flannel'> = {
  scope: 'cluster',
  fact: 'flannel',
  reads: [
    apiRead('apps', 'daemonsets', 'list'),
    apiRead('', 'nodes', 'list'),
    inNamespace('flannel', apiRead('', 'pods', 'list')),
  ],
  timeoutMs: 60_000,
  collect: async (reader) => {
    const found = await reader.flannel();
    if (found?.annotationPrefix !== undefined) {
      return { value: { ...found.workload, annotationPrefix: found.annotationPrefix } };
    }
    if (found !== undefined) {
      // Without the right to list nodes flannel's own default is all there is.
      const nodes = await reader.nodes().catch(() => []);
      const annotationPrefix = observedAnnotationPrefix(nodes) ?? DEFAULT_ANNOTATION_PREFIX;
      return { value: { ...found.workload, annotationPrefix } };
    }
    const { namespace, selector } = reader.options.flannel ?? {};
    if (selector !== undefined) {
      throw new FactAbsence('failed', `No pod has the labels ${selector} that Flannel is to have.`);
    }
    if (namespace !== undefined) {
      throw new FactAbsence('failed', `No DaemonSet of the namespace ${namespace} runs flanneld.`);
    }
    const annotationPrefix = observedAnnotationPrefix(await reader.nodes());
    if (annotationPrefix !== undefined) return { value: { kind: 'embedded', annotationPrefix } };
    throw new FactAbsence(
      'failed',
      'No Flannel found: no DaemonSet has a container that runs flanneld, and no node carries its annotations.',
    );
  },
};
