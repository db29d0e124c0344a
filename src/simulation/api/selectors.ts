// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import { badRequest } from './api-error.ts';
import { isJsonObject } from './patch/json-value.ts';

/** Tells whether an object is selected. */
export type ObjectPredicate = (object: KubernetesObject) => boolean;

/**
 * Builds the predicate of `labelSelector` and `fieldSelector`.
 *
 * @returns undefined when neither restricts anything
 * @throws ApiError 400 for selectors that do not parse, or name a field that cannot be selected
 */
export function parseSelectors(
  query: URLSearchParams,
  groupResource: string,
): ObjectPredicate | undefined {
  const predicates = [
    ...parseLabelSelector(query.get('labelSelector') ?? ''),
    ...parseFieldSelector(query.get('fieldSelector') ?? '', groupResource),
  ];
  if (predicates.length === 0) return undefined;
  return (object) => predicates.every((selects) => selects(object));
}

function parseLabelSelector(text: string): ObjectPredicate[] {
  return splitTerms(text).map((term) => parseLabelTerm(term, text));
}

/** Splits at commas outside parentheses; a value holds neither. */
function splitTerms(text: string): string[] {
  return (text.match(/(?:\([^()]*\)|[^,()])+/g) ?? [])
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

const KEY = String.raw`[A-Za-z0-9./_-]+`;
const VALUE = '[A-Za-z0-9._-]*';
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([A-Za-z0-9._,\\s-]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

function parseLabelTerm(term: string, whole: string): ObjectPredicate {
  const equality = EQUALITY.exec(term);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return labelIn(key, [value], operator !== '!=');
  }
  const set = SET.exec(term);
  if (set !== null) {
    const [, key = '', operator, values = ''] = set;
    return labelIn(
      key,
      values.split(',').map((value) => value.trim()),
      operator === 'in',
    );
  }
  const exists = EXISTS.exec(term);
  if (exists !== null) {
    const [, absent, key = ''] = exists;
    return ({ metadata }) => (metadata.labels?.[key] === undefined) === (absent === '!');
  }
  throw badRequest(`unable to parse requirement: found '${term}' in '${whole}'`);
}

function labelIn(key: string, values: readonly string[], wanted: boolean): ObjectPredicate {
  return ({ metadata }) => {
    const value = metadata.labels?.[key];
    // An absent label satisfies every negative requirement.
    return (value !== undefined && values.includes(value)) === wanted;
  };
}

const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  nodes: ['spec.unschedulable'],
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  namespaces: ['status.phase'],
  secrets: ['type'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

function parseFieldSelector(text: string, groupResource: string): ObjectPredicate[] {
  const terms = text.split(',').filter((term) => term !== '');
  return terms.map((term) => {
    const match = /^([A-Za-z.]+)(==|=|!=)(.*)$/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    const known = ['metadata.name', 'metadata.namespace', ...(SELECTABLE[groupResource] ?? [])];
    if (!known.includes(field)) {
      throw badRequest(`field label not supported: ${field}`);
    }
    const path = pathOf(field);
    return (object) => (fieldText(object, path) === value) === (operator !== '!=');
  });
}

function pathOf(field: string): string[] {
  // kubernetes@v1.34.4:pkg/registry/core/event/strategy.go: `source` selects the component.
  return field === 'source' ? ['source', 'component'] : field.split('.');
}

function fieldText(object: KubernetesObject, path: readonly string[]): string {
  let value: unknown = object;
  for (const part of path) {
    value = isJsonObject(value) ? value[part] : undefined;
  }
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  // Booleans left out are false in the API; other fields left out are empty.
  return path.at(-1) === 'unschedulable' || path.at(-1) === 'hostNetwork' ? 'false' : '';
}
