/** Reads the keys of dropped objects; apart from the rest, so that who only looks at keys carries no image decoder. */
export { type DropObject, type NoDropObject, readDropKey } from './drop-key.ts';
export { type Completeness, isCompleteDrop, READY_MARKER } from './is-complete-drop.ts';
