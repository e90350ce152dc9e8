import { test } from '@playwright/test';

import { signIn } from './sign_in';

test('sign-in', async ({ page }) => {
  await signIn(page);
});
