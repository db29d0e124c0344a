// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { complete } from './complete.ts';
import { knownValues } from './known-values.ts';
import { completionScript, type Shell } from './shell-scripts.ts';

// As Cobra has them, for kubectl reads them (spf13/cobra@v1.10.0:completions.go, ShellCompDirective).
const DEFAULT = 0;
const NO_FILES = 4;

/** `selvage completion`: the script that a shell loads. */
export function runCompletion(shell: Shell, { stdout }: Io): number {
  stdout.write(completionScript(shell));
  return EXIT.healthy;
}

/**
 * `selvage __complete`: what may stand in place of the last word, one candidate per line with its description behind
 * a tab, then a colon with a number that says whether files may stand there. This is what kubectl expects of
 * `kubectl_complete-selvage` (kubernetes@v1.34.4:staging/src/k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go).
 */
export async function runComplete(
  program: Command,
  words: readonly string[],
  { stdout, env }: Io,
): Promise<number> {
  // Windows PowerShell drops an empty word, so that its script sends a space.
  const trimmed = [...words.slice(0, -1), (words.at(-1) ?? '').trim()];
  const { candidates, files } = await complete(program, trimmed, knownValues(env));
  const lines = candidates.map(({ value, description }) =>
    description === '' ? value : `${value}\t${description}`,
  );
  stdout.write([...lines, `:${String(files ? DEFAULT : NO_FILES)}`, ''].join('\n'));
  return EXIT.healthy;
}
