import { theCase } from '../sign_in';

export default () => ({
  playwrightOptions: {
    executablePath: theCase.browser,
    args: theCase.arguments,
    locale: 'ru-RU',
    viewport: { width: 1280, height: 800 },
  },
});
