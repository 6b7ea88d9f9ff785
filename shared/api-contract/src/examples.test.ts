import { expect, it } from 'vitest';
import { examples } from './examples.ts';
import type { RouteContract } from './route.ts';
import { type RouteName, routes } from './routes.ts';

it.each(Object.entries(routes as Record<string, RouteContract>))(
  'the example of %s is what the contract says',
  (name, { body, answer }) => {
    const example = examples[name as RouteName]; // the keys are RouteNames by type
    expect(answer.parse(example.answer)).toEqual(example.answer);
    expect(body === undefined).toBe(example.body === undefined);
    if (body) expect(body.parse(example.body)).toEqual(example.body);
  },
);
