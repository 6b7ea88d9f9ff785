import { OwnPrices } from '@dropforge/recipe/cost';
import { expect, it } from 'vitest';
import { DeployError } from './deploy-error.ts';
import { createFakeAccount } from './fake-account.ts';
import { instancePrices } from './instance-prices.ts';

const options = { stage: 'dev', region: 'eu-west-1', parameters: {}, yes: false };

async function pricesOf(account: Parameters<typeof instancePrices>[1], region: string, own = '') {
  const said: string[] = [];
  const parameters = { instancePrices: own };
  const text = await instancePrices({ ...options, region, parameters }, account, (line) => said.push(line));
  return { prices: OwnPrices.parse(text), said: said.join('\n') };
}

it("a deployment takes the region's prices from the Price List, and rather those that a person gave", async () => {
  const { account } = createFakeAccount();
  const { prices, said } = await pricesOf(account, 'eu-west-1', 'ml.c7i.xlarge=0.3, ml.p9.xlarge=7');
  expect(prices).toEqual({ 'ml.c5.xlarge': 0.23, 'ml.c7i.xlarge': 0.3, 'ml.p9.xlarge': 7 });
  expect(said).toBe("Took the prices of 2 machine types in eu-west-1 from AWS's Price List.");
});

it('goes on with what it was given where the Price List may not be asked, and says what follows', async () => {
  const refused = new DeployError('NOT_ALLOWED', 'no pricing:GetProducts', 'ask');
  const account = { trainingPrices: () => Promise.reject(refused) };
  const abroad = await pricesOf(account, 'ap-south-1', 'ml.c5.xlarge=0.2');
  expect(abroad.prices).toEqual({ 'ml.c5.xlarge': 0.2 });
  expect(abroad.said).toMatch(/ap-south-1 are not known \(NOT_ALLOWED.*PRICE_UNKNOWN.*pricing:GetProducts/s);
  const home = await pricesOf(account, 'us-east-1');
  expect(home.prices).toEqual({});
  expect(home.said).toContain('the built-in list of');
});

it('says so where the Price List has nothing for the region', async () => {
  const { said } = await pricesOf({ trainingPrices: async () => ({}) }, 'ap-south-1');
  expect(said).toContain('the Price List has none');
});

it('does not hide what nobody foresaw', async () => {
  const account = { trainingPrices: () => Promise.reject(new TypeError('x is not a function')) };
  await expect(instancePrices(options, account, () => {})).rejects.toThrow(TypeError);
});
