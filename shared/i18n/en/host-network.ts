// English sentences of the checks of networks for guests.
export const hostNetworkTexts = {
  'host.check.vhost': 'Network taps',
  'host.check.netHelper': 'QEMU’s bridge helper',
  'host.check.netBridge': 'Network bridge',
  'host.check.netManager': 'Network manager',
  'host.check.netWifi': 'Wireless network',
  'host.check.netMacvtap': 'macvtap',
  'host.check.vlanModule': 'VLANs',
  'host.check.vlanBridge': 'VLANs on bridges',
  'host.check.vlanOffload': 'VLAN tags',
  'host.check.ovs': 'Open vSwitch',
  'host.check.bridgeFilter': 'Firewall on bridges',
  'host.check.netDocker': 'Docker and libvirt',
  'host.check.firewall': 'Firewall',
  'host.check.ip6Forwarding': 'Forwarding of IPv6',
  'host.check.ping': 'Pings from guests',
  'host.check.libvirtNet': 'libvirt’s network',

  'host.sentence.vhostYes': 'Network taps are available, and fast.',
  'host.sentence.vhostNo': 'The devices for network taps are not all there (tun, vhost-net).',
  'host.sentence.vhostClosed':
    'The devices for network taps are closed to you; a bridge helper opens them.',
  'host.sentence.netHelperYes': 'QEMU’s bridge helper may plug machines into bridges.',
  'host.sentence.netHelperNo':
    'QEMU’s bridge helper has not the rights to plug machines into a bridge.',
  'host.sentence.netHelperList': 'QEMU’s bridge helper is allowed no bridge yet.',
  'host.sentence.netBridgeYes': 'The bridge {name} has a network card in it.',
  'host.sentence.netBridgeNo': 'This computer has no network bridge with a network card in it.',
  'host.sentence.netManager': 'The network is managed by {names}.',
  'host.sentence.netManagerPlan': 'The network is managed by {names}, set up by netplan.',
  'host.sentence.netManagers': 'More than one program manages the network: {names}.',
  'host.sentence.netWifiYes':
    '{name} is wireless and cannot be bridged. NAT with port forwards works; VirtualBox’s own engine can bridge it for IPv4.',
  'host.sentence.netWifiNo': 'The way to the internet is {name}, which is not wireless.',
  'host.sentence.macvtapYes':
    'macvtap is possible. A machine on it reaches the network, but not this computer.',
  'host.sentence.macvtapNo': 'This kernel has no macvtap.',
  'host.sentence.vlanYes': 'VLANs are available.',
  'host.sentence.vlanNotLoaded': 'The VLAN module is not loaded.',
  'host.sentence.vlanNo': 'This kernel has no VLAN module.',
  'host.sentence.vlanBridgeYes': 'VLANs are kept apart on {names}.',
  'host.sentence.vlanBridgeNo': 'The bridges of this computer do not keep VLANs apart.',
  'host.sentence.vlanOffloadOn':
    'The network card {name} removes VLAN tags before a guest sees them.',
  'host.sentence.vlanOffloadOff': 'The network card {name} leaves VLAN tags as they are.',
  'host.sentence.ovsYes': 'Open vSwitch runs: each machine can have VLANs of its own.',
  'host.sentence.ovsModule': 'The module of Open vSwitch is loaded, but its service does not run.',
  'host.sentence.bridgeFilterOff': 'The firewall does not look into bridges.',
  'host.sentence.bridgeFilterOn': 'The firewall looks into bridges.',
  'host.sentence.bridgeFilterDocker':
    'Docker’s firewall looks into bridges and drops what machines send each other there.',
  'host.sentence.netDockerBoth': 'Docker’s firewall may block libvirt’s NAT network.',
  'host.sentence.netDockerAlone': 'Docker is present, and libvirt’s NAT network is not.',
  'host.sentence.firewalld':
    'firewalld runs: bridges need a zone that lets machines through. NAT as Polyvisor uses it is not affected.',
  'host.sentence.ufwDrops':
    'The firewall ufw drops forwarded traffic, so machines behind a bridge or a routed network are cut off. NAT as Polyvisor uses it is not affected.',
  'host.sentence.ufwOpen': 'The firewall ufw lets forwarded traffic through or is off.',
  'host.sentence.ip6ForwardingOn': 'IPv6 is forwarded.',
  'host.sentence.ip6ForwardingCuts':
    'IPv6 is forwarded, which makes this computer ignore its router’s announcements and lose its own IPv6.',
  'host.sentence.ip6ForwardingOff': 'IPv6 is not forwarded; that can be switched on without harm.',
  'host.sentence.ip6ForwardingWould':
    'IPv6 is not forwarded. Switching it on would cut this computer’s own IPv6.',
  'host.sentence.pingYes': 'Guests can ping.',
  'host.sentence.pingNo': 'Guests cannot ping through NAT; other traffic works.',
  'host.sentence.libvirtNetYes': 'libvirt’s usual network 192.168.122.0/24 collides with nothing.',
  'host.sentence.libvirtNetNo':
    'libvirt’s usual network 192.168.122.0/24 is taken already, on {name}.',

  'host.remedy.loadTun': 'Load the modules.',
  'host.remedy.bridgeHelper': 'Give the helper the rights it needs, for members of the group kvm.',
  'host.remedy.bridgeList': 'Allow it the bridge br0.',
  'host.remedy.makeBridge':
    'Make a bridge br0 with NetworkManager, with the name of your card in place of CARD. The connection drops for some seconds.',
  'host.remedy.loadVlan': 'Load the VLAN module.',
  'host.remedy.vlanFiltering': 'Switch VLAN filtering on for a bridge, here br0.',
  'host.remedy.vlanOffload':
    'Leave VLAN tags alone, with the name of your card in place of CARD, until the next restart.',
  'host.remedy.bridgeFilter':
    'Keep the firewall out of bridges, until Docker switches it on again.',
  'host.remedy.libvirtIptables':
    'Set firewall_backend="iptables" in /etc/libvirt/network.conf, then restart libvirt’s networks.',
  'host.remedy.firewalldZone':
    'Put the bridge into a zone that lets machines through, here virbr0.',
  'host.remedy.ufwRoute': 'Let traffic from a bridge through, here virbr0.',
  'host.remedy.acceptRa':
    'Accept the router’s announcements in spite of forwarding, with the name of your card in place of CARD.',
  'host.remedy.allowPing': 'Allow pings for everybody, until the next restart.',
  'host.remedy.moveLibvirtNet':
    'Give libvirt’s network other addresses, for example 192.168.123.0/24.',

  // The way back of rules of firewalls.
  'host.remedy.bridgeFilterBack': 'Let the firewall look into bridges again.',
  'host.remedy.dockerBridges':
    'Or let through what machines on Polyvisor’s bridges send each other, until the next restart.',
  'host.remedy.dockerBridgesBack': 'Take this rule back.',
  'host.remedy.firewalldZoneBack': 'Take the bridge out of the zone again.',
  'host.remedy.ufwRouteBack': 'Take this rule back.',
} as const;
