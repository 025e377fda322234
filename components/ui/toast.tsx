'use client';

import { Toaster as Sonner, toast } from 'sonner';

export { toast };

/** Says what now happens after an act; errors that need reading stay on the page instead. */
export function Toaster() {
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
