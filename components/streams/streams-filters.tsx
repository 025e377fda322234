'use client';

import { Field } from '@/components/ui/field';
import { SearchField } from '@/components/ui/search-field';
import { Select } from '@/components/ui/select';
import { filterFromQuery, type StreamFilter } from '@/core/lifecycle/stream-filter';
import { STATE_FACES, STREAM_STATES } from '@/core/lifecycle/stream-state';

interface StreamsFiltersProps {
  readonly filter: StreamFilter;
  readonly teams: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (filter: StreamFilter) => void;
}

export function StreamsFilters({ filter, teams, onChange }: StreamsFiltersProps) {
  return (
    <search className="flex flex-wrap gap-2">
      <SearchField
        label="Search streams"
        placeholder="Name, table, sink"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      {teams.length > 1 ? (
        <Field label="Team" labelHidden className="min-w-36 flex-1 sm:flex-none">
          <Select value={filter.team} onChange={(event) => onChange({ ...filter, team: event.target.value })}>
            <option value="">All teams</option>
            {teams.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
      <Field label="State" labelHidden className="min-w-44 flex-1 sm:flex-none">
        <Select
          value={filter.state}
          onChange={(event) => onChange({ ...filter, state: filterFromQuery(new URLSearchParams({ state: event.target.value })).state })}
        >
          <option value="present">All but retired</option>
          <option value="attention">Wants attention</option>
          <option value="all">All, retired too</option>
          <optgroup label="State">
            {STREAM_STATES.map((state) => (
              <option key={state} value={state}>
                {STATE_FACES[state].word}
              </option>
            ))}
          </optgroup>
        </Select>
      </Field>
    </search>
  );
}
