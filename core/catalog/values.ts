import { formatLsn } from '@/core/postgres/lsn';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';

/** Catalog types → DTO types: bytes as numbers (exact below 8 PiB), times as ISO text. */
export function toNumber(value: bigint): number;
export function toNumber(value: bigint | null | undefined): number | null;
export function toNumber(value: bigint | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function toIso(value: Date): string;
export function toIso(value: Date | null | undefined): string | null;
export function toIso(value: Date | null | undefined): string | null {
  return value ? value.toISOString() : null;
}

/** LSNs are kept as signed 64-bit numbers in dead_letter. */
export function lsnText(value: bigint): string {
  return formatLsn(BigInt.asUintN(64, value));
}

/** A stored spec, with defaults of fields that are younger than it. */
export function toSpec(stored: unknown): StreamSpec {
  return streamSpec.parse(stored);
}
