import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';

export const buttonLook = cva('button', {
  variants: {
    variant: {
      primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong',
      secondary: 'border-line-strong bg-surface text-ink hover:bg-sunken',
      ghost: 'border-transparent text-ink-muted hover:bg-sunken hover:text-ink',
      danger: 'border-transparent bg-danger text-on-danger hover:opacity-90',
      'danger-quiet': 'border-line-strong bg-surface text-danger hover:bg-danger-soft',
    },
    size: { sm: 'h-7 px-2.5 text-sm', md: 'h-8 px-3 text-base', icon: 'size-8 p-0' },
  },
  defaultVariants: { variant: 'secondary', size: 'md' },
});

type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonLook> & {
    /** Renders its only child (a link) with this look. */
    asChild?: boolean;
    /** While a request runs: the button cannot be pressed again and says these words instead. */
    busy?: false | string | undefined;
  };

/** Buttons are verbs that name the object: "Replay 37 letters". */
export function Button({
  variant,
  size,
  asChild = false,
  busy = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  const look = cn(buttonLook({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={look} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button type={type} className={look} disabled={disabled || busy !== false} aria-busy={busy !== false || undefined} {...rest}>
      {busy === false ? children : busy}
    </button>
  );
}
