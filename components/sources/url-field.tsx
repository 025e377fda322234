'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { parseSourceUrl, type SourceUrlFields } from '@/core/spec/source-url';

/** A pasted URL becomes fields at once, and the box is emptied: no password stands on the screen. */
export function UrlField({ onParsed }: { onParsed: (fields: SourceUrlFields) => void }) {
  const [typed, setTyped] = useState('');
  const [told, setTold] = useState('');
  const take = (text: string) => {
    const parsed = parseSourceUrl(text);
    if (!parsed.ok) return false;
    setTyped('');
    setTold(`Filled in what the URL names${parsed.fields.password ? '; the password is hidden text' : ''}.`);
    onParsed(parsed.fields);
    return true;
  };
  const wrong = typed === '' ? null : parseSourceUrl(typed);
  return (
    <div className="flex flex-col gap-1">
      <Field
        label="Paste a URL"
        optional
        hint="postgres://role:password@host:5432/database. It is taken apart in your browser and the box is emptied."
        error={wrong && !wrong.ok ? `${wrong.problem.remedy.charAt(0).toUpperCase()}${wrong.problem.remedy.slice(1)}.` : null}
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
