/** Builds pgoutput messages and replication frames byte by byte, after Postgres docs 54.4 and 54.9. For tests only. */
export class Bytes {
  readonly #parts: Buffer[] = [];

  tag(letter: string): this {
    return this.#add(Buffer.from(letter, 'latin1'));
  }
  u8(value: number): this {
    return this.#add(Buffer.from([value]));
  }
  u16(value: number): this {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(value);
    return this.#add(bytes);
  }
  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return this.#add(bytes);
  }
  i32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return this.#add(bytes);
  }
  u64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return this.#add(bytes);
  }
  string(text: string): this {
    return this.#add(Buffer.from(`${text}\0`));
  }
  text(value: string): this {
    const bytes = Buffer.from(value);
    return this.tag('t').u32(bytes.length).#add(bytes);
  }
  raw(bytes: Buffer): this {
    return this.#add(bytes);
  }
  done(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
}

export const bytes = () => new Bytes();

/** 2001-01-01 in microseconds since 2000-01-01 (a leap year), and since the Unix epoch. */
export const PG_TIME = 366n * 86_400_000_000n;
export const UNIX_TIME = 978_307_200_000_000n;

export const BEGIN = bytes().tag('B').u64(0x200n).u64(PG_TIME).u32(4_000_000_000).done();
export const COMMIT = bytes().tag('C').u8(0).u64(0x200n).u64(0x230n).u64(PG_TIME).done();
export const RELATION = bytes()
  .tag('R')
  .u32(4_294_967_290)
  .string('public')
  .string('t')
  .tag('d')
  .u16(2)
  .u8(1)
  .string('id')
  .u32(23)
  .i32(-1)
  .u8(0)
  .string('v')
  .u32(25)
  .i32(-1)
  .done();
export const INSERT = bytes().tag('I').u32(4_294_967_290).tag('N').u16(2).text('1').text('ü').done();
export const UPDATE = bytes().tag('U').u32(4_294_967_290).tag('N').u16(2).text('1').tag('u').done();
export const UPDATE_KEY = bytes().tag('U').u32(4_294_967_290).tag('K').u16(2).text('1').tag('n').tag('N').u16(2).text('2').text('').done();
export const UPDATE_FULL = bytes()
  .tag('U')
  .u32(4_294_967_290)
  .tag('O')
  .u16(2)
  .text('1')
  .text('big')
  .tag('N')
  .u16(2)
  .text('1')
  .tag('u')
  .done();
export const DELETE = bytes().tag('D').u32(4_294_967_290).tag('K').u16(2).text('1').tag('n').done();
export const TRUNCATE = bytes().tag('T').u32(1).u8(3).u32(4_294_967_290).done();
export const ORIGIN = bytes().tag('O').u64(7n).string('elsewhere').done();
export const TYPE = bytes().tag('Y').u32(16_500).string('public').string('mood').done();
export const MESSAGE = bytes()
  .tag('M')
  .u8(1)
  .u64(9n)
  .string('prefix')
  .u32(3)
  .raw(Buffer.from([1, 2, 3]))
  .done();

export const GOLDEN = { BEGIN, COMMIT, RELATION, INSERT, UPDATE, UPDATE_KEY, UPDATE_FULL, DELETE, TRUNCATE, ORIGIN, TYPE, MESSAGE };

/** An XLogData frame around a message. */
export function xlogData(payload: Buffer, walStart = 0x100n): Buffer {
  return bytes().tag('w').u64(walStart).u64(walStart).u64(0n).raw(payload).done();
}
export function keepalive(walEnd: bigint, replyRequested: boolean): Buffer {
  return bytes()
    .tag('k')
    .u64(walEnd)
    .u64(0n)
    .u8(replyRequested ? 1 : 0)
    .done();
}
