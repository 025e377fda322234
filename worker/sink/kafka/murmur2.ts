const M = 0x5bd1e995;

/** The 32-bit murmur2 hash of Java clients (org.apache.kafka.common.utils.Utils.murmur2), signed. */
export function murmur2(data: Buffer): number {
  const { length } = data;
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
export function positiveHash(text: string): number {
  return murmur2(Buffer.from(text)) & 0x7fffffff;
}
