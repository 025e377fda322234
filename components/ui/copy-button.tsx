'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button';
import { toast } from './toast';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for the label: "Copy slot name". */
  readonly what: string;
  /** Shows the words beside the icon. */
  readonly withLabel?: boolean;
  readonly className?: string;
}

export function CopyButton({ text, what, withLabel = false, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1600);
    } catch {
      // Browsers refuse the clipboard on plain http from another machine.
      toast.error(`The browser did not allow copying the ${what}. Select it and copy it by hand.`);
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant={withLabel ? 'secondary' : 'ghost'}
      size={withLabel ? 'sm' : 'icon'}
      className={className ?? (withLabel ? undefined : 'size-6')}
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      onClick={copy}
    >
      <Icon className="size-3.5!" aria-hidden />
      {withLabel ? (copied ? 'Copied' : `Copy ${what}`) : null}
    </Button>
  );
}
