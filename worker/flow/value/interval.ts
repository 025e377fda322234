import { jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

const PART = /([+-]?\d+) (year|mon|day)s?/g;
const CLOCK = /([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** An interval in the fields that Postgres keeps and prints. `micros`: what is below a day. */
interface Interval {
  readonly year: bigint;
  readonly mon: bigint;
  readonly day: bigint;
  readonly micros: bigint;
}

/** interval (intervalstyle postgres) by `interval.handling.mode`. */
export function interval(mode: ValueModes['intervalHandlingMode']): TextToJson {
  const [write, latest, earliest] =
    mode === 'numeric' ? [microDuration, '9223372036854775807', '-9223372036854775808'] : [isoString, '"infinity"', '"-infinity"'];
  return (text) => {
    const read = parse(text);
    if (read) return write(read);
    return text === 'infinity' ? latest : text === '-infinity' ? earliest : jsonString(text);
  };
}

function parse(text: string): Interval | null {
  const parts = { year: 0n, mon: 0n, day: 0n };
  let found = false;
  for (const [, count, unit] of text.matchAll(PART)) {
    parts[unit as keyof typeof parts] += BigInt(count?.replace('+', '') ?? 0);
    found = true;
  }
  const match = CLOCK.exec(text);
  if (!match) return found ? { ...parts, micros: 0n } : null;
  const seconds = BigInt(match[2] ?? 0) * 3600n + BigInt(match[3] ?? 0) * 60n + BigInt(match[4] ?? 0);
  const micros = seconds * 1_000_000n + BigInt((match[5] ?? '').padEnd(6, '0'));
  return { ...parts, micros: match[1] === '-' ? -micros : micros };
}

/** A month is 365.25 / 12 days (MicroDuration.DAYS_PER_MONTH_AVG), which is a whole number of microseconds. */
function microDuration({ year, mon, day, micros }: Interval): string {
  return String((year * 12n + mon) * 2_629_800_000_000n + day * 86_400_000_000n + micros);
}

/** `P1Y2M3DT4H5M6.78S`: every field is there, each with its own sign (io.debezium.time.Interval). */
function isoString({ year, mon, day, micros }: Interval): string {
  const hours = micros / 3_600_000_000n;
  const minutes = (micros / 60_000_000n) % 60n;
  const rest = micros % 60_000_000n;
  const positive = rest < 0n ? -rest : rest;
  const fraction = String(positive % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const seconds = `${rest < 0n ? '-' : ''}${positive / 1_000_000n}${fraction ? `.${fraction}` : ''}`;
  return `"P${year}Y${mon}M${day}DT${hours}H${minutes}M${seconds}S"`;
}
