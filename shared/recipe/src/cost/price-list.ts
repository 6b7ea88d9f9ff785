/**
 * US dollars for an hour of one instance, on demand. Data only, as AWS published it on the day given; AWS changes
 * prices, and bills what it bills. A type or a region that is not here has no known price.
 * https://aws.amazon.com/sagemaker/ai/pricing/
 */
export interface PriceList {
  readonly region: string;
  /** When the prices were published, as `2026-09-27`; AWS's bill for a month stands for its last day. */
  readonly asOf: string;
  readonly training: Readonly<Record<string, number>>;
  readonly processing: Readonly<Record<string, number>>;
}

/** The AWS Price List file of SageMaker gives training, processing and hosting the same price, to within a cent. */
const northVirginia = {
  ...{ 'ml.m5.large': 0.115, 'ml.m5.xlarge': 0.23, 'ml.m5.2xlarge': 0.461, 'ml.m5.4xlarge': 0.922 },
  ...{ 'ml.m7i.xlarge': 0.242, 'ml.m7i.2xlarge': 0.484, 'ml.m7i.4xlarge': 0.968 },
  ...{ 'ml.c5.xlarge': 0.204, 'ml.c5.2xlarge': 0.408, 'ml.c5.4xlarge': 0.816, 'ml.c5.9xlarge': 1.836 },
  ...{ 'ml.c6i.xlarge': 0.204, 'ml.c6i.2xlarge': 0.408, 'ml.c6i.4xlarge': 0.816, 'ml.c6i.8xlarge': 1.632 },
  ...{ 'ml.c7i.xlarge': 0.214, 'ml.c7i.2xlarge': 0.428, 'ml.c7i.4xlarge': 0.857, 'ml.c7i.8xlarge': 1.714 },
  ...{ 'ml.g4dn.xlarge': 0.7364, 'ml.g4dn.2xlarge': 0.94, 'ml.g4dn.4xlarge': 1.505, 'ml.g4dn.12xlarge': 4.89 },
  ...{ 'ml.g5.xlarge': 1.41, 'ml.g5.2xlarge': 1.52, 'ml.g5.4xlarge': 2.03, 'ml.g5.12xlarge': 7.09 },
  ...{ 'ml.g6.xlarge': 1.127, 'ml.g6.2xlarge': 1.222, 'ml.g6.4xlarge': 1.654, 'ml.g6.12xlarge': 5.752 },
  ...{ 'ml.p4d.24xlarge': 25.2513, 'ml.p5.4xlarge': 7.912, 'ml.p5.48xlarge': 63.296 },
};

export const priceLists: readonly PriceList[] = [
  { region: 'us-east-1', asOf: '2026-09-27', training: northVirginia, processing: northVirginia },
  {
    region: 'eu-west-1',
    asOf: '2023-12-31',
    training: { 'ml.m5.xlarge': 0.257, 'ml.g4dn.xlarge': 0.822, 'ml.g5.xlarge': 1.57 },
    processing: { 'ml.m5.xlarge': 0.257 },
  },
];
