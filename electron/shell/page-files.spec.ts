import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, isAppUrl } from './origin.ts';
import { findPageFile } from './page-files.ts';

let root = '';
let page = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pf-'));
  page = join(root, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  mkdirSync(join(root, 'page-secret'));
  writeFileSync(join(page, 'index.html'), '');
  writeFileSync(join(page, 'assets/a b.js'), '');
  writeFileSync(join(page, 'run.sh'), '');
  writeFileSync(join(root, 'secret.txt'), '');
  writeFileSync(join(root, 'page-secret/x.txt'), '');
  symlinkSync(join(root, 'secret.txt'), join(page, 'link.txt'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
const find = (url: string) => findPageFile(page, url);

describe('app:// addresses', () => {
  it('lead to files of the page with their type', async () => {
    expect((await find('app://polyvisor/index.html'))?.path).toBe(join(page, 'index.html'));
    expect((await find('app://polyvisor/assets/a%20b.js?x#y'))?.contentType).toMatch('javascript');
  });

  it.each([
    'app://polyvisor/../secret.txt',
    'app://polyvisor/..%2fsecret.txt',
    'app://polyvisor/%2e%2e/secret.txt',
    'app://polyvisor/assets/..%2f..%2f..%2fsecret.txt',
    'app://polyvisor/..%2fpage-secret%2fx.txt',
    'app://polyvisor/..%5csecret.txt',
    'app://polyvisor/link.txt',
    'app://polyvisor/%00index.html',
    'app://polyvisor/%zz.html',
    'app://polyvisor/run.sh',
    'app://polyvisor/assets',
    'app://polyvisor/missing.html',
    'app://other/index.html',
    'file:///etc/passwd',
  ])('%s leads nowhere', async (url) => {
    expect(await find(url)).toBeUndefined();
  });
});

describe('the origin', () => {
  it.each(['app://polyvisor.evil/', 'app://x@polyvisor/', 'https://polyvisor/', 'about:blank', ''])(
    'is not %s',
    (url) => expect(isAppUrl(url)).toBe(false),
  );

  it('has a policy without inline scripts or eval', () => {
    const scripts = contentSecurityPolicy.split('; ').find((rule) => rule.startsWith('script-src'));
    expect(scripts).toBe("script-src 'self'");
  });
});
