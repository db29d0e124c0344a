// SPDX-License-Identifier: Apache-2.0

const FORM =
  /^(\d{1,18})(?:\.(\d{0,9}))?(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,2}))?$/;

const NANO = 1_000_000_000n;

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['k', 'M', 'G', 'T', 'P', 'E'];
const SMALL = ['m', 'u', 'n'];

/**
 * A quantity in billionths, rounded up; undefined when the text is none or is negative. Kubernetes' own grammar
 * (kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go), without a leading dot and
 * bounded: 18 digits before the point, 9 after it, exponents from -18 to 18.
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', suffix = '', exponent = '0'] = match;
  const power = Number(exponent);
  if (Math.abs(power) > 18) return undefined;
  // In billionths already: the nine digits after the point are whole then.
  const base = BigInt(whole) * NANO + BigInt(fraction.padEnd(9, '0'));
  if (power < 0) return dividedUp(base, 10n ** BigInt(-power));
  return scaled(base * 10n ** BigInt(power), suffix);
}

function scaled(base: bigint, suffix: string): bigint {
  if (suffix === '') return base;
  if (BINARY.includes(suffix)) return base * 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  if (DECIMAL.includes(suffix)) return base * 1000n ** BigInt(DECIMAL.indexOf(suffix) + 1);
  return dividedUp(base, 1000n ** BigInt(SMALL.indexOf(suffix) + 1));
}

function dividedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Whether two texts are the same quantity: `0.5` and `500m` are, and two that are none when they are the same text. */
export function isSameQuantity(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const value = parseQuantity(a);
  return value !== undefined && value === parseQuantity(b);
}

const MEBIBYTE = 1024n * 1024n;

/** A quantity of bytes in whole mebibytes or gibibytes, rounded up: `256Mi`, `2Gi`. */
export function memoryText(billionths: bigint): string {
  const mebibytes = dividedUp(billionths, MEBIBYTE * NANO);
  return mebibytes % 1024n === 0n ? `${String(mebibytes / 1024n)}Gi` : `${String(mebibytes)}Mi`;
}

const ODD_FORM =
  /^\+?(\d{0,40}\.?\d{0,40})(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,3})?$/;

/**
 * A quantity as a plain number, in every form that Kubernetes takes and none of which {@link parseQuantity} writes
 * into a command: also `.5`, `+1`, and with more digits than that one is bounded to. Exact to 2^53, rounded beyond.
 * Undefined when the text is none, is negative, or is more than a number holds.
 */
export function quantityNumber(text: string): number | undefined {
  const exact = parseQuantity(text);
  if (exact !== undefined) return Number(exact / NANO) + Number(exact % NANO) / Number(NANO);
  const [, digits = '', suffix = ''] = ODD_FORM.exec(text) ?? [];
  if (!/\d/.test(digits)) return undefined;
  const unit = /^[eE]./.test(suffix) ? undefined : parseQuantity(`1${suffix}`);
  const value =
    unit === undefined ? Number(digits + suffix) : (Number(digits) * Number(unit)) / Number(NANO);
  return Number.isFinite(value) ? value : undefined;
}
