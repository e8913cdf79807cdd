import { describe, expect, it } from 'vitest';
import { parseStartArgs } from './start-args.ts';

const context = { cwd: '/home/a', appPath: '/opt/app' };
const parse = (...argv: string[]) => parseStartArgs(argv, context);

describe('the command line', () => {
  it('opens the window without arguments, whatever switches the runtime adds', () => {
    const desktop = { kind: 'desktop', files: [] };
    expect(parse()).toEqual(desktop);
    expect(parse('--no-sandbox', '/opt/app')).toEqual(desktop);
    expect(parse('-r', '/x/loader.js', '--remote-debugging-port=0', '/opt/app')).toEqual(desktop);
  });

  it('makes files absolute and understands file URLs', () => {
    expect(parse('a b.iso', '/x/y.qcow2', 'file:///z/%C3%A9.iso')).toEqual({
      kind: 'desktop',
      files: ['/home/a/a b.iso', '/x/y.qcow2', '/z/é.iso'],
    });
    expect(parse('file://%zz')).toEqual({ kind: 'desktop', files: ['file://%zz'] });
  });

  it('takes the application folder for a file only the second time', () => {
    expect(parse('/opt/app', '/opt/app')).toEqual({ kind: 'desktop', files: ['/opt/app'] });
  });

  it('gives a role its own options', () => {
    expect(parse('/opt/app', '--role=echo', '--once')).toEqual({
      kind: 'role',
      role: 'echo',
      args: ['--once'],
    });
  });

  it.each(['', 'Echo', '../x', 'a b', 'a'.repeat(33)])('refuses the role name “%s”', (name) => {
    expect(parse(`--role=${name}`).kind).toBe('wrong');
  });

  it('wants values where values belong', () => {
    expect(parse('--role').kind).toBe('wrong');
    expect(parse('--demo', '--screenshot').kind).toBe('wrong');
    expect(parse('--demo', '--screenshot=').kind).toBe('wrong');
  });

  it('names the picture of the demo', () => {
    expect(parse('--demo')).toEqual({ kind: 'demo', screenshot: '/home/a/polyvisor-demo.png' });
    expect(parse('--demo', '--screenshot=/t/p.png')).toEqual({
      kind: 'demo',
      screenshot: '/t/p.png',
    });
  });

  it('answers questions about itself', () => {
    expect(parse('--version').kind).toBe('version');
    expect(parse('-h').kind).toBe('help');
  });
});
