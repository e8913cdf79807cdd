// Remedies for networks of guests. Add a row here. Commands follow the documentation of the tools; interface names
// are examples that the label names.
import type { RemedyRow } from './remedy-row.ts';

export const networkRemedies = {
  loadTun: {
    label: 'host.remedy.loadTun',
    needs: ['root'],
    command: 'sudo modprobe -a tun vhost_net',
  },
  bridgeHelper: {
    label: 'host.remedy.bridgeHelper',
    needs: ['root'],
    command: {
      debian:
        'sudo dpkg-statoverride --update --add root kvm 4750 /usr/lib/qemu/qemu-bridge-helper',
      fedora: 'sudo chmod u+s /usr/libexec/qemu-bridge-helper',
      arch: 'sudo chmod u+s /usr/lib/qemu/qemu-bridge-helper',
      suse: 'sudo chmod u+s /usr/libexec/qemu-bridge-helper',
    },
  },
  bridgeList: {
    label: 'host.remedy.bridgeList',
    needs: ['root'],
    command: "sudo mkdir -p /etc/qemu && echo 'allow br0' | sudo tee -a /etc/qemu/bridge.conf",
  },
  makeBridge: {
    label: 'host.remedy.makeBridge',
    needs: ['root'],
    command:
      'sudo nmcli connection add type bridge ifname br0 con-name br0 && sudo nmcli connection add type ethernet ifname CARD master br0 && sudo nmcli connection up br0',
  },
  loadVlan: {
    label: 'host.remedy.loadVlan',
    needs: ['root'],
    command: 'sudo modprobe 8021q',
  },
  vlanFiltering: {
    label: 'host.remedy.vlanFiltering',
    needs: ['root'],
    command: 'sudo ip link set br0 type bridge vlan_filtering 1',
  },
  vlanOffload: {
    label: 'host.remedy.vlanOffload',
    needs: ['root'],
    command: 'sudo ethtool -K CARD rxvlan off txvlan off',
  },
  bridgeFilter: {
    label: 'host.remedy.bridgeFilter',
    needs: ['root'],
    command: 'sudo sysctl -w net.bridge.bridge-nf-call-iptables=0',
  },
  bridgeFilterBack: {
    label: 'host.remedy.bridgeFilterBack',
    needs: ['root'],
    command: 'sudo sysctl -w net.bridge.bridge-nf-call-iptables=1',
  },
  // Our bridges are named pvb-..., and `+` is iptables' word for "whatever follows".
  dockerBridges: {
    label: 'host.remedy.dockerBridges',
    needs: ['root'],
    command: 'sudo iptables -I DOCKER-USER -i pvb-+ -o pvb-+ -j ACCEPT',
  },
  dockerBridgesBack: {
    label: 'host.remedy.dockerBridgesBack',
    needs: ['root'],
    command: 'sudo iptables -D DOCKER-USER -i pvb-+ -o pvb-+ -j ACCEPT',
  },
  libvirtIptables: {
    label: 'host.remedy.libvirtIptables',
    needs: ['root'],
    command: 'sudo systemctl restart virtnetworkd',
  },
  moveLibvirtNet: {
    label: 'host.remedy.moveLibvirtNet',
    needs: ['root'],
    command: 'virsh --connect qemu:///system net-edit default',
  },
  firewalldZone: {
    label: 'host.remedy.firewalldZone',
    needs: ['root'],
    command:
      'sudo firewall-cmd --permanent --zone=libvirt --add-interface=virbr0 && sudo firewall-cmd --reload',
  },
  firewalldZoneBack: {
    label: 'host.remedy.firewalldZoneBack',
    needs: ['root'],
    command:
      'sudo firewall-cmd --permanent --zone=libvirt --remove-interface=virbr0 && sudo firewall-cmd --reload',
  },
  ufwRoute: {
    label: 'host.remedy.ufwRoute',
    needs: ['root'],
    command: 'sudo ufw route allow in on virbr0',
  },
  ufwRouteBack: {
    label: 'host.remedy.ufwRouteBack',
    needs: ['root'],
    command: 'sudo ufw route delete allow in on virbr0',
  },
  acceptRa: {
    label: 'host.remedy.acceptRa',
    needs: ['root'],
    command: 'sudo sysctl -w net.ipv6.conf.CARD.accept_ra=2',
  },
  allowPing: {
    label: 'host.remedy.allowPing',
    needs: ['root'],
    command: "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'",
  },
} as const satisfies Readonly<Record<string, RemedyRow>>;
