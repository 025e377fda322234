import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, type } from 'node:os';

/** What the figures are of. */
export function machine(): Record<string, string> {
  const model = cpus()[0]?.model.trim() || 'unknown model';
  return {
    machine: `${type()}, ${cpus().length} cores (${model}), ${(totalmem() / 1024 ** 3).toFixed(0)} GiB`,
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    node: process.version,
    'load at the start (1 min)': (loadavg()[0] ?? 0).toFixed(2),
  };
}
