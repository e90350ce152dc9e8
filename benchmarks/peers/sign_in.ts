// The same clicks and waits as benchmarks/plain.py.
export const theCase = JSON.parse(process.env.BENCHMARK_CASE!);

async function ask(path: string, query: Record<string, string>) {
  const address = `${theCase.control}${path}?${new URLSearchParams(query)}`;
  const answer = await fetch(address, { headers: { Authorization: `Bearer ${theCase.token}` } });
  if (!answer.ok) throw new Error(`outbox: ${answer.status}`);
  return answer.json();
}

export async function signIn(page: any): Promise<void> {
  await page.goto(theCase.nmo, { waitUntil: 'commit' });
  await page.getByRole('link', { name: 'Войти через Госуслуги' }).click();
  await page.locator('#login').fill(theCase.login);
  await page.getByLabel('Пароль', { exact: true }).fill(theCase.password);
  const { id } = await ask('/outbox/last', { to: theCase.phone });
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  const boxes = page.locator('input[type=tel]').first();
  await boxes.waitFor();
  const { messages } = await ask('/outbox', { to: theCase.phone, after: String(id), wait: '10' });
  const code = messages.at(-1).text.match(/\b\d{6}\b/)[0];
  await boxes.pressSequentially(code);
  await page.getByRole('heading', { name: 'Личный кабинет', exact: true, level: 1 }).waitFor();
  const owner = (await page.getByLabel('Владелец кабинета').innerText()).trim().split(/\s+/).join(' ');
  if (owner !== theCase.owner) throw new Error('the cabinet belongs to another person');
}
