'use client';

import { type ComponentType, useEffect, useState } from 'react';

export interface Toast {
  readonly kind: 'success' | 'error';
  readonly message: string;
  readonly description?: string | undefined;
}

/** What was said before the host was there to show it. */
const waiting: Toast[] = [];
let show: ((toast: Toast) => void) | null = null;
let wanted: (() => void) | null = null;

function say(toast: Toast): void {
  if (show) show(toast);
  else {
    waiting.push(toast);
    wanted?.();
  }
}

/** Says what now happens after an act; errors that need reading stay on the page instead. */
export const toast = {
  success: (message: string, more?: { readonly description?: string }) => say({ kind: 'success', message, ...more }),
  error: (message: string, more?: { readonly description?: string }) => say({ kind: 'error', message, ...more }),
};

/** Where toasts appear. What draws them is loaded with the first of them. */
export function Toaster() {
  const [Host, setHost] = useState<ComponentType<ToastHostProps> | null>(null);
  useEffect(() => {
    const load = () => void import('./toast-host').then(({ ToastHost }) => setHost(() => ToastHost));
    wanted = load;
    if (waiting.length > 0) load();
    return () => {
      wanted = null;
    };
  }, []);
  return Host ? <Host onReady={takeOver} /> : null;
}

export interface ToastHostProps {
  /** Called once the host shows toasts, with how; returns what to do when it goes. */
  readonly onReady: (show: (toast: Toast) => void) => () => void;
}

function takeOver(by: (toast: Toast) => void): () => void {
  show = by;
  for (const toast of waiting.splice(0)) by(toast);
  return () => {
    show = null;
  };
}
