// `npm run shots`: a picture of every page in every state, to be looked at; and the README's own.
import { defineConfig } from '@playwright/test';

import tests from './playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: 'shots',
  outputDir: 'test-results/shots-run',
  fullyParallel: true,
  projects: [{ name: 'shots' }],
  use: { ...tests.use, trace: 'off' },
});
