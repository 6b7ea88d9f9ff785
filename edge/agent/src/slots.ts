import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './durable-file.ts';
import type { Reached } from './fault-points.ts';
import { parseRelease, type Release } from './release.ts';
import { releaseFile } from './stage-artifact.ts';

export type SlotName = 'a' | 'b';

/** The two places for a model, and the symlink `current` that says which one answers. */
export interface Slots {
  path(slot: SlotName): string;
  /** Where `current` points; undefined: nowhere yet. */
  current(): Promise<SlotName | undefined>;
  /** Points `current` elsewhere in one step; null takes it away. */
  switchTo(slot: SlotName | null, reached: Reached): Promise<void>;
  /** What lies in a slot; undefined: nothing whole. */
  release(slot: SlotName): Promise<Release | undefined>;
}

export const otherSlot = (slot: SlotName | null): SlotName => (slot === 'a' ? 'b' : 'a');

/** The slots of a work directory, which exists. */
export function createSlots(work: string): Slots {
  const link = join(work, 'current');
  const path = (slot: SlotName) => join(work, 'slots', slot);
  return {
    path,
    async current() {
      const target = await readlink(link).catch(() => '');
      const slot = /^slots\/(a|b)$/.exec(target)?.[1];
      return slot === 'a' || slot === 'b' ? slot : undefined;
    },
    async switchTo(slot, reached) {
      if (slot === null) {
        await rm(link, { force: true });
      } else {
        const draft = `${link}.new`;
        await rm(draft, { force: true });
        await symlink(`slots/${slot}`, draft); // relative, so that the work directory can move
        await reached('link-made');
        await rename(draft, link);
      }
      await syncDirectory(work);
      await reached('link-switched');
    },
    async release(slot) {
      try {
        return parseRelease(await readFile(join(path(slot), releaseFile), 'utf8'));
      } catch {
        return undefined; // not there or cut short: the slot holds no model
      }
    },
  };
}
