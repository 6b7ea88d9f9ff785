/** Libraries, programs and artifacts for tests, made without a compiler. */
export { type ArtifactPlan, fakeArtifact, packTarGz } from './testing/fake-artifact.ts';
export { type ElfPlan, makeElf } from './testing/make-elf.ts';
