'use client';

import { useEffect, useRef, useState } from 'react';
import { askWorker } from '@/components/inspections/ask-worker';
import type { InspectionOutcome, Preview } from '@/core/dto/inspection';
import { type SpecForm, specOf } from './spec-form';

const QUIET_MS = 400;

export interface LivePreview {
  /** The last preview that worked: it stays on the screen while the next one is made. */
  readonly preview: Preview | null;
  readonly failure: Extract<InspectionOutcome<'preview'>, { ok: false }> | null;
  readonly loading: boolean;
  /** Nothing to preview before a table is picked. */
  readonly ready: boolean;
  readonly again: () => void;
}

/** Runs the last rows of the picked table through the flow as declared so far, 400 ms after the last change that matters to it. */
export function usePreview(form: SpecForm): LivePreview {
  const [result, setResult] = useState<Pick<LivePreview, 'preview' | 'failure'>>({ preview: null, failure: null });
  const [loading, setLoading] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const shownFor = useRef('');
  const ready = form.source.database !== '' && form.source.table !== '';
  const spec = JSON.stringify(specOf(form));
  const table = `${form.source.database} ${form.source.schema}.${form.source.table}`;

  // `attempt` asks the same question again.
  useEffect(() => {
    if (!ready) return;
    const abort = new AbortController();
    setLoading(true);
    // Rows of another table must not stand beside this one.
    if (shownFor.current !== table) setResult({ preview: null, failure: null });
    const timer = setTimeout(
      async () => {
        try {
          const outcome = await askWorker('preview', { spec: JSON.parse(spec) }, abort.signal);
          shownFor.current = table;
          setResult(outcome.ok ? { preview: outcome.answer, failure: null } : (before) => ({ ...before, failure: outcome }));
          setLoading(false);
        } catch {
          // Aborted: a later question is under way and reports for itself.
        }
      },
      attempt === 0 ? QUIET_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [ready, spec, table, attempt]);

  return {
    ...(ready ? result : { preview: null, failure: null }),
    loading: ready && loading,
    ready,
    again: () => setAttempt((count) => count + 1),
  };
}
