/** Where in a JSON document a number stands that a double cannot hold: keys and indexes from the root, and its digits. */
export type ExactPlace = readonly [path: readonly (string | number)[], digits: string];

export interface Lifted {
  /** The document with `"<mark><n>"` in place of the nth of them. */
  readonly json: string;
  readonly places: readonly ExactPlace[];
}

/** Sixteen digits in a row, or an exponent: without either every number survives a double. */
const SUSPICIOUS = /[\d.]{16}|\d[eE]/;
const NUMBER = /-?\d[\d.eE+-]*/y;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
const NONE: readonly ExactPlace[] = [];

/**
 * Takes numbers out of a JSON text that would lose digits as doubles. `mark` begins no string of the document. Text that is no JSON comes back
 * as something that is no JSON either.
 */
export function liftExact(json: string, mark: string): Lifted {
  if (!SUSPICIOUS.test(json)) return { json, places: NONE };
  const places: ExactPlace[] = [];
  /** The present key or index of each open object and array. */
  const path: (string | number)[] = [];
  let lifted = '';
  let copied = 0;
  let key: readonly [from: number, to: number] | null = null;
  for (let at = 0; at < json.length; at++) {
    const char = json[at] as string;
    if (char === '"') {
      const end = endOfString(json, at);
      // Only a key is followed by a colon: the last string before one is it.
      key = [at, end + 1];
      at = end;
    } else if (char === ':') {
      if (key) path[path.length - 1] = json.slice(...key);
    } else if (char === '{') path.push('""');
    else if (char === '[') path.push(0);
    else if (char === '}' || char === ']') path.pop();
    else if (char === ',') {
      const last = path.at(-1);
      if (typeof last === 'number') path[path.length - 1] = last + 1;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = at;
      const digits = NUMBER.exec(json)?.[0] ?? char;
      if (!survivesDouble(digits) && JSON_NUMBER.test(digits)) {
        lifted += `${json.slice(copied, at)}"${mark}${places.length}"`;
        copied = at + digits.length;
        places.push([path.map(textOfKey), digits]);
      }
      at += digits.length - 1;
    }
  }
  return { json: lifted + json.slice(copied), places };
}

/** Puts numbers back that a script hands on: strings `"<mark><digits>"` become the digits. */
export function lowerExact(json: string, mark: string): string {
  if (!json.includes(mark)) return json;
  return json.replace(new RegExp(`"${mark}(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)"`, 'g'), '$1');
}

/** True when the number is printed with the same digits after it was a double. */
export function survivesDouble(text: string): boolean {
  if (text.length <= 15 && !text.includes('e') && !text.includes('E')) return true;
  const value = Number(text);
  if (INTEGER.test(text)) return Number.isSafeInteger(value);
  return Number.isFinite(value) && canonical(String(value)) === canonical(text);
}

/** Significant digits and the power of ten before them: equal for equal values, however they are written. */
function canonical(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`;
}

function endOfString(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    const char = json.charCodeAt(at);
    if (char === 34) return at;
    if (char === 92) at++;
  }
  return json.length;
}

/** Keys are kept as they are written and read when one is needed. */
function textOfKey(key: string | number): string | number {
  if (typeof key === 'number') return key;
  try {
    return JSON.parse(key) as string;
  } catch {
    return key;
  }
}
