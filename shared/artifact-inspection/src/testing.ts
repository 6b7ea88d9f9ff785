/** Libraries, programs and artifacts for tests, made without a compiler. */
export { type ArtifactPlan, fakeArtifact, packArtifact, packTarGz } from './testing/fake-artifact.ts';
export { type ElfPlan, makeElf } from './testing/make-elf.ts';
export { makeArchive, makeObject, type ObjectPlan } from './testing/make-object.ts';
