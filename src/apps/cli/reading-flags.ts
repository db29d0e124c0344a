// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError } from 'commander';

import { UsageError } from './usage-error.ts';

/** Flags that say where Flannel is, and by which ways nodes may be entered. */
export interface ReadingFlags {
  /** Namespace of Flannel's pods; absent: it is found. */
  readonly flannelNamespace?: string;
  /** Label selector of Flannel's pods; absent: they are found by what runs in them. */
  readonly flannelSelector?: string;
  readonly allowDebugPods?: true;
  /** Only with `allowDebugPods`. */
  readonly debugNamespace?: string;
  /** Only with `allowDebugPods`. */
  readonly debugImage?: string;
}

/** The flags of {@link ReadingFlags} as the collection takes them. */
export interface ReadingRequest {
  readonly flannel?: { readonly namespace?: string; readonly selector?: string };
  readonly debugPods?: { readonly namespace?: string; readonly image?: string };
}

/** The flags of {@link ReadingFlags} that have no meaning for a file. */
export const READING_FLAGS: readonly (keyof ReadingFlags)[] = Object.keys({
  flannelNamespace: true,
  flannelSelector: true,
  allowDebugPods: true,
  debugNamespace: true,
  debugImage: true,
} satisfies Record<keyof ReadingFlags, true>) as (keyof ReadingFlags)[];

/** Adds the flags that say where Flannel is, and by which ways nodes may be entered. */
export function addReadingFlags(command: Command): Command {
  return command
    .optionsGroup('Where Flannel is, and ways into nodes:')
    .option(
      '--flannel-namespace <name>',
      "namespace of Flannel's pods; default: looked for in all",
      namespaceName,
    )
    .option(
      '--flannel-selector <labels>',
      "label selector of Flannel's pods; default: known by what runs in them",
      labelSelector,
    )
    .option(
      '--allow-debug-pods',
      'make short-lived pods on nodes that cannot be read without; they are removed at the end',
    )
    .option(
      '--debug-namespace <name>',
      "namespace of such pods; default: that of Flannel's pods",
      namespaceName,
    )
    .option(
      '--debug-image <image>',
      'image of such pods; default: one that the node has already',
      imageReference,
    );
}

/** What the flags ask for. @throws UsageError for flags that only debug pods need, without the leave to make any */
export function readingRequest(flags: ReadingFlags): ReadingRequest {
  const { flannelNamespace, flannelSelector, allowDebugPods, debugNamespace, debugImage } = flags;
  if (allowDebugPods !== true && (debugNamespace ?? debugImage) !== undefined) {
    throw new UsageError(
      'Nothing is made in a cluster without leave.',
      'Add --allow-debug-pods, or drop --debug-namespace and --debug-image.',
    );
  }
  return {
    ...((flannelNamespace ?? flannelSelector) !== undefined && {
      flannel: {
        ...(flannelNamespace !== undefined && { namespace: flannelNamespace }),
        ...(flannelSelector !== undefined && { selector: flannelSelector }),
      },
    }),
    ...(allowDebugPods === true && {
      debugPods: {
        ...(debugNamespace !== undefined && { namespace: debugNamespace }),
        ...(debugImage !== undefined && { image: debugImage }),
      },
    }),
  };
}

/** A name of a namespace (RFC 1123 label; kubernetes@v1.34:staging/src/k8s.io/apimachinery/pkg/util/validation). */
export function namespaceName(value: string): string {
  if (/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u.test(value)) return value;
  throw new InvalidArgumentError("It cannot be the name of a namespace: see 'kubectl get ns'.");
}

const NAME = '[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?';
const KEY = `(?:[a-z0-9][-.a-z0-9]{0,251}[a-z0-9]?/)?${NAME}`;
const VALUE = `(?:${NAME})?`;
/** kubernetes@v1.34:staging/src/k8s.io/apimachinery/pkg/labels/selector.go, Parse. */
const REQUIREMENT = new RegExp(
  `^(?:!?${KEY}|${KEY} ?(?:=|==|!=) ?${VALUE}|${KEY} (?:in|notin) \\(${VALUE}(?:, ?${VALUE}){0,20}\\))$`,
  'u',
);

/** A label selector as `kubectl -l` takes it: `app=flannel`, `tier in (node,net)`, `!canary`; joined by commas. */
export function labelSelector(value: string): string {
  const parts = value.split(/,(?![^(]*\))/u).map((part) => part.trim());
  if (value.length <= 1024 && parts.every((part) => REQUIREMENT.test(part))) return parts.join(',');
  throw new InvalidArgumentError('A selector is like app=flannel, or app=flannel,tier in (node).');
}

/** A reference of an image (distribution/reference@v0.6.0:regexp.go), without its finer rules. */
export function imageReference(value: string): string {
  const isReference = /^[a-z0-9][A-Za-z0-9._:/-]{0,254}(?:@sha256:[0-9a-f]{64})?$/u.test(value);
  if (isReference) return value;
  throw new InvalidArgumentError('It cannot be the name of an image: registry/name:tag.');
}
