// A disk that fails on demand, under a real server: `xtask/fault/fault.c`, preloaded.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { SHIM_SOURCE, runFolder } from './place.ts';

/** The C side's word for a disk that is full. */
const NO_SPACE = 2n;

/** Builds the shim, once a run. */
function shim(): string {
  const path = join(runFolder(), `fault-${process.pid}.so`);
  if (!existsSync(path)) {
    const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', path, SHIM_SOURCE], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`cc cannot build the shim: ${built.error ?? built.stderr}`);
  }
  return path;
}

export class Disk {
  private readonly control: number;
  /** What a server has to be started with, to be on this disk. */
  readonly settings: Record<string, string>;

  constructor(name: string) {
    const path = join(runFolder(), `${name}.control`);
    this.control = openSync(path, 'w+');
    this.put(0n, 0n, 0n);
    this.settings = { LD_PRELOAD: shim(), FAULT_FILE: path };
  }

  /** How it fails, from which call on, and whether it goes on failing. */
  private put(how: bigint, at: bigint, keep: bigint): void {
    writeSync(this.control, new BigInt64Array([how, at, keep, 0n, 0n]), 0, 40, 0);
  }

  /** From now on nothing can be written: there is no room. */
  fill(): void {
    this.put(NO_SPACE, 1n, 1n);
  }

  /** From now on it works. */
  mend(): void {
    this.put(0n, 0n, 0n);
  }

  close(): void {
    closeSync(this.control);
  }
}
