import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import { wholeCharacters } from '@/core/utf8';
import { type ColumnValue, type CutValue, UNCHANGED } from '@/worker/source/source';
import type { PieceReader } from './message-splitter';
import type { OldRow, PgoutputMessage } from './pgoutput-decoder';

/** A value up to this is kept whole, bytes: a key always is (an index takes 2.7 kB), so that the row can be found again. */
const KEPT_BYTES = 8 * 1024;
/** A table has no more (MaxTupleAttributeNumber of Postgres). */
const MOST_COLUMNS = 1664;
/** What is kept of a longer one, bytes. */
const PREVIEW_BYTES = 2 * 1024;
const LONGEST_PREFIX = 1024;

/** A row (or logical message) of which only the small values and the beginnings of the large ones were kept. */
export interface LargeFrame {
  readonly kind: 'large';
  readonly walStart: Lsn;
  readonly message: Extract<PgoutputMessage, { kind: 'insert' | 'update' | 'delete' | 'message' }>;
  readonly cut: readonly CutValue[];
  readonly wireBytes: number;
  readonly keptBytes: number;
}

/** Wants so many bytes at once (`keep`), or passes over them. */
type Want = { readonly keep: number } | { readonly pass: number };
type Script<T> = Generator<Want, T, Buffer>;

/**
 * Decodes a CopyData payload that is too large to be kept, from the pieces in which the socket brings it: no more of it is in memory
 * than one piece, its small values and the beginnings of its large ones, whatever it announces (a field may have 1 GB). Malformed
 * ones end in a protocol_error, as whole ones do.
 */
export class LargeRowReader implements PieceReader {
  readonly #script: Script<LargeFrame>;
  #want: Want | null = null;
  #done: LargeFrame | null = null;
  #kept: Buffer[] = [];
  #have = 0;

  constructor(
    bytes: number,
    private readonly onFrame: (frame: LargeFrame) => void,
  ) {
    this.#script = frameScript(bytes);
    this.#next(this.#script.next());
  }

  take(piece: Buffer): void {
    for (let rest = piece; rest.length > 0; ) {
      const want = this.#want;
      if (!want) throw malformed(`${rest.length} bytes follow its end`);
      const size = 'keep' in want ? want.keep : want.pass;
      const part = rest.subarray(0, size - this.#have);
      rest = rest.subarray(part.length);
      this.#have += part.length;
      // A copy: a view would hold on to all of what the socket read.
      if ('keep' in want) this.#kept.push(Buffer.from(part));
      if (this.#have === size) this.#answer();
    }
  }

  end(): void {
    if (!this.#done) throw malformed('it ends too early');
    this.onFrame(this.#done);
  }

  #answer(): void {
    const answer = Buffer.concat(this.#kept);
    this.#kept = [];
    this.#have = 0;
    this.#next(this.#script.next(answer));
  }

  #next(step: IteratorResult<Want, LargeFrame>): void {
    if (step.done) {
      this.#want = null;
      this.#done = step.value;
      return;
    }
    this.#want = step.value;
    if (('keep' in step.value ? step.value.keep : step.value.pass) === 0) this.#answer();
  }
}

function* frameScript(wireBytes: number): Script<LargeFrame> {
  const header = yield* keep(25);
  if (header[0] !== 0x77) throw malformed(`type ${header[0]} is not for so many bytes`);
  const cut: CutValue[] = [];
  const sizes = { kept: 0, cut };
  const message = yield* messageScript(sizes);
  return { kind: 'large', walStart: header.readBigUInt64BE(1), message, cut, wireBytes, keptBytes: sizes.kept };
}

interface Sizes {
  kept: number;
  readonly cut: CutValue[];
}

function* messageScript(sizes: Sizes): Script<LargeFrame['message']> {
  const tag = yield* letter();
  if (tag === 'M') return yield* logicalMessage(sizes);
  if (tag !== 'I' && tag !== 'U' && tag !== 'D') throw malformed(`a message of type ${tag} is never so large`);
  const relationOid = (yield* keep(4)).readUInt32BE(0);
  let part = yield* letter();
  let before: OldRow | null = null;
  if (tag !== 'I' && (part === 'K' || part === 'O')) {
    before = { kind: part === 'K' ? 'key' : 'full', tuple: yield* tuple('before', sizes) };
    if (tag === 'D') return { kind: 'delete', relationOid, before };
    part = yield* letter();
  }
  if (tag === 'D' || part !== 'N') throw malformed(`${part} stands where a row belongs`);
  const after = yield* tuple('after', sizes);
  return tag === 'I' ? { kind: 'insert', relationOid, after } : { kind: 'update', relationOid, before, after };
}

function* tuple(side: CutValue['side'], sizes: Sizes): Script<ColumnValue[]> {
  const count = (yield* keep(2)).readUInt16BE(0);
  if (count > MOST_COLUMNS) throw malformed(`a row has ${count} columns`);
  const values: ColumnValue[] = [];
  for (let column = 0; column < count; column += 1) {
    const kind = yield* letter();
    if (kind === 'n') values.push(null);
    else if (kind === 'u') values.push(UNCHANGED);
    else if (kind === 't') values.push(yield* value(side, column, sizes));
    else throw malformed(`column ${column + 1} is of unknown kind`);
  }
  return values;
}

function* value(side: CutValue['side'], column: number, sizes: Sizes): Script<ColumnValue> {
  const bytes = (yield* keep(4)).readUInt32BE(0);
  if (bytes <= KEPT_BYTES) {
    sizes.kept += bytes;
    return (yield* keep(bytes)).toString('utf8');
  }
  const preview = wholeCharacters(yield* keep(PREVIEW_BYTES));
  yield { pass: bytes - PREVIEW_BYTES };
  sizes.kept += PREVIEW_BYTES;
  sizes.cut.push({ side, column, bytes, preview });
  return UNCHANGED;
}

function* logicalMessage(sizes: Sizes): Script<LargeFrame['message']> {
  const transactional = ((yield* keep(1)).readUInt8(0) & 1) === 1;
  const lsn = (yield* keep(8)).readBigUInt64BE(0);
  let prefix = '';
  for (let next = yield* letter(); next !== '\0'; next = yield* letter()) {
    prefix += next;
    if (prefix.length > LONGEST_PREFIX) throw malformed('the prefix of a logical message has no end');
  }
  const bytes = (yield* keep(4)).readUInt32BE(0);
  const content = yield* keep(Math.min(bytes, PREVIEW_BYTES));
  yield { pass: bytes - content.length };
  sizes.kept += content.length;
  const name = Buffer.from(prefix, 'latin1').toString('utf8');
  return { kind: 'message', transactional, lsn, prefix: name, content, ...(content.length < bytes ? { cutBytes: bytes } : {}) };
}

function* keep(bytes: number): Script<Buffer> {
  return yield { keep: bytes };
}

function* letter(): Script<string> {
  return (yield* keep(1)).toString('latin1');
}

function malformed(problem: string): SpillwayError {
  return new SpillwayError('protocol_error', `A large message from the server was refused: ${problem}`);
}
