import type { ReactElement } from 'react';
import { navigate, paths } from '../app/routes.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

/** Says that no container engine answers, and what that means for services. */
export function EngineNotice({ retry }: { readonly retry: () => void }): ReactElement {
  return (
    <Banner
      tone="info"
      title="No container engine answers."
      actions={
        <>
          <Button size="small" onPress={retry}>
            Look again
          </Button>
          <Button size="small" onPress={() => navigate(paths.doctor())}>
            Doctor
          </Button>
        </>
      }
    >
      Services run in containers only, so none can run now, and which images are here is not known. The catalogue can be
      read, and tasks can be made.
    </Banner>
  );
}
