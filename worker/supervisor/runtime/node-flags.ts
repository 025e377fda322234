/** Of the heap of a stream's process, MiB. */
export const HEAP_MEGABYTES = 256;

/**
 * Node's flags of a stream's process. The young generation is kept small: its garbage is short-lived, and this is paid for each stream.
 * Its collections last less than a millisecond: to share one among threads costs more than it saves where streams are many and
 * processors few.
 */
export const nodeFlags = (heapMegabytes = HEAP_MEGABYTES): string[] => [
  `--max-old-space-size=${heapMegabytes}`,
  '--max-semi-space-size=4',
  '--single-threaded-gc',
];
