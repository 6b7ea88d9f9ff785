/** The parameter `instancePrices` of a deployment: what AWS's Price List says, and above it what a person gave. */
import { OwnPrices, priceLists } from '@dropforge/recipe/cost';
import type { Account } from './account.ts';
import { DeployError } from './deploy-error.ts';
import type { Options } from './read-options.ts';

/** A Price List that does not answer stops no deployment; what follows from it is said. */
export async function instancePrices(
  { region, parameters }: Options,
  account: Pick<Account, 'trainingPrices'>,
  say: (line: string) => void,
): Promise<string> {
  const listed = await askPrices(region, account, say);
  const prices = { ...listed, ...OwnPrices.parse(parameters.instancePrices ?? '') };
  return Object.entries(prices)
    .map(([type, price]) => `${type}=${price}`)
    .join(', ');
}

async function askPrices(region: string, account: Pick<Account, 'trainingPrices'>, say: (line: string) => void) {
  try {
    const listed = await account.trainingPrices();
    const count = Object.keys(listed).length;
    if (count > 0) say(`Took the prices of ${count} machine types in ${region} from AWS's Price List.`);
    else sayUnknown(region, 'the Price List has none', say);
    return listed;
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    sayUnknown(region, `${error.code}: ${error.message}`, say);
    return {};
  }
}

function sayUnknown(region: string, reason: string, say: (line: string) => void): void {
  const builtIn = priceLists.find((list) => list.region === region);
  say(`Today's prices in ${region} are not known (${reason}).`);
  if (builtIn) say(`Runs are estimated by the built-in list of ${builtIn.asOf}.`);
  else say('Runs show no cost before they start, and budgets refuse them (PRICE_UNKNOWN).');
  say('Allow yourself pricing:GetProducts, or give --param "instancePrices=ml.c7i.xlarge=0.24, ml.c5.xlarge=0.23".');
}
