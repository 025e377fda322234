'use client';

import { RadioGroup as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';

export interface RadioOption<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  /** What choosing it means. */
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

interface RadioGroupProps<T extends string> {
  readonly label: ReactNode;
  readonly labelHidden?: boolean;
  readonly value: T | undefined;
  readonly onChange: (value: T) => void;
  readonly options: readonly RadioOption<T>[];
  /** Side by side from 640 px on. */
  readonly columns?: 1 | 2 | 3;
  readonly className?: string;
}

/** Choices as cards: the whole card is the target. */
export function RadioGroup<T extends string>({ label, labelHidden, value, onChange, options, columns = 1, className }: RadioGroupProps<T>) {
  const id = useId();
  return (
    <div className={cn('flex flex-col gap-1.5', className)}>
      <span id={id} className={cn('text-sm font-medium', labelHidden && 'sr-only')}>
        {label}
      </span>
      <Radix.Root
        aria-labelledby={id}
        value={value ?? null}
        onValueChange={(next) => onChange(next as T)}
        className={cn('grid gap-2', columns === 2 && 'sm:grid-cols-2', columns === 3 && 'sm:grid-cols-3')}
      >
        {options.map((option) => (
          <Radix.Item
            key={option.value}
            value={option.value}
            disabled={option.disabled ?? false}
            aria-label={typeof option.label === 'string' ? option.label : undefined}
            aria-describedby={option.hint ? `${id}-${option.value}` : undefined}
            className="group flex min-w-0 items-start gap-2.5 rounded-md border border-line-strong bg-surface p-3 text-left hover:border-control disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-control bg-surface group-data-[state=checked]:border-accent">
              <Radix.Indicator className="size-2 rounded-full bg-accent" />
            </span>
            <span className="min-w-0">
              <span className="block font-medium">{option.label}</span>
              {option.hint ? (
                <span id={`${id}-${option.value}`} className="block text-sm text-ink-muted">
                  {option.hint}
                </span>
              ) : null}
            </span>
          </Radix.Item>
        ))}
      </Radix.Root>
    </div>
  );
}
