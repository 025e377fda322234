import { readRoute, textFile } from '@/app/_server/http';
import { getManifestText } from '@/core/catalog/manifests';
import { MANIFEST_FORMATS } from '@/core/dto/manifest';
import { SpillwayError } from '@/core/errors';

/** The stream as a manifest: `?as=fes` (default) a FabricEventStream, `?as=spillway` Spillway's own YAML. */
export const GET = readRoute<{ id: string }>(async (actor, request, { id }) => {
  const as = new URL(request.url).searchParams.get('as') ?? 'fes';
  const format = MANIFEST_FORMATS.find((known) => known === as);
  if (!format) {
    const remedy = `use ${MANIFEST_FORMATS.join(' or ')}`;
    throw new SpillwayError('invalid_input', `as: ${remedy}`, { problems: [{ field: 'as', value: as, remedy }] });
  }
  const manifest = await getManifestText(actor, id, format);
  return manifest && textFile(`${manifest.name}.${format === 'fes' ? 'fes' : 'spillway'}.yaml`, 'application/yaml', manifest.text);
});
