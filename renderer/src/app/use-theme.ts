// Light or dark: the setting, else the desktop's preference. Sets data-theme on <html>.
import { useEffect } from 'react';
import { useSettings } from '../state/app-store.ts';

export const useTheme = (): void => {
  const { theme } = useSettings();
  useEffect(() => {
    const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches);
      document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    };
    apply();
    prefersDark.addEventListener('change', apply);
    return () => prefersDark.removeEventListener('change', apply);
  }, [theme]);
};
