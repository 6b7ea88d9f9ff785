import type { RecordedCall } from '@dropforge/local';
import { describe, expect, it } from 'vitest';
import { checkAnswer, checkRequest } from './check-call.ts';
import type { ServiceModel } from './service-model.ts';

/** A service of every kind of shape, in the form of botocore's models. */
function modelWith(protocol: string): ServiceModel {
  return {
    metadata: { protocol },
    operations: {
      Make: {
        name: 'Make',
        http: { method: 'POST', requestUri: '/things/{name}?kind=new', responseCode: 201 },
        input: { shape: 'MakeRequest' },
        output: { shape: 'MakeResponse' },
        errors: [{ shape: 'NoRoomException' }],
      },
    },
    shapes: {
      MakeRequest: {
        type: 'structure',
        required: ['name'],
        members: {
          name: { shape: 'Name', location: 'uri', locationName: 'name' },
          count: { shape: 'Count', location: 'querystring', locationName: 'count' },
          tags: { shape: 'Tags' },
          size: { shape: 'Size', locationName: 'wireSize' },
          choice: { shape: 'Choice' },
        },
      },
      MakeResponse: {
        type: 'structure',
        required: ['at'],
        members: { at: { shape: 'Time' }, parts: { shape: 'Parts' } },
      },
      Name: { type: 'string', min: 1, max: 5, pattern: '[a-z]+' },
      Count: { type: 'integer', min: 1, max: 10 },
      Tags: { type: 'map', key: { shape: 'Name' }, value: { shape: 'Name' } },
      Size: { type: 'string', enum: ['small', 'large'] },
      Choice: { type: 'structure', union: true, members: { a: { shape: 'Name' }, b: { shape: 'Count' } } },
      Time: { type: 'timestamp' },
      Parts: { type: 'list', member: { shape: 'Part', locationName: 'Part' } },
      Part: {
        type: 'structure',
        required: ['Number'],
        members: { Number: { shape: 'Count' }, Done: { shape: 'Flag' } },
      },
      Flag: { type: 'boolean' },
    },
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function call(target: string, body: unknown, answer: Partial<RecordedCall['answer']> = {}): RecordedCall {
  return {
    ...{ at: '', caller: { kind: 'function', name: 'f' }, service: 's', operation: 'Make', input: {}, permissions: [] },
    request: { method: 'POST', target, headers: {}, body: base64(JSON.stringify(body)) },
    answer: { status: 201, headers: {}, ...answer },
  };
}

describe('a request', () => {
  const check = (target: string, body: unknown = {}) => checkRequest(modelWith('rest-json'), call(target, body));

  it('that AWS could have been sent has no fault', () => {
    const body = { tags: { a: 'b' }, wireSize: 'small', choice: { b: 3 } };
    expect(check('/things/abc?kind=new&count=3', body)).toEqual([]);
    expect(checkRequest(modelWith('json'), call('/', { name: 'abc', count: 2 }))).toEqual([]);
  });

  it.each([
    ['/things/abcdef', {}, ['.name has 6 characters, at most 5 are taken']],
    ['/things/AB', {}, ['.name is "AB", not [a-z]+']],
    ['/things/a%C3%A4', {}, ['.name is "aä", not [a-z]+']],
    ['/things/a?count=0', {}, ['.count has 0 , at least 1 are needed']],
    ['/things/a?count=1.5', {}, ['.count is no integer: "1.5"']],
    ['/things/a?page=2', {}, ['the query has page']],
    ['/things/a', { wireSize: 'huge' }, ['.size is "huge", not one of the model\'s values']],
    ['/things/a', { colour: 'red' }, ['.colour is no member']],
    ['/things/a', { tags: { A: 'b', c: 1 } }, ['.tags key "A" is "A", not [a-z]+', '.tags.c is no text: 1']],
    ['/things/a', { tags: [] }, ['.tags is no map: []']],
    ['/things/a', { choice: { a: 'x', b: 1 } }, ['.choice is a union with 2 members']],
  ])('to %s with %o is found out', (target, body, faults) => {
    expect(check(target, body)).toEqual(faults);
  });

  it('lacks what is required, is of another method, or of no operation', () => {
    expect(checkRequest(modelWith('json'), call('/', {}))).toEqual(['.name is missing']);
    const got = { ...call('/things/a', {}), request: { method: 'GET', target: '/things/a', headers: {} } };
    expect(checkRequest(modelWith('rest-json'), got)).toEqual(['Make is POST']);
    expect(checkRequest(modelWith('json'), { ...call('/', {}), operation: 'Break' })).toEqual(['s has no Break']);
    expect(() => check('/other/a')).toThrow('Make is not at /other/a');
  });
});

describe('an answer', () => {
  const check = (protocol: string, body: string, more: Partial<RecordedCall['answer']> = {}) =>
    checkAnswer(modelWith(protocol), call('/things/a', {}, { body: base64(body), ...more }));

  it('has times as numbers in JSON and as texts in XML, and lists of elements', () => {
    expect(check('json', '{"at": 1767225600, "parts": [{"Number": 1, "Done": true}]}')).toEqual([]);
    expect(check('json', '{"at": "2026-01-01T00:00:00Z"}')).toEqual(['.at is no time: "2026-01-01T00:00:00Z"']);
    const part = '<Part><Number>1</Number><Done>true</Done></Part>';
    const xml = (inside: string) => `<?xml version="1.0"?><Made><at>2026-01-01T00:00:00Z</at>${inside}</Made>`;
    expect(check('rest-xml', xml(`<parts>${part}${part}</parts>`))).toEqual([]);
    expect(check('rest-xml', xml('<parts><Part><Done>yes</Done></Part></parts>'))).toEqual([
      '.parts[0].Number is missing',
      '.parts[0].Done is no boolean: "yes"',
    ]);
    expect(check('rest-xml', xml('<colour>red</colour>'))).toEqual(['.colour is no member']);
  });

  it('has the status and the errors of its operation', () => {
    expect(check('json', '{"at": 1767225600}', { status: 200 })).toEqual(['status 200 instead of 201']);
    const failed = (code: string) => check('json', '{}', { status: 400, headers: { 'x-amzn-errortype': code } });
    expect([failed('NoRoomException'), failed('ThrottlingException')]).toEqual([[], []]);
    expect(failed('OtherException')).toEqual(["the error OtherException is none of Make's"]);
  });
});
