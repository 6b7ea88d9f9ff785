import type { Check } from '../patient.ts';
import { bucket } from './bucket.ts';
import { bus } from './bus.ts';
import { clock } from './clock.ts';
import { concurrency } from './concurrency.ts';
import { deadLetters } from './dead-letters.ts';
import { devices } from './devices.ts';
import { functions } from './functions.ts';
import { httpApi } from './http-api.ts';
import { identity } from './identity.ts';
import { images } from './images.ts';
import { quotas } from './quotas.ts';
import { signingKey } from './signing-key.ts';
import { slack } from './slack.ts';
import { stack } from './stack.ts';
import { table } from './table.ts';

/** In the order in which one fault explains the next. */
export const checks: readonly Check[] = [
  ...[clock, identity, stack, httpApi, functions, concurrency, bus, table, bucket],
  ...[images, quotas, signingKey, slack, deadLetters, devices],
];
