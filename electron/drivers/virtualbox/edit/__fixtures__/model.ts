// VirtualBox as far as a plan of changes can see it: takes the command lines we use and refuses what the real one was
// seen to refuse, so that plans can be carried out by the thousand.
import { expect } from 'vitest';
import { toVmId } from '../../../../../shared/model/brand.ts';
import { controllerNames, type ControllerName } from '../../device-names.ts';
import type { Layout } from '../layout.ts';

export const modelId = toVmId('11111111-1111-4111-8111-111111111111');

const kindOf = (chip: string | undefined): ControllerName | undefined =>
  controllerNames.find((row) => row.controller === chip);

/** A machine as VirtualBox keeps it, taking the words we use: an independent reading of `modifyvm` and `storage...`. */
export class Model {
  readonly settings = new Map<string, string>();
  readonly rules = new Map<number, Map<string, string>>();
  readonly controllers = new Map<string, { bus: string; ports: number }>();
  readonly attached = new Map<string, string>();

  run(args: readonly string[]): void {
    const [command, vm, ...words] = args;
    expect(vm).toBe(modelId);
    if (command === 'modifyvm') this.#modify(words);
    else if (command === 'controlvm') this.#control(words);
    else if (command === 'storagectl') this.#controller(words);
    else if (command === 'storageattach') this.#attach(words);
    else throw new Error(`unknown command ${command}`);
  }

  #rulesOf(number: number): Map<string, string> {
    const rules = this.rules.get(number) ?? new Map<string, string>();
    this.rules.set(number, rules);
    return rules;
  }

  #addRule(number: number, text: string): void {
    const [name = '', protocol, host, port, ...guest] = text.split(',');
    const rules = this.#rulesOf(number);
    if (rules.has(name)) throw new Error('A NAT rule of this name already exists');
    const key = [protocol, host, port].join();
    if ([...rules.values()].some((row) => row.startsWith(`${key},`))) {
      throw new Error('A NAT rule for this host port and this host IP already exists');
    }
    rules.set(name, [key, ...guest].join());
  }

  #deleteRule(number: number, name: string): void {
    if (!this.#rulesOf(number).delete(name)) throw new Error('Invalid argument value');
  }

  #modify(words: readonly string[]): void {
    for (let at = 0; at < words.length;) {
      const key = words[at] ?? '';
      const rule = /^--nat-pf(\d)$/.exec(key)?.[1];
      if (rule !== undefined && words[at + 1] === 'delete') {
        this.#deleteRule(Number(rule), words[at + 2] ?? '');
        at += 3;
      } else if (rule !== undefined) {
        this.#addRule(Number(rule), words[at + 1] ?? '');
        at += 2;
      } else {
        expect(key).toMatch(/^--/);
        const long = { '--uart1': 3 } as Readonly<Record<string, number>>;
        const count = words[at + 1] === 'off' ? 2 : (long[key] ?? 2);
        this.settings.set(key, words.slice(at + 1, at + count).join(' '));
        at += count;
      }
    }
  }

  #control(words: readonly string[]): void {
    const [what = '', ...rest] = words;
    const rule = /^natpf(\d)$/.exec(what)?.[1];
    const cable = /^setlinkstate(\d)$/.exec(what)?.[1];
    if (rule !== undefined && rest[0] === 'delete') this.#deleteRule(Number(rule), rest[1] ?? '');
    else if (rule !== undefined) this.#addRule(Number(rule), rest[0] ?? '');
    else if (cable !== undefined) this.settings.set(`--cable-connected${cable}`, rest[0] ?? '');
    else throw new Error(`not live: ${what}`);
  }

  static #options(words: readonly string[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (let at = 0; at < words.length; at += 1) {
      const next = words[at + 1];
      if (next === undefined || next.startsWith('--')) found.set(words[at] ?? '', '');
      else found.set(words[at++] ?? '', next);
    }
    return found;
  }

  #controller(words: readonly string[]): void {
    const given = Model.#options(words);
    const name = given.get('--name') ?? '';
    const ports = given.get('--portcount');
    if (given.has('--remove')) {
      if (![...this.attached.keys()].every((key) => !key.startsWith(`${name}\0`))) {
        throw new Error('in use');
      }
      this.controllers.delete(name);
    } else if (given.has('--add')) {
      if (this.controllers.has(name)) throw new Error('exists');
      const kind = kindOf(given.get('--controller'));
      const { bus = '' } = kind ?? {};
      const isTaken = [...this.controllers.values()].some(
        (row) => controllerNames.find(({ bus: other }) => other === row.bus)?.add === kind?.add,
      );
      if (isTaken) throw new Error('Too many storage controllers of this type');
      const usual = { ide: 2, floppy: 1, lsilogic: 16, buslogic: 16, usb: 8 } as Record<
        string,
        number
      >;
      this.controllers.set(name, { bus, ports: Number(ports ?? usual[bus] ?? 1) });
    } else {
      const former = this.controllers.get(name);
      if (!former) throw new Error(`no controller ${name}`);
      const bus = kindOf(given.get('--controller'))?.bus ?? former.bus;
      this.controllers.set(name, { bus, ports: Number(ports ?? former.ports) });
    }
  }

  #attach(words: readonly string[]): void {
    const given = Model.#options(words);
    const name = given.get('--storagectl') ?? '';
    const controller = this.controllers.get(name);
    const port = Number(given.get('--port'));
    if (!controller || port >= controller.ports) throw new Error(`no port ${port} on ${name}`);
    const key = [name, port, given.get('--device')].join('\0');
    const medium = given.get('--medium') ?? '';
    if (medium === 'none') this.attached.delete(key);
    else this.attached.set(key, `${given.get('--type')} ${medium}`);
  }

  layout(): Layout {
    return {
      controllers: [...this.controllers].map(([name, { bus, ports }]) => ({
        name,
        bus: bus as 'sata',
        ports,
        maxPorts: { sata: 30, scsi: 256, nvme: 255 }[bus] ?? ports,
      })),
      attached: [...this.attached].map(([key, medium]) => {
        const [controller = '', port, device] = key.split('\0');
        return { controller, port: Number(port), device: Number(device), medium };
      }),
    };
  }

  /** Everything, in a form that can be compared. Empty controllers and port counts are nobody's concern. */
  picture(): unknown {
    return {
      settings: Object.fromEntries([...this.settings].sort()),
      rules: Object.fromEntries(
        [...this.rules].flatMap(([n, rules]) => (rules.size > 0 ? [[n, [...rules].sort()]] : [])),
      ),
      attached: [...this.attached].sort(),
    };
  }
}

