// What the user chose for the whole application.
import { z } from 'zod';

export const quitPolicySchema = z.enum(['ask', 'keepRunning', 'saveState', 'shutdown']);
export type QuitPolicy = z.infer<typeof quitPolicySchema>;

export const settingsSchema = z
  .looseObject({
    version: z.literal(1),
    /** What quitting does with running VMs; a VM's own policy wins. */
    quitPolicy: quitPolicySchema,
    theme: z.enum(['system', 'light', 'dark']),
    isUpdateNoticeOn: z.boolean(),
    isTrayOn: z.boolean(),
    /** Engines the user wants although a check advises against: `driver/engine`. */
    forcedEngines: z.array(z.string()).readonly(),
    mutedChecks: z.array(z.string()).readonly(),
    consoleScaling: z.enum(['fit', 'integer', 'native']),
    /** Key that takes the keyboard back from the guest. */
    releaseKey: z.enum(['ControlRight', 'AltRight', 'MetaRight']),
  })
  .readonly();
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  version: 1,
  quitPolicy: 'ask',
  theme: 'system',
  isUpdateNoticeOn: true,
  isTrayOn: true,
  forcedEngines: [],
  mutedChecks: [],
  consoleScaling: 'fit',
  releaseKey: 'ControlRight',
};
