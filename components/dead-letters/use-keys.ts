'use client';

import { useEffect, useRef } from 'react';
import { commandOf, type InboxCommand } from './inbox-state';

/** Keys of the inbox, off while a dialog is open. */
export function useKeys(onCommand: (command: InboxCommand) => void, enabled: boolean): void {
  const latest = useRef(onCommand);
  latest.current = onCommand;
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const { key, ctrlKey, metaKey, altKey } = event;
      const command = commandOf({
        key,
        ctrlKey,
        metaKey,
        altKey,
        tag: target?.tagName ?? '',
        editable: target?.isContentEditable ?? false,
      });
      if (!command || event.defaultPrevented) return;
      event.preventDefault();
      latest.current(command);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled]);
}
