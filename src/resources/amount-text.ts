// SPDX-License-Identifier: Apache-2.0

/** Bytes of a mebibyte. */
export const MEBIBYTE: number = 1024 * 1024;

const GIBIBYTE = 1024 * MEBIBYTE;

/** Bytes for a person, in mebibytes or gibibytes of at most one decimal: `9.5Mi`, `170Mi`, `1.5Gi`. */
export function memoryAmount(bytes: number): string {
  if (bytes >= GIBIBYTE) return `${rounded(bytes / GIBIBYTE, 1)}Gi`;
  const mebibytes = bytes / MEBIBYTE;
  return `${rounded(mebibytes, mebibytes < 10 ? 1 : 0)}Mi`;
}

/** Bytes as a quantity to be written into a manifest, rounded up to whole mebibytes: `1280Mi`, `2Gi`. */
export function memoryQuantity(bytes: number): string {
  const mebibytes = Math.ceil(bytes / MEBIBYTE);
  return mebibytes > 0 && mebibytes % 1024 === 0
    ? `${String(mebibytes / 1024)}Gi`
    : `${String(mebibytes)}Mi`;
}

/** Cores as a quantity to be written into a manifest, rounded up to whole millicores: `105m`, `2`. */
export function cpuQuantity(cores: number): string {
  const millicores = Math.ceil(cores * 1000 - 1e-6);
  return millicores > 0 && millicores % 1000 === 0
    ? String(millicores / 1000)
    : `${String(millicores)}m`;
}

/** Cores for a person: `8m`, `1.5`. */
export function cpuAmount(cores: number): string {
  return cores >= 1 ? rounded(cores, 1) : `${rounded(cores * 1000, 0)}m`;
}

/** A ratio for a person: `83 %`. */
export function percent(ratio: number): string {
  return `${rounded(ratio * 100, 0)} %`;
}

function rounded(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
