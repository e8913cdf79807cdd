// A disc or disk image dropped anywhere on the window opens the New machine page with it.
import { Disc3 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { useBackstage } from '../bridge/context.ts';
import { goTo, useUi } from '../state/ui-store.ts';

const hasFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

export const DropTarget = () => {
  const { pathForFile } = useBackstage();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Enter and leave fire for every element passed; leaving the window has no related target.
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      const path = pathForFile(file);
      if (path !== '') {
        useUi.setState({ dialog: undefined });
        goTo({ kind: 'newVm', path });
      }
    };
    window.addEventListener('dragenter', over);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [pathForFile]);
  if (!isOver) return null;
  return (
    <div className="drop-veil">
      <Disc3 size={32} />
      {format('drop.here')}
    </div>
  );
};
