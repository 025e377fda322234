/** Units that a WAL budget is typed in: steps of 1024, as Postgres and the rest of the portal write them. */
export const BYTE_UNITS = { MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;
export type ByteUnit = keyof typeof BYTE_UNITS;

/** The least budget that makes sense: a few WAL segments of 16 MB each. */
export const MIN_BUDGET_BYTES = 64 * 2 ** 20;

/** Splits bytes into a figure and the largest unit in which it is at least 1. */
export function splitBytes(bytes: number): { figure: string; unit: ByteUnit } {
  const unit: ByteUnit = bytes >= BYTE_UNITS.TB ? 'TB' : bytes >= BYTE_UNITS.GB ? 'GB' : 'MB';
  return { figure: String(Math.round((bytes / BYTE_UNITS[unit]) * 100) / 100), unit };
}

/** Bytes of a typed figure; null when it is not a positive number. */
export function joinBytes(figure: string, unit: ByteUnit): number | null {
  const value = Number(figure.trim().replace(',', '.'));
  return figure.trim() !== '' && Number.isFinite(value) && value > 0 ? Math.round(value * BYTE_UNITS[unit]) : null;
}
