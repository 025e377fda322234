'use client';

import { Popover as Radix } from 'radix-ui';
import { cn } from './cn';
import type { PopoverProps } from './popover';

/** Open when it is first shown. Loaded apart from the page: what places it beside its button weighs more than most pages. */
export default function PopoverOpen({ trigger, children, align = 'start', className, label }: PopoverProps) {
  return (
    <Radix.Root defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={12}
          aria-label={label}
          className={cn('z-50 w-72 rounded-lg border border-line-strong bg-surface p-3 text-base text-ink shadow-lg', className)}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
