'use client';

import { useEffect } from 'react';
import { Toaster as Sonner, toast } from 'sonner';
import type { ToastHostProps } from './toast';

/** Its effect runs after Sonner's own, which listens by then. */
export function ToastHost({ onReady }: ToastHostProps) {
  useEffect(() => onReady(({ kind, message, description }) => void toast[kind](message, description ? { description } : {})), [onReady]);
  return (
    <Sonner
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-2.5 rounded-lg border border-line-strong bg-surface p-3 text-base text-ink shadow-lg font-sans [&_[data-icon]]:mt-0.5',
          description: 'text-ink-muted',
          error: 'border-danger/50 [&_[data-icon]]:text-danger',
          success: '[&_[data-icon]]:text-healthy',
        },
      }}
    />
  );
}
