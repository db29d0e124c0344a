// SPDX-License-Identifier: Apache-2.0

import { newMarker, sectionScript } from '#sources/node-access/exec/section-script.ts';
import { splitSections } from '#sources/node-access/exec/split-sections.ts';
import type {
  NodeAccess,
  NodeReading,
  Section,
  WayOutcome,
} from '#sources/node-access/node-access.ts';
import { NODE_SECTIONS, type SectionName } from '#sources/node-access/node-sections.ts';
import type { NodeShell, ShellRun } from '#sources/node-access/node-shell.ts';
import { type SourceError, type SourceErrorCode, isSourceError } from '#sources/source-error.ts';

/** One way, and when it is taken after one that worked. */
export interface Layer {
  readonly shell: NodeShell;
  /** Whether it may have tools that the way before lacks; otherwise it is taken only when that one failed. */
  readonly hasOtherTools: boolean;
}

/** Failures that another way does not share: what is missing is the container, its tools, or the right to use it. */
const OTHER_WAY: readonly SourceErrorCode[] = [
  'no-flannel-pod',
  'container-not-running',
  'executable-not-found',
  'exec-failed',
  'forbidden',
  'not-found',
];

/**
 * Ways into nodes, the least privileged first. A way is left for the next one when it fails for a reason of its own,
 * or when its container lacks `ip` or `bridge` and the next one may have them.
 */
export function layeredAccess(layers: readonly Layer[]): NodeAccess {
  return new LayeredAccess(layers);
}

type Tried = { readonly reading: NodeReading } | { readonly error: SourceError };

function outcomeOf({ way }: NodeShell, tried: Tried): WayOutcome {
  if ('error' in tried) return { way, reason: tried.error.message };
  const reason = lackingTools(tried.reading);
  return { way, through: tried.reading.origin, ...(reason !== undefined && { reason }) };
}

class LayeredAccess implements NodeAccess {
  readonly #layers: readonly Layer[];
  readonly #marker = newMarker();
  readonly #chosen = new Map<string, NodeShell>();
  readonly #outcomes = new Map<string, readonly WayOutcome[]>();

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  readonly readNode = async (node: string, signal: AbortSignal): Promise<NodeReading> => {
    const outcomes: WayOutcome[] = [];
    this.#outcomes.set(node, outcomes);
    let best: NodeReading | undefined;
    let failure: SourceError | undefined;
    for (const { shell, hasOtherTools } of this.#layers) {
      const isEnough = best !== undefined && (lackingTools(best) === undefined || !hasOtherTools);
      if (isEnough) break;
      const tried = await this.#try(shell, node, signal);
      outcomes.push(outcomeOf(shell, tried));
      if ('reading' in tried) {
        // The last one that could be read by: it was tried for the tools that those before lack.
        this.#chosen.set(node, shell);
        best = best === undefined ? tried.reading : merged(best, tried.reading);
        continue;
      }
      failure ??= tried.error;
      if (!isSourceError(tried.error, ...OTHER_WAY)) break;
    }
    if (best !== undefined) return best;
    throw failure ?? new Error('there is no way into any node');
  };

  readonly runOn = (node: string, script: string, signal: AbortSignal): Promise<ShellRun> => {
    const shell = this.#chosen.get(node) ?? this.#layers[0]?.shell;
    if (shell === undefined) throw new Error('there is no way into any node');
    return shell.run(node, script, signal);
  };

  readonly waysOf = (node: string): readonly WayOutcome[] => this.#outcomes.get(node) ?? [];

  readonly close = async (): Promise<readonly string[]> => {
    const left = await Promise.all(this.#layers.map(({ shell }) => shell.close()));
    return left.flat();
  };

  /** @throws SourceError `cancelled`; what else a source says is the outcome */
  async #try(shell: NodeShell, node: string, signal: AbortSignal): Promise<Tried> {
    try {
      return { reading: await this.#readBy(shell, node, signal) };
    } catch (error) {
      if (!isSourceError(error) || error.code === 'cancelled') throw error;
      return { error };
    }
  }

  async #readBy(shell: NodeShell, node: string, signal: AbortSignal): Promise<NodeReading> {
    const commands = NODE_SECTIONS.filter(({ name }) => !shell.withheld.has(name));
    const { origin, result } = await shell.run(node, sectionScript(this.#marker, commands), signal);
    const truncation = result.end.kind === 'truncated' ? result.end.reason : 'cut-off';
    const names = commands.map(({ name }) => name);
    const sections = new Map<string, Section>(
      splitSections(result, this.#marker, names, truncation),
    );
    for (const [name, why] of shell.withheld) sections.set(name, { state: 'withheld', why });
    return { origin, sections };
  }
}

/** The tools that every check of entries needs, by the section that shows whether they exist. */
const TOOLS: Readonly<Partial<Record<SectionName, string>>> = { links: 'ip', fdb: 'bridge' };

/** What the container of a reading has not; undefined when it has all, or nothing tells. */
function lackingTools({ sections }: NodeReading): string | undefined {
  const lacking = Object.entries(TOOLS).flatMap(([name, tool]) => {
    const section = sections.get(name);
    return section?.state === 'read' && section.exitCode === 127 ? [`\`${tool}\``] : [];
  });
  return lacking.length === 0 ? undefined : `The container has no ${lacking.join(' and no ')}.`;
}

/** The later reading, and of the earlier one what the later lacks. */
function merged(earlier: NodeReading, later: NodeReading): NodeReading {
  const sections = new Map(later.sections);
  for (const [name, section] of earlier.sections) {
    if (!isUsable(later.sections.get(name)) && isUsable(section)) sections.set(name, section);
  }
  return { origin: `${later.origin}, ${earlier.origin}`, sections };
}

function isUsable(section: Section | undefined): boolean {
  return section?.state === 'read' && section.exitCode !== 127;
}
