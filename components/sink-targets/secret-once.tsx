'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';

/** A generated secret, shown this once. */
export function SecretOnce({ secret, name, onDone }: { secret: string; name: string; onDone: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onDone();
      }}
      title={`Signing secret of ${name}`}
      description="Copy it now and give it to the receiver: it is sealed to the worker’s key and cannot be shown again. A lost one is replaced by generating another."
      footer={
        <Button variant="primary" onClick={onDone}>
          I have copied it
        </Button>
      }
    >
      <div className="flex flex-wrap items-center gap-2 rounded-md border bg-sunken p-3">
        <code className="min-w-0 flex-1 font-mono text-sm break-all">{secret}</code>
        <CopyButton text={secret} what="secret" withLabel />
      </div>
      <p className="text-sm text-ink-muted">
        The receiver verifies the headers webhook-id, webhook-timestamp and webhook-signature with it, as the Standard Webhooks
        specification says.
      </p>
    </Dialog>
  );
}
