import { CircleCheck, CircleSlash, Hourglass, type LucideIcon, OctagonX, Undo2 } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import type { SlotRequestDto } from '@/core/dto/slot';
import type { Tone } from '@/core/lifecycle/stream-state';

type Status = SlotRequestDto['status'];
export const REQUEST_FACES: Readonly<Record<Status, { readonly word: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  pending: { word: 'Waiting for approval', tone: 'attention', icon: Hourglass },
  approved: { word: 'Approved', tone: 'healthy', icon: CircleCheck },
  rejected: { word: 'Rejected', tone: 'danger', icon: OctagonX },
  voided: { word: 'Voided', tone: 'neutral', icon: CircleSlash },
  withdrawn: { word: 'Withdrawn', tone: 'neutral', icon: Undo2 },
};

export function RequestBadge({ status }: { status: Status }) {
  const { word, tone, icon } = REQUEST_FACES[status];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
