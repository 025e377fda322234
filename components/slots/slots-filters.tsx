import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { SearchField } from '@/components/ui/search-field';
import { Select } from '@/components/ui/select';
import type { SlotQuery } from '@/core/dto/slot';

interface SlotsFiltersProps {
  readonly query: SlotQuery;
  readonly onChange: (change: Partial<SlotQuery>) => void;
}

export function SlotsFilters({ query, onChange }: SlotsFiltersProps) {
  return (
    <search className="flex flex-wrap gap-2">
      <SearchField label="Search slots" placeholder="Slot, stream, source" value={query.text} onChange={(text) => onChange({ text })} />
      <Field label="Standing" labelHidden className="min-w-44 flex-1 sm:flex-none">
        <Select value={query.needsLook ? 'needed' : 'all'} onChange={(event) => onChange({ needsLook: event.target.value === 'needed' })}>
          <option value="all">Every slot</option>
          <option value="needed">Needs a look</option>
        </Select>
      </Field>
      {query.sourceId ? <Button onClick={() => onChange({ sourceId: null })}>Every source</Button> : null}
    </search>
  );
}
