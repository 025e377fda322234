/** Numbers that the fields of one message have, and names and numbers that fields had before and may not be given again. */
export interface MessageNumbers {
  readonly fields: Map<string, number>;
  readonly gone: Map<string, number>;
}
/** By the path of the message, as `Envelope.Value`. */
export type KnownNumbers = ReadonlyMap<string, MessageNumbers>;

const MESSAGE = /^\s*message (\w+) \{/;
const FIELD = /^\s*(?:optional |repeated )?[\w.]+ (\w+) = (\d+);/;
/** A dropped field, as protoMessages writes it: a line for the number, and one for the name. */
const RESERVED = /^\s*reserved (\d+); reserved "(\w+)";/;

/** The numbers in a .proto of ours. What is not of our making is not understood and gives none. */
export function numbersIn(proto: string): KnownNumbers {
  const known = new Map<string, MessageNumbers>();
  const path: string[] = [];
  for (const line of proto.split('\n')) {
    const message = MESSAGE.exec(line)?.[1];
    if (message !== undefined) {
      path.push(message);
      known.set(path.join('.'), { fields: new Map(), gone: new Map() });
      continue;
    }
    if (/^\s*\}/.test(line)) path.pop();
    const at = known.get(path.join('.'));
    const field = FIELD.exec(line);
    if (at && field?.[1]) at.fields.set(field[1], Number(field[2]));
    const reserved = RESERVED.exec(line);
    if (at && reserved?.[2]) at.gone.set(reserved[2], Number(reserved[1]));
  }
  return known;
}

/** Numbers for these fields: those they have, else the next that were never used. What is no more stays reserved. */
export function assignNumbers(names: readonly string[], known: MessageNumbers | undefined): MessageNumbers {
  const gone = new Map(known?.gone);
  for (const [name, number] of known?.fields ?? []) if (!names.includes(name)) gone.set(name, number);
  const fields = new Map<string, number>();
  const used = [...(known?.fields.values() ?? []), ...gone.values()];
  let next = Math.max(0, ...used) + 1;
  for (const name of names) {
    const number = known?.fields.get(name) ?? gone.get(name);
    gone.delete(name);
    if (number === undefined && next === 19_000) next = 20_000; // reserved by Protocol Buffers itself
    fields.set(name, number ?? next++);
  }
  return { fields, gone };
}
