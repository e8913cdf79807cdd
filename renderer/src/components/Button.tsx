// Buttons: text buttons, icon buttons with a tip, copy buttons.
import { Check, Copy } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import { createContext, useContext, useEffect, useState } from 'react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { format } from '../../../shared/i18n/format.ts';

type Look = 'default' | 'primary' | 'flat' | 'danger' | 'link';
const classOf: Readonly<Record<Look, string>> = {
  default: '',
  primary: ' pri',
  flat: ' flat',
  danger: ' danger',
  link: ' link',
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly size?: 'small' | 'normal' | 'big';
  readonly icon?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export const Button = ({
  look = 'default',
  size = 'normal',
  icon,
  children,
  className,
  ...rest
}: ButtonProps) => (
  <button
    type="button"
    className={`btn${classOf[look]}${size === 'small' ? ' sm' : size === 'big' ? ' big' : ''}${className ? ` ${className}` : ''}`}
    {...rest}
  >
    {icon}
    {children}
  </button>
);

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly label: string;
  readonly keys?: string;
  readonly look?: Look;
  readonly size?: 'small' | 'normal';
  readonly ref?: Ref<HTMLButtonElement>;
}

/** An icon with a name: the tip shows it, assistive technology reads it. */
export const IconButton = ({
  label,
  keys,
  look = 'default',
  size = 'normal',
  children,
  className,
  ...rest
}: IconButtonProps) => (
  <Tip label={keys === undefined ? label : `${label} (${keys})`}>
    <button
      type="button"
      aria-label={label}
      className={`btn ico${classOf[look]}${size === 'small' ? ' sm' : ''}${className ? ` ${className}` : ''}`}
      {...rest}
    >
      {children}
    </button>
  </Tip>
);

export const Tip = ({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) => (
  <Tooltip.Root>
    <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
    <Tooltip.Portal>
      <Tooltip.Content className="tip" sideOffset={4} collisionPadding={8}>
        {label}
      </Tooltip.Content>
    </Tooltip.Portal>
  </Tooltip.Root>
);

/** How text gets to the clipboard; provided once by the application. */
export const CopyContext = createContext<(text: string) => Promise<void>>(async () => undefined);

const useCopied = (): readonly [boolean, (text: string) => void] => {
  const copy = useContext(CopyContext);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return [isCopied, (text) => void copy(text).then(() => setCopied(true))];
};

/** Small copy icon beside a value. `what` completes "Copy ...". */
export const CopyIcon = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const [isCopied, copy] = useCopied();
  const label = isCopied ? format('copy.done') : format('copy.what', { what });
  return (
    <Tip label={label}>
      <button type="button" className="copy" aria-label={label} onClick={() => copy(text)}>
        {isCopied ? <Check size={14} /> : <Copy size={14} />}
      </button>
    </Tip>
  );
};

/** Text button that copies; `text` may be made when asked for. */
export const CopyButton = ({
  text,
  children,
  look = 'flat',
  size = 'normal',
}: {
  readonly text: string | (() => Promise<string>);
  readonly children: ReactNode;
  readonly look?: Look;
  readonly size?: 'small' | 'normal';
}) => {
  const [isCopied, copy] = useCopied();
  return (
    <Button
      look={look}
      size={size}
      icon={isCopied ? <Check size={16} /> : <Copy size={16} />}
      onClick={() => {
        if (typeof text === 'string') copy(text);
        else void text().then(copy, () => undefined);
      }}
    >
      {isCopied ? format('copy.done') : children}
    </Button>
  );
};
