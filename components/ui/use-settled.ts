'use client';

import { useEffect, useState } from 'react';

/** The value once it has not changed for so long, ms: what is typed is asked for when the typing rests. */
export function useSettled<T>(value: T, ms = 200): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
