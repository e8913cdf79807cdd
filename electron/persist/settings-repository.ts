// settings.json: what the user chose. A damaged file is kept aside and the defaults are used, which is told.
import { join } from 'node:path';
import { failure, type AppError } from '../../shared/contract/errors.ts';
import { defaultSettings, settingsSchema, type Settings } from '../../shared/model/settings.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

export interface SettingsRepository {
  readonly load: () => Promise<{ readonly settings: Settings; readonly problem?: AppError }>;
  readonly save: (settings: Settings) => Promise<void>;
}

export const createSettingsRepository = (configDir: string): SettingsRepository => {
  const file: JsonFile<Settings> = {
    path: join(configDir, 'settings.json'),
    // Keys added later get their default.
    schema: settingsSchema,
    version: 1,
  };
  return {
    save: (settings) => writeJsonFile(file, settings),
    load: async () => {
      const outcome = await readJsonFile(file);
      switch (outcome.kind) {
        case 'read':
          return { settings: outcome.value };
        case 'recovered':
          return {
            settings: outcome.value,
            problem: failure('persist/corrupt', { path: file.path, keptAs: outcome.keptAs }).error,
          };
        case 'damaged':
          return {
            settings: defaultSettings,
            problem: failure('persist/corrupt', { path: file.path, keptAs: outcome.keptAs }).error,
          };
        case 'newer':
          return {
            settings: defaultSettings,
            problem: failure('persist/newer-version', {
              path: file.path,
              version: outcome.version,
              known: 1,
            }).error,
          };
        case 'absent':
          return { settings: defaultSettings };
      }
    },
  };
};
