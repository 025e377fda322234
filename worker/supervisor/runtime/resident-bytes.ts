import { readFile } from 'node:fs/promises';

/** VmRSS of a process, bytes; null where /proc has no such process (gone, or not Linux). */
export async function residentBytes(pid: number): Promise<number | null> {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : null;
  } catch {
    return null;
  }
}
