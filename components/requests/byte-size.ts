/** Units that a WAL budget is typed in. */
export const BYTE_UNITS = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
export type ByteUnit = keyof typeof BYTE_UNITS;

/** The least budget that makes sense: a few WAL segments of 16 MiB each. */
export const MIN_BUDGET_BYTES = 64 * 2 ** 20;

/** Splits bytes into a figure and the largest unit in which it is at least 1. */
export function splitBytes(bytes: number): { figure: string; unit: ByteUnit } {
  const unit: ByteUnit = bytes >= BYTE_UNITS.TiB ? 'TiB' : bytes >= BYTE_UNITS.GiB ? 'GiB' : 'MiB';
  return { figure: String(Math.round((bytes / BYTE_UNITS[unit]) * 100) / 100), unit };
}

/** Bytes of a typed figure; null when it is not a positive number. */
export function joinBytes(figure: string, unit: ByteUnit): number | null {
  const value = Number(figure.trim().replace(',', '.'));
  return figure.trim() !== '' && Number.isFinite(value) && value > 0 ? Math.round(value * BYTE_UNITS[unit]) : null;
}
