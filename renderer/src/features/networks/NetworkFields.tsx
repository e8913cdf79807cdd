// The fields of a network, part by part; a kind shows the parts it has.
import { format } from '../../../../shared/i18n/format.ts';
import { SwitchRow, TextField } from '../../components/Form.tsx';
import { Fold } from '../../components/Parts.tsx';
import { UplinkField } from '../../components/UplinkField.tsx';
import { partsOf, type NetworkForm, type Problems } from './draft.ts';
import { withSubnet } from './follow-subnet.ts';
import { Rows } from './Rows.tsx';

interface FieldsProps {
  readonly form: NetworkForm;
  readonly problems: Problems;
  readonly onChange: (part: Partial<NetworkForm>) => void;
}

export const NetworkFields = ({ form, problems, onChange }: FieldsProps) => {
  const parts = partsOf(form.base.kind);
  const isAny = (start: string): boolean =>
    Object.keys(problems).some((field) => field.startsWith(start));
  return (
    <>
      <TextField
        label={format('name.label')}
        value={form.name}
        problem={problems['name']}
        onChange={(name) => onChange({ name })}
        autoFocus
      />
      {parts.hasUplink && (
        <UplinkField
          value={form.uplink}
          problem={problems['uplink']}
          onChange={(uplink) => onChange({ uplink })}
        />
      )}
      {parts.hasAddresses && <Addresses form={form} problems={problems} onChange={onChange} />}
      {parts.hasIpv6 && (
        <SwitchRow
          label={format('networks.mayReachHost')}
          help={format('networks.mayReachHostHelp')}
          isOn={form.mayReachHost}
          onChange={(mayReachHost) => onChange({ mayReachHost })}
        />
      )}
      {parts.hasDhcp && (
        <Fold
          title={format('networks.reservations')}
          aside={form.reservations.length}
          isOpen={isAny('reservations')}
        >
          <Rows
            title={format('networks.reservations')}
            field="reservations"
            help={format('networks.reservationsHelp')}
            add={format('networks.reservations.add')}
            columns={[
              {
                label: format('hw.nic.mac'),
                field: 'mac',
                placeholder: '52:54:00:12:34:56',
                isMono: true,
              },
              { label: format('networks.address'), field: 'address', isMono: true },
              { label: format('networks.nameOptional'), field: 'name' },
            ]}
            rows={form.reservations}
            problems={problems}
            onChange={(reservations) => onChange({ reservations })}
          />
        </Fold>
      )}
      {parts.hasNames && (
        <Fold
          title={format('networks.dnsNames')}
          aside={form.dnsNames.length}
          isOpen={isAny('dnsNames')}
        >
          <Rows
            title={format('networks.dnsNames')}
            field="dnsNames"
            help={format('networks.dnsNamesHelp')}
            add={format('networks.dnsNames.add')}
            columns={[
              { label: format('name.label'), field: 'name', placeholder: 'files.lab' },
              { label: format('networks.address'), field: 'address', isMono: true },
            ]}
            rows={form.dnsNames}
            problems={problems}
            onChange={(dnsNames) => onChange({ dnsNames })}
          />
        </Fold>
      )}
      <Fold title={format('networks.vlans')} aside={form.vlans.length} isOpen={isAny('vlans')}>
        <Rows
          title={format('networks.vlans')}
          field="vlans"
          help={format('networks.vlansHelp')}
          add={format('networks.vlans.add')}
          columns={[
            { label: format('networks.tag'), field: 'tag', placeholder: '1–4094', isMono: true },
            { label: format('name.label'), field: 'name' },
          ]}
          rows={form.vlans}
          problems={problems}
          onChange={(vlans) => onChange({ vlans })}
        />
      </Fold>
      {parts.hasBoot && (
        <Fold
          title={format('networks.boot')}
          aside={form.bootFile === '' ? format('fact.none') : form.bootFile}
          isOpen={isAny('networkBoot')}
        >
          <div className="nw-rows">
            <p className="help">{format('networks.bootHelp')}</p>
            <div className="form-2">
              <TextField
                label={format('networks.boot.folder')}
                className="input mono"
                value={form.bootFolder}
                problem={problems['networkBoot.folder']}
                onChange={(bootFolder) => onChange({ bootFolder })}
              />
              <TextField
                label={format('networks.boot.file')}
                className="input mono"
                value={form.bootFile}
                problem={problems['networkBoot.file']}
                onChange={(bootFile) => onChange({ bootFile })}
              />
            </div>
          </div>
        </Fold>
      )}
    </>
  );
};

const Addresses = ({ form, problems, onChange }: FieldsProps) => {
  const parts = partsOf(form.base.kind);
  const hasIpv4 = parts.needsAddresses || form.hasIpv4;
  return (
    <>
      {!parts.needsAddresses && (
        <SwitchRow
          label={format('networks.hasIpv4')}
          help={format('networks.hasIpv4Help')}
          isOn={form.hasIpv4}
          onChange={(on) => onChange({ hasIpv4: on })}
        />
      )}
      {hasIpv4 && (
        <>
          <div className="form-2">
            <TextField
              label={format('networks.subnet')}
              className="input mono"
              placeholder="10.20.0.0/24"
              value={form.subnet}
              problem={problems['ipv4.subnet']}
              onChange={(subnet) => onChange(withSubnet(form, subnet))}
            />
            <TextField
              label={format(
                form.base.kind === 'hostOnly' ? 'networks.gatewayHost' : 'networks.gateway',
              )}
              className="input mono"
              value={form.gateway}
              problem={problems['ipv4.gateway']}
              onChange={(gateway) => onChange({ gateway })}
            />
          </div>
          {parts.hasDhcp ? (
            <SwitchRow
              label={format('networks.dhcp')}
              help={format('networks.dhcpHelp')}
              isOn={form.hasDhcp}
              onChange={(hasDhcp) => onChange({ hasDhcp })}
            />
          ) : (
            <p className="help">{format('networks.fixedAddresses')}</p>
          )}
          {parts.hasDhcp && form.hasDhcp && (
            <div className="form-2">
              <TextField
                label={format('networks.first')}
                className="input mono"
                value={form.first}
                problem={problems['ipv4.dhcp.first']}
                onChange={(first) => onChange({ first })}
              />
              <TextField
                label={format('networks.last')}
                className="input mono"
                value={form.last}
                problem={problems['ipv4.dhcp.last']}
                onChange={(last) => onChange({ last })}
              />
            </div>
          )}
        </>
      )}
      {parts.hasIpv6 && (
        <>
          <SwitchRow
            label={format('hw.nic.ipv6')}
            isOn={form.hasIpv6}
            onChange={(hasIpv6) => onChange({ hasIpv6 })}
          />
          {form.hasIpv6 && (
            <TextField
              label={format('networks.prefix')}
              className="input mono"
              placeholder="fd12:3456:789a:1::/64"
              value={form.prefix}
              problem={problems['ipv6.prefix']}
              onChange={(prefix) => onChange({ prefix })}
            />
          )}
        </>
      )}
    </>
  );
};
