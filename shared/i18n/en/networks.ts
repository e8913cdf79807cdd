// Plans, steps, limits and refusals of networks; what the main process says about them.
export const networkTexts = {
  'dialog.filter.pcap': 'Packet captures',
  'network.step.native': 'The hypervisor’s own network is used.',
} as const;
