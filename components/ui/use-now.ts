'use client';

import { useSyncExternalStore } from 'react';

/** One clock for the whole page: a thousand times on screen share one timer. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let now = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

function read(): number {
  if (now === 0 || Date.now() - now > 1500) now = Date.now();
  return now;
}

/** Milliseconds of the browser's clock, a second fine; 0 while the server renders and the page hydrates. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, () => 0);
}
