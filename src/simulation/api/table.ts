// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import type { ResourceDefinition } from './resource-catalogue.ts';
import { columnsOf } from './table-columns.ts';

/** What a Table is built with. */
export interface TableContext {
  resource: ResourceDefinition;
  now: Date;
  /** None, Metadata or Object. */
  includeObject: string;
  resourceVersion: string;
}

/** A `meta.k8s.io/v1` Table. */
export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: { resourceVersion?: string };
  columnDefinitions: readonly unknown[];
  rows: readonly unknown[];
}

/** Builds the Table that kubectl prints. */
export function buildTable(objects: readonly KubernetesObject[], context: TableContext): Table {
  const columns = columnsOf(context.resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: context.resourceVersion },
    columnDefinitions: columns.map(({ name, type = 'string', wide = false }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, context.now)),
      ...included(object, context.includeObject),
    })),
  };
}

function included(object: KubernetesObject, includeObject: string): { object?: unknown } {
  if (includeObject === 'None') return {};
  if (includeObject === 'Object') return { object };
  const { metadata } = object;
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}
