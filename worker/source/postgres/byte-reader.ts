import { SpillwayError } from '@/core/errors';

/** Reads network-order values from one message. Every read is checked against the message's end: a short one is a protocol_error. */
export class ByteReader {
  #offset = 0;
  constructor(
    private readonly data: Buffer,
    /** What is read, for the error's words. */
    private readonly what: string,
  ) {}

  get remaining(): number {
    return this.data.length - this.#offset;
  }

  uint8(): number {
    return this.data.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.data.readUInt16BE(this.#take(2));
  }

  /** For oids, xids and lengths, which are unsigned. */
  uint32(): number {
    return this.data.readUInt32BE(this.#take(4));
  }

  int32(): number {
    return this.data.readInt32BE(this.#take(4));
  }

  uint64(): bigint {
    return this.data.readBigUInt64BE(this.#take(8));
  }

  int64(): bigint {
    return this.data.readBigInt64BE(this.#take(8));
  }

  /** A NUL-terminated string. */
  cstring(): string {
    const end = this.data.indexOf(0, this.#offset);
    if (end < 0) throw this.#short('a string has no end');
    const text = this.data.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return text;
  }

  utf8(length: number): string {
    const start = this.#take(length);
    return this.data.toString('utf8', start, start + length);
  }

  /** A view on the message, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#take(length);
    return this.data.subarray(start, start + length);
  }

  /** The message must end here. */
  end(): void {
    if (this.remaining !== 0) throw this.#short(`${this.remaining} bytes follow its end`);
  }

  #take(length: number): number {
    const start = this.#offset;
    if (length > this.data.length - start) throw this.#short(`${length} bytes wanted at ${start} of ${this.data.length}`);
    this.#offset = start + length;
    return start;
  }

  #short(problem: string): SpillwayError {
    return new SpillwayError('protocol_error', `${this.what} from the server is malformed: ${problem}`);
  }
}

/** Four bytes at `at` as an unsigned number. The caller knows that they are there. */
export function uint32At(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 + (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}
