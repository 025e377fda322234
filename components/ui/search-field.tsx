import { Search } from 'lucide-react';
import { cn } from './cn';
import { Field } from './field';
import { Input } from './input';

interface SearchFieldProps {
  /** For assistive technology; the placeholder says what is searched. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly className?: string;
}

/** The search box above a list. */
export function SearchField({ label, placeholder, value, onChange, className = 'sm:w-64' }: SearchFieldProps) {
  return (
    <Field label={label} labelHidden className={cn('relative w-full', className)}>
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-faint" aria-hidden />
      <Input type="search" className="pl-8" placeholder={placeholder} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
