import { CircleAlert, CircleCheck, CircleHelp, type LucideIcon, OctagonAlert } from 'lucide-react';
import { CodeBlock } from '@/components/ui/code-block';
import { TONE_TEXT } from '@/components/ui/tone';
import type { FailoverVerdictDto } from '@/core/dto/slot';
import type { Tone } from '@/core/lifecycle/stream-state';

const WORDS: Readonly<Record<FailoverVerdictDto['state'], { readonly word: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  ready: { word: 'Ready for failover', tone: 'healthy', icon: CircleCheck },
  not_yet: { word: 'Not ready for failover yet', tone: 'attention', icon: CircleAlert },
  blocked: { word: 'Failover blocked', tone: 'danger', icon: OctagonAlert },
  no_standby: { word: 'No standby named', tone: 'neutral', icon: CircleHelp },
  too_old: { word: 'Does not follow a failover', tone: 'attention', icon: CircleAlert },
};

/** Whether a slot would outlive its server, in a few words. */
export function FailoverWord({ verdict }: { verdict: FailoverVerdictDto | null }) {
  if (!verdict) return <span className="text-ink-muted">Failover: not known</span>;
  const { word, tone, icon: Icon } = WORDS[verdict.state];
  return (
    <span className={`inline-flex items-start gap-1.5 ${TONE_TEXT[tone]}`} data-failover={verdict.state}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>{word}</span>
    </span>
  );
}

/** The same with its reason, and what mends it. */
export function FailoverNote({ verdict }: { verdict: FailoverVerdictDto | null }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <FailoverWord verdict={verdict} />
      {verdict?.sentence ? <p className="text-sm break-words text-ink-muted">{verdict.sentence}</p> : null}
      {verdict?.remedy ? <Remedy text={verdict.remedy} /> : null}
    </div>
  );
}

/** Words are read, commands are copied. */
function Remedy({ text }: { text: string }) {
  return /\b(SELECT|ALTER)/.test(text) ? <CodeBlock code={text} what="Remedy" /> : <p className="text-sm break-words">{text}</p>;
}
