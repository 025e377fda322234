import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory that holds so many bytes and no more: a disk that can be filled. Only root may mount one. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Null when this user must not mount. */
  static mount(bytes: number): SmallDisk | null {
    if (process.getuid?.() !== 0) return null;
    const folder = mkdtempSync(join(tmpdir(), 'spillway-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=1777`, 'tmpfs', folder], { stdio: 'pipe' });
      return new SmallDisk(folder);
    } catch {
      // Root of a container without the right to mount.
      rmdirSync(folder);
      return null;
    }
  }

  /** Bytes that are left. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }
  /** Somebody else takes all but so many bytes of it. */
  fill(leaveBytes: number): void {
    this.makeRoom();
    const bytes = this.free - leaveBytes;
    if (bytes > 0) execFileSync('fallocate', ['-l', String(bytes), this.filler], { stdio: 'pipe' });
  }
  makeRoom(): void {
    if (existsSync(this.filler)) rmSync(this.filler);
  }
  unmount(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'pipe' });
    rmdirSync(this.folder);
  }

  private get filler(): string {
    return join(this.folder, 'filler');
  }
}
