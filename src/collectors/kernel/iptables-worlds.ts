// SPDX-License-Identifier: Apache-2.0

import type { NodeCollector } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import { commands } from '#collectors/kernel/collectors.ts';
import {
  type NodeSections,
  ranSection,
  succeededSection,
} from '#collectors/kernel/node-sections.ts';
import type { IptablesWorld } from '#model/kernel.ts';
import {
  NO_RULES,
  parseLegacyRules,
  parseNftChains,
} from '#sources/linux/parse-iptables-worlds.ts';
import { sectionCommand } from '#sources/node-access/node-sections.ts';
import { firstLine } from '#sources/plain-text.ts';

const NO_FILE = /No such file or directory/i;

/**
 * Reads the rules of both iptables. What a tool needs is read only where it has something to say: without tables of
 * iptables-legacy its program is not missed, and without rules in them neither is `nft`.
 */
export const iptablesWorldsCollector: NodeCollector<'iptablesWorlds'> = {
  scope: 'node',
  fact: 'iptablesWorlds',
  reads: commands('legacy-tables', 'legacy-rules', 'nft-forward', 'nft-postrouting'),
  collect: (sections) => {
    const legacy = legacyRules(sections);
    try {
      return Object.freeze({ legacy, nft: nftRules(sections) });
    } catch (error) {
      const isEmpty = legacy.ruleCount === 0 && legacy.policy === 'ACCEPT';
      if (isEmpty && error instanceof FactAbsence) return Object.freeze({ legacy });
      throw error;
    }
  },
};

/** The file lists tables once somebody used them, and does not exist in a kernel without iptables-legacy. */
function legacyRules(sections: NodeSections): IptablesWorld {
  const { stdout, stderr, exitCode } = ranSection(sections, 'legacy-tables');
  if (exitCode !== 0 && NO_FILE.test(stderr)) return NO_RULES;
  if (exitCode !== 0) succeededSection(sections, 'legacy-tables');
  const hasTables = /^(filter|nat)\s*$/m.test(stdout);
  return hasTables ? parseLegacyRules(savedLegacyRules(sections)) : NO_RULES;
}

/** The section's exit code is that of the filter behind the command; what is whole ends with COMMIT. */
function savedLegacyRules(sections: NodeSections): string {
  const { stdout, stderr } = ranSection(sections, 'legacy-rules');
  if (/^COMMIT/m.test(stdout)) return stdout;
  const says = firstLine(stderr);
  throw new FactAbsence(
    /Permission denied|not permitted/i.test(stderr) ? 'forbidden' : 'failed',
    `\`${sectionCommand('legacy-rules')}\` did not end${says === '' ? '' : `: ${says}`}.`,
  );
}

function nftRules(sections: NodeSections): IptablesWorld {
  const texts = (['nft-forward', 'nft-postrouting'] as const).map((name) => {
    const { stderr, exitCode } = ranSection(sections, name);
    return exitCode !== 0 && NO_FILE.test(stderr) ? '' : succeededSection(sections, name);
  });
  return parseNftChains(texts.join('\n'));
}
