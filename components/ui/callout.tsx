import { CircleAlert, CircleCheck, Info, type LucideIcon, OctagonAlert, Waves } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from '@/core/lifecycle/stream-state';
import { cn } from './cn';
import { TONE_EDGE, TONE_SOFT, TONE_TEXT } from './tone';

const ICONS: Readonly<Record<Tone, LucideIcon>> = {
  neutral: Info,
  healthy: CircleCheck,
  attention: CircleAlert,
  danger: OctagonAlert,
  spilling: Waves,
};

interface CalloutProps {
  readonly tone?: Tone;
  readonly icon?: LucideIcon;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
}

/** A sentence that matters on this page: what is so, and what to do about it. */
export function Callout({ tone = 'neutral', icon, title, children, action, className }: CalloutProps) {
  const Icon = icon ?? ICONS[tone];
  return (
    <div className={cn('flex flex-wrap gap-x-4 gap-y-3 rounded-lg border p-3', TONE_SOFT[tone], TONE_EDGE[tone], className)}>
      <div className="flex min-w-0 flex-1 basis-72 gap-3">
        <Icon className={cn('mt-0.5 size-4 shrink-0', TONE_TEXT[tone])} aria-hidden />
        <div className="flex min-w-0 flex-col gap-1 text-ink">
          <div className={cn('font-medium', tone === 'neutral' ? 'text-ink' : TONE_TEXT[tone])}>{title}</div>
          {children}
        </div>
      </div>
      {action ? <div className="flex flex-wrap items-start gap-2">{action}</div> : null}
    </div>
  );
}
