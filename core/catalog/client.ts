import { PrismaPg } from '@prisma/adapter-pg';
import { catalogUrl } from '@/core/env';
import { Prisma, PrismaClient } from '@/generated/prisma/client';

/** On globalThis, because Next bundles instrumentation, routes and pages apart from each other. */
const holder = globalThis as unknown as { spillwayCatalog?: PrismaClient | undefined };

/** A transaction, or the client itself where a read needs none. */
export type Tx = Prisma.TransactionClient;

/** The one catalog client of this process, made on first use. */
export function catalog(): PrismaClient {
  holder.spillwayCatalog ??= new PrismaClient({ adapter: new PrismaPg({ connectionString: catalogUrl(), max: 10 }) });
  return holder.spillwayCatalog;
}

/** Closes the client, so that a script or a test can end. */
export async function closeCatalog(): Promise<void> {
  const open = holder.spillwayCatalog;
  holder.spillwayCatalog = undefined;
  await open?.$disconnect();
}

/** Runs `work` in one transaction; a serialization failure or deadlock (Prisma P2034) is tried again twice. */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await catalog().$transaction(work, { maxWait: 5_000, timeout: 15_000 });
    } catch (error) {
      if (attempt === 3 || !hasCode(error, 'P2034')) throw error;
    }
  }
}

/** A unique index refused a row (Prisma P2002, SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002');
}

/** The catalog could not be reached or took no connection: P1001 unreachable, P1002 timeout, P1017 closed, P2024 pool. */
export function isCatalogAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (hasCode(error, 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'ECONNREFUSED')) return true;
  return error instanceof Error && /ECONNREFUSED|Connection terminated|server closed the connection/i.test(error.message);
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** JSON for a column: `undefined` members go, dates become ISO text. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}
export const SQL_NULL = Prisma.DbNull;
export const sql = Prisma.sql;
export const joinSql = Prisma.join;
