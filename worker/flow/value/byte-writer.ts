/** Events share pieces of this size: one that has to wait holds on to no more. */
const PIECE_BYTES = 16 * 1024;
/** What is larger gets memory of its own. */
const LARGE_BYTES = PIECE_BYTES / 2;
/** Memory of its own that is used to less than this share is given back: the event is copied. */
const FILL = 0.8;
/** From here on memory grows by an eighth instead of to its double: what one large value needs has room for what follows it. */
const HUGE_BYTES = 1024 * 1024;

/** Bytes that are written again and again, by four: behind them `put` leaves up to three more that count for nothing. */
export class Literal {
  readonly length: number;
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
    bytes.copy(padded);
    this.words = Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32LE(index * 4));
  }
}

/**
 * Writes events one after the other straight into memory that they keep. Whoever writes asks for `room` first, then takes `bytes` and
 * `at`, which `room` may have changed, and leaves `at` behind what was written.
 */
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** The same bytes. */
  view = viewOf(this.bytes);
  at = 0;
  #start = 0;

  /** Makes sure that `count` more bytes fit. */
  room(count: number): void {
    if (count > this.bytes.length - this.at) this.#grow(count);
  }

  put({ words, length }: Literal): void {
    this.room(words.length * 4);
    const { view, at } = this;
    for (let index = 0; index < words.length; index += 1) view.setInt32(at + index * 4, words[index] as number, true);
    this.at = at + length;
  }

  /** Where the event begins that is being written. */
  get start(): number {
    return this.#start;
  }

  /** What was written since the last call; it stays as it is. */
  finish(): Buffer {
    const event = this.bytes.subarray(this.#start, this.at);
    this.#start = this.at;
    if (this.bytes.length === PIECE_BYTES) return event;
    const { length } = this.bytes;
    this.#renew();
    return event.length >= length * FILL ? event : Buffer.from(event);
  }

  /** Forgets what was written since the last event. */
  abandon(): void {
    this.at = this.#start;
    if (this.bytes.length !== PIECE_BYTES) this.#renew();
  }

  #renew(): void {
    this.bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.view = viewOf(this.bytes);
    this.at = 0;
    this.#start = 0;
  }

  #grow(count: number): void {
    const written = this.bytes.subarray(this.#start, this.at);
    const wanted = written.length + count;
    const spacious = wanted < HUGE_BYTES ? Math.max(wanted, 2 * written.length) : wanted + Math.ceil(wanted / 8);
    this.bytes = Buffer.allocUnsafeSlow(wanted <= LARGE_BYTES ? PIECE_BYTES : Math.max(PIECE_BYTES + 1, spacious));
    this.view = viewOf(this.bytes);
    this.at = written.copy(this.bytes);
    this.#start = 0;
  }
}

export const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
