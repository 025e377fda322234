import { formatBytes } from '@/components/ui/figures';
import type { PreviewConverted, PreviewRow } from '@/core/dto/inspection';

const UTF8 = new TextEncoder();

/** What a message costs: `412 B in, 96 B out, 0.03 ms`. In = the row's values as the server sends them, as text. */
export function costWords({ input, bytes, microseconds }: Pick<PreviewRow, 'input' | 'bytes' | 'microseconds'>): string {
  const taken = Object.values(input).reduce((sum, value) => sum + (value === null ? 0 : UTF8.encode(value).length), 0);
  return `${formatBytes(taken)} in, ${formatBytes(bytes)} out, ${timeWords(microseconds)}`;
}

/** What the conversions of a message cost: `648 B in, 96 B out, 12.40 ms`. In = the message as the flow made it. */
export function conversionCostWords(bytesIn: number, { messages, microseconds }: PreviewConverted): string {
  const bytesOut = messages.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${formatBytes(bytesIn)} in, ${formatBytes(bytesOut)} out, ${timeWords(microseconds)}`;
}

function timeWords(microseconds: number): string {
  return microseconds < 10 ? 'under 0.01 ms' : `${(microseconds / 1000).toFixed(2)} ms`;
}
