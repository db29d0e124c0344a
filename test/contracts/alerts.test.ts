// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { DEFAULT_THRESHOLDS } from '#alerts/default-thresholds.ts';
import { ALERTS } from '#alerts/registry.generated.ts';
import { runCommandLine } from '#apps/cli/command-line.ts';
import { alertName } from '#render/alerts/alert-name.ts';
import { capturedIo } from '../../testkit/captured-io.ts';
import { loadAlert } from '../../tools/generated-files.ts';
import { ROOT, textOf } from './repository.ts';

const HEADINGS = [
  'What it says',
  'Why it matters',
  'Look first',
  'What to do',
  'When it is a false alarm',
  'References',
];

/** The part of promtool's test files that is looked at here. */
const CASES = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }),
      ),
    }),
  ),
});

const folders = readdirSync(join(ROOT, 'src/alerts'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Commands of Selvage in a page, without the program's name and what stands behind them as a remark. */
function commandsIn(page: string): readonly (readonly string[])[] {
  const code = [...page.matchAll(/```sh\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    (m) => m[1] ?? m[2] ?? '',
  );
  return code
    .flatMap((text) => text.split(/\n|\||\$\(/))
    .map((line) =>
      line
        .replace(/\s#.*$/, '')
        .trim()
        .split(/\s+/),
    )
    .filter(([program]) => program === 'selvage')
    .map(([, ...words]) => words);
}

/** What the help of a command and, where it has some, of its named subcommand says. */
async function helpOf([command = '', sub = '']: readonly string[]): Promise<string> {
  const io = capturedIo();
  await runCommandLine([command, '--help'], io);
  const text = io.stdout.text();
  if (!new RegExp(`^ +${sub} `, 'm').test(text) || sub === '' || sub.startsWith('-')) return text;
  await runCommandLine([command, sub, '--help'], io);
  return io.stdout.text();
}

describe.each(folders)('alert folder %s', (folder) => {
  it('holds the alert, its cases and its page, and nothing else', () => {
    const files = readdirSync(join(ROOT, 'src/alerts', folder)).sort();

    expect(files).toEqual(['README.md', 'alert.test.yaml', 'alert.ts']);
  });

  it('is named as the id of its alert', async () => {
    const alert = await loadAlert(folder);

    expect(alert.id).toBe(folder);
    expect(folder).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/);
  });

  it('has title, summary and description in house style', async () => {
    const { title, summary, description } = await loadAlert(folder);

    expect(title).toMatch(/^[A-Z][^.\n]{3,70}[^.\s]$/);
    expect(summary).toMatch(/^[A-Z{].*[^.]$/);
    expect(description(DEFAULT_THRESHOLDS)).toMatch(/^[A-Z{].*\.$/);
  });

  it('has a case in which it fires, and one in which it never does', () => {
    const { tests } = CASES.parse(parse(textOf(`src/alerts/${folder}/alert.test.yaml`)));
    const fires = (test: (typeof tests)[number]): boolean =>
      test.alert_rule_test.some((each) => each.exp_alerts.length > 0);
    const names = tests.flatMap((test) => test.alert_rule_test.map((each) => each.alertname));

    expect(tests.filter(fires)).not.toEqual([]);
    expect(tests.filter((test) => !fires(test))).not.toEqual([]);
    expect([...new Set(names)]).toEqual([alertName(folder)]);
  });

  it('has a page with its id and the headings in order, none of them empty', () => {
    const text = textOf(`src/alerts/${folder}/README.md`);
    const lines = text.split('\n');
    const headings = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3));
    const sections = text.split(/^## .*$/m).slice(1);

    expect(lines[0]).toBe(`# ${folder}`);
    expect(headings).toEqual(HEADINGS);
    for (const section of sections) expect(section.trim()).not.toBe('');
    expect(sections[HEADINGS.indexOf('Look first')]).toContain('```sh\n');
    expect(sections[HEADINGS.indexOf('References')]).toMatch(/^- /m);
  });
});

describe.each(folders)('the page of %s', (folder) => {
  it('names only commands and flags that there are', async () => {
    const commands = commandsIn(textOf(`src/alerts/${folder}/README.md`));

    const unknown: string[] = [];
    for (const words of commands) {
      const help = await helpOf(words);
      const flags = words.filter((word) => word.startsWith('-'));
      const isKnown = flags.every((flag) =>
        new RegExp(`(?:^|[\\s,])${flag}[\\s,]`, 'm').test(help),
      );
      if (!help.startsWith(`Usage: selvage ${words[0] ?? ''} `) || !isKnown)
        unknown.push(words.join(' '));
    }

    expect(unknown).toEqual([]);
  });
});

describe('the registry', () => {
  it('holds each alert folder once, sorted by id', () => {
    expect(ALERTS.map(({ id }) => id)).toEqual([...folders].sort());
  });

  it('gives each alert a name of its own in Prometheus', () => {
    const names = ALERTS.map(({ id }) => alertName(id));

    expect(new Set(names).size).toBe(names.length);
  });
});
