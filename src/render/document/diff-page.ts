// SPDX-License-Identifier: Apache-2.0

import type { DiffSection, DocumentDiff } from '#report/cluster-document.ts';

import { counted, listOf } from '../terminal/names.ts';
import { timeText } from './document-page.ts';
import { type Page, type PageSection, pageTable } from './page.ts';

const TITLES: Readonly<Record<DiffSection['section'], string>> = {
  cluster: 'The cluster',
  nodes: 'Nodes',
  restart: 'Restart of the cluster',
  flannel: 'Flannel',
  netConf: "Flannel's net-conf.json",
  workloads: 'Resource settings',
  changes: 'Changes that Selvage made',
  accepted: 'Known and accepted',
  unread: 'What could not be read',
};

/** What differs between two versions of a cluster's page. */
export function diffPage({ before, after, sections }: DocumentDiff): Page {
  const sum = (kind: 'added' | 'removed' | 'changed'): number =>
    sections.reduce((total, section) => total + section[kind].length, 0);
  const counts = (['added', 'removed', 'changed'] as const).flatMap((kind) =>
    sum(kind) === 0
      ? []
      : [`${counted(sum(kind), kind === 'changed' ? 'field' : 'thing')} ${kind}`],
  );
  return {
    title: sections.length === 0 ? 'Nothing changed' : 'What changed in the cluster',
    date: `From ${timeText(before)} to ${timeText(after)}.`,
    summary: counts.length === 0 ? [] : [`${listOf(counts)}.`],
    sections: sections.map(sectionOf),
  };
}

function sectionOf({ section, added, removed, changed }: DiffSection): PageSection {
  const texts = (fields: DiffSection['added'][number]['fields']): string =>
    fields.map(({ name, value }) => `${name}: ${value}`).join('; ');
  const rows = [
    ...added.map(({ what, fields }) => ['added', what, '', texts(fields)]),
    ...removed.map(({ what, fields }) => ['removed', what, texts(fields), '']),
    ...changed.map(({ what, field, before, after }) => [
      'changed',
      `${what}: ${field}`,
      before ?? 'not there',
      after ?? 'not there',
    ]),
  ];
  return {
    title: TITLES[section],
    paragraphs: [],
    table: pageTable(['', 'what', 'before', 'now'], rows),
  };
}
