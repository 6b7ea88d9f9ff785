/** What machines cost in a region, as AWS's Price List says today. */
import { type Filter, GetProductsCommand, type PricingClient } from '@aws-sdk/client-pricing';
import { priceLists } from '@dropforge/recipe/cost';
import { z } from 'zod';

/**
 * Where the Price List is asked, whatever region it is asked about.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 */
export const PRICE_LIST_REGION = 'us-east-1';

/**
 * A product, as far as it is read.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
const Product = z.object({
  product: z.object({ attributes: z.object({ instanceName: z.string() }) }),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({
        priceDimensions: z.record(
          z.string(),
          z.object({ unit: z.string(), pricePerUnit: z.object({ USD: z.coerce.number().optional() }) }),
        ),
      }),
    ),
  }),
});

/**
 * US dollars for an hour of training on demand, by type, for the machine types of the built-in price lists: all that
 * SageMaker has would not fit the 4 kB of a function's variables. Types that the region does not have are missing.
 */
export async function regionPrices(client: PricingClient, region: string): Promise<Record<string, number>> {
  const filters = { regionCode: region, productFamily: 'ML Instance', component: 'Training' };
  const Filters = Object.entries(filters).map(([Field, Value]): Filter => ({ Type: 'TERM_MATCH', Field, Value }));
  const known = new Set(priceLists.flatMap(({ training }) => Object.keys(training)));
  const prices: Record<string, number> = {};
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetProductsCommand({ ServiceCode: 'AmazonSageMaker', Filters, NextToken }));
    for (const text of page.PriceList ?? []) {
      const { type, usdPerHour } = readProduct(text);
      // Should AWS list a type twice, the estimate is rather too high.
      if (known.has(type) && usdPerHour > 0) prices[type] = Math.max(usdPerHour, prices[type] ?? 0);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return prices;
}

/** A product without an hourly price on demand, or of another shape, costs 0 here, which is no price. */
function readProduct(text: string): { type: string; usdPerHour: number } {
  const { data } = Product.safeParse(JSON.parse(text));
  const dimensions = Object.values(data?.terms.OnDemand ?? {}).flatMap((term) => Object.values(term.priceDimensions));
  const hourly = dimensions.filter(({ unit }) => unit === 'Hrs').map(({ pricePerUnit }) => pricePerUnit.USD ?? 0);
  return { type: data?.product.attributes.instanceName ?? '', usdPerHour: Math.max(0, ...hourly) };
}
