'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type PostgresUrlParts, parsePostgresUrl } from './postgres-url';

/** A pasted URL becomes fields at once, and the box is emptied: no password stands on the screen. */
export function UrlField({ onParsed }: { onParsed: (parts: PostgresUrlParts) => void }) {
  const [typed, setTyped] = useState('');
  const [told, setTold] = useState('');
  const take = (text: string) => {
    const parts = parsePostgresUrl(text);
    if (!parts) return false;
    setTyped('');
    setTold(`Filled in host, port, database and role${parts.password ? ', and the password as hidden text' : ''}.`);
    onParsed(parts);
    return true;
  };
  return (
    <div className="flex flex-col gap-1">
      <Field
        label="Paste a URL"
        optional
        hint="postgres://role:password@host:5432/database. It is taken apart in your browser and the box is emptied."
        error={typed !== '' && !/^postgres(ql)?:\/\//i.test(typed) ? 'Start with postgres://, or fill in the fields below.' : null}
      >
        <Input
          className="font-mono"
          autoComplete="off"
          spellCheck={false}
          placeholder="postgres://"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onPaste={(event) => {
            if (take(event.clipboardData.getData('text'))) event.preventDefault();
          }}
          onBlur={() => take(typed)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && take(typed)) event.preventDefault();
          }}
        />
      </Field>
      <p role="status" className="text-sm text-ink-muted empty:hidden">
        {told}
      </p>
    </div>
  );
}
