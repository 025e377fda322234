/** Where a value stands in a JSON text: from, and up to without. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Spans of the members of the object that begins at `at`, by name; of several with one name the last, as JSON.parse has it. The text has to
 * be valid JSON: what JSON.parse took. Values cut out so keep their digits, which a JS number would lose.
 */
export function memberSpans(text: string, at: number): ReadonlyMap<string, Span> {
  const members = new Map<string, Span>();
  for (let here = skipBlank(text, at + 1); text[here] === '"'; ) {
    const name = { from: here, to: endOfString(text, here) };
    const value = valueAt(text, skipBlank(text, skipBlank(text, name.to) + 1));
    members.set(JSON.parse(text.slice(name.from, name.to)), value);
    here = afterComma(text, value.to);
  }
  return members;
}

/** Spans of the elements of the array that begins at `at`, in order. */
export function elementSpans(text: string, at: number): Span[] {
  const elements: Span[] = [];
  for (let here = skipBlank(text, at + 1); here < text.length && text[here] !== ']'; ) {
    const value = valueAt(text, here);
    elements.push(value);
    here = afterComma(text, value.to);
  }
  return elements;
}

function afterComma(text: string, at: number): number {
  const here = skipBlank(text, at);
  return text[here] === ',' ? skipBlank(text, here + 1) : here;
}

function valueAt(text: string, from: number): Span {
  const first = text[from];
  if (first === '"') return { from, to: endOfString(text, from) };
  if (first !== '{' && first !== '[') return { from, to: endOfWord(text, from) };
  let depth = 0;
  for (let here = from; here < text.length; here++) {
    const char = text[here];
    if (char === '"') here = endOfString(text, here) - 1;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return { from, to: here + 1 };
  }
  return { from, to: text.length };
}

function endOfString(text: string, from: number): number {
  let here = from + 1;
  while (here < text.length && text[here] !== '"') here += text[here] === '\\' ? 2 : 1;
  return here + 1;
}

function endOfWord(text: string, from: number): number {
  let here = from;
  while (here < text.length && !',]} \t\r\n'.includes(text[here] as string)) here++;
  return here;
}

function skipBlank(text: string, at: number): number {
  let here = at;
  while (here < text.length && ' \t\r\n'.includes(text[here] as string)) here++;
  return here;
}
