const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** A budget lets a stream stand still over a night. */
const BUDGET_SECONDS = 8 * 3600;
const SMALLEST_BUDGET = 256 * MIB;
const LARGEST_BUDGET = 50 * GIB;
/** At most this share of the server's own cap, so that the budget speaks before the slot is lost. */
const SHARE_OF_CAP = 0.5;

/** WAL in bytes, rates in bytes per second. */
export interface WalForecastInput {
  readonly walBytesPerSec: number;
  readonly retainedBytes: number;
  /** max_slot_wal_keep_size; null = unlimited. */
  readonly capBytes: number | null;
  readonly budgetBytes: number | null;
}
export interface WalForecast {
  /** Seconds until the server's cap is reached if the stream stops now; null = no cap, or no WAL is written. 0 = reached. */
  readonly secondsToCap: number | null;
  readonly secondsToBudget: number | null;
  readonly suggestedBudgetBytes: number;
  /** One sentence, with figures. */
  readonly sentence: string;
}

/** What happens if the stream stops now while the server goes on writing at this rate. */
export function forecastWal(input: WalForecastInput): WalForecast {
  const suggestedBudgetBytes = suggestBudget(input.walBytesPerSec, input.capBytes);
  const secondsToCap = secondsUntil(input.capBytes, input);
  const secondsToBudget = secondsUntil(input.budgetBytes ?? suggestedBudgetBytes, input);
  return { secondsToCap, secondsToBudget, suggestedBudgetBytes, sentence: forecastSentence(input, secondsToCap, secondsToBudget) };
}

/** Eight hours of WAL, between 256 MB and 50 GB, and never more than half of the server's cap. Rounded up to 64 MB. */
export function suggestBudget(walBytesPerSec: number, capBytes: number | null): number {
  const wanted = Math.min(LARGEST_BUDGET, Math.max(SMALLEST_BUDGET, walBytesPerSec * BUDGET_SECONDS));
  const step = 64 * MIB;
  const rounded = Math.ceil(wanted / step) * step;
  return capBytes === null ? rounded : Math.min(rounded, Math.floor(capBytes * SHARE_OF_CAP));
}

function secondsUntil(limit: number | null, { retainedBytes, walBytesPerSec }: WalForecastInput): number | null {
  if (limit === null) return null;
  if (retainedBytes >= limit) return 0;
  return walBytesPerSec > 0 ? (limit - retainedBytes) / walBytesPerSec : null;
}

function forecastSentence(input: WalForecastInput, toCap: number | null, toBudget: number | null): string {
  if (input.walBytesPerSec <= 0) return 'Steady: the server wrote no WAL while it was watched.';
  const rate = `At ${formatBytes(input.walBytesPerSec)}/s`;
  const budget =
    toBudget === 0 ? 'the WAL budget is already used up' : `the WAL budget is used up ${formatSpan(toBudget)} after this stream stops`;
  if (input.capBytes === null) return `${rate} ${budget}; the server itself has no limit, so its disk fills next.`;
  return `${rate} ${budget}, and ${toCap === 0 ? 'the slot is already past the server’s limit' : `the slot is lost ${formatSpan(toCap)} after`}.`;
}

/** `1.5 GB`, in steps of 1024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

/** `45 s`, `12 min`, `5 h`, `3 days`. */
export function formatSpan(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
