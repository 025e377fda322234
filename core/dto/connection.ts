import type { SinkTargetConfig } from '../spec/sink-target';
import type { SourceHost, TlsMode } from '../spec/source-database';

/** Everything the portal may know of a source database. Bytes are numbers (safe below 8 PiB), times ISO strings. */
export interface SourceDto {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly tlsMode: TlsMode;
  readonly hasCaCertificate: boolean;
  readonly hasSecret: true;
  /** Further hosts: whichever of all takes writes is read. */
  readonly standbys: readonly SourceHost[];
  readonly patroniUrl: string | null;
  readonly slotLimit: number;
  readonly streamCount: number;
  readonly createdAt: string;
  readonly observation: SourceObservationDto | null;
}

export interface SourceObservationDto {
  readonly reachable: boolean;
  readonly error: string | null;
  readonly serverVersion: string | null;
  readonly currentLsn: string | null;
  readonly walBytesPerSec: number | null;
  readonly maxSlots: number | null;
  readonly usedSlots: number | null;
  readonly maxSenders: number | null;
  readonly usedSenders: number | null;
  /** null = unlimited. */
  readonly maxSlotWalKeepBytes: number | null;
  readonly observedAt: string;
}

export interface SinkTargetDto {
  readonly id: string;
  readonly name: string;
  readonly config: SinkTargetConfig;
  readonly hasSecret: boolean;
  readonly streamCount: number;
  readonly createdAt: string;
}
