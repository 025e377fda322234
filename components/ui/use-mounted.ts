'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** False while the server renders and the page hydrates: for what depends on the browser's clock or size. */
export function useMounted(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
