export { fakeClasses, fakeImage, writeFakeRelease } from './testing/fake-release.ts';
export { logitsOf } from './testing/fake-runner.ts';
