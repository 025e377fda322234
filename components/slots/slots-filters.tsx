import { Search } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { SlotQuery } from '@/core/dto/slot';

interface SlotsFiltersProps {
  readonly query: SlotQuery;
  readonly onChange: (change: Partial<SlotQuery>) => void;
}

export function SlotsFilters({ query, onChange }: SlotsFiltersProps) {
  return (
    <search className="flex flex-wrap gap-2">
      <Field label="Search slots" labelHidden className="relative w-full sm:w-64">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-faint" aria-hidden />
        <Input
          type="search"
          className="pl-8"
          placeholder="Slot, stream, source"
          value={query.text}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      </Field>
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
