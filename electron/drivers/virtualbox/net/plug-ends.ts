// Our end of what a machine's NICs are plugged into for one run: a descriptor each, handed to its program.
import { failure } from '../../../../shared/contract/errors.ts';
import type { Nic } from '../../../../shared/model/network.ts';
import { openTap } from '../../../process/tap.ts';
import { connectedUdp } from '../../../process/udp-pair.ts';
import type { NicPlug } from '../../types.ts';
import { closeSync } from 'node:fs';

export interface PlugEnd {
  readonly nic: Nic;
  /** In this process. */
  readonly fd: number;
  /** Of ours; the machine's program keeps its own. */
  readonly close: () => void;
}

const openEnd = async (nic: Nic, plug: NicPlug): Promise<PlugEnd> => {
  switch (plug.kind) {
    case 'datagram': {
      const end = await connectedUdp(plug.switchPort);
      try {
        await plug.setPeer(end.port);
      } catch (error) {
        end.close();
        throw error;
      }
      return { nic, fd: end.fd, close: end.close };
    }
    case 'tap': {
      const fd = openTap(plug.name);
      return { nic, fd, close: () => closeSync(fd) };
    }
    case 'stream':
    case 'passt':
      throw failure('network/refused', {
        name: nic.id,
        reason: 'VirtualBox cannot be plugged into a socket of streams.',
      });
  }
};

/** In the order of `nics`; those without a plug are VirtualBox's own business. */
export const openEnds = async (
  nics: readonly Nic[],
  plugs: ReadonlyMap<string, NicPlug>,
): Promise<readonly PlugEnd[]> => {
  const ends: PlugEnd[] = [];
  try {
    for (const nic of nics) {
      const plug = plugs.get(nic.id);
      if (plug) ends.push(await openEnd(nic, plug));
    }
    return ends;
  } catch (error) {
    for (const end of ends) end.close();
    throw error;
  }
};
