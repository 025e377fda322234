import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { LETTER_STATUSES, type LetterStreamDto } from '@/core/dto/dead-letter';
import type { InboxSelection } from './inbox-state';
import { STATUS_FACES } from './status-badge';

interface InboxFiltersProps {
  readonly selection: InboxSelection;
  readonly streams: readonly LetterStreamDto[];
  readonly onChange: (change: Partial<InboxSelection>) => void;
}

export function InboxFilters({ selection, streams, onChange }: InboxFiltersProps) {
  const { streamId } = selection;
  return (
    <search className="flex flex-wrap gap-3">
      <Field label="Search groups" className="w-56">
        <Input
          type="search"
          placeholder="Stream, team or error"
          value={selection.text}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      </Field>
      <Field label="Stream" className="w-48">
        <Select
          value={streamId ?? ''}
          onChange={(event) => onChange({ streamId: event.target.value || null, fingerprint: null, letterId: null })}
        >
          <option value="">Every stream</option>
          {streamId && !streams.some(({ id }) => id === streamId) ? <option value={streamId}>This stream, without letters</option> : null}
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
    </search>
  );
}
