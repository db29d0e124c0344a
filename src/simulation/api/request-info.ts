// SPDX-License-Identifier: Apache-2.0
import { UnknownPath } from './api-error.ts';
import { findResource, type ResourceDefinition } from './resource-catalogue.ts';

/** A request for a resource, in the API server's terms. */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection. */
  verb: string;
  resource: ResourceDefinition;
  /** Absent: the resource itself. */
  subresource?: string;
  /** Absent: cluster-scoped, or all namespaces. */
  namespace?: string;
  /** Absent: the collection. */
  name?: string;
  /** Below the proxy of a node or Service: the path on what is behind it, without the slash before it. */
  path?: string;
  query: URLSearchParams;
}

interface ResourcePath {
  group: string;
  version: string;
  namespace?: string;
  plural: string;
  name?: string;
  subresource?: string;
  path?: string;
  watch: boolean;
}

/**
 * Reads the resource part of a path, following
 * kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.
 *
 * @returns undefined for paths outside `/api/v1/…` and `/apis/<group>/<version>/…`, which have no resource
 * @throws UnknownPath when the resource or subresource does not exist
 */
export function parseRequestInfo(method: string, url: URL): RequestInfo | undefined {
  const path = parseResourcePath(url.pathname);
  if (path === undefined) return undefined;
  const { namespace, name, subresource } = path;
  const resource = requireResource(path);
  const watching = path.watch || isTrue(url.searchParams.get('watch'));
  const selected = name ?? (method === 'GET' ? nameFromSelector(url) : undefined);
  return {
    verb: verbOf(method, name !== undefined, watching),
    resource,
    query: url.searchParams,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selected === undefined ? {} : { name: selected }),
    ...(path.path === undefined ? {} : { path: path.path }),
  };
}

/** Reads a boolean query parameter as Go's strconv does; absent and malformed ones are false. */
export function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true' || value === 't' || value === 'True' || value === 'TRUE';
}

function requireResource(path: ResourcePath): ResourceDefinition {
  const resource = findResource(path.group, path.version, path.plural);
  if (resource === undefined) throw new UnknownPath();
  const { subresource, namespace } = path;
  const offered = resource.subresources.some((known) => known.name === subresource);
  if (subresource !== undefined && !offered) throw new UnknownPath();
  if (namespace !== undefined && !resource.namespaced) throw new UnknownPath();
  return resource;
}

function parseResourcePath(pathname: string): ResourcePath | undefined {
  const [prefix, ...parts] = pathname.split('/').filter((part) => part !== '');
  if (prefix !== 'api' && prefix !== 'apis') return undefined;
  const group = prefix === 'apis' ? parts.shift() : '';
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  const watch = parts[0] === 'watch' && parts.length > 1;
  const target = parseTarget(watch ? parts.slice(1) : parts);
  return { group, version, watch, ...target };
}

type TargetPath = Pick<ResourcePath, 'plural' | 'namespace' | 'name' | 'subresource' | 'path'>;

function parseTarget(parts: readonly string[]): TargetPath {
  // `/namespaces/x` and `/namespaces/x/status` are the namespace itself, anything longer is inside it.
  const inside = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const namespace = inside ? decode(parts[1] ?? '') : undefined;
  const [plural, name, subresource, ...rest] = inside ? parts.slice(2) : parts;
  if (plural === undefined) throw new UnknownPath();
  return {
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name: decode(name) }),
    ...(subresource === undefined ? {} : { subresource }),
    ...restOf(`${plural}/${subresource ?? ''}`, rest),
  };
}

/** What is below a subresource: only proxies have a path there. */
function restOf(of: string, rest: readonly string[]): Pick<TargetPath, 'path'> {
  if (of === 'nodes/proxy' || of === 'services/proxy') return { path: rest.join('/') };
  if (rest.length > 0) throw new UnknownPath();
  return {};
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UnknownPath();
  }
}

/** A list limited to one name by its field selector is authorised as that name. */
function nameFromSelector(url: URL): string | undefined {
  const selector = url.searchParams.get('fieldSelector') ?? '';
  return /^metadata\.name=([^,=]+)$/.exec(selector)?.[1];
}

function verbOf(method: string, named: boolean, watching: boolean): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (watching) return 'watch';
      return named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}
