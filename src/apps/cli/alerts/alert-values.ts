// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';

import { quantityBytes } from '#engine/mend/quantities.ts';

import { collectList } from '../flag-values.ts';

/** Reads a share: `80%`, `2.5%` or `0.8`. */
export function share(value: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,2})?)%$|^(0?\.\d{1,4}|1)$/u.exec(value);
  const ratio = match === null ? 0 : Number(match[2] ?? Number(match[1]) / 100);
  if (ratio > 0 && ratio <= 1) return Number(ratio.toFixed(4));
  throw new InvalidArgumentError('A share is from 0.01% to 100%, like 80%, or like 0.8.');
}

/** Reads a quantity of memory in bytes. */
export function bytes(value: string): number {
  const whole = quantityBytes(value) ?? 0;
  if (whole > 0) return whole;
  throw new InvalidArgumentError(
    'A quantity of memory is a number with a unit, like 200Mi or 1Gi.',
  );
}

/** Reads a name of a namespace. */
export function namespaceName(value: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u.test(value)) return value;
  throw new InvalidArgumentError('A namespace has small letters, digits and hyphens, at most 63.');
}

/** Reads names of DaemonSets; comma-separated, may be repeated. */
export function daemonSetNames(value: string, previous: readonly string[] = []): readonly string[] {
  const names = collectList(value, previous);
  const isName = (name: string): boolean =>
    name.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/u.test(name);
  if (names.length > 0 && names.every(isName)) return names;
  throw new InvalidArgumentError('A DaemonSet has small letters, digits, hyphens and dots.');
}

/** Reads a label, `key=value`; may be repeated. */
export function labels(
  value: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = value.indexOf('=');
  const [key, text] = [value.slice(0, Math.max(at, 0)), value.slice(at + 1)];
  const isLabel =
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/u.test(
      key,
    ) && /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/u.test(text);
  if (isLabel) return { ...previous, [key]: text };
  throw new InvalidArgumentError('A label is key=value, like release=kube-prometheus-stack.');
}

/** Reads an address of the web, or a path; neither may hold what Prometheus takes for a template. */
export function addressOrPath(value: string): string {
  const text = value.replace(/\/+$/u, '');
  if (isAddress(text) || /^\/?[\w.~-]+(?:\/[\w.~-]+)*$/u.test(text)) return text;
  throw new InvalidArgumentError('It has to be an address with http:// or https://, or a path.');
}

/** Reads an address of the web. */
export function address(value: string): string {
  if (isAddress(value)) return value;
  throw new InvalidArgumentError('It has to be an address with http:// or https://.');
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/u.test(text) && URL.canParse(text);
}
