const M = 0x5bd1e995;
/** Keys of rows are short: written here, they need no buffer of their own. */
const short = Buffer.alloc(128);

/** The 32-bit murmur2 hash of Java clients (org.apache.kafka.common.utils.Utils.murmur2) of the first `length` bytes, signed. */
export function murmur2(data: Buffer, length: number = data.length): number {
  let hash = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(data.readInt32LE(at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  const rest = length - whole;
  if (rest === 3) hash ^= (data[whole + 2] ?? 0) << 16;
  if (rest >= 2) hash ^= (data[whole + 1] ?? 0) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (data[whole] ?? 0), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The hash as Java's Utils.toPositive makes it: the partition of a key is this % partitions. */
export function positiveHash(key: string | Buffer): number {
  return (typeof key === 'string' ? murmur2OfText(key) : murmur2(key)) & 0x7fffffff;
}

function murmur2OfText(text: string): number {
  const { length } = text;
  if (length > short.length) return murmur2(Buffer.from(text));
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return murmur2(Buffer.from(text));
    short[at] = unit;
  }
  return murmur2(short, length);
}
