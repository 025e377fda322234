/** What one look at the text of a row filter tells, without a server. */
export interface FilterShape {
  /** Why it is not one plain condition; null when it may be one. */
  readonly trouble: string | null;
  /** Names in front of a parenthesis that are no keyword: functions, in lower case unless quoted, `schema.name` where written so. */
  readonly calls: readonly string[];
}

/** Words that stand in front of a parenthesis and call nothing, and types that take one (`numeric(10,2)`). */
const NO_CALL = new Set(
  `all and any array as asymmetric at between bit both case cast char character coalesce collate dec decimal distinct else escape exists
   float from greatest ilike in interval is least leading like not nullif numeric on or row similar some symmetric then time timestamp
   timestamptz timetz to trailing trim using varchar varying when zone`.split(/\s+/),
);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

const TOKEN =
  /\s+|--|\/\*|(?:[eE]|[uU]&)'|'(?:[^']|'')*'|"(?:[^"]|"")*"(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_]*))*|[\p{L}_][\p{L}\p{N}_]*(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_]*))*|[\d.]+|./gsu;

/**
 * Reads a row filter by Postgres' lexical rules, as far as needed to know that it cannot leave the parentheses that it is put into
 * (`WHERE (…)`): every quote and parenthesis closes inside of it, and it holds no comment, no separator of statements, no subquery, and
 * none of the string forms that read differently by setting. What it means is for the server to say.
 */
export function filterShape(text: string): FilterShape {
  const calls: string[] = [];
  const open: string[] = [];
  let word: string | null = null;
  const refuse = (trouble: string): FilterShape => ({ trouble, calls });
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^\s/.test(token)) continue;
    const trouble = forbidden(token);
    if (trouble) return refuse(trouble);
    const closing = CLOSING[token];
    if (closing) {
      if (token === '(' && word && !NO_CALL.has(word)) calls.push(word);
      open.push(closing);
    } else if ((token === ')' || token === ']') && open.pop() !== token) return refuse(`it closes a ${token} that it did not open`);
    word = /^[\p{L}_"]/u.test(token) ? nameOf(token) : null;
  }
  return open.length > 0 ? refuse(`it lacks a closing ${open.at(-1)}`) : { trouble: null, calls };
}

function forbidden(token: string): string | null {
  if (token === '--' || token === '/*') return 'it holds a comment';
  if (token === ';') return 'it holds a semicolon';
  if (token === '$') return 'it holds a $ outside of quotes';
  if (token === "'" || token === '"') return `it lacks a closing ${token}`;
  if (token.includes('\0')) return 'it holds a NUL character';
  if (/^(?:[eE]|[uU]&)'/.test(token)) return "it holds an E'…' or U&'…' string; write a plain one";
  if (token.startsWith("'") && token.includes("\\'")) return 'it holds a backslash in front of a quote';
  if (/^(select|with|table|values)$/i.test(token)) return 'it holds a subquery';
  return null;
}

/** As the server folds it: lower case unless quoted. */
function nameOf(token: string): string {
  return token
    .replaceAll(/"(?:[^"]|"")*"|[^"]+/g, (part) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.replaceAll(/\s+/g, '').toLowerCase(),
    )
    .trim();
}
