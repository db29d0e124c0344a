// SPDX-License-Identifier: Apache-2.0
import type { NodeFiles } from '#simulation/kernel/node-files.ts';

/** Truth of the expression, or why it is none. */
export type TestResult = boolean | { readonly problem: string };

/** Evaluates the words of `test`: one, two or three of them, with `!`, joined by `-a` and `-o`. */
export function evaluateTest(words: readonly string[], files: NodeFiles): TestResult {
  const operator = ['-o', '-a'].find((each) => words.length > 3 && words.includes(each, 1));
  if (operator === undefined) return evaluateSimple(words, files);
  const position = words.indexOf(operator, 1);
  const left = evaluateTest(words.slice(0, position), files);
  // A true left side decides -o, a false one -a; what is no expression decides both.
  if (typeof left !== 'boolean' || left === (operator === '-o')) return left;
  return evaluateTest(words.slice(position + 1), files);
}

function evaluateSimple(words: readonly string[], files: NodeFiles): TestResult {
  const [first = '', second, third] = words;
  if (words.length === 0) return false;
  if (first === '!' && words.length > 1) {
    const inner = evaluateTest(words.slice(1), files);
    return typeof inner === 'boolean' ? !inner : inner;
  }
  if (second === undefined) return first !== '';
  if (third === undefined) return evaluateUnary(first, second, files);
  if (words.length > 3) return { problem: 'too many arguments' };
  return evaluateBinary(first, second, third);
}

function evaluateUnary(operator: string, operand: string, files: NodeFiles): TestResult {
  const file = files.read(operand);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-f':
    case '-r':
      return 'content' in file;
    case '-s':
      return 'content' in file && file.content !== '';
    case '-d':
      return files.isDirectory(operand);
    case '-e':
      return 'content' in file || files.isDirectory(operand);
    default:
      return { problem: `${operator}: unexpected operator` };
  }
}

function evaluateBinary(left: string, operator: string, right: string): TestResult {
  if (operator === '=' || operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const compare = COMPARISONS[operator];
  if (compare === undefined) return { problem: `${left}: unexpected operator` };
  const wrong = [left, right].find((text) => !/^\s*[-+]?\d+\s*$/.test(text));
  return wrong === undefined
    ? compare(Number(left), Number(right))
    : { problem: `Illegal number: ${wrong}` };
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};
