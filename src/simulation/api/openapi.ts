// SPDX-License-Identifier: Apache-2.0
import { groupVersionOf, type ResourceDefinition } from './resource-catalogue.ts';

/**
 * Serves `/openapi/v3`: no schemas, only that every resource takes `fieldValidation` in a patch,
 * which is what kubectl looks for before it leaves validation to the server
 * (cli-runtime@v0.34.4:pkg/resource/query_param_verifier_v3.go).
 *
 * @returns undefined for paths that are no part of it
 */
export function describeOpenApi(path: string, offered: readonly ResourceDefinition[]): unknown {
  if (path === '/openapi/v3') {
    const roots = new Set(offered.map(rootOf));
    const entries = [...roots].map((root): [string, unknown] => [
      root,
      { serverRelativeURL: `/openapi/v3/${root}?hash=0` },
    ]);
    return { paths: Object.fromEntries(entries) };
  }
  const members = offered.filter((resource) => path === `/openapi/v3/${rootOf(resource)}`);
  if (members.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(members.map((resource) => [itemPath(resource), itemOf(resource)])),
    components: { schemas: {} },
  };
}

function rootOf(resource: ResourceDefinition): string {
  return `${resource.group === '' ? 'api' : 'apis'}/${groupVersionOf(resource)}`;
}

function itemPath(resource: ResourceDefinition): string {
  const inside = resource.namespaced ? '/namespaces/{namespace}' : '';
  return `/${rootOf(resource)}${inside}/${resource.plural}/{name}`;
}

function itemOf({ group, version, kind }: ResourceDefinition): unknown {
  return {
    patch: {
      parameters: [
        { name: 'dryRun', in: 'query', schema: { type: 'string' } },
        { name: 'fieldValidation', in: 'query', schema: { type: 'string' } },
      ],
      responses: {},
      'x-kubernetes-group-version-kind': { group, version, kind },
    },
  };
}
