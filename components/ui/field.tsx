'use client';

import { TriangleAlert } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId } from 'react';
import { cn } from './cn';

interface FieldLink {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
}
const FieldContext = createContext<FieldLink | null>(null);

interface FieldProps {
  readonly label: ReactNode;
  /** Shown below the label at all times. */
  readonly hint?: ReactNode;
  /** What is wrong and how to mend it; replaces nothing, stands below the control. */
  readonly error?: string | null | undefined;
  readonly optional?: boolean;
  readonly required?: boolean;
  /** Hides the label from sight, not from screen readers. */
  readonly labelHidden?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Side by side in a grid, controls stand in one line however long their hints are; with an error below one of them they stay where they are. */
const FILLS = '[.grid:not(:has([aria-invalid=true]))>*>&]:grow';

/** A control with its label, hint and error; Input, Select and Textarea inside it link themselves. */
export function Field({ label, hint, error, optional, required = false, labelHidden, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ') || undefined;
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className={cn('text-sm font-medium text-ink', labelHidden && 'sr-only', !hint && !labelHidden && FILLS)}>
        {label}
        {optional ? <span className="font-normal text-ink-faint"> (optional)</span> : null}
      </label>
      {hint ? (
        <div id={`${id}-hint`} className={cn('-mt-1 text-sm text-ink-muted', FILLS)}>
          {hint}
        </div>
      ) : null}
      <FieldContext value={{ id, describedBy, invalid: Boolean(error), required }}>{children}</FieldContext>
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-danger">
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          <span className="min-w-0 break-words">{error}</span>
        </p>
      ) : null}
    </div>
  );
}

/** What a control inside a Field spreads on itself; nothing outside of one. */
export function useFieldProps() {
  const link = useContext(FieldContext);
  if (!link) return {};
  return {
    id: link.id,
    'aria-describedby': link.describedBy,
    'aria-invalid': link.invalid || undefined,
    required: link.required || undefined,
  };
}
