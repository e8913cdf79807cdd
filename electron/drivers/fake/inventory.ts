// The fake hypervisor's own list of machines, which others can change too.
import type { VmId } from '../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DriverEvent, InventoryFacet } from '../types.ts';

export interface FakeInventory {
  readonly facet: InventoryFacet;
  readonly machines: () => readonly VmDefinition[];
  /** Somebody else registered or changed a machine. */
  readonly put: (definition: VmDefinition) => void;
  readonly remove: (vm: VmId) => void;
  readonly reportAll: () => void;
  /** The next creation or change is refused with this, once. */
  refuse?: Error | undefined;
}

export const createFakeInventory = (emit: (event: DriverEvent) => void): FakeInventory => {
  const machines = new Map<VmId, VmDefinition>();
  const put = (definition: VmDefinition): void => {
    const isNew = !machines.has(definition.id);
    machines.set(definition.id, definition);
    emit({ kind: 'definitionChanged', definition });
    if (isNew) emit({ kind: 'power', vm: definition.id, power: 'off' });
  };
  const refused = (): void => {
    const error = self.refuse;
    self.refuse = undefined;
    if (error) throw error;
  };
  const self: FakeInventory = {
    machines: () => [...machines.values()],
    put,
    remove: (vm) => {
      if (machines.delete(vm)) emit({ kind: 'definitionGone', vm });
    },
    reportAll: () => {
      for (const definition of machines.values()) emit({ kind: 'definitionChanged', definition });
    },
    facet: {
      create: async (definition) => {
        refused();
        // A hypervisor has fewer words for guest systems than we have.
        put({ ...definition, family: 'other' });
      },
      edit: async (_before, after) => {
        refused();
        const former = machines.get(after.id);
        put({ ...after, family: former?.family ?? after.family });
      },
    },
  };
  return self;
};
