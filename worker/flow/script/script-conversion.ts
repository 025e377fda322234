import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SpillwayError } from '@/core/errors';
import type { ScriptConversionSpec } from '@/core/spec/script-conversion';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Conversion, ConversionContext, Converted, ConvertibleEvent } from '../conversion';
import { type EventAnswer, type Frame, placeWords, type ScriptProblem } from './frames';
import { requestOf } from './request';
import { Sandbox, type SandboxEnd, type SandboxOptions } from './sandbox';

const LIMITS = { maxBatchEvents: 200, maxBatchBytes: 4 * 1024 * 1024, maxEventBytes: 4 * 1024 * 1024 };
const PATIENCE: SandboxOptions = { silenceMs: 30_000 };
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** An event under which a sandbox ends as often is to blame; once may have come from outside. */
const STRIKES = 2;
const DROPPED: Converted = { kind: 'dropped', reason: 'the script left it out' };

/** Runs a stream's script in a process beside the pipeline, and starts another when that process ends. */
export function createScriptConversion(
  spec: ScriptConversionSpec,
  _context: ConversionContext,
  options: SandboxOptions = PATIENCE,
): Conversion & { readonly pid: number | null } {
  return new ScriptConversion(spec, options);
}

class ScriptConversion implements Conversion {
  readonly limits = LIMITS;
  #sandbox: Sandbox | null = null;
  #closed = false;
  /** Sandboxes that ended since one last answered. */
  #ended = 0;
  /** Under the event that comes first now. */
  #strikes = 0;
  /** JavaScript; null before the types are taken out. */
  #code: string | null;

  constructor(
    private readonly spec: ScriptConversionSpec,
    private readonly options: SandboxOptions,
  ) {
    this.#code = spec.language === 'javascript' ? spec.code : null;
  }

  /** Of the sandbox that runs now. */
  get pid(): number | null {
    return this.#sandbox?.pid ?? null;
  }

  async open(signal: AbortSignal): Promise<void> {
    this.#closed = false;
    const failed = await this.#start(signal);
    if (failed) throw new SpillwayError('sink_unreachable', failed.message);
  }

  async convert(batch: readonly ConvertibleEvent[], signal: AbortSignal): Promise<readonly Converted[]> {
    const events = batch.map((event) => ({ head: requestOf(event, this.spec.deterministic), value: event.payload }));
    const results: Converted[] = [];
    while (results.length < batch.length) {
      const failed = await this.#startAgain(signal);
      if (failed || !this.#sandbox) return [...results, ...batch.slice(results.length).map(() => failedWith(failed ?? GONE))];
      const onAnswer = (answer: Frame<EventAnswer>) => {
        this.#ended = 0;
        this.#strikes = 0;
        results.push(this.#read(answer));
      };
      try {
        const end = await this.#sandbox.run(events.slice(results.length), onAnswer, signal);
        if (end === null) continue;
        this.#sandbox = null;
        this.#ended++;
        if (end === 'silent') return [...results, ...batch.slice(results.length).map(() => failedWith(this.#silent()))];
        if (end === 'worn-out' || ++this.#strikes < STRIKES) continue;
        this.#strikes = 0;
        const overtime = `the script ran longer than ${this.spec.timeoutMs} ms`;
        results.push(poison(end === 'overtime' ? overtime : `the script ended its sandbox ${STRIKES} times`));
      } catch (thrown) {
        // Aborted in the middle: nobody knows which answers are still to come.
        await this.close();
        this.#closed = false;
        throw thrown;
      }
    }
    return results;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const sandbox = this.#sandbox;
    this.#sandbox = null;
    await sandbox?.close();
  }

  /** A script that ran before is refused when it is slow to load now; nothing of an event is wrong with that. */
  async #startAgain(signal: AbortSignal): Promise<DeliveryError | null> {
    try {
      return await this.#start(signal);
    } catch (thrown) {
      signal.throwIfAborted();
      this.#ended++;
      return { errorClass: 'transient', message: messageOf(thrown) };
    }
  }

  /** Null when one runs. Throws when the script is what is wrong. */
  async #start(signal: AbortSignal): Promise<DeliveryError | null> {
    if (this.#sandbox) return null;
    if (this.#closed) return GONE;
    // The first one after an end comes at once.
    const pauseMs = this.#ended < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#ended - 2));
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
    const stripped = this.#code === null ? await Sandbox.strip(this.spec.code, this.options, signal) : { code: this.#code };
    if (!('code' in stripped)) return this.#notStarted(stripped);
    this.#code = stripped.code;
    const { timeoutMs, memoryMb } = this.spec;
    const started = await Sandbox.start({ code: stripped.code, timeoutMs, memoryMb }, this.options, signal);
    if (!('sandbox' in started)) return this.#notStarted(started);
    this.#sandbox = started.sandbox;
    return null;
  }

  #notStarted(why: { readonly problem: ScriptProblem } | { readonly end: SandboxEnd }): DeliveryError {
    if ('problem' in why) throw refused(why.problem);
    if (why.end === 'overtime') throw refused({ message: 'it takes too long to be read' });
    this.#ended++;
    return { errorClass: 'transient', message: 'the sandbox of the script could not be started' };
  }

  #silent(): DeliveryError {
    const seconds = this.options.silenceMs / 1000;
    return { errorClass: 'transient', message: `the sandbox of the script did not answer for ${seconds} s and was ended` };
  }

  #read({ head, bytes }: Frame<EventAnswer>): Converted {
    if (head.kind === 'dropped') return DROPPED;
    if (head.kind === 'failed') return poison(head.message);
    let from = 0;
    const events = head.events.map(({ bytes: length, headers, routed }) => {
      const payload = Buffer.from(bytes.subarray(from, from + length));
      from += length;
      return { payload, ...(headers ? { headers } : {}), ...(routed ? { routed } : {}) };
    });
    return { kind: 'events', events };
  }
}

const GONE: DeliveryError = { errorClass: 'transient', message: 'the sandbox of the script is closed' };

function failedWith(error: DeliveryError): Converted {
  return { kind: 'failed', error };
}

function poison(message: string): Converted {
  return failedWith({ errorClass: 'poison', message });
}

function refused({ message, line, column }: ScriptProblem): SpillwayError {
  const remedy = `${placeWords(line, column)}${message}`;
  return new SpillwayError('sink_misconfigured', `the script cannot be run: ${remedy}`, {
    problems: [{ field: 'code', value: null, remedy }],
  });
}
