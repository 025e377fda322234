import { CircleCheck, Hourglass, type LucideIcon, MailWarning, RotateCw, Trash2 } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import type { LetterStatus } from '@/core/dto/dead-letter';
import type { Tone } from '@/core/lifecycle/stream-state';

export const STATUS_FACES: Readonly<
  Record<LetterStatus, { readonly word: string; readonly tone: Tone; readonly icon: LucideIcon; readonly sentence: string }>
> = {
  open: { word: 'Open', tone: 'danger', icon: MailWarning, sentence: 'Waits for a team lead to replay or discard it.' },
  parked: {
    word: 'Parked',
    tone: 'attention',
    icon: Hourglass,
    sentence: 'Waits behind an earlier letter of its key and follows by itself.',
  },
  replaying: { word: 'Replaying', tone: 'neutral', icon: RotateCw, sentence: 'The pipeline is sending it now.' },
  replayed: { word: 'Replayed', tone: 'healthy', icon: CircleCheck, sentence: 'Delivered.' },
  discarded: { word: 'Discarded', tone: 'neutral', icon: Trash2, sentence: 'Given up; the receiver never gets it.' },
};

export function StatusBadge({ status }: { status: LetterStatus }) {
  const { word, tone, icon } = STATUS_FACES[status];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
