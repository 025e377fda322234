'use client';

import { useState } from 'react';
import { BudgetField, type BudgetServer, budgetBytes, type TypedBudget } from '@/components/requests/budget-field';
import { splitBytes } from '@/components/requests/byte-size';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes } from '@/components/ui/figures';
import { toast } from '@/components/ui/toast';
import type { ActionResult } from '@/core/dto/action-result';

export type SetBudget = (input: { readonly streamId: string; readonly walBudgetBytes: number }) => Promise<ActionResult<unknown>>;

interface BudgetDialogProps {
  readonly stream: { readonly id: string; readonly name: string; readonly walBudgetBytes: number };
  readonly server: BudgetServer | null;
  readonly setBudget: SetBudget;
  readonly onDone: () => void;
}

/** A platform admin changes how much WAL a stream's slot may retain. */
export function BudgetDialog({ stream, server, setBudget, onDone }: BudgetDialogProps) {
  const present = splitBytes(stream.walBudgetBytes);
  const [typed, setTyped] = useState<TypedBudget | null>(null);
  const bytes = budgetBytes(typed ?? present);
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Change budget</Button>}
      onOpenChange={() => setTyped(null)}
      title={`WAL budget of ${stream.name}`}
      description={`${formatBytes(stream.walBudgetBytes)} at present. The change is in the timeline and the audit log.`}
      confirmLabel={bytes === null ? 'Set budget' : `Set budget to ${formatBytes(bytes)}`}
      busyLabel="Setting…"
      ready={bytes !== null && bytes !== stream.walBudgetBytes}
      action={() => setBudget({ streamId: stream.id, walBudgetBytes: bytes ?? 0 })}
      onDone={() => {
        toast.success(`The slot of ${stream.name} may retain ${formatBytes(bytes ?? 0)} of WAL now.`);
        onDone();
      }}
    >
      <BudgetField value={typed ?? present} onChange={setTyped} server={server} />
    </ConfirmDialog>
  );
}
