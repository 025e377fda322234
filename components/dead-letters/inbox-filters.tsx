import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { LETTER_STATUSES } from '@/core/dto/dead-letter';
import type { InboxSelection } from './inbox-state';
import { STATUS_FACES } from './status-badge';

interface InboxFiltersProps {
  readonly selection: InboxSelection;
  readonly streams: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (change: Partial<InboxSelection>) => void;
}

export function InboxFilters({ selection, streams, onChange }: InboxFiltersProps) {
  return (
    <div className="flex flex-wrap gap-3">
      <Field label="Stream" className="w-48">
        <Select
          value={selection.streamId ?? ''}
          onChange={(event) => onChange({ streamId: event.target.value || null, fingerprint: null, letterId: null })}
        >
          <option value="">Every stream</option>
          {streams.map((stream) => (
            <option key={stream.id} value={stream.id}>
              {stream.name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Status" className="w-40">
        <Select
          value={selection.status ?? 'any'}
          onChange={(event) => onChange({ status: LETTER_STATUSES.find((known) => known === event.target.value) ?? null, letterId: null })}
        >
          {LETTER_STATUSES.map((status) => (
            <option key={status} value={status}>
              {STATUS_FACES[status].word}
            </option>
          ))}
          <option value="any">Any status</option>
        </Select>
      </Field>
    </div>
  );
}
