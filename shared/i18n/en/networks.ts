// Plans, steps, limits and refusals of networks; what the main process says about them.
export const networkTexts = {
  'dialog.filter.pcap': 'Packet captures',

  // Steps of a plan.
  'network.step.native': 'The hypervisor’s own network {network} is used.',
  'network.step.nativeNat': 'The hypervisor’s own NAT; nothing has to be set up.',
  'network.step.nativeBridged': 'The hypervisor connects the adapter to {uplink} itself.',
  'network.step.nativeOther': 'The hypervisor connects the adapter itself.',
  'network.step.nothing': 'The adapter is there, but not connected to anything.',
  'network.step.passt': 'passt carries the traffic of this adapter.',
  'network.step.switch': 'A virtual switch for {network} runs in a process of yours.',
  'network.step.serviceNamespace':
    'Addresses, names and the way out of {network} come from a network namespace of yours.',
  'network.step.serviceGateway':
    'Addresses and the way out of {network} come from a small QEMU without devices.',
  'network.step.portStream': 'The adapter gets a port at the switch of {network}.',
  'network.step.portStreamVlan': 'The adapter gets a port at the switch of {network}: {vlan}.',
  'network.step.portDatagram':
    'The adapter gets a port at the switch of {network}, over this computer’s loopback.',
  'network.step.portDatagramVlan':
    'The adapter gets a port at the switch of {network}, over this computer’s loopback: {vlan}.',
  'network.step.openTap':
    'The adapter is plugged into {tap}, a tap of yours in the bridge {bridge}.',
  'network.step.bridgeCreate': 'Make the bridge {bridge}.',
  'network.step.bridgeCreateWithAddress':
    'Make the bridge {bridge}; this computer gets {address} in it.',
  'network.step.uplinkAttach':
    'Put {uplink} into {bridge}; its addresses and routes move to the bridge.',
  'network.step.tapCreate': 'Make {tap} in {bridge}, a tap that belongs to you.',
  'network.step.tapRemove': 'Remove {tap}, which is in another network.',
  'network.step.portVlans': 'Give {port} its VLANs: {vlan}.',
  'network.step.portUntagged': 'Give {port} untagged frames.',
  'network.vlan.access': 'VLAN {tag}',
  'network.vlan.trunk': 'VLANs {tags}, tagged',
  'network.vlan.trunkNative': 'VLANs {tags}, tagged; untagged frames in {native}',
  'network.why.setUp': 'Setting up the network {network}',
  'network.why.start': 'Starting {machine} in the network {network}',
  'network.why.vlan': 'Another VLAN for {machine}',
  'network.why.remove': 'Removing the network {network}',
  'job.networkSetUp': 'Set up {name}',
  'job.networkRemove': 'Remove {name}',
  'job.hostChangeUndo': 'Undo a change of this computer',
  'job.hostChangeUndoAll': 'Undo all changes of this computer',

  // What does not work the way it runs.
  'network.limit.hostReach':
    'The guest can reach services that listen on this computer’s loopback; this NAT cannot close that way.',
  'network.limit.gatewayNames': 'Reservations and names do not work: {reason}',
  'network.limit.datagram':
    'Frames go over this computer’s loopback; the switch drops those from other programs.',
  'network.limit.passtNot':
    'passt was chosen, but {engine} cannot be connected to it; the hypervisor’s own NAT is used.',
  'network.limit.vlanApart':
    'Machines in a VLAN of {network} see each other alone: its addresses and its way out are for machines without a VLAN.',
  'network.limit.nativeBandwidth': 'The hypervisor’s own network has no bandwidth limit here.',
  'network.limit.tapBandwidth': 'There is no bandwidth limit on a bridge of this computer.',
  'network.limit.nativeAlone':
    'Machines of other hypervisors are not in {network} as this hypervisor runs it.',

  // Refusals, and the way out.
  'network.refused.disabled': 'The network {network} is switched off.',
  'network.refused.disabled.alternative': 'Switch it on, or attach the adapter to another one.',
  'network.refused.unknown':
    'There is no network {network} here; it was removed or belongs to another computer.',
  'network.refused.unknown.alternative':
    'Attach the adapter to a network of the list, or make one of this name.',
  'network.refused.kind': '{network} is a network of another kind.',
  'network.refused.kind.alternative': 'Attach the adapter to it as what it is.',
  'network.refused.nativeVlan': '{network} is run by the hypervisor itself, which knows no VLANs.',
  'network.refused.nativeVlan.alternative':
    'Take the VLAN away, tag frames in the guest, or use another engine.',
  'network.refused.noPlug': '{engine} cannot be connected to the virtual switch.',
  'network.refused.noPlug.alternative': 'Use NAT, or another engine.',
  'network.refused.noTap': '{engine} cannot be connected to a bridge of this computer.',
  'network.refused.noTap.alternative':
    'Use a NAT network or an internal network, or another engine.',
  'network.refused.noUplinkNetwork': 'No network with {uplink} as its uplink is set up.',
  'network.refused.noUplinkNetwork.alternative':
    'Add a bridged network with {uplink} on the Networks page.',
  'network.refused.noService': 'The NAT network cannot run on this computer: {reason}',
  'network.refused.noService.alternative': 'Use NAT of the machine alone, or an internal network.',
  'network.refused.noHelper': 'Bridges are made by the network helper, which is not installed.',
  'network.refused.noHelper.alternative':
    'Install the package of this program for the helper, or use a NAT network with port forwards.',
  'network.refused.noAddresses': 'The network {network} has no IPv4 range.',
  'network.refused.noAddresses.alternative': 'Give it one on the Networks page.',
  'network.refused.uplinkGone': 'This computer has no network card {uplink} now.',
  'network.refused.uplinkGone.alternative': 'Choose another uplink, or plug it in again.',
  'network.refused.wifi':
    '{uplink} is a Wi-Fi card; access points refuse frames of the machines behind it.',
  'network.refused.vlanInterface':
    '{uplink} is a VLAN interface; choose the card below it and give adapters their VLAN here.',
  'network.refused.macvtap':
    '{uplink} is a macvtap interface, which is not supported as an uplink.',
  'network.refused.openVSwitch':
    '{uplink} belongs to Open vSwitch, which is not supported as an uplink.',
  'network.refused.isBridge': '{uplink} is a bridge itself; choose the card in it.',
  'network.refused.notACard': '{uplink} is not a network card.',
  'network.refused.inBridge': '{uplink} is in {bridge}, which something else made.',
  'network.refused.networkManager':
    'NetworkManager looks after {uplink} and would fight for it. Make the bridge with NetworkManager, or set {uplink} to unmanaged.',
  'network.refused.uplink.alternative':
    'Use a NAT network with port forwards, or a wired card as the uplink.',
  'network.refused.bridgeClash': 'An interface {bridge} is there, made by something else.',
  'network.refused.bridgeClash.alternative': 'Remove it, or make the network under another name.',

  // Names of new networks, and of features.
  'network.suggest.natNetwork': 'NAT network {number}',
  'network.suggest.internal': 'Internal network {number}',
  'network.suggest.hostOnly': 'Host-only network {number}',
  'network.suggest.bridged': 'Bridge {number}',
  'network.capture': 'Packet capture',
  'network.capture.none': 'This hypervisor cannot record the packets of an adapter.',
  'network.capture.off': 'The machine is not running.',

  // Whose an address range is.
  'network.used.route': 'the network at {name} of this computer',
  'network.used.docker': 'a network of Docker ({name})',
  'network.used.libvirt': 'the libvirt network {name}',
  'network.used.virtualbox': 'the VirtualBox network {name}',
  'network.used.network': 'the network {name}',

  // Reasons inside of other sentences.
  'network.reason.hostBits': 'Its last digits have to be zero, for example {example}.',
  'network.reason.tooSmall': 'It has to be between /8 and /29.',
  'network.reason.missing': 'This kind of network needs one.',
  'network.reason.notPrivate':
    'This range has a special meaning; use one inside of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, for IPv6 inside of fd00::/8.',
  'network.reason.prefix6': 'It has to be a /64.',
  'network.reason.reservationOutside': 'The address is not inside {subnet}.',
  'network.reason.reservationGateway': 'That is the gateway’s address.',
  'network.reason.reservationTwice': 'The address is reserved twice.',
  'network.reason.macTwice': 'This MAC address has a reservation already.',
  'network.reason.label': 'A name here has letters, digits and dashes only, at most 63 of them.',
  'network.reason.nameTwice': 'The name is there already.',
  'network.reason.control': 'It contains a control character.',
  'network.reason.vlanTwice': 'The tag is there already.',
  'network.reason.interfaceName': 'An interface has at most 15 letters, digits, dots or dashes.',
  'network.reason.forwardOutside': 'The address {address} is not inside {subnet}.',
  'network.reason.forwardNowhere': 'Its machine has no such adapter in this network.',
  'network.reason.forwardIpv6': 'A forward listens at an IPv4 address of this computer.',
  'network.reason.forwardKind': 'Only a NAT network has port forwards.',
  'network.reason.noUplink': 'A bridged network needs an uplink.',
  'network.reason.isSetUp': 'It is set up on this computer; undo that first, on the Host page.',
  'network.reason.port': '{port} is not a port; they go from 1 to 65535.',
  'network.reason.bootFile': 'The boot folder has to be an absolute path, the file one below it.',
} as const;
