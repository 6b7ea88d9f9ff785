import { describe } from 'vitest';
import { deviceStoreContract } from './device-store.contract.ts';
import { createMemoryDeviceStore } from './memory-device-store.ts';

describe('the device store in memory', () => {
  deviceStoreContract(async () => createMemoryDeviceStore());
});
