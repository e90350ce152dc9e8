import { defineConfig } from '@playwright/test';

import { theCase } from './sign_in';

export default defineConfig({
  testDir: '.',
  outputDir: `${process.cwd()}/test-results`,
  reporter: 'line',
  workers: 1,
  use: {
    locale: 'ru-RU',
    viewport: { width: 1280, height: 800 },
    trace: 'off',
    screenshot: 'off',
    video: 'off',
    launchOptions: { executablePath: theCase.browser, args: theCase.arguments },
  },
});
