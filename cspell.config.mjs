// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** Words of the glossary: its spelling is the spelling. */
const glossary = readFileSync(new URL('GLOSSARY.md', import.meta.url), 'utf8').match(
  /[\p{L}]{2,}/gu,
);

export default {
  version: '0.2',
  language: 'en-GB,en-US',
  words: glossary,
  dictionaries: [
    'names',
    'typescript',
    'node',
    'bash',
    'softwareTerms',
    'filetypes',
    'k8s',
    'docker',
  ],
  dictionaryDefinitions: [{ name: 'names', path: './docs/words.txt', addWords: true }],
  files: [
    '**/*.md',
    'src/**/*.ts',
    'testkit/**/*.ts',
    'tools/**/*',
    'test/**/*.ts',
    'bench/**/*.ts',
  ],
  ignorePaths: [
    'lab/',
    '{node_modules,dist,coverage,.cache,.tools,.git}/**',
    'docs/words.txt',
    '**/*.generated.ts',
    '**/fixtures/**',
    '**/recordings/**',
    'LICENSE',
  ],
  ignoreRegExpList: [
    '/`[^`\\n]+`/g',
    '/```[\\s\\S]*?```/g',
    '/[0-9a-f]{7,}/gi',
    '/\\b[\\w./-]+@v?[\\w./:-]+/g',
    '/https?:\\S+/g',
    // Suffixes of pod names, escape sequences of terminals.
    '/-[bcdfghjklmnpqrstvwxz2456789]{5}\\b/g',
    '/\\\\(?:u001b|x1b)\\[[0-9;]*[A-Za-z]/gi',
    '/%3D/g',
  ],
};
