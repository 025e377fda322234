import { readFileSync } from 'node:fs';

/** Key of the page size in the auxiliary vector, pairs of native words (getauxval(3), AT_PAGESZ). */
const AT_PAGESZ = 6n;
let pageBytes: number | null = null;

/**
 * Resident memory of a process, bytes; null where /proc has no such process (gone, or not Linux). Read at once: for hundreds of
 * pipelines, twice a second each, a read by way of the thread pool costs nine times the processor time (146 and 16 µs).
 */
export function residentBytes(pid: number): number | null {
  try {
    pageBytes ??= pageSize();
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return pages > 0 ? pages * pageBytes : null;
  } catch {
    return null;
  }
}

function pageSize(): number {
  const words = new BigUint64Array(new Uint8Array(readFileSync('/proc/self/auxv')).buffer);
  for (let at = 0; at + 1 < words.length; at += 2) if (words[at] === AT_PAGESZ) return Number(words[at + 1]);
  return 4096;
}
