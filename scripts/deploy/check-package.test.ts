import { expect, it } from 'vitest';
import { checkPackage } from './check-package.ts';

const resource = { Type: 'AWS::SQS::Queue' };
const template = (count: number) => ({
  Resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`Queue${index}`, resource])),
});

it('a package that AWS takes is counted', () => {
  expect(checkPackage(template(3), [{ name: 'api', bytes: 900_000 }])).toMatchObject({ resources: 3 });
});

it('the function with the image library may be large', () => {
  expect(() => checkPackage(template(1), [{ name: 'dataset-validator-validate', bytes: 9_000_000 }])).not.toThrow();
});

it.each([
  [template(501), [], /501 resources/],
  [{ Resources: { A: { Type: 'x'.repeat(1_000_001) } } }, [], /template of 1\d+ bytes/],
  [template(1), [{ name: 'api', bytes: 1_000_001 }], /api with 1000001 bytes/],
])('one that it would refuse, or that starts slowly, is not', (given, zips, message) => {
  expect(() => checkPackage(given, zips)).toThrow(
    expect.objectContaining({ code: 'PACKAGE_TOO_LARGE', message: expect.stringMatching(message) }),
  );
});
