// SPDX-License-Identifier: Apache-2.0

import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import vitest from '@vitest/eslint-plugin';
import unicorn from 'eslint-plugin-unicorn';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts'];
const tests = ['**/*.test.ts'];
const pureZone = [
  'model',
  'expected',
  'checks',
  'causes',
  'remedies',
  'resources',
  'trends',
  'alerts',
  'report',
  'suppressions',
].map((folder) => `src/${folder}/**/*.ts`);

/** House rules that no plugin has, as AST selectors: each says what to do instead. */
const everywhere = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name: a default export has another name in each file that imports it.',
  },
  {
    selector: 'ExportAllDeclaration',
    message: 'No barrels: import the file itself.',
  },
  {
    selector: 'TSAsExpression > TSAsExpression.expression[typeAnnotation.type="TSUnknownKeyword"]',
    message: 'A cast through unknown hides a mistake: parse the value, or mend the type.',
  },
];

const purity = [
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'There is no clock in the pure zone: take `now` from the snapshot.',
  },
  {
    selector:
      'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    message: 'There is no clock in the pure zone: take `now` from the snapshot.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'The pure zone gives the same answer each time: take the value as an argument.',
  },
  {
    selector: ':function[async=true], AwaitExpression, NewExpression[callee.name="Promise"]',
    message: 'The pure zone waits for nothing: read in a collector, act in an actuator.',
  },
];

export default defineConfig(
  {
    ignores: ['lab/', 'dist/', 'coverage/', '.cache/', '.tools/', '**/*.generated.ts'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { unicorn },
    extends: [comments.recommended],
    rules: {
      '@eslint-community/eslint-comments/require-description': 'error',
      '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'unicorn/prefer-node-protocol': 'error',
      'unicorn/prefer-array-some': 'error',
      'unicorn/prefer-structured-clone': 'error',
      'unicorn/error-message': 'error',
      'unicorn/throw-new-error': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'object-shorthand': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'max-depth': ['error', 3],
      complexity: ['error', 12],
    },
  },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-syntax': ['error', ...everywhere],
      'no-console': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // isolatedDeclarations asks for a type on each exported constant, also where it could be inferred.
      '@typescript-eslint/no-inferrable-types': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['src/apps/cli/**', 'src/render/**', 'tools/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: pureZone,
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', ...everywhere, ...purity] },
  },
  {
    files: tests,
    plugins: { vitest },
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      // A describe block is a function too.
      'max-lines-per-function': 'off',
      // Matchers such as expect.any(String) have the type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'vitest/no-focused-tests': 'error',
      'vitest/no-disabled-tests': 'error',
      'vitest/no-conditional-tests': 'error',
      'vitest/no-conditional-in-test': 'error',
      'vitest/no-conditional-expect': 'error',
      'vitest/no-identical-title': 'error',
      'vitest/no-standalone-expect': 'error',
      'vitest/valid-expect': 'error',
      'vitest/valid-title': ['error', { disallowedWords: ['should'] }],
      'vitest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect', 'expect*', 'fc.assert', 'testCheck', 'assert*'] },
      ],
    },
  },
  {
    // A configuration file has to export by default.
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
