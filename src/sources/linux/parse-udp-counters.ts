// SPDX-License-Identifier: Apache-2.0

import type { IpFamily, UdpCounters } from '#model/kernel.ts';

const NUMBER = /^\d{1,20}$/;
const LINE6 = /^Udp6(InDatagrams|InCsumErrors)\s+(\d{1,20})\s*$/gm;

/**
 * Parses the UDP lines of `/proc/net/snmp`, a line of names above one of numbers, and of `/proc/net/snmp6`, one name
 * and number per line. A family without both counters is not there. Never throws.
 */
export function parseUdpCounters(text: string): readonly UdpCounters[] {
  const ipv4 = pairedLines(text);
  const ipv6 = new Map([...text.matchAll(LINE6)].map(([, name = '', value = '']) => [name, value]));
  return Object.freeze([...countersOf(4, ipv4), ...countersOf(6, ipv6)]);
}

function pairedLines(text: string): ReadonlyMap<string, string> {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.trim().split(/\s+/).slice(1));
  return new Map(names.map((name, index) => [name, values[index] ?? '']));
}

function countersOf(family: IpFamily, values: ReadonlyMap<string, string>): readonly UdpCounters[] {
  const inDatagrams = values.get('InDatagrams') ?? '';
  const inCsumErrors = values.get('InCsumErrors') ?? '';
  if (!NUMBER.test(inDatagrams) || !NUMBER.test(inCsumErrors)) return [];
  return [
    Object.freeze({ family, inDatagrams: Number(inDatagrams), inCsumErrors: Number(inCsumErrors) }),
  ];
}
