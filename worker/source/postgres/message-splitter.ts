import { SpillwayError } from '@/core/errors';
import { uint32At } from './byte-reader';

const COPY_DATA = 0x64;
/** Type and length; the length counts itself. */
const HEADER_BYTES = 5;
/** Errors, notices and settings: a server sends none that is longer. */
const LONGEST_OTHER_BYTES = 1024 * 1024;
const NOTHING = Buffer.alloc(0);
/** A payload that is kept holds on to about so much of what was read with it. */
const PIECE_BYTES = 8 * 1024;

/** Takes a message in pieces, as the socket brings them. Throws SpillwayErrors. */
export interface PieceReader {
  take(piece: Buffer): void;
  /** All pieces were taken. */
  end(): void;
}

export interface SplitterHandlers {
  /** One whole CopyData payload: from `start` to `end` of bytes that may be kept, at most 16 KiB or a buffer of its own. */
  readonly onCopyData: (bytes: Buffer, start: number, end: number) => void;
  /** A CopyData payload of `bytes` begins that is larger than one is kept whole. */
  readonly onLargeCopyData: (bytes: number) => PieceReader;
  /** Any other message, header and all. */
  readonly onOther: (message: Buffer) => void;
}

/**
 * Takes the bytes of a server apart into protocol messages (Postgres docs, 54.1). What a long read brought is copied in pieces, since one
 * small row that has to wait must not hold on to all of it; a message that came in several is put into a buffer of exactly its length,
 * which is bounded: a header that announces more than `wholeBytes` costs no memory, its message is read in pieces. Throws a SpillwayError
 * of kind protocol_error on lengths that cannot be.
 */
export class MessageSplitter {
  /** The head of a message of which not even the header is complete. */
  #head: Buffer = NOTHING;
  #partial: { readonly message: Buffer; filled: number } | null = null;
  #pieces: { readonly reader: PieceReader; left: number } | null = null;

  constructor(
    private readonly wholeBytes: number,
    private readonly handlers: SplitterHandlers,
  ) {}

  take(read: Buffer): void {
    for (let at = this.#head.length > 0 ? 0 : this.#goOn(read); at < read.length; ) {
      const rest = read.length - at;
      const end = at + (rest <= 2 * PIECE_BYTES ? rest : PIECE_BYTES);
      this.#take(rest === read.length && end === read.length ? read : Buffer.from(read.subarray(at, end)));
      at = end;
    }
  }

  #take(read: Buffer): void {
    let bytes = read;
    if (this.#head.length > 0) {
      bytes = Buffer.concat([this.#head, read]);
      this.#head = NOTHING;
    }
    for (let offset = this.#goOn(bytes); offset < bytes.length; ) {
      if (bytes.length - offset < HEADER_BYTES) {
        this.#head = Buffer.from(bytes.subarray(offset));
        return;
      }
      const type = bytes[offset] as number;
      const length = uint32At(bytes, offset + 1) + 1;
      if (length < HEADER_BYTES || (type !== COPY_DATA && length > LONGEST_OTHER_BYTES)) throw impossible(type, length);
      const end = offset + length;
      if (end <= bytes.length && type === COPY_DATA) this.handlers.onCopyData(bytes, offset + HEADER_BYTES, end);
      else if (end <= bytes.length) this.handlers.onOther(bytes.subarray(offset, end));
      else this.#begin(type, length, bytes.subarray(offset));
      offset = end;
    }
  }

  /** What belongs to the message that an earlier read began. Returns where the next one begins. */
  #goOn(bytes: Buffer): number {
    if (this.#pieces) {
      const taken = Math.min(this.#pieces.left, bytes.length);
      this.#give(bytes.subarray(0, taken));
      return taken;
    }
    if (!this.#partial) return 0;
    const { message, filled } = this.#partial;
    const taken = bytes.copy(message, filled);
    this.#partial.filled += taken;
    if (this.#partial.filled < message.length) return taken;
    this.#partial = null;
    this.#whole(message.readUInt8(0), message);
    return taken;
  }

  #begin(type: number, length: number, start: Buffer): void {
    if (length - HEADER_BYTES > this.wholeBytes && type === COPY_DATA) {
      this.#pieces = { reader: this.handlers.onLargeCopyData(length - HEADER_BYTES), left: length - HEADER_BYTES };
      this.#give(start.subarray(HEADER_BYTES));
      return;
    }
    const message = Buffer.allocUnsafeSlow(length);
    this.#partial = { message, filled: start.copy(message) };
  }

  #give(piece: Buffer): void {
    const pieces = this.#pieces;
    if (!pieces) return;
    pieces.left -= piece.length;
    if (piece.length > 0) pieces.reader.take(piece);
    if (pieces.left > 0) return;
    this.#pieces = null;
    pieces.reader.end();
  }

  #whole(type: number, message: Buffer): void {
    if (type === COPY_DATA) this.handlers.onCopyData(message, HEADER_BYTES, message.length);
    else this.handlers.onOther(message);
  }
}

function impossible(type: number, length: number): SpillwayError {
  return new SpillwayError('protocol_error', `The server announced a message of type ${type} with ${length} bytes`);
}
