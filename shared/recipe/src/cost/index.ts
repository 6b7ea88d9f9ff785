/** What jobs cost: prices, estimates before, and the bill after. */
export * from './job-cost.ts';
export { type PriceList, priceLists } from './price-list.ts';
export { noPrices, OwnPrices, type PriceOf, pricesIn } from './prices.ts';
