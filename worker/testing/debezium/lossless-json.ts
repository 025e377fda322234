/** Stands for a JSON number, whose digits a JS number would lose. */
export class NumberText {
  constructor(readonly text: string) {}
}
export type Lossless = string | boolean | null | NumberText | readonly Lossless[] | { readonly [name: string]: Lossless };

const MARK = '\u0000number:';
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** JSON.parse, but a number keeps its digits. Throws on invalid JSON, as JSON.parse does. */
export function parseLossless(json: string): Lossless {
  const marked = json.replace(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? new NumberText(value.slice(MARK.length)) : value,
  ) as Lossless;
}

/** The same number in one spelling: sign, digits without zeros at the ends, power of ten. `1.0E+2` and `100` are one number; −0 is not 0. */
export function canonicalNumber(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return text;
  const fraction = match[3] ?? '';
  const digits = `${match[2]}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return `${match[1]}0`;
  return `${match[1]}${kept}e${Number(match[4] ?? 0) - fraction.length + (digits.length - kept.length)}`;
}
