/** What the sandbox tells about an event beside its text. */
export interface RunInput {
  /** The event without its value, JSON. */
  readonly about: string;
  readonly value: string;
  /** JSON of ExactPlace[]; numbers of `value` that stand as marks in it. */
  readonly places: string;
  /** ms since the Unix epoch: what the script's clock shows. */
  readonly nowMs: number;
  /** What the script's random numbers come from. */
  readonly seed: string;
}

/** Of what `run` returns: `[…]\n…` messages and their values, `0` left out, `!{…}` thrown or refused. */
export interface Thrown {
  readonly message: string;
  /** As the engine printed it; empty for what the sandbox refuses itself. */
  readonly stack: string;
}
/** A message as `run` returns it; its value follows in the text behind. */
export interface MessageHead {
  /** UTF-16 units. */
  readonly length: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly routed?: string;
}

export interface OutputLimits {
  readonly outputChars: number;
  /** What is said of more. */
  readonly tooLarge: string;
  readonly messages: number;
  /** Of the words of what was thrown. */
  readonly thrownChars: number;
}

type Run = (about: string, value: string, places: string, nowMs: number, seed: string) => string;

/**
 * Runs inside of QuickJS, as its own text: it may use nothing from outside of itself. Sets clock and random numbers, then gives a function that
 * takes the script's function and makes of it one that the host calls with texts. What it needs later it takes before the script runs.
 */
export function prelude(mark: string, limits: OutputLimits): (handler: unknown) => Run {
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { assign, create, keys, hasOwn, defineProperty } = Object;
  const { apply, construct } = Reflect;
  const { includes, replace, slice } = String.prototype;
  const SystemDate = Date;
  const large = BigInt;
  const number = Number;
  const text = String;

  let clock = 0;
  // sfc32: small, and good enough for anything that is not a secret.
  let a = 1;
  let b = 2;
  let c = 3;
  let d = 4;
  const random = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  const seeded = (seed: string) => {
    const word = (salt: number) => {
      let hash = salt;
      for (let at = 0; at < seed.length; at++) hash = ((hash ^ seed.charCodeAt(at)) * 16777619) | 0;
      return hash;
    };
    a = word(-2128831035);
    b = word(1540483477);
    c = word(-1640531527);
    d = 1;
    for (let round = 0; round < 12; round++) random();
  };

  function FixedDate(...given: unknown[]) {
    if (!new.target) return new SystemDate(clock).toString();
    return construct(SystemDate, given.length === 0 ? [clock] : given, new.target);
  }
  FixedDate.prototype = SystemDate.prototype;
  FixedDate.now = () => clock;
  FixedDate.parse = SystemDate.parse;
  FixedDate.UTC = SystemDate.UTC;
  const hidden = (holder: object, name: string, value: unknown) =>
    defineProperty(holder, name, { value, writable: true, enumerable: false, configurable: true });
  hidden(SystemDate.prototype, 'constructor', FixedDate);
  hidden(FixedDate, 'name', 'Date');
  hidden(globalThis, 'Date', FixedDate);
  hidden(Math, 'random', random);
  // These tell when memory was collected, which no event decides.
  for (const name of ['WeakRef', 'FinalizationRegistry']) delete (globalThis as Record<string, unknown>)[name];

  /** A number with more digits than a double has: counts as the nearest one, is printed and handed on as it was. */
  class ExactNumber {
    readonly #digits: string;
    constructor(digits: string) {
      this.#digits = digits;
    }
    valueOf(): number {
      return number(this.#digits);
    }
    toString(): string {
      return this.#digits;
    }
    toJSON(): string {
      return mark + this.#digits;
    }
  }
  hidden(BigInt.prototype, 'toJSON', function (this: bigint) {
    return mark + text(this);
  });

  // What the script writes as text for itself has the digits; what it returns is given them by the host.
  const marked = new RegExp(`"${mark}(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)"`, 'g');
  hidden(JSON, 'stringify', (...given: unknown[]) => {
    const json: unknown = apply(stringify, JSON, given);
    return typeof json === 'string' && apply(includes, json, [mark]) ? apply(replace, json, [marked, '$1']) : json;
  });

  class Refusal {
    readonly words: string;
    constructor(words: string) {
      this.words = words;
    }
  }

  function revived(value: unknown, places: readonly (readonly [(string | number)[], string])[]): unknown {
    const root: Record<string, unknown> = { value };
    for (let at = 0; at < places.length; at++) {
      // Not taken apart as a list: a script may have changed how lists are walked.
      const place = places[at] as (typeof places)[number];
      const path = place[0];
      const digits = place[1];
      let holder = root;
      let name: string | number = 'value';
      for (let step = 0; step < path.length; step++) {
        holder = holder[name] as Record<string, unknown>;
        name = path[step] as string | number;
      }
      // A key that the document has twice holds what came last.
      if (holder[name] === mark + at) holder[name] = /^-?\d+$/.test(digits) ? large(digits) : new ExactNumber(digits);
    }
    return root.value;
  }

  const shape = 'return an event {value, headers}, a list of them, or null to leave it out';

  /** Without what a script may have put into every object, such as how it is written as JSON. */
  function plain(fields: object): object {
    return assign(create(null), fields);
  }

  /** Each read once: a script may give another value the second time. */
  function textsOf(headers: unknown): object | undefined {
    if (headers === undefined) return undefined;
    if (typeof headers !== 'object' || headers === null || isArray(headers)) throw new Refusal('headers are an object of texts');
    const texts = create(null);
    const names = keys(headers);
    for (let at = 0; at < names.length; at++) {
      const name = names[at] as string;
      const value = (headers as Record<string, unknown>)[name];
      if (typeof value !== 'string') throw new Refusal(`header "${name}" is no text`);
      texts[name] = value;
    }
    return texts;
  }

  function messageOf(result: unknown, key: string): { head: object; json: string } {
    if (typeof result !== 'object' || result === null || isArray(result)) throw new Refusal(shape);
    const { value, headers, routed, then } = result as Record<string, unknown>;
    if (typeof then === 'function')
      throw new Refusal('the function returned a promise: there is nothing to wait for here, return the result');
    if (value === undefined) throw new Refusal(`what the function returned has no value: ${shape}`);
    if (value === null) throw new Refusal('value is null: return null in place of the event to leave it out');
    if (hasOwn(result, 'key') && stringify((result as { key: unknown }).key) !== key)
      throw new Refusal('the key was changed: events are kept in order by it, so a script leaves it as it is');
    if (routed !== undefined && (typeof routed !== 'string' || routed === '' || routed.length > 249))
      throw new Refusal('routed is a text of 1 to 249 characters');
    const json: unknown = stringify(value);
    if (typeof json !== 'string') throw new Refusal('value cannot be written as JSON');
    return { head: plain({ length: json.length, headers: textsOf(headers), routed }), json };
  }

  function results(returned: unknown, key: string): string {
    if (returned === null) return '0';
    const list = isArray(returned) ? returned : [returned];
    if (list.length > limits.messages)
      throw new Refusal(`the function returned ${list.length} events, at most ${limits.messages} are allowed`);
    if (list.length === 0) return '0';
    let values = '';
    let heads = '';
    for (let at = 0; at < list.length; at++) {
      const message = messageOf(list[at], key);
      values += message.json;
      heads += (at === 0 ? '' : ',') + stringify(message.head);
      if (values.length + heads.length > limits.outputChars) throw new Refusal(limits.tooLarge);
    }
    return `[${heads}]\n${values}`;
  }

  /** What was thrown may be anything, and its parts may throw again. */
  function thrown(what: unknown): object {
    if (what instanceof Refusal) return said(what.words);
    if (typeof what !== 'object' || what === null) return said(`threw ${text(what)}`);
    const { name, message, stack } = what as Record<string, unknown>;
    return said(`${text(name)}: ${text(message)}`, text(stack));
  }

  function said(message: string, stack = ''): object {
    return plain({ message: apply(slice, message, [0, limits.thrownChars]), stack: apply(slice, stack, [0, limits.thrownChars]) });
  }

  return (handler) => (about, value, places, nowMs, seed) => {
    clock = nowMs;
    seeded(seed);
    try {
      const event = parse(about) as Record<string, unknown>;
      event.value = places === '' ? parse(value) : revived(parse(value), parse(places));
      const key = stringify(event.key);
      return results((handler as (event: unknown) => unknown)(event), key);
    } catch (what) {
      try {
        return `!${stringify(thrown(what))}`;
      } catch {
        return `!${stringify(said('threw something that cannot be read'))}`;
      }
    }
  };
}
