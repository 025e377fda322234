/** Every figure in the portal is written here, so that one quantity never has two spellings. */

// Made once: making one costs more than a row of a table does, and toLocaleString makes one at each call.
const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const PLAIN = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `12,345` */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `1.2 GB`, in steps of 1024 like Postgres' pg_size_pretty. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value >= 10 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${bytes < 0 ? '−' : ''}${formatPlain(digits)} ${units[unit]}`;
}

/** `340 ms`, `1.2 s`, `4 min 10 s`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${formatPlain(Math.round(ms / 100) / 10)} s`;
  return formatDuration(ms / 1000);
}

/** `2,310 events/s`, with a decimal below ten. */
export function formatRate(perSecond: number, unit = 'events'): string {
  return `${formatPerSecond(perSecond)} ${unit}/s`;
}

/** The figure of `formatRate` alone, for places where the unit stands in the heading. */
export function formatPerSecond(perSecond: number): string {
  if (perSecond <= 0) return '0';
  if (perSecond < 0.1) return '< 0.1';
  return perSecond < 10 ? formatPlain(Math.round(perSecond * 10) / 10) : formatCount(perSecond);
}

/** `45 s`, `12 min 5 s`, `3 h 12 min`, `4 d 6 h`: the two largest units. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `just now`, `40 s ago`, `12 min ago`, `3 h ago`, `5 d ago`; `in 3 h` for the future. Times in ms. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  if (Math.abs(seconds) < 5) return 'just now';
  const span = formatSpan(Math.abs(seconds));
  return seconds > 0 ? `${span} ago` : `in ${span}`;
}

/** One unit only: `40 s`, `12 min`, `3 h`, `5 d`. */
export function formatSpan(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `2026-11-21 09:52:30 UTC`: the same text on server and client, and the one that stands in server logs. */
export function formatExact(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 letter`, `2 letters`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `37 %`, `< 1 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? '< 1 %' : `${formatCount(percent)} %`;
}

/** Messages of errors begin in lower case, as they stand in logs; on a page they are sentences. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function formatPlain(value: number): string {
  return PLAIN.format(value);
}
