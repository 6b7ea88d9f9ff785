import { expect, it } from 'vitest';
import { description } from '../testing/describe-fixture.ts';
import { busActions } from './bus-actions.ts';

const { DescribeEventBus: describeBus, ListRules: listRules } = busActions(description);

it('tells of a bus, and that there is no other', () => {
  expect(describeBus?.({ Name: 'fixture-dev' })).toEqual({
    Name: 'fixture-dev',
    Arn: 'arn:aws:events:eu-west-1:000000000000:event-bus/fixture-dev',
  });
  expect(() => describeBus?.({ Name: 'other' })).toThrow('Event bus other does not exist.');
});

it('lists the rules of a bus, those of AWS services on the default one', () => {
  expect(listRules?.({ EventBusName: 'fixture-dev', NamePrefix: 'fixture-dev-fail' })).toMatchObject({
    Rules: [{ Name: 'fixture-dev-fail-rule-1', State: 'ENABLED', EventBusName: 'fixture-dev' }],
  });
  expect(listRules?.({})).toMatchObject({ Rules: [{ Name: 'fixture-dev-count-rule-2' }] });
});
