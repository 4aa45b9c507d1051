// Every journey twice: once with JavaScript and once without. `cargo xtask test e2e` calls this; by hand it is
// `WARDROOM_BIN=... npx playwright test` (the debug server of `cargo xtask build` if nothing is said).
import { defineConfig } from '@playwright/test';

import { CHROMIUM } from './support/place.ts';
import type { Options } from './support/test.ts';

// What is about scripts, or looks at the same HTML either way.
const ONLY_WITH_SCRIPTS = [
  'enhance.spec.ts',
  'picker.spec.ts',
  'keys.spec.ts',
  'accessibility.spec.ts',
  'budget.spec.ts',
];

export default defineConfig<Options>({
  testDir: 'tests',
  // Swept at every run; the pictures of `npm run shots` stand beside it.
  outputDir: 'test-results/run',
  globalSetup: './support/setup.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    locale: 'en-GB',
    timezoneId: 'Asia/Taipei',
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'js' },
    { name: 'no-js', testIgnore: ONLY_WITH_SCRIPTS, use: { javaScriptEnabled: false } },
  ],
});
