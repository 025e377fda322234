const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;
const MARK = '\u0000integer:';

/** JSON of a payload; undefined when the text is not JSON. An integer that a number would round is a bigint. */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  const marked = text.replace(TOKEN, (token) =>
    LONG.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(MARK + token) : token,
  );
  try {
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
    );
  } catch {
    return undefined;
  }
}

/**
 * Paths of a payload that an error message names (`after.amount`, `/after/amount` or a quoted or whole-word member name of
 * at least 3 characters): where to look first. Nothing named = nothing marked.
 */
export function namedPaths(value: unknown, message: string | null): ReadonlySet<string> {
  if (!message) return new Set();
  const words = new Set(message.split(/[^A-Za-z0-9_$-]+/).filter((word) => word.length >= 3));
  const dotted = new Set(
    message.split(/[^A-Za-z0-9_$.[\]-]+/).map((word) => word.replace(/\[(\d+)\]/g, '.$1').replace(/^[$.]+|\.+$/g, '')),
  );
  const slashed = new Set((message.match(/\/[A-Za-z0-9_$/-]+/g) ?? []).map((pointer) => pointer.slice(1).replaceAll('/', '.')));
  const exact: string[] = [];
  const byName: string[] = [];
  walk(value, '', (path, name, leaf) => {
    if (path.includes('.') && (dotted.has(path) || slashed.has(path))) exact.push(path);
    else if (leaf && words.has(name)) byName.push(path);
  });
  return new Set(exact.length > 0 ? exact : byName);
}

/** Calls `visit` for each member, parents first, with its dotted path. Depth and count are bounded: payloads are others' data. */
function walk(
  value: unknown,
  prefix: string,
  visit: (path: string, name: string, leaf: boolean) => void,
  depth = 0,
  budget = { left: 5000 },
): void {
  if (typeof value !== 'object' || value === null || depth > 20) return;
  for (const [name, member] of Object.entries(value)) {
    if (budget.left-- <= 0) return;
    const path = prefix ? `${prefix}.${name}` : name;
    visit(path, name, typeof member !== 'object' || member === null);
    walk(member, path, visit, depth + 1, budget);
  }
}
