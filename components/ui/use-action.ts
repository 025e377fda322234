'use client';

import { useCallback, useState } from 'react';
import type { ActionError, ActionResult } from '@/core/dto/action-result';

const UNANSWERED: ActionError = {
  kind: 'internal',
  message: 'The portal did not answer, so it is not known whether this was done.',
  remedy: 'Check your connection, reload the page and look at the present state before trying again.',
  id: 'no-answer',
};

/** Runs a server action, keeps its error, and turns a lost connection into an error with a remedy too. */
export function useAction<I extends readonly unknown[], T>(action: (...input: I) => Promise<ActionResult<T>>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError | null>(null);
  const run = useCallback(
    async (...input: I): Promise<ActionResult<T>> => {
      setBusy(true);
      setError(null);
      try {
        const result = await action(...input);
        if (!result.ok) setError(result.error);
        return result;
      } catch {
        setError(UNANSWERED);
        return { ok: false, error: UNANSWERED };
      } finally {
        setBusy(false);
      }
    },
    [action],
  );
  return { run, busy, error, clear: useCallback(() => setError(null), []) };
}
