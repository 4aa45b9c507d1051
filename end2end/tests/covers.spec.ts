import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { at, expect, test } from '../support/test.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A host of pictures: one good, one missing, one that never answers, one that is no picture. */
async function pictures() {
  const host = createServer((request, response) => {
    if (request.url === '/good.png') response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
    else if (request.url === '/script.png') response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload="alert(1)"/>');
    else if (request.url !== '/never.png') response.writeHead(404).end('no such picture');
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  const { port } = host.address() as AddressInfo;
  const close = async () => {
    host.closeAllConnections();
    host.close();
    await once(host, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

test('a good cover is shown; a broken, false or slow one leaves the page whole', async ({ house, visit }) => {
  const host = await pictures();
  try {
    const moderator = await visit('moderator');
    const { page } = moderator;
    const image = page.locator('.room-head img');

    await moderator.open(at(await house.room({ cover: `${host.url}/good.png` })));
    await expect(image).toHaveJSProperty('naturalWidth', 1);

    for (const broken of ['missing.png', 'script.png']) {
      await moderator.open(at(await house.room({ cover: `${host.url}/${broken}`, name: 'Ärger' })));
      const source = new URL((await image.getAttribute('src')) ?? '', page.url()).href;
      const shown = await page.request.get(source);
      expect(shown.headers()['content-type']).toBe('image/svg+xml');
      expect(await shown.text()).not.toContain('onload');
      await expect(page.locator('.room-head .cover span')).toHaveText('Ä');
      await expect(moderator.field('name')).toHaveValue('Ärger');
    }

    // It never answers, and the page is whole and can be worked with all the same.
    const id = await house.room({ cover: `${host.url}/never.png` });
    await moderator.open(at(id));
    await expect(page.locator('.room-head .cover span')).toBeVisible();
    await moderator.field('name').fill('Saved beside a slow picture');
    await moderator.press('Save', 'button', 'form.room-form');
    await expect(moderator.answer).toContainText('Saved 1 change.');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Saved beside a slow picture');
  } finally {
    await host.close();
  }
});
