import { SpillwayError } from '@/core/errors';

/** A text value above this is refused with a reason: it would not fit the memory of a pipeline, and V8 cannot hold twice of it. */
const LONGEST_TEXT_BYTES = 256 * 1024 * 1024;

/** Reads network-order values from one message. Every read is checked against the message's end: a short one is a protocol_error. */
export class ByteReader {
  #offset = 0;
  constructor(
    private readonly bytes: Buffer,
    /** What is read, for the error's words. */
    private readonly what: string,
  ) {}

  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  uint8(): number {
    return this.bytes.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.bytes.readUInt16BE(this.#take(2));
  }

  /** For oids, xids and lengths, which are unsigned. */
  uint32(): number {
    return this.bytes.readUInt32BE(this.#take(4));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#take(4));
  }

  uint64(): bigint {
    return this.bytes.readBigUInt64BE(this.#take(8));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.#take(8));
  }

  /** A NUL-terminated string. */
  cstring(): string {
    const end = this.bytes.indexOf(0, this.#offset);
    if (end < 0) throw this.#short('a string has no end');
    const text = this.bytes.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return text;
  }

  utf8(length: number): string {
    if (length > LONGEST_TEXT_BYTES && length <= this.remaining) {
      throw new SpillwayError('out_of_memory', `A value of ${Math.round(length / 1024 / 1024)} MB came; a pipeline takes 256 MB at most`);
    }
    const start = this.#take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** The message must end here. */
  end(): void {
    if (this.remaining !== 0) throw this.#short(`${this.remaining} bytes follow its end`);
  }

  #take(length: number): number {
    const start = this.#offset;
    if (length > this.bytes.length - start) throw this.#short(`${length} bytes wanted at ${start} of ${this.bytes.length}`);
    this.#offset = start + length;
    return start;
  }

  #short(problem: string): SpillwayError {
    return new SpillwayError('protocol_error', `${this.what} from the server is malformed: ${problem}`);
  }
}
