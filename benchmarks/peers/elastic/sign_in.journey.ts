import { journey, step } from '@elastic/synthetics';

import { signIn } from '../sign_in';

journey('sign-in', ({ page }) => {
  step('sign in', () => signIn(page));
});
