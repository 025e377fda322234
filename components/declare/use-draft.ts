'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { ActionResult } from '@/core/dto/action-result';
import { draftBody, type WizardState } from './wizard-state';

const QUIET_MS = 800;

export type Saving =
  | { readonly phase: 'unsaved' | 'saving' }
  | { readonly phase: 'saved'; readonly at: number }
  | { readonly phase: 'failed'; readonly message: string };

interface Draft {
  readonly draftId: string | null;
  readonly saving: Saving;
  /** Stops saving: the draft was discarded or became a request. */
  readonly stop: () => void;
}

/** Saves what is typed 800 ms after the last edit, one save at a time, and keeps `?draft=` in the address so that a reload finds it. */
export function useDraft(state: WizardState, from: { draftId: string | null; streamId: string | null }): Draft {
  const [draftId, setDraftId] = useState(from.draftId);
  const [saving, setSaving] = useState<Saving>({ phase: 'unsaved' });
  const latest = useRef({ state, draftId, savedEdits: 0, busy: false, stopped: false });
  latest.current.state = state;
  latest.current.draftId = draftId;
  const { streamId } = from;

  const save = useCallback(async () => {
    const now = latest.current;
    if (now.busy || now.stopped || now.savedEdits === now.state.edits) return;
    now.busy = true;
    const { edits } = now.state;
    setSaving({ phase: 'saving' });
    const result = await postDraft(now.state, now.draftId, streamId);
    now.busy = false;
    if (now.stopped) return;
    if (!result.ok) {
      setSaving({ phase: 'failed', message: `${result.error.message} ${result.error.remedy}` });
      return;
    }
    now.savedEdits = edits;
    if (now.draftId !== result.value.draftId) keepInAddress(result.value.draftId);
    setDraftId(result.value.draftId);
    setSaving({ phase: 'saved', at: Date.now() });
    // What was typed while the save was under way.
    if (now.state.edits !== edits) setTimeout(() => void save(), QUIET_MS);
  }, [streamId]);

  useEffect(() => {
    if (state.edits === 0) return;
    const timer = setTimeout(() => void save(), QUIET_MS);
    return () => clearTimeout(timer);
  }, [state.edits, save]);

  // Leaving within the quiet time loses nothing: the browser finishes a keepalive request after the page is gone.
  useEffect(() => {
    const leave = () => {
      const now = latest.current;
      if (!now.stopped && now.savedEdits !== now.state.edits) void postDraft(now.state, now.draftId, streamId, true);
    };
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [streamId]);

  const stop = useCallback(() => {
    latest.current.stopped = true;
  }, []);
  return { draftId, saving, stop };
}

async function postDraft(
  state: WizardState,
  draftId: string | null,
  streamId: string | null,
  leaving = false,
): Promise<ActionResult<{ draftId: string }>> {
  try {
    const response = await fetch('/api/drafts', {
      method: 'POST',
      keepalive: leaving,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...(draftId ? { draftId } : {}),
        ...(streamId ? { streamId } : {}),
        teamId: state.teamId,
        body: draftBody(state),
        step: state.step,
      }),
    });
    return (await response.json()) as ActionResult<{ draftId: string }>;
  } catch {
    return {
      ok: false,
      error: { kind: 'internal', message: 'The draft could not be saved.', remedy: 'It is tried again with the next change.', id: '' },
    };
  }
}

function keepInAddress(draftId: string): void {
  const url = new URL(window.location.href);
  url.searchParams.set('draft', draftId);
  window.history.replaceState(window.history.state, '', url);
}
