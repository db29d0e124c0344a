// SPDX-License-Identifier: Apache-2.0

const MIB = 1024 * 1024;

/** Bytes as `9.6Mi`, `523Mi` or `12.3Gi`. */
export function bytesText(bytes: number): string {
  const mebibytes = bytes / MIB;
  if (mebibytes < 9.95) return `${mebibytes.toFixed(1)}Mi`;
  if (mebibytes < 9999.5) return `${mebibytes.toFixed(0)}Mi`;
  return `${(mebibytes / 1024).toFixed(1)}Gi`;
}

/** Cores as `123m`, from ten on as `12.5`. */
export function coresText(cores: number): string {
  return cores < 9.9995 ? `${(cores * 1000).toFixed(0)}m` : cores.toFixed(1);
}

/** A ratio as whole per cent: `85%`. */
export function percentText(ratio: number): string {
  return `${(ratio * 100).toFixed(0)}%`;
}
