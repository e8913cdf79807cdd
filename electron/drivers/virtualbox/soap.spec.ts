// SOAP by template: what goes out is safe, what comes back is read as recorded, a dead service is told from a refusal.
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { loadFixture } from './__fixtures__/load.ts';
import { createSoap, envelope, escapeXml, readFault, unescapeXml, valuesOf } from './soap.ts';
import { judgeLine, keyPrefix, passwordHash, staleKeys } from './web-service.ts';

const answer = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:vbox="http://www.virtualbox.org/"><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
// Recorded: VirtualBox 7.2.22-dfsg-2, IVirtualBox_findMachine of an unknown name; and any call after VBoxSVC's end.
const notFound = answer(
  "<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>VirtualBox error: apirc=0x80bb0001 Could not find a registered machine named 'nix' (0x80bb0001)</faultstring><detail><vbox:RuntimeFault><resultCode>-2135228415</resultCode></vbox:RuntimeFault></detail></SOAP-ENV:Fault>",
);
const serverGone = answer(
  '<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>VirtualBox error: apirc=0x80004004</faultstring></SOAP-ENV:Fault>',
);

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});
const serving = (reply: (body: string, asked: number) => string | undefined): Promise<number> =>
  new Promise((resolve) => {
    let count = 0;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        count += 1;
        const text = reply(body, count);
        if (text === undefined) request.socket.destroy();
        else response.end(text);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server?.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

describe('soap', () => {
  it('escapes every value and takes it back', () => {
    const nasty = `<a href="x">&amp; ' ü 🙂</a>`;
    expect(unescapeXml(escapeXml(nasty))).toBe(nasty);
    expect(unescapeXml('&#x41;&#66;&unknown;')).toBe('AB&unknown;');
    const sent = envelope('IVirtualBox_findMachine', { _this: 'r', nameOrId: '</nameOrId><x>' });
    expect(sent).toContain('<nameOrId>&lt;/nameOrId&gt;&lt;x&gt;</nameOrId>');
    expect(envelope('M', { machines: ['a', 'b'] })).toContain(
      '<machines>a</machines><machines>b</machines>',
    );
  });

  it('reads lists, and empty answers as nothing', () => {
    const two = answer('<vbox:R><returnval>a &amp; b</returnval><returnval>c</returnval></vbox:R>');
    expect(valuesOf(two)).toEqual(['a & b', 'c']);
    expect(valuesOf(answer('<vbox:R></vbox:R>'))).toEqual([]);
  });

  it('tells a refusal from a service that lost VirtualBox', () => {
    expect(readFault(notFound)?.kind).toBe('refused');
    expect(readFault(serverGone)?.kind).toBe('dead');
    expect(readFault(answer('<vbox:R><returnval>Fault</returnval></vbox:R>'))).toBeUndefined();
  });

  it('rejects with typed failures', async () => {
    const refusing = createSoap(await serving(() => notFound));
    await expect(refusing('IVirtualBox_findMachine', {})).rejects.toMatchObject({
      error: { code: 'virtualbox/refused', params: { code: '0x80bb0001' } },
    });
    server?.close();
    const dead = createSoap(await serving(() => serverGone));
    await expect(dead('IMachine_getState', {})).rejects.toMatchObject({
      error: { code: 'virtualbox/web-service' },
    });
    const silent = createSoap(await serving(() => undefined));
    await expect(silent('IMachine_getState', {})).rejects.toMatchObject({
      error: { code: 'virtualbox/web-service', tried: ['IMachine_getState'] },
    });
  });

  it('asks again when a kept connection was let go, and only then', async () => {
    const ok = answer('<vbox:R><returnval>Running</returnval></vbox:R>');
    let asked = 0;
    const call = createSoap(
      await serving((_body, count) => {
        asked = count;
        return count === 2 ? undefined : ok;
      }),
    );
    expect(valuesOf(await call('IMachine_getState', {}))).toEqual(['Running']);
    await new Promise((done) => setTimeout(done, 20));
    expect(valuesOf(await call('IMachine_getState', {}))).toEqual(['Running']);
    expect(asked).toBe(3);
  });
});

describe('the web service', () => {
  it('knows from its words whether it listens', () => {
    const judge = (name: string): unknown =>
      loadFixture(name)
        .text.split('\n')
        .map(judgeLine)
        .find((verdict) => verdict !== undefined);
    expect(judge('websrv-ready.txt')).toBe('ready');
    expect(judge('websrv-taken.txt')).toBe('failed');
  });

  it('makes the hash VirtualBox makes', () => {
    // Recorded: VBoxManage internalcommands passwordhash abc
    expect(passwordHash('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('finds its own forgotten keys, and nobody else’s', () => {
    const mine = `${keyPrefix}0123`;
    const text = `Key: ${mine}, Value: ab\nKey: VBoxAuthSimple/users/anna, Value: cd\n`;
    expect(staleKeys(text)).toEqual([mine]);
  });
});
