export { fakeClasses, fakeImage, tarball, writeFakeRelease } from './testing/fake-release.ts';
export { fakeRunner, logitsOf } from './testing/fake-runner.ts';
