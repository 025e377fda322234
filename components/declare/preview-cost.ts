import { formatBytes } from '@/components/ui/figures';
import type { PreviewRow } from '@/core/dto/inspection';

const UTF8 = new TextEncoder();

/** What a message costs: `412 B in, 96 B out, 0.03 ms`. In = the row's values as the server sends them, as text. */
export function costWords({ input, bytes, microseconds }: Pick<PreviewRow, 'input' | 'bytes' | 'microseconds'>): string {
  const taken = Object.values(input).reduce((sum, value) => sum + (value === null ? 0 : UTF8.encode(value).length), 0);
  const ms = microseconds < 10 ? 'under 0.01 ms' : `${(microseconds / 1000).toFixed(2)} ms`;
  return `${formatBytes(taken)} in, ${formatBytes(bytes)} out, ${ms}`;
}
