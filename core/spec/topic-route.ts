/** Longest value that is routed by, characters: a topic name has no more. */
export const MAX_ROUTE_VALUE = 249;
const MAX_CHOICES = 3;
const GROUP = '[a-zA-Z][a-zA-Z0-9]*';

/**
 * Why a text is no expression that values are routed by; null when it is. It runs on values that others write, so it must not take
 * long on any of them: what could (groups that repeat, references back, look-around, more than three choices) is refused.
 */
export function routeRegexProblem(text: string): string | null {
  try {
    new RegExp(text);
  } catch {
    return 'is not a regular expression';
  }
  const plain = text
    .replace(/\\k</g, '(?=')
    .replace(/\\[1-9]/g, '(?=')
    .replace(/\\./gs, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(new RegExp(`\\(\\?(?:<${GROUP}>|:)`, 'g'), '(');
  if (/\(\?/.test(plain)) return 'leave out look-around and references back: only (…), (?:…) and (?<name>…) are known';
  if (/\)[*+{?]/.test(plain)) return 'a group must not repeat: write (a*) instead of (a)*';
  const choices = plain.match(/[*+?{|]/g)?.length ?? 0;
  return choices > MAX_CHOICES ? `use at most ${MAX_CHOICES} of * + ? { and |: more could take very long on some values` : null;
}

/** Why a text is no replacement for this (valid) expression: a group that it names is not there. Null when it is one. */
export function replacementProblem(regex: string, replacement: string): string | null {
  const groups = new RegExp(`${regex}|`).exec('');
  const names = new Set(Object.keys(groups?.groups ?? {}));
  const count = (groups?.length ?? 1) - 1;
  for (const part of partsOf(replacement)) {
    if (part === null) return 'a $ is followed by a number or {name}; a literal one is \\$';
    if ('name' in part && !names.has(part.name)) return `the expression has no group named ${part.name}`;
    if ('number' in part && part.number > count) return `the expression has ${count} groups, not ${part.number}`;
  }
  return null;
}

type Part = { readonly text: string } | { readonly name: string } | { readonly number: number };

/** Pieces of a replacement as java.util.regex.Matcher reads it: `${name}`, `$1`, `\` before a literal character. Null = a stray `$`. */
function partsOf(replacement: string): (Part | null)[] {
  const pieces = replacement.matchAll(new RegExp(`\\$\\{(${GROUP})\\}|\\$(\\d)|\\\\([\\s\\S])|([^$\\\\]+)|[$\\\\]`, 'g'));
  return [...pieces].map(([, name, number, escaped, text]) => {
    if (name !== undefined) return { name };
    if (number !== undefined) return { number: Number(number) };
    const literal = escaped ?? text;
    return literal === undefined ? null : { text: literal };
  });
}

/**
 * Kafka Connect's RegexRouter (`matches()`, then `replaceFirst`): a value that the expression matches as a whole is replaced, any other
 * stays as it is.
 */
export function topicRouter(regex: string, replacement: string): (value: string) => string {
  const whole = new RegExp(`^(?:${regex})$`, 's');
  const first = new RegExp(regex, 's');
  const parts = partsOf(replacement);
  return (value) => {
    const found = whole.test(value) ? first.exec(value) : null;
    if (!found) return value;
    const made = parts.map((part) => {
      if (part === null) return '';
      if ('text' in part) return part.text;
      return ('name' in part ? found.groups?.[part.name] : found[part.number]) ?? '';
    });
    return value.slice(0, found.index) + made.join('') + value.slice(found.index + found[0].length);
  };
}
