// SPDX-License-Identifier: Apache-2.0
import { describeOpenApi } from './openapi.ts';
import { groupVersionOf, RESOURCES, type ResourceDefinition } from './resource-catalogue.ts';

/** What discovery tells about the server. */
export interface DiscoveryOptions {
  /** As `v1.34.4`. */
  serverVersion: string;
  /** API groups that the server has not. */
  hiddenGroups: readonly string[];
}

/** Serves discovery and `/version`; undefined for paths that are neither. */
export function discover(pathname: string, options: DiscoveryOptions): unknown {
  const path = pathname.replace(/\/+$/, '');
  const offered = RESOURCES.filter((resource) => !options.hiddenGroups.includes(resource.group));
  switch (path) {
    case '/version':
      return versionInfo(options.serverVersion);
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(offered).map(groupEntry) };
    default:
      return path.startsWith('/openapi/v3')
        ? describeOpenApi(path, offered)
        : discoverGroup(path, offered);
  }
}

function discoverGroup(path: string, offered: readonly ResourceDefinition[]): unknown {
  const [, core, name, version] = /^\/(api|apis)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (core === undefined || name === undefined) return undefined;
  if (core === 'api') {
    return name === 'v1' && version === undefined ? resourceList('v1', offered) : undefined;
  }
  if (version !== undefined) return resourceList(`${name}/${version}`, offered);
  const group = groupsOf(offered).find((known) => known.group === name);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) };
}

function resourceList(groupVersion: string, offered: readonly ResourceDefinition[]): unknown {
  const members = offered.filter((resource) => groupVersionOf(resource) === groupVersion);
  if (members.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: members.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
        ...(resource.all ? { categories: ['all'] } : {}),
      },
      ...resource.subresources.map((subresource) => ({
        name: `${resource.plural}/${subresource.name}`,
        singularName: '',
        namespaced: resource.namespaced,
        kind: subresource.kind,
        verbs: subresource.verbs,
      })),
    ]),
  };
}

function groupsOf(offered: readonly ResourceDefinition[]): ResourceDefinition[] {
  const groups = new Map(offered.map((resource) => [resource.group, resource]));
  groups.delete('');
  return [...groups.values()];
}

function groupEntry({ group, version }: ResourceDefinition): Record<string, unknown> {
  const known = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [known], preferredVersion: known };
}

function versionInfo(serverVersion: string): unknown {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(serverVersion) ?? [];
  return {
    major,
    minor,
    gitVersion: serverVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
