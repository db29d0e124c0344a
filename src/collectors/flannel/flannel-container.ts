// SPDX-License-Identifier: Apache-2.0

import type { ContainerSpec } from '#sources/kubernetes/objects/pod-template.ts';

/**
 * Whether a container runs flanneld: by the name that every known distribution gives it, else by its command, else
 * by its image.
 */
export function isFlannelContainer(container: ContainerSpec): boolean {
  return (
    container.name === 'kube-flannel' ||
    container.words.some((word) => /(?:^|[/\s])flanneld(?:\s|$)/.test(word)) ||
    /(?:^|\/)flanneld(?:[:@]|$)/.test(container.image)
  );
}

/** The version in an image's tag, e.g. `v0.28.9`; undefined when the tag is none (`latest`, a digest alone). */
export function imageVersion(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf('/') + 1).split('@', 1)[0] ?? '';
  const tag = /:(.+)$/.exec(name)?.[1];
  return tag !== undefined && /^v?\d+\.\d+/.test(tag) ? tag : undefined;
}

/**
 * The value that flanneld gets for one of its flags: from the command line (Go's grammar: one or two dashes, `=` or
 * the next word), else from the environment (`FLANNELD_PUBLIC_IP` for `public-ip`). Empty when the value comes from
 * elsewhere (`valueFrom`) or is empty on the command line; undefined when neither sets it.
 */
export function flannelFlag(container: ContainerSpec, flag: string): string | undefined {
  // A whole command line may be one word, after `sh -c`.
  const words = container.words.flatMap((word) => word.split(/\s+/));
  for (const [index, word] of words.entries()) {
    const [name, ...value] = word.replace(/^--?/, '').split('=');
    if (!word.startsWith('-') || name !== flag) continue;
    return value.length > 0 ? value.join('=') : (words[index + 1] ?? '');
  }
  const variable = `FLANNELD_${flag.toUpperCase().replaceAll('-', '_')}`;
  if (!container.env.has(variable)) return undefined;
  const value = container.env.get(variable);
  // An empty variable sets nothing (coreos/pkg flagutil.SetFlagsFromEnv).
  return value === '' ? undefined : (value ?? '');
}
